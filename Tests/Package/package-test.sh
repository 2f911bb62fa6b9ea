#!/bin/bash
# The Debian package, from the release build that lies in .build/release: what is in it; installed
# by dpkg into a scratch root that has Debian's libraries and no Swift; run there; upgraded in the
# middle of a docking; removed, leaving the data.
#
# The scratch root is this very Debian seen through an overlay whose changes live in memory, in a
# mount and process name space of its own: nothing outside is touched, and all of it goes when the
# test ends. That needs root; without, the part is skipped.
set -uo pipefail
cd "$(dirname "$0")/../.."
source Tests/Package/counting.sh

# --- inside the name spaces -----------------------------------------------------------------
if [ "${1:-}" = inside ]; then
    work=$2 old=$3 new=$4 toolchain=$5
    tree=$PWD
    mkdir "$work/memory" "$work/data" "$work/root"
    mount -t tmpfs -o mode=755 tmpfs "$work/memory"
    mkdir "$work/memory/upper" "$work/memory/work"
    root=$work/root
    mount -t overlay -o "lowerdir=/,upperdir=$work/memory/upper,workdir=$work/memory/work" \
        overlay "$root" || { skip "the scratch root" "no overlay here"; exit 77; }
    cp "$old" "$root/tmp/old.deb"
    cp "$new" "$root/tmp/new.deb"
    mkdir "$root/card"
    cp -r samples/recorder/. "$root/card"
    # No toolchain, no source tree, no build in there.
    for hidden in "$toolchain" /usr/lib/swift /usr/lib/swift_static "$tree"; do
        [ "$hidden" = / ] || [ ! -d "$root$hidden" ] || mount -t tmpfs tmpfs "$root$hidden"
    done
    mount -t proc proc "$root/proc"
    mount --rbind /dev "$root/dev"
    mount -t sysfs -o ro sysfs "$root/sys"
    mount -t tmpfs -o mode=755 tmpfs "$root/run"
    # The vault on a real disk, so that its syncs and read-backs are real.
    mkdir -p "$root/var/lib/evidock"
    mount --bind "$work/data" "$root/var/lib/evidock"

    inside() { env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 /usr/sbin/chroot "$root" "$@"; }
    # As the daemon's user. The reserve is for big disks, not for a test's corner of one.
    evidock() { (as_daemon "$@"); }
    # In place of the shell that calls it: so `as_daemon serve &` leaves the daemon's own id in $!.
    as_daemon() {
        exec env -i PATH=/usr/bin:/bin LC_ALL=C.UTF-8 EVIDOCK_RESERVE_BYTES=1000000 \
            EVIDOCK_RESERVE_PERMILLE=0 /usr/sbin/chroot --userspec=evidock:evidock "$root" \
            /usr/bin/evidock "$@"
    }
    said() { "$@" > "$work/out" 2>&1; }
    # until_true SECONDS COMMAND…
    until_true() {
        local end=$((SECONDS + $1))
        shift
        until "$@"; do
            [ $SECONDS -lt $end ] || return 1
            sleep 0.05
        done
    }

    # Nothing of an evidock that may be installed on this machine counts.
    inside dpkg --purge evidock > /dev/null 2>&1
    said inside dpkg --install /tmp/old.deb
    test_that "dpkg installs it, its dependencies met by Debian alone" [ $? -eq 0 ]
    test_that "the user, the run directories and the settings are there" inside sh -c \
        'id evidock && [ -d /run/evidock/docks ] && [ -f /etc/evidock/evidock.yaml ] &&
         [ -d /etc/evidock/recorders.d ] && [ "$(stat -c %U:%a /var/lib/evidock)" = evidock:750 ]'
    test_that "no station was made by installing" [ ! -e "$work/data/station.json" ]
    said inside ldd /usr/bin/evidock /usr/lib/evidock/evidock-inspector
    test_that "every library is found, none but in Debian's folders" \
        awk '/not found/ || (/=> \// && $3 !~ "^(/usr)?/lib") { bad = 1 } END { exit bad }' "$work/out"
    for unit in evidock.service evidock-dock@.service; do
        said inside systemd-analyze verify "/usr/lib/systemd/system/$unit"
        test_that "$unit is clean where it is installed" test ! -s "$work/out"
    done
    test_that "what the units start is there" inside sh -c \
        '[ -x /usr/bin/evidock ] && [ -x /usr/lib/evidock/evidock-dock ]'

    said evidock serve --no-init
    test_that "without a station the service says so: exit code 5" [ $? -eq 5 ]
    test_that "and makes none" [ ! -e "$work/data/station.json" ]
    said evidock init --station "Package test"
    test_that "the daemon's user makes a station" [ $? -eq 0 ]
    said evidock ingest /card
    test_that "ingest runs" [ $? -eq 0 ]
    evidock --json list > "$work/out" 2>&1
    test_that "list shows the four recordings of the card" [ "$(wc -l < "$work/out")" -ge 4 ]
    item=$(head -n 1 "$work/out" | jq -r .item)
    evidock --json show "$item" > "$work/out" 2>&1
    test_that "the inspector was found, and described them" \
        [ "$(jq -r .media.status "$work/out")" = sound ]
    count_items() { evidock --json list --limit 1000 2> /dev/null | wc -l; }
    items=$(count_items)

    # --- a next version in the middle of a docking
    mkdir "$work/big"
    for n in $(seq 24); do head -c 16M /dev/urandom > "$work/big/clip$n.bin"; done
    (cd "$work/big" && sha256sum -- * | cut -d ' ' -f 1 | sort) > "$work/digests"
    mkfs.ext4 -q -F -d "$work/big" "$work/big.img" 512M > /dev/null
    rm -rf "$work/big"
    loop=$(losetup --find --show --read-only "$work/big.img" 2> /dev/null)
    if [ -z "$loop" ]; then
        skip "an upgrade in the middle of a docking" "no loop device here"
    else
        trap 'umount --lazy "$root/run/evidock/docks/big"; losetup --detach "$loop"' EXIT
        mkdir "$root/run/evidock/docks/big"
        : > "$work/serve1"
        as_daemon serve --no-init > "$work/serve1" 2>&1 &
        daemon=$!
        sealed() { # how many of the big files are in the vault
            local digest count=0
            while read -r digest; do
                [ ! -e "$work/data/vault/footage/${digest:0:2}/$digest" ] || count=$((count + 1))
            done < "$work/digests"
            echo $count
        }
        staged() { find "$work/data/staging" -type f -size +0 2> /dev/null; }
        is_under_way() { [ -n "$(staged | head -n 1)" ]; }
        all_sealed() { [ "$(sealed)" -eq 24 ] && [ "$(count_items)" -ge $((items + 24)) ]; }

        until_true 60 grep -q listening "$work/serve1"
        cp "$work/serve1" "$work/out"
        test_that "the daemon starts" grep -q listening "$work/serve1"
        mount -t ext4 -o ro,noload,nosuid,nodev,noexec "$loop" "$root/run/evidock/docks/big"
        until_true 60 is_under_way
        under_way=$?
        # Held still, so that the upgrade is in the middle on a fast machine too.
        kill -STOP $daemon
        test_that "the docking is under way" [ $under_way -eq 0 ]
        test_that "and not done" [ "$(sealed)" -lt 24 ]
        said inside dpkg --install /tmp/new.deb
        test_that "the next version installs over it" [ $? -eq 0 ]
        test_that "and is the one installed" [ "$(inside dpkg-query -W -f '${Version}' evidock)" = 0.1.1 ]
        # What systemctl try-restart does from postinst.
        kill -TERM $daemon
        kill -CONT $daemon
        wait $daemon
        test_that "the old daemon stops cleanly" [ $? -eq 0 ]
        cp "$work/serve1" "$work/out"
        as_daemon serve --no-init > "$work/serve2" 2>&1 &
        daemon=$!
        until_true 180 all_sealed
        cp "$work/serve2" "$work/out"
        test_that "the new one takes the rest: all 24 files are sealed" [ "$(sealed)" -eq 24 ]
        test_that "and each is listed once" [ "$(count_items)" -eq $((items + 24)) ]
        kill -TERM $daemon
        wait $daemon
        test_that "the new daemon stops cleanly" [ $? -eq 0 ]
        test_that "nothing is left in staging" [ -z "$(find "$work/data/staging" -type f)" ]
        umount "$root/run/evidock/docks/big"
        losetup --detach "$loop"
        trap - EXIT
    fi
    said evidock audit
    test_that "the audit finds nothing" [ $? -eq 0 ]

    # --- removed
    state() { (cd "$work/data" && find . -type f -printf '%p %s %m %u\n' | sort | sha256sum); }
    before=$(state)
    test_that "there are data to be kept" [ -e "$work/data/station.json" ]
    said inside dpkg --remove evidock
    test_that "it is removed" [ $? -eq 0 ]
    test_that "the programs are gone" \
        [ ! -e "$root/usr/bin/evidock" -a ! -e "$root/usr/lib/evidock/evidock-inspector" ]
    test_that "the data are as they were" [ "$before" = "$(state)" ]
    said inside dpkg --purge evidock
    test_that "it is purged" [ $? -eq 0 ]
    test_that "the settings are gone" [ ! -e "$root/etc/evidock/evidock.yaml" ]
    test_that "the data are still as they were" [ "$before" = "$(state)" ]
    test_that "and their owner still has a name" inside id evidock
    closing_line
    exit
fi

# --- outside ----------------------------------------------------------------------------------
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

package() {
    bash systemd/package.sh --binaries "${EVIDOCK_BINARIES:-.build/release}" --version "$1" \
        --out "$work" > "$work/path" 2> "$work/out"
}
package 0.1.0
test_that "the package is made" [ $? -eq 0 ]
old=$(cat "$work/path")
package 0.1.1
test_that "and a next version" [ $? -eq 0 ]
new=$(cat "$work/path")
: > "$work/out"
if [ ! -f "$old" ] || [ ! -f "$new" ]; then
    closing_line
    exit
fi

dpkg-deb --extract "$old" "$work/tree"
programs=("$work/tree/usr/bin/evidock" "$work/tree/usr/lib/evidock/evidock-inspector")
has_all() {
    local place
    for place in usr/bin/evidock usr/lib/evidock/evidock-inspector usr/lib/evidock/evidock-dock \
        usr/lib/systemd/system/evidock.service usr/lib/systemd/system/evidock-dock@.service \
        usr/lib/udev/rules.d/99-evidock.rules usr/lib/tmpfiles.d/evidock.conf \
        usr/lib/sysusers.d/evidock.conf etc/evidock/evidock.yaml etc/evidock/recorders.d \
        usr/share/doc/evidock/copyright usr/share/doc/evidock/changelog.gz; do
        [ -e "$work/tree/$place" ] || { echo "missing: $place"; return 1; }
    done
}
depends() { dpkg-deb --field "$old" Depends | grep -q "$1"; }
test_that "everything is in it" has_all
for library in libavformat59 libavcodec59 libavutil57 libsqlite3-0 libssl3 libc6; do
    test_that "it depends on Debian's $library" depends "$library"
done
no_search_path() { ! readelf -d "${programs[@]}" | grep -E 'RPATH|RUNPATH'; }
no_swift_library() { ! readelf -d "${programs[@]}" | grep -E 'NEEDED.*(swift|Foundation|dispatch)'; }
only_inspector_links_libav() {
    ! readelf -d "${programs[0]}" | grep -E 'NEEDED.*libav' &&
        readelf -d "${programs[1]}" | grep -q 'NEEDED.*libavformat'
}
stripped() { ! readelf -S --wide "${programs[@]}" | grep -E '\.debug_|\.symtab'; }
names_no_build() { ! grep -aF -e "$PWD/" "${programs[@]}"; }
test_that "no search path to a toolchain" no_search_path
test_that "Swift's libraries are inside" no_swift_library
test_that "only the inspector links libav" only_inspector_links_libav
test_that "stripped" stripped
test_that "the build's folder is named nowhere" names_no_build
test_that "files belong to root" bash -c \
    '! dpkg-deb --contents "$1" | grep -v "root/root"' _ "$old"

toolchain=$(readlink -f "$(command -v swift)")
toolchain=${toolchain%/usr/bin/*}
if [ "$(id -u)" -ne 0 ]; then
    skip "install, run, upgrade, remove" "needs root"
    closing_line
    exit
fi
unshare --mount --propagation private --pid --fork --kill-child \
    bash Tests/Package/package-test.sh inside "$work" "$old" "$new" "${toolchain:-/}" > "$work/inside.log" 2>&1
status=$?
line=$(grep -E '^[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$' "$work/inside.log" | tail -n 1)
grep -vE '^[0-9]+ passed, ' "$work/inside.log"
if [ -n "$line" ]; then
    read -r more _ bad _ left _ <<< "$line"
    passed=$((passed + more)) failed=$((failed + bad)) skipped=$((skipped + left))
elif [ $status -eq 77 ] || grep -q 'unshare failed' "$work/inside.log"; then
    skip "install, run, upgrade, remove" "no name spaces or no overlay here"
else
    test_that "the scratch root's part ran to its end" false
fi
closing_line
