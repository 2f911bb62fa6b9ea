#!/bin/bash
# Times `evidock list` as a whole process on an index of a million recordings.
#
#   bash Tests/Benchmarks/list.sh [--keep]
#
# Needs 4 GB on the disk of the folder it works in and some minutes to fill the index; removes what
# it made, except with --keep, after which the next run uses it again. EVIDOCK names the program,
# BENCHMARK_DIR where to work, RECORDINGS how many (default 1000000), ROUNDS the runs of each
# query (default 9).
set -euo pipefail
cd "$(dirname "$0")/../.."
exec /usr/bin/python3 Tests/Benchmarks/list.py "$@"
