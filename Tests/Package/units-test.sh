#!/bin/bash
# The units under a real systemd: it is started as process 1 of a scratch root (this Debian seen
# through an overlay in memory, in name spaces and a cgroup of its own), the package is installed
# there, and the service runs with all its confinement: it becomes ready, sees a recorder that is
# docked after its start, takes it, shows signs of life, is upgraded, stops.
# Needs root, overlay and cgroup2; where they are not to be had, all of it is skipped.
set -uo pipefail
cd "$(dirname "$0")/../.."
source Tests/Package/counting.sh

work=$(mktemp -d)
group=
clean_up() {
    if [ -n "$group" ]; then
        echo $$ > "$(dirname "$group")/cgroup.procs"
        find "$group" -depth -type d -exec rmdir {} + 2> /dev/null
    fi
    [ ! -s "$work/loop" ] || losetup --detach "$(cat "$work/loop")" 2> /dev/null
    rm -rf "$work"
}
trap clean_up EXIT

leave() { # REASON
    skip "the units under systemd" "$1"
    closing_line
    exit
}
[ "$(id -u)" -eq 0 ] || leave "needs root"
[ -x /lib/systemd/systemd ] || leave "needs systemd's own program"
for version in 0.1.0 0.1.1; do
    bash systemd/package.sh --binaries "${EVIDOCK_BINARIES:-.build/release}" \
        --version "$version" --out "$work" > "$work/path" 2> "$work/out"
    test_that "package $version is made" [ $? -eq 0 ]
    [ -s "$work/path" ] || { closing_line; exit; }
    mv "$(cat "$work/path")" "$work/$version.deb"
done
: > "$work/out"
mkfs.ext4 -q -F -d samples/recorder "$work/card.img" 16M > /dev/null 2>&1
loop=$(losetup --find --show "$work/card.img" 2> /dev/null) || leave "no loop device here"
echo "$loop" > "$work/loop"

# Its cgroup: the second hierarchy's, wherever this machine has it mounted.
unified=$(findmnt --noheadings --first-only --types cgroup2 --output TARGET)
[ -n "$unified" ] || leave "no cgroup2 here"
own=$unified$(sed -n 's/^0:://p' /proc/self/cgroup)
group=${own%/}/evidock-test-$$
mkdir "$group" 2> /dev/null && echo $$ > "$group/cgroup.procs" || { group=; leave "no cgroup of its own"; }

cat > "$work/start.sh" << 'START'
set -e
work=$1 loop=$2
mkdir "$work/memory" "$work/root"
mount -t tmpfs -o mode=755 tmpfs "$work/memory"
mkdir "$work/memory/upper" "$work/memory/work"
mount -t overlay -o "lowerdir=/,upperdir=$work/memory/upper,workdir=$work/memory/work" \
    overlay "$work/root"
root=$work/root
mkdir -p "$root/exchange"
mount --bind "$work" "$root/exchange"
# Kernel settings and devices of this machine are not its business.
mount -t proc proc "$root/proc"
mount --bind "$root/proc/sys" "$root/proc/sys"
mount -o remount,bind,ro "$root/proc/sys"
mount -t sysfs -o ro sysfs "$root/sys"
mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
mount -t tmpfs -o mode=755 tmpfs "$root/dev"
for device in null zero full random urandom tty fuse "${loop#/dev/}"; do
    [ ! -e "/dev/$device" ] || cp -a "/dev/$device" "$root/dev/$device"
done
ln -s /proc/self/fd "$root/dev/fd"
mkdir "$root/dev/shm"
mount -t tmpfs -o mode=755 tmpfs "$root/run"
mount -t tmpfs tmpfs "$root/tmp"
printf '%s\n' '[Unit]' 'DefaultDependencies=no' 'After=systemd-journald.socket' \
    'Wants=systemd-journald.socket' '[Service]' 'Type=oneshot' \
    "ExecStart=/bin/bash /exchange/probe.sh $loop" 'StandardOutput=file:/exchange/inside.log' \
    'StandardError=inherit' 'ExecStopPost=/bin/systemctl --no-block poweroff --force' \
    > "$root/etc/systemd/system/probe.service"
cd "$root"
mkdir -p before
pivot_root . before
umount --lazy /before
exec env -i container=other PATH=/usr/sbin:/usr/bin:/sbin:/bin /lib/systemd/systemd \
    --unit=probe.service --log-target=null systemd.unified_cgroup_hierarchy=1 < /dev/null
START

cp Tests/Package/counting.sh "$work/counting.sh"
cat > "$work/probe.sh" << 'PROBE'
# Runs inside, as a service of that systemd.
set -uo pipefail
loop=$1 name=${1#/dev/}
work=/exchange
source /exchange/counting.sh
said() { "$@" > "$work/out" 2>&1; }
property() { systemctl show --value --property "$1" evidock.service; }
until_true() { # SECONDS COMMAND…
    local end=$((SECONDS + $1))
    shift
    until "$@" > /dev/null 2>&1; do
        [ $SECONDS -lt $end ] || return 1
        sleep 0.1
    done
}
keep_log() { journalctl --no-pager --quiet --unit "$1" 2> /dev/null | tail -n 20 > "$work/out"; }

mount --make-rshared /
dpkg --purge evidock > /dev/null 2>&1
said dpkg --install /exchange/0.1.0.deb
test_that "the package installs beside a running systemd" [ $? -eq 0 ]
mkdir -p /etc/systemd/system/evidock.service.d
# Small disks here: the reserve is for big ones.
printf '[Service]\nEnvironment=EVIDOCK_RESERVE_BYTES=1000000 EVIDOCK_RESERVE_PERMILLE=0\n' \
    > /etc/systemd/system/evidock.service.d/test.conf
systemctl daemon-reload

said systemctl start evidock.service
test_that "without a station the service does not start" [ $? -ne 0 ]
test_that "its exit code is 5" [ "$(property ExecMainStatus)" = 5 ]
test_that "and it is not tried again" [ "$(property NRestarts)" = 0 ]
said runuser -u evidock -- evidock init --station "Units test"
test_that "a station is made by hand" [ $? -eq 0 ]
systemctl reset-failed evidock.service
systemctl start evidock.service
status=$?
keep_log evidock.service
test_that "it starts, and says that it is ready" [ $status -eq 0 ]
daemon=$(property MainPID)
test_that "the process is evidock itself" \
    bash -c '[ "$1" -gt 0 ] && ! grep -qx env "/proc/$1/comm"' _ "$daemon"
has() { grep -Eq "$1" "/proc/$daemon/status"; }
test_that "its only power is to read" has '^CapEff:\s+0000000000000004$'
test_that "it gains no powers" has '^NoNewPrivs:\s+1$'
test_that "its system calls are filtered" has '^Seccomp:\s+2$'
test_that "its user is evidock" bash -c '[ "$(stat -c %U "/proc/$1")" = evidock ]' _ "$daemon"

# The inspector's own try to break out, under exactly the daemon's confinement: its cage must be
# there too (Landlock, seccomp), which the unit's filter of system calls has to let it build.
# It listens by TCP itself first, to have something to connect to: hence AF_INET, only here.
sed -e 's|^ExecStart=.*|ExecStart=/usr/lib/evidock/evidock-inspector --self-test|' \
    -e 's/^Type=.*/Type=oneshot/' -e '/^WatchdogSec=/d' -e '/^Restart/d' -e '/^NotifyAccess/d' \
    -e 's/^RestrictAddressFamilies=.*/& AF_INET/' \
    -e 's|^SyslogIdentifier=.*|StandardOutput=file:/exchange/self-test|' \
    /usr/lib/systemd/system/evidock.service > /etc/systemd/system/evidock-self-test.service
systemctl daemon-reload
systemctl start evidock-self-test.service
status=$?
keep_log evidock-self-test.service
cat "$work/self-test" >> "$work/out" 2> /dev/null
test_that "the inspector's self-test succeeds under the unit's confinement" [ $status -eq 0 ]

# Without udev there is no device unit to be bound to; all else of the unit is as it is.
sed '/dev-%i.device/d' /usr/lib/systemd/system/evidock-dock@.service \
    > /etc/systemd/system/evidock-dock@.service
systemctl daemon-reload
systemctl start "evidock-dock@$name.service"
status=$?
keep_log "evidock-dock@$name.service"
test_that "the dock's unit mounts the recorder" [ $status -eq 0 ]
place=/run/evidock/docks/$name
seen() { grep -q " $place ro," "/proc/$daemon/mountinfo"; }
until_true 5 seen
test_that "the daemon, begun before, sees the mount" seen
items() { runuser -u evidock -- evidock --json list 2> /dev/null | wc -l; }
four() { [ "$(items)" -ge 4 ]; }
until_true 60 four
keep_log evidock.service
test_that "and takes what is on it" four
item=$(runuser -u evidock -- evidock --json list --limit 1 | jq -r .item)
described() {
    [ "$(runuser -u evidock -- evidock --json show "$item" | jq -r .media.status)" = sound ]
}
until_true 30 described
keep_log evidock.service
test_that "the inspector works under the unit's confinement" described

systemctl stop "evidock-dock@$name.service"
gone() { ! grep -q " $place " /proc/self/mountinfo "/proc/$daemon/mountinfo" && [ ! -e "$place" ]; }
until_true 5 gone
test_that "undocked, the mount is gone for everybody" gone

alive() { [ "$(property WatchdogTimestampMonotonic)" -gt "$(property ActiveEnterTimestampMonotonic)" ]; }
until_true 25 alive
test_that "it shows signs of life to the watchdog" alive

said dpkg --install /exchange/0.1.1.deb
test_that "a next version installs over the running one" [ $? -eq 0 ]
restarted() { [ "$(property MainPID)" -gt 0 ] && [ "$(property MainPID)" != "$daemon" ]; }
until_true 30 restarted
keep_log evidock.service
test_that "which goes on with it" restarted
test_that "and is active" systemctl is-active evidock.service
systemctl stop evidock.service
keep_log evidock.service
test_that "it stops cleanly" [ "$(property Result) $(property ExecMainStatus)" = "success 0" ]
: > "$work/out"
systemctl start evidock.service
said dpkg --remove evidock
test_that "removing the package stops it" \
    bash -c 'dpkg-query -W -f "\${db:Status-Status}" evidock | grep -q config-files && ! pgrep -x evidock'
test_that "the data stay" [ -e /var/lib/evidock/station.json ]
closing_line
PROBE

: > "$work/inside.log"
timeout --kill-after=10s 300 unshare --mount --propagation private --pid --fork --cgroup --uts \
    --ipc --kill-child bash "$work/start.sh" "$work" "$loop" > "$work/start.log" 2>&1
line=$(grep -E '^[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$' "$work/inside.log" | tail -n 1)
grep -vE '^[0-9]+ passed, ' "$work/inside.log"
if [ -n "$line" ]; then
    read -r more _ bad _ left _ <<< "$line"
    passed=$((passed + more)) failed=$((failed + bad)) skipped=$((skipped + left))
elif [ ! -s "$work/inside.log" ]; then
    skip "the units under systemd" \
        "it cannot be started here: $(tail -n 1 "$work/start.log")"
else
    cp "$work/start.log" "$work/out"
    test_that "the part inside ran to its end" false
fi
closing_line
