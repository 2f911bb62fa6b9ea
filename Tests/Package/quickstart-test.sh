#!/bin/bash
# The one command for a fresh machine: twice on one station (the second time nothing is new), once
# on a given folder, once in Chinese. Needs nothing but what the command itself sets up.
set -uo pipefail
cd "$(dirname "$0")/../.."
source Tests/Package/counting.sh

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export EVIDOCK_ROOT=$work/station LC_ALL=C.UTF-8

quickstart() { bash samples/quickstart.sh "$@" > "$work/out" 2>&1; }
says() { grep -Eq -- "$1" "$work/out"; }
no_mount_left() { ! grep -q "evidock\|card.img" /proc/self/mountinfo && ! losetup -a | grep -q card.img; }

quickstart
test_that "the first run is good" [ $? -eq 0 ]
test_that "every file of the card is told" \
    [ "$(grep -cE 'DCAM_CAM001_000001_20260804_[0-9]+(_IMP)?\.(mp4|jpg|m4a)' "$work/out")" -ge 4 ]
if [ "$(id -u)" -eq 0 ] && grep -qw ext4 /proc/filesystems && [ -e /dev/loop-control ]; then
    test_that "the card was really mounted" says 'mounted read-only'
else
    skip "the card was really mounted" "needs root, ext4 and a loop device"
fi
test_that "no mount and no loop device is left" no_mount_left
test_that "the audit found nothing" .build/release/evidock audit
first=$(.build/release/evidock --json list | wc -l)

quickstart
test_that "the second run is good" [ $? -eq 0 ]
test_that "the second run takes nothing twice" [ "$(.build/release/evidock --json list | wc -l)" -eq "$first" ]

mkdir "$work/folder"
cp samples/recorder/Media/Image/*/*.jpg "$work/folder/photo.jpg"
EVIDOCK_ROOT=$work/other quickstart "$work/folder"
test_that "a given folder is taken" [ $? -eq 0 ]
test_that "and its file is told" says 'photo\.jpg'

LC_ALL= LANG=zh_CN.UTF-8 quickstart
test_that "headings are Chinese where the language is" says '每个文件的处理结果'

quickstart "$work/nowhere"
test_that "a folder that is not there is wrong usage" [ $? -eq 2 ]

# The pages with the sample cases; ended by its pid.
served() { grep -q 'listening on http' "$work/served"; }
EVIDOCK_ROOT=$work/pages EVIDOCK_LISTEN=127.0.0.1:0 bash samples/quickstart.sh --serve > "$work/served" 2>&1 &
pages=$!
for _ in $(seq 1200); do
    if served || ! kill -0 $pages 2> /dev/null; then break; fi
    sleep 0.5
done
test_that "the pages are served" served
address=$(sed -nE 's/^listening on (http:[^,]*),.*/\1/p' "$work/served")
link=$(sed -nE 's/.*(\/join\/[a-z0-9]+).*/\1/p' "$work/served" | head -n 1)
test_that "with a one-time link for the first administrator" \
    curl -sf -H 'Accept: text/html' "$address$link" -o "$work/join"
test_that "and sample cases to look at" \
    [ "$(EVIDOCK_ROOT=$work/pages .build/release/evidock --json list --case '(2019)闽06执123' | wc -l)" -gt 0 ]
pkill -TERM -P $pages evidock
wait $pages
test_that "it ends when it is ended" [ $? -eq 0 ]

closing_line
