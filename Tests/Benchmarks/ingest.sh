#!/bin/bash
# Times the taking of a card against the usual ways of copying and checking one; safe to run again.
#
#   bash Tests/Benchmarks/ingest.sh [--quick] [--card big|small] [--only NAME,NAME…]
#
# Two generated cards, 8 x 400 MB and 10,000 x 20 kB, caches dropped before every run (where root),
# the contenders in turn round by round, medians of 5 rounds. Needs 15 GB on the disk of the
# folder it works in and half an hour; removes what it made. Quote a run on a machine that did
# nothing else, some minutes after the last big removal on that disk. Build a release first:
# swift build -c release --static-swift-stdlib
#
#   EVIDOCK           the program; default .build/release/evidock
#   BENCHMARK_DIR     where to work, on the disk to be measured; default .build/benchmarks
#   ROUNDS            default 5
#   BIG_COUNT BIG_MB SMALL_COUNT SMALL_KB    the cards; a MB is 10^6 bytes, a kB 10^3
#
# --quick is 2 x 64 MB and 500 x 20 kB, 3 rounds: to see that it works, not to be quoted.
set -euo pipefail
cd "$(dirname "$0")/../.."
source samples/packages.sh
need_packages rsync hashdeep python3-venv || true
exec /usr/bin/python3 Tests/Benchmarks/ingest.py "$@"
