#!/usr/bin/env python3
"""The parsers of the ledger under libFuzzer, with seeds of a real station: notes, proofs, policies,
entry bundles, leaves, records, manifests, time-stamp tokens, what goes to and from a witness.

run.py [SECONDS [PARSER…]]   for each parser, or for those; 5 where nothing is said, 600 for a release.

A crash, a hang of 10 s or memory beyond 1 GiB fails, and its input is kept beside the build. Closes
with: N passed, N failed, N skipped.
"""

import glob
import os
import re
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
PACKAGE = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(PACKAGE, "Tests/Commands"))

from notary import PROGRAM, Authority, Station, check, counts, free_port, places, until, write_policy  # noqa: E402

SCRATCH = os.path.join(PACKAGE, ".build/fuzz")


def build():
    done = subprocess.run(
        ["swift", "build", "-c", "release", "--package-path", HERE, "--scratch-path", SCRATCH, "--product", "Fuzzer"],
        capture_output=True, text=True, env={**os.environ, "SWIFT_BACKTRACE": "enable=no"})
    if done.returncode != 0:
        print(done.stdout[-3000:] + done.stderr[-3000:])
    return os.path.join(SCRATCH, "release/Fuzzer") if done.returncode == 0 else None


def seed(place):
    """A bag, cosigned and stamped, and what went over a stick: every kind of text that is parsed."""
    authority = Authority(place("tsa"))
    try:
        port = free_port()
        station = Station(place, "st", policy=True, authority=authority)
        key = place.run("witness", "vkey", "--root", place("wit"), "--name", "n.test/w")[1].strip()
        write_policy(place, [(station, "")], [("w", key, f"http://127.0.0.1:{port}")])
        witness, _ = place.serve("witness", "serve", "--root", place("wit"), "--policy", place("policy"),
                                 "--listen", f"127.0.0.1:{port}")
        daemon, _ = station.serve()
        for _ in range(2):
            station.ingest()
        size = station.size()
        until(lambda: station.size("checkpoint.cosigned") >= size, 60)
        until(lambda: glob.glob(station.root + "/log/stamped/*/sm3.tsr"), 60)
        item = station.run("list")[1].split()[0]
        station.run("export", "--item", item, "--out", place("bag"))
        place.stop(daemon)
        place.stop(witness)
        station.run("witness", "request", "--out", place("request"))
        place.run("witness", "answer", place("request"), "--out", place("answer"), "--root", place("wit"),
                  "--policy", place("policy"))
        bag = place("bag")
        kinds = {
            "note": [f"{bag}/custody/checkpoint", f"{bag}/time/checkpoint"],
            "proof": glob.glob(f"{bag}/custody/*.tlog-proof"), "policy": [place("policy")],
            "bundle": glob.glob(f"{station.root}/log/tile/entries/*.p/*"),
            "leaf": glob.glob(f"{bag}/custody/*.entry"),
            "record": glob.glob(f"{bag}/custody/*.record") + glob.glob(f"{bag}/custody/rows/*"),
            "manifest": glob.glob(f"{bag}/*manifest-*.txt"), "token": glob.glob(f"{bag}/time/*.tsr"),
            "request": glob.glob(place("request/add-checkpoint/*")), "answer": [place("answer/answer")],
            "json": glob.glob(f"{bag}/custody/rows/*"),
        }
        for kind, files in kinds.items():
            os.makedirs(place("seeds", kind))
            for number, file in enumerate(files):
                shutil.copy(file, place("seeds", kind, str(number)))
            assert files, kind
        shutil.copy(f"{authority.place}/ca.pem", place("ca.pem"))
        return list(kinds)
    finally:
        authority.close()


def fuzz(program, place, kind, seconds):
    kept = os.path.join(SCRATCH, "found", "")
    os.makedirs(kept, exist_ok=True)
    done = subprocess.run(
        [program, place("seeds", kind), f"-max_total_time={seconds}", "-timeout=10", "-rss_limit_mb=1024",
         f"-artifact_prefix={kept}{kind}-", "-print_final_stats=1", "-verbosity=0", "-max_len=65536"],
        capture_output=True, text=True, cwd=place.path,
        env={**os.environ, "EVIDOCK_FUZZ": kind, "EVIDOCK_FUZZ_CA": place("ca.pem"),
             "EVIDOCK_FUZZ_POLICY": place("policy"), "ASAN_OPTIONS": "detect_leaks=0",
             "SWIFT_BACKTRACE": "enable=no"})
    runs = re.search(r"number_of_executed_units:\s*(\d+)", done.stderr)
    corpus = len(os.listdir(place("seeds", kind)))
    check(f"{kind}: {runs.group(1) if runs else 0} inputs in {seconds} s, {corpus} kept as ways through",
          done.returncode == 0 and runs and int(runs.group(1)) > 0, done.stderr[-2000:])


def main():
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    program = build() if PROGRAM else None
    if program is None:
        print("SKIP: the fuzzer could not be built")
        counts["skipped"] += 1
    else:
        with places() as place:
            kinds = seed(place)
            for kind in sys.argv[2:] or kinds:
                fuzz(program, place, kind, seconds)
    print(f"{counts['passed']} passed, {counts['failed']} failed, {counts['skipped']} skipped")
    return 1 if counts["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
