"""What lies on a card: the same again, changing files, hostile names, many, huge."""

import base64
import hashlib
import os
import shutil
import socket
import subprocess
import threading

import bench
import fuse_card
from experiment_daemon import stored

MEMORY = 200  # MiB, resident, whatever the card


def again(work):
    """Experiment 9: the same recorder twice, the same content under other names."""
    card, other = (os.path.join(work.place, n) for n in ("card", "other"))
    known = bench.small_card(card)
    root = work.fresh_root()
    first = work.ingest(root, card)
    work.expect(first.code == 0, f"first: {first}")
    held = stored(root)
    second = work.ingest(root, card)
    work.expect([l["outcome"] for l in second.files] == ["duplicate"] * 6, f"again: {second.files}")
    for path in known:
        renamed = os.path.join(other, "DCIM/100MEDIA/X" + os.path.basename(path))
        os.makedirs(os.path.dirname(renamed), exist_ok=True)
        shutil.copy(os.path.join(card, path), renamed)
    third = work.ingest(root, other)
    work.expect(third.code == 0, f"other names: {third}")
    work.expect(stored(root) == held, f"{stored(root) - held} bytes more stored")
    work.judge(root, "the same again", first.files + second.files + third.files, whole=True)
    for name, run in (("the same again", second), ("other names", third)):
        # Seen to be the same where nothing of it is new.
        work.fault(name, run.files and not run.summary.get("ingested"))


def _sha256(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def changing(work):
    """Experiment 10: a file that grows, shrinks, is rewritten or replaced while it is copied."""
    folder = "/DCIM/100MEDIA/"
    body = bench.made_bytes("changing", 32 * bench.MIB)
    aside = os.path.join(work.place, "aside")

    def grow(path):
        with open(path, "ab") as file:
            file.write(b"more" * 1024)

    def shrink(path):
        os.truncate(path, max(0, os.path.getsize(path) - 4096))

    def rewrite(path):
        with open(path, "r+b") as file:
            file.seek(work.random.randrange(0, 30 * bench.MIB))
            file.write(os.urandom(4096))

    def replace(path):
        # Made beside the card, on the same disk, so that only whole files are ever on it.
        bench.write_file(aside, body + os.urandom(64))
        truth.add(_sha256(aside))
        os.rename(aside, path)

    for change in (grow, shrink, rewrite, replace):
        where = f"{change.__name__} while copied"
        card = os.path.join(work.place, change.__name__)
        bench.write_file(card + folder + "20260101_090000.JPG", b"quiet")
        path = card + folder + "20260101_080000.MP4"
        bench.write_file(path, body)
        # What any file of the card ever held as a whole: nothing else may be sealed.
        truth = set(bench.digests(card).values())
        for _ in range(5):
            root = work.fresh_root()
            stop, turns = threading.Event(), []

            def busy():
                while not stop.is_set():
                    change(path)
                    truth.add(_sha256(path))
                    turns.append(change)
            thread = threading.Thread(target=busy)
            thread.start()
            run = work.ingest(root, card)
            during = len(turns)
            stop.set()
            thread.join()
            # Else it was starved: once more.
            if during > 2:
                break
        work.fault(where, during > 2)
        work.expect(run.code in (0, 3, 4), f"{where}: {run}")
        line = next((l for l in run.files if l["path"].endswith(".MP4")), {})
        work.note(f"{where}: exit code {run.code}, {line.get('outcome')} {line.get('code', '')}, "
                  f"{during} changes")
        # On a slow machine it may have been still for long enough.
        work.expect(line.get("outcome") in ("quarantined", "refused")
                    or line.get("sha256") in truth, f"{where}, never still: {line}")
        work.judge(root, where, run.files, truth=truth)
        work.expect(stored(root) >= 5, f"{where}: the quiet file was not taken")
        again = work.ingest(root, card)
        work.expect(again.code == 0, f"{where}, when it is still: {again}")
        known = bench.digests(card)
        work.judge(root, f"{where}, when it is still", again.files, known, whole=True,
                   truth=truth | set(known.values()))


def changed_once(work):
    """Experiment 10: a file that changes once while it is copied is taken again, as it is then."""
    path, quiet = "DCIM/100MEDIA/20260101_080000.MP4", "DCIM/100MEDIA/20260101_090000.JPG"
    card = fuse_card.Card(work)
    for size in (300_000, 9 * bench.MIB):
        for at in (0, size // 2, size - 1):
            where = f"other bytes from {at} of {size} on"
            root = work.fresh_root()
            known = {path: fuse_card.digest("after", size), quiet: fuse_card.digest("q", 5000)}
            card.insert({path: {"size": size, "seed": "before", "becomes": "after", "at": at},
                         quiet: {"size": 5000, "seed": "q"}})
            run = work.ingest(root, card.path)
            work.fault(where, any(f[1] == "becomes" for f in card.fired()))
            work.expect(run.code in (0, 3), f"{where}: {run}")
            work.judge(root, where, run.files, known, truth=set(known.values()))
            work.completes(root, card.path, where, known)
            card.pull()


NAMES = [
    "\u6267\u6cd5\u8bb0\u5f55.MP4".encode("gbk"),
    b"\xff\xfe\xfd.MP4", b"a\nb.MP4", b"a\tb\x1b[31m.MP4",
    b"\x01\x02\x7f.MP4", "\u202egnp.4PM.MP4".encode(), b"x" * 251 + b".MP4", b"..MP4", b"...",
    b"=cmd|' C calc'!A0.MP4", b"<img src=x onerror=alert(1)>.MP4", b"'; DROP TABLE items;--.MP4",
    b"a,b;\"c\".MP4", b"Case.MP4", b"case.mp4", b"CASE.MP4", b"-rf.MP4", b"$(touch pwned).MP4",
    b"a\\b.MP4", b"%2e%2e%2f.MP4", b" .MP4", b"e\xcc\x81.MP4", b"\xc3\xa9.MP4", b"{\"v\":1}.MP4",
    b"\xf0\x9f\x9a\x93.MP4", b"\xed\xa0\x80.MP4", b"NUL.MP4", b"\r\n\r\n.MP4"]


def hostile(work):
    """Experiments 11 and 12: hostile names, and what is not a file at all."""
    card = os.fsencode(os.path.join(work.place, "card"))
    folder = card + b"/DCIM/100MEDIA"
    os.makedirs(folder)
    outside = os.path.join(work.place, "outside")
    bench.write_file(outside, b"secret outside the card")
    for number, name in enumerate(NAMES):
        with open(folder + b"/" + name, "wb") as file:
            file.write(b"name %d" % number)
    os.symlink(outside, folder + b"/link.MP4")
    os.symlink(b"/", folder + b"/rootlink")
    os.symlink(b".", folder + b"/loop")
    os.link(folder + b"/Case.MP4", folder + b"/hard.MP4")
    os.mkfifo(folder + b"/pipe.MP4")
    server = socket.socket(socket.AF_UNIX)
    here = os.getcwd()
    os.chdir(folder)
    server.bind("sock.MP4")
    os.chdir(here)
    if os.geteuid() == 0:
        os.mknod(folder + b"/zero.MP4", 0o20666, os.makedev(1, 5))
    deep = os.open(folder, os.O_RDONLY)
    for _ in range(1000):
        os.mkdir("d", dir_fd=deep)
        below = os.open("d", os.O_RDONLY, dir_fd=deep)
        os.close(deep)
        deep = below
    os.close(os.open("deep.MP4", os.O_CREAT | os.O_WRONLY, dir_fd=deep))
    os.close(deep)
    with open(folder + b"/sparse.MP4", "wb") as file:
        file.truncate(1 << 40)
    root = work.fresh_root()
    before = set(os.listdir(work.place))
    run = work.ingest(root, os.fsdecode(card), timeout=120)
    there = set(os.listdir(folder))
    for name in NAMES:
        work.fault(name, name in there)
    work.expect(run.code == 3, f"hostile card: {run}")
    verdict = work.judge(root, "hostile card", run.files, whole=True)
    leaked = [f for f in work.random.sample(list(verdict.items.values()), len(verdict.items))
              if f["size"] == 23]
    work.expect(not leaked, f"a link was followed: {leaked}")
    work.expect(set(os.listdir(work.place)) <= before | {"control.sock"},
                f"written outside the vault: {set(os.listdir(work.place)) - before}")
    told = set()
    for row in verdict.items.values():
        raw = base64.b64decode(row["pathBytes"]) if "pathBytes" in row else os.fsencode(row["path"])
        told.add(os.path.basename(raw))
    for line in run.files:
        raw = base64.b64decode(line["pathBytes"]) if "pathBytes" in line else \
            line["path"].encode(errors="surrogateescape")
        told.add(os.path.basename(raw))
    missing = [n for n in NAMES if n not in told and not n.startswith(b".")]
    work.expect(not missing, f"names whose bytes are not kept: {missing}")
    work.expect(any("/d/d/d" in line["path"] for line in run.files if line["outcome"] == "refused"),
                "nothing of the 1,000 folders deep was recorded as refused")
    refused = {line["path"].split("/")[-1] for line in run.files if line["outcome"] == "refused"}
    for name in ("link.MP4", "rootlink", "loop", "pipe.MP4", "sock.MP4", "zero.MP4",
                 "sparse.MP4"):
        work.expect(name in refused, f"{name} was not recorded as refused")
    # For the eye: no control character reaches a terminal raw.
    for arguments in (["list", "--all", "--limit", "0"], ["ingest", os.fsdecode(card)]):
        shown = work.run(["--root", root, *arguments], timeout=120)
        text = shown.err + shown.out
        bad = [c for c in text if (ord(c) < 32 and c not in "\n\r\t") or c in "\u202e\x7f"]
        work.expect(not bad, f"{arguments[0]} shows control characters: {bad[:5]}")
    subprocess.run([b"rm", b"-rf", card], check=False)


def many(work):
    """Experiments 13 and 18: many small files: memory flat, the time per file does not grow; the
    index made anew of all of them within 60 s, and the same."""
    count = 100_000 if work.full else 3_000
    root = work.fresh_root()
    peaks, times, truth = [], [], set()
    for half in range(2):
        card = os.path.join(work.place, f"card{half}")
        for number in range(count // 2):
            data = b"%d %d" % (half, number) + bytes(number % 3000)
            truth.add(hashlib.sha256(data).hexdigest())
            bench.write_file(f"{card}/DCIM/{number // 500:03}MEDIA/{half}_{number:06}.JPG", data)
        run, peak = measured(work, root, card, 3000)
        times.append(run.seconds)
        peaks.append(peak)
        work.expect(run.code == 0, f"half {half}: {run}")
        work.fault(f"half {half}", run.summary.get("ingested") == count // 2)
        shutil.rmtree(card)
    rates = [count / 2 / t for t in times]
    work.note(f"{count} files: {rates[0]:.0f} and {rates[1]:.0f} a second in the halves, "
              f"peak {peaks[0]} and {peaks[1]} MiB resident")
    work.expect(times[1] < 1.5 * times[0] + 2, f"the second half took {times[1]:.1f} s, the "
                f"first {times[0]:.1f} s")
    work.expect(max(peaks) < MEMORY, f"peaks of {peaks} MiB")
    work.judge(root, "many", whole=True, truth=truth)
    listed = work.run(["--root", root, "list", "--all", "--limit", "0", "--json"]).out
    os.remove(root + "/index.sqlite")
    rebuilt = work.run(["--root", root, "index", "rebuild"], timeout=600)
    work.fault("the index removed", True)
    work.expect(rebuilt.code == 0 and rebuilt.seconds < 60,
                f"index rebuild: {rebuilt.seconds:.1f} s, {rebuilt}")
    work.note(f"the index of them made anew in {rebuilt.seconds:.1f} s")
    again = work.run(["--root", root, "list", "--all", "--limit", "0", "--json"]).out
    work.expect(again == listed, "made anew, the list differs")


def measured(work, root, card, timeout):
    """`ingest` of the card, and its peak of resident memory in MiB."""
    log = os.path.join(work.place, "peak")
    run = work.ingest(root, card, timeout=timeout,
                      prefix=["/usr/bin/env", "python3", "-c", _MEASURE, log])
    with open(log) as file:
        return run, int(file.read()) // 1024


_MEASURE = ("import os,resource,subprocess,sys\n"
            "code = subprocess.call(sys.argv[2:])\n"
            "open(sys.argv[1], 'w').write(str(resource.getrusage(resource.RUSAGE_CHILDREN)"
            ".ru_maxrss))\n"
            "sys.exit(code if code >= 0 else 128 - code)")


def huge(work):
    """Experiment 14: 4 GiB - 1, 4 GiB, 4 GiB + 1, 5 GiB (300 MiB otherwise): exact, memory flat."""
    sizes = [300 * bench.MIB + 1]
    if work.full:
        sizes = [(1 << 32) - 1, 1 << 32, (1 << 32) + 1, 5 << 30]
    if shutil.disk_usage(work.place).free < 3 * max(sizes) + (1 << 30):
        raise bench.Skipped("not enough room on the disk")
    for size in sizes:
        root = work.fresh_root()
        card = os.path.join(work.place, "card")
        path = card + "/DCIM/100MEDIA/20260101_080000.MP4"
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            for offset in range(0, size, 16 * bench.MIB):
                file.write(fuse_card.content("huge", offset, min(16 * bench.MIB, size - offset)))
        run, peak = measured(work, root, card, 600)
        work.fault(f"{size} bytes", os.path.getsize(path) == size)
        work.note(f"{size} bytes: {run.seconds:.1f} s, peak {peak} MiB")
        work.expect(run.code == 0, f"{size}: {run}")
        work.expect(peak < MEMORY, f"{size} bytes: peak {peak} MiB")
        work.judge(root, f"{size} bytes", run.files, bench.digests(card), whole=True)
        shutil.rmtree(card)


EXPERIMENTS = [("media-again", again), ("media-changing", changing),
               ("media-changed-once", changed_once), ("media-hostile", hostile),
               ("media-many", many), ("media-huge", huge)]
