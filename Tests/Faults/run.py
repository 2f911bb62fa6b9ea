#!/usr/bin/env python3
"""Every fault experiment, and what an independent oracle says of the disk afterwards.

    python3 Tests/Faults/run.py [--full] [--points N] [--only NAME] [--seed N]

--full runs the sweeps whole instead of seeded samples; --points says how many power cuts, and how
many cases of each sweep, are made. NAME is the beginning of an experiment's name. Everything lies
in one directory below /var/tmp, and goes at the end. Every fault that is injected must be seen to
have fired. The last line is the sum: N passed, N failed, N skipped.
"""

import argparse
import glob
import importlib
import os
import signal
import sys
import tempfile
import threading
import time
import traceback

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import bench  # noqa: E402  (after the path is set)

# The gravest first. Each experiment names its number in the table of faults:
#   1 kill, daemon-SIG*       2 errors*            3 errors-syncs      4 power
#   5 pull*                   6 bad-sectors        7 clock*            8 daemon-second
#   9 media-again            10 media-chang*   11, 12 media-hostile   13 media-many
#  14 media-huge             15 store-ten         18 store-index, media-many
#   1, 2 of a notary's witness: witness-*
#  19 limits                 23 inspector*         the vault's disk not mounted: daemon-not-mounted
# Elsewhere are: each of these faults at a single call of the vault (Tests/VaultTests), of the
# ledger (Tests/CustodyTests) and at a damaged index (Tests/CaseIndexTests); of 11 and 12, each kind
# of name and entry by itself (Tests/RecordersTests/Tree); of 16 and 17, what the audit finds, and a
# log that was cut or put back (Tests/AuditTests, Tests/CustodyTests/RecoveryTests); of 23, the real
# inspector's limits of time and memory (Tests/InspectionTests); of 24, an upgrade in the middle of
# a docking (Tests/Package/package-test.sh). 20, 21, 22, 25 wait for what they are about.
#
# With --full, on two cores: kill 12 minutes, errors 60, power 15, pull 5, daemon 10, media 20,
# inspector 7, the others 2 each: some two hours and a quarter.
ORDER = ["kill", "witness", "errors", "power", "pull", "daemon", "media", "store", "limits", "inspector",
         "clock"]

# These do little but wait out a time limit: they run beside the others.
WAITING = ["pull-stall", "inspector-hangs", "limits-memory"]


def experiments():
    folder = os.path.dirname(os.path.abspath(__file__))
    names = [os.path.basename(p)[:-3] for p in glob.glob(folder + "/experiment_*.py")]
    rank = {f"experiment_{name}": place for place, name in enumerate(ORDER)}
    for module in sorted(names, key=lambda n: (rank.get(n, len(ORDER)), n)):
        yield from importlib.import_module(module).EXPERIMENTS


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--full", action="store_true", help="sweeps whole, not sampled")
    parser.add_argument("--only", default="", help="experiments whose name begins so")
    parser.add_argument("--points", type=int, help="so many power cuts, and cases of a sweep")
    parser.add_argument("--seed", type=int, default=20260101)
    options = parser.parse_args()
    if bench.PROGRAM is None:
        sys.exit("no program: build evidock first")
    # A closed terminal or a time limit cleans up as well.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    print(f"program {bench.PROGRAM}, seed {options.seed}{', full' if options.full else ''}")
    start = time.monotonic()
    done = []
    with tempfile.TemporaryDirectory(prefix="evidock-faults-", dir="/var/tmp",
                                     ignore_cleanup_errors=True) as place:
        trials = [Trial(name, experiment, place, options) for name, experiment in experiments()
                  if name.startswith(options.only)]
        waiting = [trial for trial in trials if trial.name in WAITING and len(trials) > 1]
        try:
            for trial in waiting:
                trial.begin()
            for trial in trials:
                trial.finish()
                done.append(trial)
        finally:
            for trial in waiting:
                trial.work.close()
    print("{} faults injected, {} fired, {} violations, {:.0f} s".format(
        *(sum(amounts) for amounts in zip(*((t.work.injected, t.work.fired,
                                             len(t.work.violations)) for t in done))),
        time.monotonic() - start) if done else "no such experiment")
    counts = {word: sum(trial.result == word for trial in done)
              for word in ("passed", "failed", "skipped")}
    print("{passed} passed, {failed} failed, {skipped} skipped".format(**counts))
    sys.exit(1 if counts["failed"] or not done else 0)


class Trial:
    """One experiment, carried out here or beside the others, and told in one piece."""

    def __init__(self, name, experiment, place, options):
        self.name, self.experiment, self.result = name, experiment, None
        self.place, self.options = os.path.join(place, name), options
        self.work = self.thread = None

    def make(self):
        self.work = bench.Bench(self.place, f"{self.options.seed} {self.name}", self.options.full,
                                self.options.points)

    def begin(self):
        self.make()
        self.work.said = []
        self.thread = threading.Thread(target=self.carry_out, daemon=True)
        self.thread.start()

    def finish(self):
        print(f"== {self.name}", flush=True)
        if self.thread:
            self.thread.join()
            print(*self.work.said, sep="\n", end="\n" if self.work.said else "")
        else:
            self.make()
            self.carry_out()
        for note in self.work.notes:
            print(f"    {note}")
        print(f"   {self.result}: {self.work.injected} faults injected, {self.work.fired} fired, "
              f"{self.work.checks} checks, {len(self.work.violations)} violations, "
              f"{self.seconds:.1f} s", flush=True)

    def carry_out(self):
        begin = time.monotonic()
        try:
            self.experiment(self.work)
            self.work.finish()
            self.result = "failed" if self.work.violations else "passed"
        except bench.Skipped as skip:
            self.result = "skipped"
            self.work.say(f"SKIP {self.name}: {skip}")
        except Exception:  # noqa: BLE001  (an experiment that broke is a failed one)
            self.work.say(traceback.format_exc())
            self.result = "failed"
        finally:
            self.work.close()
            self.seconds = time.monotonic() - begin


if __name__ == "__main__":
    main()
