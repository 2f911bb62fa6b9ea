#!/bin/bash
# Sets up what is missing, builds evidock, and takes a recorder in.
#
#   bash samples/quickstart.sh [PATH-OF-A-RECORDER]
#   bash samples/quickstart.sh --serve
#
# --serve takes in sample cases and two recorders' footage of them, and serves the pages until it is
# ended: it prints the address and a one-time link for the first administrator.
# PATH is a mounted recorder, or any folder with footage. Without one the sample card in
# samples/recorder/ is used: really mounted from an image where that is possible (as root), else
# as a plain folder. The station is made in $EVIDOCK_ROOT, by default ~/evidock-trial, and nowhere
# else. Nothing is ever written to the recorder. Safe to run again: what is there already is
# recognised.
set -euo pipefail
cd "$(dirname "$0")/.."
source samples/packages.sh

case ${LC_ALL:-${LC_MESSAGES:-${LANG:-}}} in
    zh*) chinese=yes ;;
    *) chinese= ;;
esac
heading() { # ENGLISH CHINESE
    if [ -n "$chinese" ]; then printf '\n== %s (%s)\n' "$2" "$1"; else printf '\n== %s\n' "$1"; fi
}

case ${1:-} in
    -h | --help)
        sed -n '2,/^set /{/^#/s/^# \{0,1\}//p}' "$0"
        exit 0
        ;;
esac
serves=
if [ "${1:-}" = --serve ]; then
    serves=yes
    shift
fi
if [ $# -gt 1 ] || { [ $# -eq 1 ] && { [ -n "$serves" ] || [ ! -d "$1" ]; }; }; then
    echo "usage: bash samples/quickstart.sh [PATH-OF-A-RECORDER | --serve], an existing folder" >&2
    exit 2
fi
recorder=${1:+$(cd "$1" && pwd)}
station=${EVIDOCK_ROOT:-$HOME/evidock-trial}
export EVIDOCK_ROOT=$station

work=$(mktemp -d)
mounted= loop=
clean_up() {
    [ -z "$mounted" ] || umount "$mounted" || umount --lazy "$mounted" || true
    [ -z "$loop" ] || losetup --detach "$loop" || true
    rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

heading "Set up and build" "准备与构建"
need_swift
need_packages "${build_packages[@]}"
if ! build_release > "$work/build.log" 2>&1; then
    tail -n 40 "$work/build.log" >&2
    exit 1
fi
evidock=.build/release/evidock
echo "$evidock"

if [ -n "$serves" ]; then
    heading "Sample cases, and the footage of them" "示例案件及录像"
    for name in cases duties; do "$evidock" case import "samples/season/$name.csv" > /dev/null; done
    "$evidock" ingest samples/cards/R1 samples/cards/R2 | tail -n 4 || [ $? -le 3 ]
    # What is missing of that day stands on the pages too.
    "$evidock" completeness --day 2019-08-10 || [ $? -eq 1 ]
    mkdir -p "$work/docks"
    heading "The pages, until you end this (Ctrl-C)" "网页服务（按 Ctrl-C 结束）"
    "$evidock" serve --dock-root "$work/docks" --listen "${EVIDOCK_LISTEN:-127.0.0.1:8450}"
    exit
fi

# A card in an image, mounted as a dock mounts a real one: the device read-only, then the mount,
# without replaying a journal.
mount_sample() {
    [ "$(id -u)" -eq 0 ] && grep -qw ext4 /proc/filesystems || return 1
    # The same volume every time, as it is the same card.
    mkfs.ext4 -q -F -L CAM001 -U 65766964-6f63-4b00-8000-000000000001 -d samples/recorder \
        "$work/card.img" 16M > /dev/null || return 1
    debugfs -w -R 'rmdir lost+found' "$work/card.img" > /dev/null 2>&1 || true
    loop=$(losetup --find --show --read-only "$work/card.img" 2> /dev/null) || return 1
    mkdir "$work/card"
    mount -t ext4 -o ro,noload,nosuid,nodev,noexec "$loop" "$work/card" 2> /dev/null || return 1
    mounted=$work/card
}

if [ -z "$recorder" ]; then
    if mount_sample; then
        recorder=$mounted
        echo "The sample card is mounted read-only at $recorder (ext4 on $loop)."
    else
        recorder=$PWD/samples/recorder
        echo "The sample card cannot be mounted here (that needs root and a loop device):" \
            "the folder $recorder is used as it is."
    fi
fi

# done_or_stop CODE: 0 is good; 1 and 3 are done too, but ask for a look; anything else stops.
attention=
done_or_stop() {
    case $1 in
        0) ;;
        1 | 3) attention=yes ;;
        *) exit "$1" ;;
    esac
}

heading "What became of every file (station: $station)" "每个文件的处理结果（站点：$station）"
status=0
"$evidock" ingest "$recorder" || status=$?
done_or_stop $status

heading "The recordings" "录像清单"
"$evidock" list

heading "One file got back, and verified" "取回一个文件并校验"
item=$("$evidock" --json list --limit 1 | head -n 1 | jq -r .item)
"$evidock" copy "$item" --out "$work/copy"
status=0
"$evidock" verify "$work/copy" --against "$item" || status=$?
done_or_stop $status

heading "Audit: everything read again" "审计：全部重新核对"
status=0
"$evidock" audit || status=$?
done_or_stop $status

heading "How to go on" "后续步骤"
cat << NEXT
  cd $PWD
  export EVIDOCK_ROOT=$station
  $evidock list --json                  one recording a line; show ITEM tells all of one
  $evidock ingest PATH                  takes another recorder or folder
  $evidock verify FILE --against ITEM   is this file what was taken then?
  $evidock serve --dock-root DIR        the daemon: takes whatever is mounted below DIR
  $evidock --help                       every command; README.md tells the rest
  bash Tests/run.sh                                    every test
NEXT
[ -z "$attention" ] || {
    echo
    if [ -n "$chinese" ]; then
        echo "有待核查的内容，见上文。"
    else
        echo "Something above needs a look."
    fi
    exit 3
}
