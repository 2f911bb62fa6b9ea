"""Experiment 19: no descriptors, no memory, no processes: a clean failure, a clean restart."""

import os
import resource

import bench


def _limited(what, values):
    def experiment(work):
        card = os.path.join(work.place, "card")
        known = bench.small_card(card)
        codes = []
        for value in values:
            def limit(value=value):
                resource.setrlimit(what, (value, value))
            root = work.fresh_root()
            run = work.ingest(root, card, preexec_fn=limit)
            work.fault(int(run.code != 0))
            where = f"limit {value}"
            codes.append(f"{value}: {run.code}")
            work.judge(root, where, run.files, known)
            # Where there is no memory for the program's own start, it may die of it.
            fine = bench.SENSIBLE + ((127, -6, -4, -5, -11) if what == resource.RLIMIT_AS else ())
            work.expect(run.code in fine, f"{where}: {run}")
            work.completes(root, card, where, known)
        work.note("exit codes " + ", ".join(codes))
    return experiment


EXPERIMENTS = [
    ("limits-descriptors", _limited(resource.RLIMIT_NOFILE, [12, 16, 20, 24, 32, 48])),
    ("limits-memory", _limited(resource.RLIMIT_AS,
                               [m << 20 for m in (64, 128, 192, 256, 384, 512, 1024)])),
    ("limits-file-size", _limited(resource.RLIMIT_FSIZE, [1000, 5000, 100_000, 2 << 20])),
]
