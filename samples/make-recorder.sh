#!/bin/bash
# Makes the sample recorder in samples/recorder/ again: a small card as a body-worn recorder of
# the DCAM layout leaves it. The media are real (H.264, AAC, JPEG) and show test pictures only.
# The bytes are the same whenever the same version of ffmpeg makes them.
set -euo pipefail
cd "$(dirname "$0")"

card=recorder
rm -rf "$card"
mkdir -p "$card"/Media/{Video,IMP,Image,Audio}/2026-08-04 "$card"/Temp/2026-08-04

make() { # OPTION… FILE: one file by ffmpeg, with nothing of this machine in it
    ffmpeg -nostdin -hide_banner -loglevel error -y "${@:1:$#-1}" \
        -threads 1 -fflags +bitexact -flags +bitexact "${@: -1}"
}

video() { # SECONDS TONE CLAIMED-TIME FILE
    make -f lavfi -i "testsrc2=size=640x360:rate=25:duration=$1" \
        -f lavfi -i "sine=frequency=$2:sample_rate=16000:duration=$1" \
        -c:v libx264 -preset slow -crf 33 -pix_fmt yuv420p -g 50 \
        -c:a aac -b:a 24k -metadata "creation_time=$3" "$4"
}

checksum() { # FILE: its sidecar, the digest and a newline, as the recorder writes it
    md5sum "$1" | cut -d ' ' -f 1 > "${1%.*}.md5"
}

name=DCAM_CAM001_000001_20260804
# The container calls its local time UTC: the usual fault of such recorders, eight hours off.
video 5 440 2026-08-04T10:00:00Z "$card/Media/Video/2026-08-04/${name}_100000.mp4"
checksum "$card/Media/Video/2026-08-04/${name}_100000.mp4"
video 3 880 2026-08-04T10:05:12Z "$card/Media/IMP/2026-08-04/${name}_100512_IMP.mp4"
checksum "$card/Media/IMP/2026-08-04/${name}_100512_IMP.mp4"
make -f lavfi -i "testsrc2=size=640x360:rate=1:duration=1" -frames:v 1 -q:v 6 \
    "$card/Media/Image/2026-08-04/${name}_100230.jpg"
make -f lavfi -i "sine=frequency=660:sample_rate=16000:duration=5" -c:a aac -b:a 24k \
    -metadata creation_time=2026-08-04T10:07:00Z \
    "$card/Media/Audio/2026-08-04/${name}_100700.m4a"

# The recorder was still writing this one: it has no index, and is no footage yet.
unfinished="$card/Temp/2026-08-04/${name}_101000.mp4"
video 2 330 2026-08-04T10:10:00Z "$unfinished"
truncate -s 20000 "$unfinished"

find "$card" -exec touch -h -d '2026-08-04T10:15:00Z' {} +
find "$card" -type f -printf '%s  %P\n' | LC_ALL=C sort -k 2
