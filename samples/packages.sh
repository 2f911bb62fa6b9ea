# The Debian packages evidock needs, in one place; sourced by the other scripts.
#
#   build_packages   to build and run it
#   test_packages    what the tests want besides
#   build_release    builds it, from the project's top
#   need_packages PACKAGE…   installs those that are missing, and asks for root only then

build_packages=(
    libavformat-dev libavcodec-dev libavutil-dev libsqlite3-dev libssl-dev pkg-config
    e2fsprogs util-linux mount jq
)
test_packages=(
    binutils dpkg-dev patchelf xz-utils systemd strace xfsprogs dosfstools exfatprogs exfat-fuse
    fuse3 libfuse2 faketime ffmpeg openssl python3 sqlite3 git
)
browser_packages=(chromium fonts-noto-cjk)

need_packages() {
    local missing=() package
    for package in "$@"; do
        [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2> /dev/null)" = installed ] ||
            missing+=("$package")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    local as_root=()
    if [ "$(id -u)" -ne 0 ]; then
        if ! command -v sudo > /dev/null; then
            echo "These packages are missing; install them as root: ${missing[*]}" >&2
            return 1
        fi
        echo "Root is needed once, to install missing packages: ${missing[*]}" >&2
        as_root=(sudo)
    fi
    "${as_root[@]}" apt-get -qq update >&2 &&
        "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
            apt-get -qq -y --no-install-recommends install "${missing[@]}" >&2
}

# The release, with Swift's libraries inside and no name of this folder in what C asserts say.
build_release() {
    swift build -c release --static-swift-stdlib -Xcc "-fmacro-prefix-map=$PWD/="
}

need_swift() {
    command -v swift > /dev/null && return 0
    echo "Swift 6.2 or newer is missing: see https://www.swift.org/install/linux/" >&2
    return 1
}
