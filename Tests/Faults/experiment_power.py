"""Power cuts on real file systems: what was said to be sealed stays, the ledger never forks."""

import os
import signal
import shutil
import subprocess
import time

import bench
import loop_disk
import oracle


def _points(work, kind, flush_log, points):
    """Experiment 4: the power goes at random moments of a docking; `flush_log` as in
    loop_disk.py: without it a missing sync of a directory is found, with it one of a file."""
    disk = loop_disk.LoopDisk(work, kind, name=f"cut{int(flush_log)}")
    card = os.path.join(work.place, "card")
    known = bench.small_card(card)
    more = os.path.join(work.place, "more")
    truth = {*known.values(), *bench.small_card(more, seed=2, large=bench.MIB + 77).values()}
    root = os.path.join(disk.path, "root")
    # How long it takes uninjured says where the random moments lie.
    subprocess.run(["cp", "-a", work.template(), root], check=True)
    span = work.ingest(root, card).seconds + 0.1
    sealed_before_cut = cut_in_run = 0
    for point in range(points):
        where = f"{kind}, {'shutdown -f' if flush_log else 'shutdown'}, point {point}"
        shutil.rmtree(root, ignore_errors=True)
        subprocess.run(["cp", "-a", work.template(), root], check=True)
        os.sync()
        first = work.ingest(root, more)
        work.expect(first.code == 0, f"{where}: the first card: {first}")
        process = work.start(
            [bench.PROGRAM, "--root", root, "ingest", "--json", card],
            stdout=open(os.path.join(work.place, "out"), "wb"), stderr=subprocess.DEVNULL)
        # What an outsider sees published before the cut must be a prefix afterwards.
        begin = time.monotonic()
        end = begin + work.random.uniform(0.03, span)
        seen = None
        while time.monotonic() < end and process.poll() is None:
            seen = oracle.seen_checkpoint(root) or seen
            time.sleep(0.002)
        if process.poll() is None:
            cut_in_run += 1
        else:
            span = (span + time.monotonic() - begin) / 2
        with open(os.path.join(work.place, "out"), "rb") as file:
            said = bench.Run(0, file.read().decode(errors="replace"), "", 0).files
        is_cut = disk.cut(flush_log).wait() == 0
        work.fault(where, is_cut and disk.is_dead())
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            work.expect(False, f"{where}: ingest hangs for 20 s on a dead disk")
        # A process that outlives the cut touches maps of a dead disk (SQLite's): SIGBUS is the
        # kernel's word for it, and no program would be left after a real cut.
        ends = bench.SENSIBLE + (70, -signal.SIGBUS)
        if process.poll() is not None:
            work.expect(process.returncode in ends,
                        f"{where}: ingest ended with {process.returncode}")
        work.end(process)
        # Who begins on a disk that is dead already is told of the disk, not of his own mistakes.
        late = work.ingest(root, card)
        work.expect(late.code in ends and late.code != 0, f"{where}: on the dead disk: {late}")
        disk.power_on()
        sealed_before_cut += len(said)
        verdict = work.judge(root, where, first.files + said)
        work.expect(all(row["sha256"] in truth for row in verdict.items.values()),
                    f"{where}: sealed bytes that no recorder had")
        if seen:
            work.expect(seen[0] < len(verdict.roots) and verdict.roots[seen[0]] == seen[1],
                        f"{where}: the checkpoint of size {seen[0]} that was published is no "
                        f"prefix of the {verdict.size} leaves there now")
        work.completes(root, card, where, known, truth=truth)
    work.note(f"{kind} {'shutdown -f' if flush_log else 'shutdown'}: {points} points, {cut_in_run} "
              f"while it ran, {sealed_before_cut} files told as sealed before")
    disk.discard()


def power(kind, flush_log):
    def experiment(work):
        _points(work, kind, flush_log, work.points or (200 if work.full else 20))
    return experiment


EXPERIMENTS = [
    (f"power-{kind}{'-f' if flush_log else ''}", power(kind, flush_log))
    for kind in ("ext4", "xfs") for flush_log in (False, True)]
