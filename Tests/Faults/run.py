#!/usr/bin/env python3
"""Every fault experiment, and what an independent oracle says of the disk afterwards.

    python3 Tests/Faults/run.py [--full] [--only NAME] [--seed N]

--full runs the sweeps whole instead of seeded samples. NAME is the beginning of an experiment's
name. Everything lies in one directory below /var/tmp, and goes at the end. The last line is
the sum: N passed, N failed, N skipped.
"""

import argparse
import glob
import importlib
import os
import signal
import sys
import tempfile
import time
import traceback

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import bench  # noqa: E402  (after the path is set)

# The gravest first.
ORDER = ["kill", "errors", "power", "pull", "daemon", "media", "store", "limits", "inspector",
         "clock"]


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
    parser.add_argument("--seed", type=int, default=20260101)
    options = parser.parse_args()
    if bench.PROGRAM is None:
        sys.exit("no program: build evidock first")
    # A closed terminal or a time limit cleans up as well.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    counts = {"passed": 0, "failed": 0, "skipped": 0}
    print(f"program {bench.PROGRAM}, seed {options.seed}{', full' if options.full else ''}")
    with tempfile.TemporaryDirectory(prefix="evidock-faults-", dir="/var/tmp",
                                     ignore_cleanup_errors=True) as place:
        for name, experiment in experiments():
            if not name.startswith(options.only):
                continue
            begin = time.monotonic()
            print(f"== {name}", flush=True)
            work = bench.Bench(os.path.join(place, name), f"{options.seed} {name}", options.full)
            try:
                experiment(work)
                work.finish()
                result = "failed" if work.violations else "passed"
            except bench.Skipped as skip:
                result = "skipped"
                print(f"SKIP {name}: {skip}")
            except Exception:  # noqa: BLE001  (an experiment that broke is a failed one)
                traceback.print_exc(file=sys.stdout)
                result = "failed"
            finally:
                work.close()
            counts[result] += 1
            for note in work.notes:
                print(f"    {note}")
            print(f"   {result}: {work.injected} faults injected, {work.fired} fired, "
                  f"{work.checks} checks, {len(work.violations)} violations, "
                  f"{time.monotonic() - begin:.1f} s", flush=True)
    print("{passed} passed, {failed} failed, {skipped} skipped".format(**counts))
    sys.exit(1 if counts["failed"] else 0)


if __name__ == "__main__":
    main()
