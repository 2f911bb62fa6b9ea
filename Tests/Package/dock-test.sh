#!/bin/bash
# evidock-dock with real file systems on loop devices: docked read-only, no byte of the device
# changed, taken away again. Needs root and loop devices; the kernel's own exFAT and FAT where it
# has them, else exFAT by FUSE.
set -uo pipefail
cd "$(dirname "$0")/../.."
source Tests/Package/counting.sh

work=$(mktemp -d)
loop=
export EVIDOCK_DOCKS=$work/docks EVIDOCK_DOCK_OWNER=nobody

dock() { sh systemd/evidock-dock "$@" > "$work/out" 2>&1; }
release() {
    [ -z "$loop" ] || dock unmount "${loop#/dev/}"
    # A FUSE daemon lets the device go a moment after the mount has gone: losetup waits for it.
    [ -z "$loop" ] || losetup --detach "$loop"
    loop=
}
trap 'release; rm -rf "$work"' EXIT

names_no_device() { ! dock mount "$1" && grep -q "not a block device's name" "$work/out"; }
for name in ../sda 'a b' 'a;b' A1 '' 'sdb1$x' $'sdb1\n'; do
    test_that "$(printf 'the name %q is refused' "$name")" names_no_device "$name"
done

if [ "$(id -u)" -ne 0 ] || ! probe=$(losetup --find 2> /dev/null); then
    skip "docking" "needs root and loop devices"
    closing_line
    exit
fi

# make KIND FILE: an empty file system with a hostile label where it takes one.
make() {
    truncate -s 320M "$2"
    case $1 in
        ext4) mkfs.ext4 -q -L '../$(id) x' -d samples/recorder "$2" ;;
        ext2) mkfs.ext2 -q -d samples/recorder "$2" ;;
        xfs) mkfs.xfs -q "$2" ;;
        exfat) mkfs.exfat -L '../$(id) x' "$2" ;;
        vfat) mkfs.vfat -F 32 -n 'A B' "$2" ;;
        btrfs) mkfs.btrfs -q "$2" ;;
    esac > "$work/out" 2>&1
}
# knows KIND: whether it can be mounted here at all.
knows() {
    case $1 in
        ext2) knows ext4 ;;
        exfat) modprobe -q exfat 2> /dev/null; grep -qw exfat /proc/filesystems ||
            { command -v mount.exfat-fuse && [ -e /dev/fuse ]; } ;;
        *) modprobe -q "$1" 2> /dev/null; grep -qw "$1" /proc/filesystems ;;
    esac > /dev/null
}
flags_are() { # what the kernel says of the mount, not what was asked
    local flags
    flags=,$(findmnt --noheadings --output VFS-OPTIONS --mountpoint "$1"),
    for flag in ro nosuid nodev; do [[ $flags == *,$flag,* ]] || return 1; done
}
no_write() { ! touch "$1/x" && ! dd if=/dev/zero of="$loop" bs=512 count=1 conv=notrunc; }
is_gone() { [ ! -e "$1" ] && ! findmnt --mountpoint "$1"; }

for kind in ext4 ext2 xfs exfat vfat; do
    if ! knows "$kind"; then
        skip "$kind" "neither the kernel nor FUSE knows it here"
        continue
    fi
    image=$work/$kind.img
    make "$kind" "$image" || { test_that "$kind: made" false; continue; }
    if [ "$kind" = ext4 ]; then
        # A journal to replay, as a recorder leaves it that lost power: must stay as it is.
        debugfs -w -R 'feature needs_recovery' "$image" > /dev/null 2>&1
    fi
    before=$(sha256sum < "$image")
    loop=$(losetup --find --show "$image")
    name=${loop#/dev/}
    place=$EVIDOCK_DOCKS/$name
    dock mount "$name"
    test_that "$kind: docked" [ $? -eq 0 ]
    test_that "$kind: mounted ro, nosuid, nodev" flags_are "$place"
    test_that "$kind: neither mount nor device can be written" no_write "$place"
    case $kind in
        ext*) test_that "$kind: the files are there" \
            diff -r -x lost+found samples/recorder "$place" ;;
    esac
    dock mount "$name"
    test_that "$kind: a device in use is left alone" [ $? -ne 0 ]
    # Pulled out while something reads: the name goes all the same.
    exec 9< "$place"
    dock unmount "$name"
    test_that "$kind: undocked under a reader" is_gone "$place"
    exec 9<&-
    test_that "$kind: undocking twice is harmless" dock unmount "$name"
    release
    test_that "$kind: no byte of the device has changed" [ "$before" = "$(sha256sum < "$image")" ]
    rm -f "$image"
done

if command -v mkfs.btrfs > /dev/null; then
    make btrfs "$work/btrfs.img"
    loop=$(losetup --find --show "$work/btrfs.img")
    dock mount "${loop#/dev/}"
    test_that "a file system not on the list is refused" grep -q 'none that is docked' "$work/out"
    test_that "and leaves no mount point" is_gone "$EVIDOCK_DOCKS/${loop#/dev/}"
    release
fi
truncate -s 1M "$work/empty.img"
loop=$(losetup --find --show "$work/empty.img")
dock mount "${loop#/dev/}"
test_that "a device without a file system is refused" grep -q 'no file system' "$work/out"
release

# The rule must begin with the device read-only, and never build a path from a label.
rules=$(grep -v '^#' systemd/99-evidock.rules)
test_that "the udev rule protects before it mounts" grep -q 'RUN+=.*evidock-dock protect %k' <<< "$rules"
test_that "the udev rule uses no word of the device" \
    bash -c '! grep -Eq "(RUN|WANTS).*(ID_FS_LABEL|ID_MODEL|ID_VENDOR|%E|%c|%s)" <<< "$1"' _ "$rules"

closing_line
