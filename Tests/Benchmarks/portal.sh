#!/bin/bash
# Times the pages: footage beside nginx serving the same file from the same disk in the same run, memory with
# many connections, lists of a million recordings, the wall at the dock, the browser's digest.
#
#   bash Tests/Benchmarks/portal.sh
#
# Needs nginx, wrk, Chromium with Playwright, root (the wall is of mounts), 6 GB on the disk of the folder it
# works in, and a quarter of an hour. EVIDOCK names the program (else a release is built), BENCHMARK_DIR where to
# work, SECONDS_EACH how long each load lasts (default 5), RECORDINGS how many a list has (default 1000000).
set -euo pipefail
cd "$(dirname "$0")/../.."
for part in portal pages dock; do /usr/bin/env python3 "Tests/Benchmarks/$part.py"; done
exec /usr/bin/env python3 Tests/Benchmarks/digest.py
