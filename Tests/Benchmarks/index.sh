#!/bin/bash
# Times the case index: every filter and text on generated indexes, a day more at each size, a rebuild,
# the import of a schedule.
#
#   bash Tests/Benchmarks/index.sh
#
# Needs 25 GB on the disk of the folder it works in and about an hour at the default sizes; removes what
# it made. The peers, in the same run: plain SQLite with LIKE over the same texts, and FTS5's own
# trigrams. EVIDOCK names the program, BENCHMARK_DIR where to work, ROUNDS how often each question is
# asked (default 200), SIZES the recordings of the generated indexes (default "1000000 10000000"),
# FILES the files of the station that is rebuilt and ROWS those of the schedule (default 100000 each).
set -euo pipefail
cd "$(dirname "$0")/../.."
exec /usr/bin/python3 Tests/Benchmarks/index.py "$@"
