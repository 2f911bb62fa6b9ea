"""Recorders pulled out, stuck or worn: the worker is free soon, and docking again completes."""

import os
import time

import bench
import fuse_card
from bench import MIB
from experiment_daemon import Daemon, dock, docked, stored, taken, undock

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
            work.fault(where, any(f[:2] == (FIRST, what) for f in card.fired()))
            work.expect(run.code == 4 or (what == "EIO" and run.code == 3), f"{where}: {run}")
            # One that is still mounted and answers nothing is given a minute; one that answers
            # with errors is asked for every 4 KiB of the rest, several times.
            limit = {"stall": 75, "EIO": 40}.get(what, 10)
            work.expect(run.seconds < limit,
                        f"{where}: the worker is free after {run.seconds:.1f} s")
            told = {line["path"]: line.get("outcome") for line in run.files}
            work.expect(told.get(FIRST) == ("quarantined" if what == "EIO" else "refused"),
                        f"{where}: told as {told.get(FIRST)}")
            kept = [path for path in told if told[path] in ("ingested", "duplicate")]
            work.expect(what == "EIO" or not run.summary.get("safeToRemove")
                        or len(kept) == len(FILES),
                        f"{where}: {len(kept)} of {len(FILES)} files taken, and the recorder "
                        f"'may be removed': {run.files[-1:]} {run.summary}")
            work.expect(not run.summary.get("mayBeCleared"), f"{where}: it 'may be cleared'")
            work.note(f"{where}: exit code {run.code}, {run.seconds:.1f} s, "
                      f"{len(run.files)} files told")
            verdict = work.judge(root, where, run.files)
            ends = [row["outcome"] for row in verdict.undockings]
            work.expect(len(ends) == 1 and (what == "EIO" or ends[0] != "complete"),
                        f"{where}: the ledger says {ends}")
            card.pull()
            card.insert(FILES)
            verdict = work.completes(root, card.path, where, known)
            work.expect(stored(root) == bytes_once,
                        f"{where}: {stored(root)} bytes of footage, not {bytes_once}")
            work.expect(verdict and len(verdict.items) == len(FILES),
                        f"{where}: an item twice, or not at all")
            card.pull()
    return experiment


def pull_docked(work):
    """Experiment 5: pulled from a dock of `serve`, with its mount: the slot is free within 10 s,
    the next recorder is taken meanwhile, and docking again resumes."""
    known, other = _known(), os.path.join(work.place, "other")
    more = bench.small_card(other)
    truth = {*known.values(), *more.values()}
    bytes_once = sum(f["size"] for f in FILES.values())
    card = fuse_card.Card(work, name="docks/pulled")
    # The middle of a file, the cable gone with the mount; a read that hangs, then the mount gone.
    for what in ("exit", "stall"):
        where = f"pulled from the dock, {what}"
        root = work.fresh_root()
        daemon = Daemon(work, root)
        card.insert(_with(FIRST, **{"from": 4 * MIB, "what": what}))
        fired = bench.wait_until(card.fired, 20)
        work.fault(where, fired)
        begin = time.monotonic()
        card.pull()
        work.expect(bench.wait_until(lambda: "the docking is over" in daemon.log(), 10),
                    f"{where}: after 10 s the slot is {docked(work, root, 'pulled')}")
        work.note(f"{where}: over after {time.monotonic() - begin:.1f} s")
        states = [line["state"] for line in docked(work, root, "pulled")]
        work.expect(set(states) <= {"unfinished", "failed"}, f"{where}: the slot is {states}")
        place = dock(work, daemon, other, "other")
        work.expect(bench.wait_until(lambda: taken(work, root) >= set(more.values()), 20, 0.1),
                    f"{where}: the next recorder is not taken")
        verdict = work.judge(root, where, truth=truth)
        ends = [row["outcome"] for row in verdict.undockings]
        work.expect("interrupted" in ends, f"{where}: the ledger says {ends}")
        card.insert(FILES)
        work.expect(bench.wait_until(lambda: taken(work, root) >= truth, 30, 0.1),
                    f"{where}: docked again, it is not taken")
        code = daemon.stop()
        work.expect(code == 0, f"{where}: stop: exit code {code}")
        verdict = work.judge(root, f"{where}, docked again", truth=truth)
        work.expect(not verdict.orphans and not verdict.staged,
                    f"{where}: left: {verdict.orphans} {verdict.staged}")
        expected = bytes_once + sum(
            os.path.getsize(os.path.join(other, path)) for path in more) - 4096
        work.expect(stored(root) == expected, f"{where}: {stored(root)} bytes, not {expected}")
        card.pull()
        undock(place)


def swapped(work):
    """Experiment 5: pulled while a read hangs, and put into the same dock again at once: the board
    tells of what stands there now, and the old docking, when it ends, takes nothing off it."""
    card = fuse_card.Card(work, name="docks/slot")
    root = work.fresh_root()
    daemon = Daemon(work, root)
    card.insert(_with(FIRST, **{"from": 4 * MIB, "what": "stall"}))
    work.fault("a read that hangs", bench.wait_until(card.fired, 20))
    hung = card.server
    bench.call("umount", "-l", card.path)
    card.insert(FILES)
    truth = set(_known().values())
    work.expect(bench.wait_until(lambda: taken(work, root) >= truth, 30, 0.1),
                "docked again at once, it is not taken")
    work.expect(bench.wait_until(lambda: daemon.log().count("the docking is over") == 2, 20),
                "after 20 s one of the dockings is not over")
    slots = docked(work, root, "slot")
    work.expect([slot["state"] for slot in slots] == ["may-be-removed"],
                f"both dockings are over, the recorder is there, and the board has {slots}")
    code = daemon.stop()
    work.expect(code == 0, f"stop: exit code {code}")
    hung.kill()
    verdict = work.judge(root, "swapped", truth=truth, whole=True)
    work.expect(len(verdict.items) == len(FILES), f"{len(verdict.items)} items of {len(FILES)}")
    ends = sorted(row["outcome"] for row in verdict.undockings)
    work.expect(ends == ["complete", "interrupted"], f"the ledger says {ends}")


def bad_sectors(work):
    """Experiment 6: unreadable ranges are kept to 4 KiB, the file is never called whole."""
    card = fuse_card.Card(work)
    size = FILES[FIRST]["size"]
    cases = [[[0, 4096]], [[MIB, MIB + 4096]], [[4 * MIB - 4096, 4 * MIB + 8192]],
             [[9 * MIB, size]], [[8192, 8193], [5 * MIB + 1, 5 * MIB + 5000]], [[0, size]]]
    for bad in cases:
        where = f"bad sectors {bad}"
        root = work.fresh_root()
        card.insert(_with(FIRST, bad=bad))
        run = work.ingest(root, card.path, timeout=90)
        hit = {offset for _, what, offset in card.fired() if what == "bad"}
        for start, _ in bad:
            work.fault(f"{where}: {start}", start in hit)
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
EXPERIMENTS += [("pull-docked", pull_docked), ("pull-swapped", swapped),
                ("bad-sectors", bad_sectors)]
