"""Recorders pulled out, stuck or worn: the worker is free soon, and docking again completes."""

import fuse_card
from bench import MIB

FILES = {
    "DCIM/100MEDIA/20260101_080000.MP4": {"size": 9 * MIB + 123, "seed": "a"},
    "DCIM/100MEDIA/20260101_081000.MP4": {"size": 5 * MIB, "seed": "b"},
    "DCIM/100MEDIA/20260101_082000.MP4": {"size": 300_000, "seed": "c"},
    "DCIM/100MEDIA/20260101_083000.JPG": {"size": 5000, "seed": "d"},
}
FIRST = "DCIM/100MEDIA/20260101_080000.MP4"


def _known():
    return {path: fuse_card.digest(f["seed"], f["size"]) for path, f in FILES.items()}


def _with(path, **facts):
    return {p: {**f, **(facts if p == path else {})} for p, f in FILES.items()}


def _stored(root):
    import os
    return sum(os.path.getsize(os.path.join(base, name))
               for base, _, names in os.walk(root + "/vault/footage") for name in names)


def pull(what):
    """Experiment 5: the recorder goes, or hangs, in the middle of a file."""
    def experiment(work):
        known = _known()
        bytes_once = sum(f["size"] for f in FILES.values())
        card = fuse_card.Card(work)
        offsets = [0, 4096, 4 * MIB + 4096, 9 * MIB]
        if what == "stall" and not work.full:
            offsets = [4 * MIB + 4096]
        for offset in offsets:
            where = f"{what} at {offset} of the first file"
            root = work.fresh_root()
            card.insert(_with(FIRST, **{"from": offset, "what": what}))
            run = work.ingest(root, card.path, timeout=100)
            work.fault()
            work.expect(run.code == 4 or (what == "EIO" and run.code == 3), f"{where}: {run}")
            # One that is still mounted and answers nothing is given a minute.
            limit = 75 if what == "stall" else 10
            work.expect(run.seconds < limit,
                        f"{where}: the worker is free after {run.seconds:.1f} s")
            if what == "EIO":
                work.expect(run.summary.get("mayBeCleared") is False, f"{where}: may be cleared")
            taken = [line for line in run.files if line["outcome"] in ("ingested", "duplicate")]
            work.expect(what == "EIO" or not run.summary.get("safeToRemove")
                        or len(taken) == len(FILES),
                        f"{where}: {len(taken)} of {len(FILES)} files taken, and the recorder "
                        f"'may be removed': {run.files[-1:]} {run.summary}")
            work.expect(not run.summary.get("mayBeCleared"), f"{where}: it 'may be cleared'")
            work.note(f"{where}: exit code {run.code}, {run.seconds:.1f} s, "
                      f"{len(run.files)} files told")
            work.judge(root, where, run.files)
            card.pull()
            card.insert(FILES)
            work.completes(root, card.path, where, known)
            work.expect(_stored(root) == bytes_once,
                        f"{where}: {_stored(root)} bytes of footage, not {bytes_once}")
            card.pull()
    return experiment


def bad_sectors(work):
    """Experiment 6: unreadable ranges are kept to 4 KiB, the file is never called whole."""
    card = fuse_card.Card(work)
    cases = [[[0, 4096]], [[MIB, MIB + 4096]], [[4 * MIB - 4096, 4 * MIB + 8192]],
             [[9 * MIB, 9 * MIB + 123]], [[8192, 8193], [5 * MIB + 1, 5 * MIB + 5000]],
             [[0, 9 * MIB + 123]]]
    for bad in cases:
        where = f"bad sectors {bad}"
        root = work.fresh_root()
        card.insert(_with(FIRST, bad=bad))
        run = work.ingest(root, card.path, timeout=90)
        work.fault(len(bad))
        size = FILES[FIRST]["size"]
        exact = [[a // 4096 * 4096, min(size, -(-b // 4096) * 4096)] for a, b in bad]
        work.expect(run.code == 3, f"{where}: {run}")
        outcome = {line["path"]: line for line in run.files}
        first = outcome.get(FIRST, {})
        verdict = work.judge(root, where, run.files)
        rows = [r for r in verdict.quarantined if r["path"] == FIRST]
        whole_lost = bad == [[0, size]]
        if not (whole_lost and first.get("outcome") == "refused"):
            work.expect(first.get("outcome") == "quarantined", f"{where}: {first}")
            work.expect([r["code"] for r in rows] == ["incomplete"], f"{where}: rows {rows}")
            found = [[g["from"], g["to"]] for r in rows for g in r.get("unreadable", [])]
            work.expect(found == exact, f"{where}: recorded {found}, true {exact}")
            partial = fuse_card.digest("a", size, exact)
            work.expect([r.get("sha256") for r in rows] == [partial],
                        f"{where}: the partial copy is not the file with zeros in its gaps")
        for path, digest in _known().items():
            if path != FIRST:
                work.expect(outcome.get(path, {}).get("sha256") == digest,
                            f"{where}: {path}: {outcome.get(path)}")
        work.expect(not any(i["path"] == FIRST for i in verdict.items.values()),
                    f"{where}: the damaged file became an item")
        card.pull()


EXPERIMENTS = [(f"pull-{what}", pull(what))
               for what in ("EIO", "ENODEV", "ENOTCONN", "exit", "stall")]
EXPERIMENTS.append(("bad-sectors", bad_sectors))
