#!/bin/bash
# Times the inspector on real media against one ffprobe process each.
#
#   bash Tests/Benchmarks/inspection.sh [FOLDER]
#
# FOLDER is ../shared/media/good by default. EVIDOCK_INSPECTOR names the program (default
# .build/release/evidock-inspector), ROUNDS the rounds (default 5).
set -euo pipefail
cd "$(dirname "$0")/../.."
source samples/packages.sh
need_packages ffmpeg || true
exec /usr/bin/python3 Tests/Benchmarks/inspection.py "$@"
