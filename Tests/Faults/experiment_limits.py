"""No descriptors, no memory, no room in a file: a clean failure, a clean restart."""

import os

import bench


def _limited(name, low, high, step):
    """Below the smallest limit with which it does its work, every limit is one that it hits."""
    def experiment(work):
        """Experiment 19: `ingest` under a resource limit that is too low for it."""
        bench.need("prlimit")
        card = os.path.join(work.place, "card")
        known = bench.small_card(card)

        def run(value):
            root = work.fresh_root()
            return root, work.ingest(root, card, prefix=["prlimit", f"--{name}={value}:{value}"])
        fails, works = low, high
        work.expect(run(high)[1].code == 0, f"with a limit of {high} it does not work either")
        while works - fails > step:
            middle = (works + fails) // 2
            fails, works = (fails, middle) if run(middle)[1].code == 0 else (middle, works)
        codes = []
        for number in range(20 if work.full else 4):
            for attempt in range(4):
                # The edges, and anything between. Near the upper one threads decide what is enough.
                upper = max(low, fails - attempt * fails // 8)
                value = (low, upper)[number] if number < 2 else work.random.randint(low, upper)
                root, limited = run(value)
                if limited.code != 0:
                    break
            where = f"limit {value}"
            work.fault(where, limited.code != 0)
            codes.append((value, limited.code))
            work.judge(root, where, limited.files, known)
            # Where there is no memory for the program's own start, it may die of it.
            fine = bench.SENSIBLE + ((127, -6, -4, -5, -11) if name == "as" else ())
            work.expect(limited.code in fine, f"{where}: {limited}")
            work.completes(root, card, where, known)
        work.note(f"works with {works}; exit codes "
                  + ", ".join(f"{value}: {code}" for value, code in sorted(codes)))
    return experiment


EXPERIMENTS = [
    ("limits-descriptors", _limited("nofile", 8, 128, 1)),
    # The program asks for 1 GiB of addresses, and says so.
    ("limits-memory", _limited("as", 16 << 20, 1 << 30, 16 << 20)),
    ("limits-file-size", _limited("fsize", 1000, 8 << 20, 1 << 16)),
]
