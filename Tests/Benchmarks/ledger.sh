#!/bin/bash
# Times the ledger: durable events, proofs, its own audit, a list of digests.
#
#   bash Tests/Benchmarks/ledger.sh
#
# Needs 4 GB on the disk of the folder it works in and about ten minutes; removes what it made. The
# peer, in the same run: SQLite with one durable insert an event. EVIDOCK names the program,
# BENCHMARK_DIR where to work, ROUNDS the rounds (default 5), LEAVES and LIST the sizes of the large
# log and of the list (default 10000000 and 100000).
set -euo pipefail
cd "$(dirname "$0")/../.."
exec /usr/bin/python3 Tests/Benchmarks/ledger.py "$@"
