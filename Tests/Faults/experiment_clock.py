"""The station's clock moved: the order of leaves stands, and an event says so."""

import datetime
import os
import subprocess
import time

import bench
import fuse_card
from experiment_daemon import Daemon, dock, docked, taken, undock

LIBRARY = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1"
YEAR = 365 * 86_400
UTC = datetime.timezone.utc
# The start of the run: so many seconds off, or a moment: the end of 32 bits, of summer time.
MOVES = [0, -YEAR, YEAR, -10, datetime.datetime(2038, 1, 19, 3, 14, 5, tzinfo=UTC),
         datetime.datetime(2026, 10, 25, 0, 59, 58, tzinfo=UTC), 0]


def _seconds(leaf):
    return datetime.datetime.fromisoformat(leaf["time"]).timestamp()


def _tells(leaves):
    return [leaf for leaf in leaves if leaf["event"] in ("finding", "clock-measurement")]


def clock(work):
    """Experiment 7: each docking under another clock, in a zone with summer time."""
    bench.need("faketime")
    truth, times = set(), []
    root = work.fresh_root()
    for turn, move in enumerate(MOVES):
        card = os.path.join(work.place, f"card{turn}")
        truth.update(bench.small_card(card, seed=turn, large=5000).values())
        is_step = isinstance(move, int)
        words = f"{move:+d}" if is_step else move.strftime("@%Y-%m-%d %H:%M:%S")
        begin = time.time() + move if is_step else move.timestamp()
        # faketime reads its words in the zone of the process.
        zone = "UTC" if not is_step else "Europe/Berlin"
        run = work.run(["--root", root, "ingest", "--json", card], TZ=zone,
                       prefix=["faketime", "-f", words])
        where = f"clock {words}"
        work.expect(run.code == 0, f"{where}: {run}")
        work.expect(run.seconds < 20, f"{where}: took {run.seconds:.1f} s")
        verdict = work.judge(root, where, run.files, whole=True)
        fresh = verdict.leaves[len(times):]
        work.fault(where, fresh and all(-1 < _seconds(leaf) - begin < 60 for leaf in fresh))
        if times and fresh and _seconds(fresh[0]) < times[-1]:
            work.expect(_tells(fresh), f"{where}: the ledger's time goes back from "
                        f"{times[-1]} to {_seconds(fresh[0])}, and no event says so")
        # What was there before stands as it was, in its order.
        work.expect([_seconds(leaf) for leaf in verdict.leaves[:len(times)]] == times,
                    f"{where}: earlier leaves changed")
        times = [_seconds(leaf) for leaf in verdict.leaves]
    work.completes(root, card, "the clock as it is", bench.digests(card), truth=truth)


def steps(work):
    """Experiment 7: the clock jumps under a running `serve`: an event says so, and time limits
    go by the monotonic clock: a stuck recorder is neither given up nor kept for a year."""
    if not os.path.exists(LIBRARY):
        raise bench.Skipped("libfaketime is not installed")
    stamp = os.path.join(work.place, "stamp")

    def jump(seconds):
        bench.write_file(stamp + "+", b"%+d\n" % seconds)
        os.rename(stamp + "+", stamp)
    jump(0)
    # The library wants its shared memory made before: else it moves the environment, where Swift
    # looks for the program's arguments.
    keeper = work.start(["faketime", "-f", "+0", "sh", "-c", "echo $FAKETIME_SHARED; sleep 600"],
                        stdout=subprocess.PIPE)
    shared = keeper.stdout.readline().decode().strip()
    root = work.fresh_root()
    daemon = Daemon(
        work, root, LD_PRELOAD=LIBRARY, FAKETIME_SHARED=shared, FAKETIME_TIMESTAMP_FILE=stamp,
        FAKETIME_NO_CACHE="1", FAKETIME_DONT_FAKE_MONOTONIC="1")
    stuck = fuse_card.Card(work, name="docks/stuck")
    stuck.insert({"DCIM/100MEDIA/0.MP4": {
        "size": 9 * bench.MIB, "seed": "s", "from": bench.MIB, "what": "stall"}})
    work.fault("a stuck recorder", bench.wait_until(stuck.fired, 20))
    truth, places, count = set(), [], len(work.judge(root, "before").leaves)
    for turn, step in enumerate((YEAR, -YEAR, -10)):
        where = f"clock {step:+d} under serve"
        jump(step)
        begin = time.time() + step
        card = os.path.join(work.place, f"card{turn}")
        truth.update(bench.small_card(card, seed=turn, large=5000).values())
        places.append(dock(work, daemon, card, f"slot{turn}"))
        work.expect(bench.wait_until(lambda: taken(work, root) >= truth, 20, 0.1),
                    f"{where}: the card is not taken")
        verdict = work.judge(root, where, truth=truth)
        fresh = verdict.leaves[count:]
        ours = [leaf for leaf in fresh if -1 < _seconds(leaf) - begin < 60]
        work.fault(where, bool(ours))
        work.expect(_tells(fresh), f"{where}: no event says so")
        count = len(verdict.leaves)
        states = [line["state"] for line in docked(work, root, "stuck")]
        work.expect(states == ["transferring"], f"{where}: the stuck slot is {states}")
    # Its mount goes while the clock stands back: given up as soon as ever.
    begin = time.monotonic()
    bench.call("umount", "-l", stuck.path)
    states = []

    def free():
        states[:] = [line["state"] for line in docked(work, root, "stuck")]
        return "transferring" not in states
    work.expect(bench.wait_until(free, 10, 0.1),
                f"after 10 s the pulled recorder is {states}")
    work.note(f"the pulled recorder was given up after {time.monotonic() - begin:.1f} s")
    begin = time.monotonic()
    code = daemon.stop()
    work.expect(code == 0, f"stop: exit code {code} after {time.monotonic() - begin:.1f} s")
    stuck.pull()
    for place in places:
        undock(place)
    keeper.stdout.close()
    work.end(keeper)
    work.judge(root, "after the steps", truth=truth, whole=True)


EXPERIMENTS = [("clock", clock), ("clock-steps", steps)]
