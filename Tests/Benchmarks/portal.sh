#!/bin/bash
# Times the pages: footage beside nginx serving the same file from the same disk in the same run, memory with
# many connections, the browser's digest.
#
#   bash Tests/Benchmarks/portal.sh
#
# Needs a release build, nginx, wrk, Chromium with Playwright, and 1 GB on the disk of the folder it works in.
# EVIDOCK names the program, BENCHMARK_DIR where to work, SECONDS_EACH how long each load lasts (default 5).
set -euo pipefail
cd "$(dirname "$0")/../.."
/usr/bin/env python3 Tests/Benchmarks/portal.py "$@"
exec /usr/bin/env python3 Tests/Benchmarks/digest.py
