#!/bin/bash
# Makes the Debian package of evidock from the release build.
#
#   bash systemd/package.sh [--version V] [--binaries DIR] [--out DIR]
#
# Needs .build/release from `build_release` of samples/packages.sh: Swift's libraries are
# inside then, and all else comes from Debian, as the package's dependencies say. So a court's
# machine needs neither Swift nor a network. Prints the package's path; by default
# .build/package/evidock_V_ARCH.deb.
set -euo pipefail
cd "$(dirname "$0")/.."

version=0.1.0
binaries=.build/release
out=.build/package
while [ $# -gt 0 ]; do
    case $1 in
        --version) version=${2:?} ;;
        --binaries) binaries=${2:?} ;;
        --out) out=${2:?} ;;
        *)
            echo "usage: systemd/package.sh [--version V] [--binaries DIR] [--out DIR]" >&2
            exit 2
            ;;
    esac
    shift 2
done
[[ $version =~ ^[0-9][A-Za-z0-9.+~-]*$ ]] || { echo "no Debian version: $version" >&2; exit 2; }
for program in evidock evidock-inspector; do
    if [ ! -x "$binaries/$program" ]; then
        echo "$binaries/$program is missing: bash samples/quickstart.sh builds it" >&2
        exit 1
    fi
done

architecture=$(dpkg --print-architecture)
mkdir -p "$out"
stage=$(mktemp -d "$out/stage.XXXXXX")
trap 'rm -rf "$stage"' EXIT
tree=$stage/tree

# put MODE SOURCE PLACE
put() { install -D -m "$1" "$2" "$tree/$3"; }

# The program looks for its inspector beside itself, then in ../lib/evidock.
put 0755 "$binaries/evidock" usr/bin/evidock
put 0755 "$binaries/evidock-inspector" usr/lib/evidock/evidock-inspector
put 0755 systemd/evidock-dock usr/lib/evidock/evidock-dock
put 0644 systemd/evidock.service usr/lib/systemd/system/evidock.service
put 0644 systemd/evidock-witness.service usr/lib/systemd/system/evidock-witness.service
put 0644 systemd/evidock-dock@.service usr/lib/systemd/system/evidock-dock@.service
put 0644 systemd/99-evidock.rules usr/lib/udev/rules.d/99-evidock.rules
put 0644 systemd/tmpfiles.conf usr/lib/tmpfiles.d/evidock.conf
put 0644 systemd/sysusers.conf usr/lib/sysusers.d/evidock.conf
put 0644 systemd/evidock.yaml etc/evidock/evidock.yaml
put 0644 systemd/log-key.conf usr/share/doc/evidock/examples/log-key.conf
put 0644 systemd/network.conf usr/share/doc/evidock/examples/network.conf
put 0644 systemd/debian/copyright usr/share/doc/evidock/copyright
install -d "$tree/etc/evidock/recorders.d"
# The licences of what is linked statically ask to go with the programs.
for text in .build/checkouts/*/{LICENSE,NOTICE}* "$(dirname "$(command -v swift)")"/../share/swift/LICENSE*
do
    [ -f "$text" ] || continue
    owner=$(basename "$(dirname "$text")")
    put 0644 "$text" "usr/share/doc/evidock/licenses/$owner-$(basename "$text")"
done

programs=(usr/bin/evidock usr/lib/evidock/evidock-inspector)
for program in "${programs[@]}"; do
    # Debug information names the folders of the build machine.
    strip --strip-unneeded --remove-section=.comment --remove-section=.note "$tree/$program"
    # A path to the toolchain's libraries must not be searched on the court's machine.
    if readelf -d "$tree/$program" | grep -Eq '\((RPATH|RUNPATH)\)'; then
        patchelf --remove-rpath "$tree/$program"
    fi
    if readelf -d "$tree/$program" | grep -E 'NEEDED.*\[(libswift|libFoundation|lib_Foundation|libdispatch|libBlocksRuntime)'
    then
        echo "$program needs Swift's libraries: build with --static-swift-stdlib" >&2
        exit 1
    fi
done

# What of Debian the programs link, with the versions whose symbols they use.
mkdir -p "$stage/debian"
printf 'Source: evidock\n\nPackage: evidock\nArchitecture: any\n' > "$stage/debian/control"
libraries=$(cd "$stage" && dpkg-shlibdeps -O "${programs[@]/#/tree/}" 2> shlibdeps.log |
    sed -n 's/^shlibs:Depends=//p') || { cat "$stage/shlibdeps.log" >&2; exit 1; }
[ -n "$libraries" ] || { echo "no dependencies found" >&2; exit 1; }

{
    printf 'evidock (%s) stable; urgency=medium\n\n  * Built from the source tree.\n\n' "$version"
    printf ' -- evidock maintainers <root@localhost>  %s\n' \
        "$(date -R -u -d "@$(git log -1 --format=%ct 2> /dev/null || date +%s)")"
} | gzip -9n > "$stage/changelog.gz"
put 0644 "$stage/changelog.gz" usr/share/doc/evidock/changelog.gz

mkdir -p "$tree/DEBIAN"
cat > "$tree/DEBIAN/control" << CONTROL
Package: evidock
Version: $version
Architecture: $architecture
Maintainer: evidock maintainers <root@localhost>
Section: utils
Priority: optional
Installed-Size: $(du -sk --exclude=DEBIAN "$tree" | cut -f 1)
Depends: $libraries, systemd, util-linux, mount
Recommends: udev
Suggests: exfat-fuse
Description: takes recorders' footage into sealed, logged custody
 evidock watches for body-worn and other recorders, copies their footage while
 digesting it, reads it back, seals it under its digest, and writes every step
 into a transparency log that a stranger can check years later.
CONTROL
echo /etc/evidock/evidock.yaml > "$tree/DEBIAN/conffiles"
for script in postinst prerm postrm; do
    install -m 0755 "systemd/debian/$script" "$tree/DEBIAN/$script"
done
(cd "$tree" && find etc usr -type f -print0 | LC_ALL=C sort -z | xargs -0 md5sum) \
    > "$stage/md5sums"
install -m 0644 "$stage/md5sums" "$tree/DEBIAN/md5sums"

package=$out/evidock_${version}_$architecture.deb
dpkg-deb --root-owner-group -Zxz --build "$tree" "$package" > /dev/null
echo "$package"
