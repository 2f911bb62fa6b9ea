"""Times `evidock ingest` against other ways of taking a card. See ingest.sh.

Every file of the cards is a WAV with random samples: no two alike, not to be compressed, and
something that the inspector has to describe.

A round runs each contender once, beginning with another one each time. Ratios are taken round by
round, and their median is given: a disk wanders. evidock ends durable. So must the others to be
compared: what does not sync by itself is timed to its end, and with a sync after it. evidock's
moment of sealing is when it prints the line of the last file, on a terminal of its own (lines are
buffered in a pipe).

What the runs on small files made is removed after the last of them: ext4 looks for minutes over
inodes that were just freed, and the next run would pay for the last one's removal.
"""
import argparse
import glob
import json
import os
import pty
import select
import shutil
import sqlite3
import statistics
import struct
import subprocess
import sys
import tempfile
import threading
import time
import tty

import bench


# From so many files on, what a run made stays until the last run.
MANY = 100


class Card:
    """A folder of generated recordings."""

    def __init__(self, name, path, count, size):
        self.name, self.path, self.count, self.size = name, path, count, size

    def generate(self):
        for index in range(self.count):
            folder = f"{self.path}/DCIM/{100 + index // 1000}MEDIA"
            os.makedirs(folder, exist_ok=True)
            with open(f"{folder}/REC{index:05}.wav", "wb") as file:
                header = struct.pack(
                    "<4sI4s4sIHHIIHH4sI", b"RIFF", self.size - 8, b"WAVE", b"fmt ", 16, 1, 1,
                    16000, 32000, 2, 16, b"data", self.size - 44)
                file.write(header)
                left = self.size - len(header)
                while left > 0:
                    file.write(os.urandom(min(left, 1 << 20)))
                    left -= min(left, 1 << 20)
        os.sync()


class Watch(threading.Thread):
    """Looks at the peak memory of a process and of its children while they live."""

    def __init__(self, pid):
        super().__init__(daemon=True)
        self.pid, self.own, self.children = pid, 0, 0
        self.over = threading.Event()

    @staticmethod
    def peak(pid):
        try:
            with open(f"/proc/{pid}/status") as file:
                for line in file:
                    if line.startswith("VmHWM:"):
                        return int(line.split()[1]) * 1024
        except OSError:
            pass
        return 0

    def run(self):
        while not self.over.wait(0.05):
            self.own = max(self.own, self.peak(self.pid))
            for path in glob.glob(f"/proc/{self.pid}/task/*/children"):
                try:
                    with open(path) as file:
                        pids = file.read().split()
                except OSError:
                    continue
                for pid in pids:
                    self.children = max(self.children, self.peak(pid))


class Evidock:
    """The contender itself, with what only it is asked for."""

    name = "evidock ingest"

    def __init__(self, program):
        self.program = program
        self.sealed, self.ended, self.own, self.children, self.largest = [], [], [], [], []

    def run(self, card, target):
        """Seconds to the end. Fails where a file was not taken or not described."""
        root = f"{target}/root"
        master, slave = pty.openpty()
        tty.setraw(slave)
        begin = time.monotonic()
        with open(f"{target}/messages", "wb") as messages:
            process = subprocess.Popen(
                [self.program, "--root", root, "ingest", card.path, "--json"],
                stdin=subprocess.DEVNULL, stdout=slave, stderr=messages, env=bench.environment())
        os.close(slave)
        watch = Watch(process.pid)
        watch.start()
        lines, rest, last = 0, b"", begin
        summary = {}
        while True:
            select.select([master], [], [])
            try:
                piece = os.read(master, 1 << 16)
            except OSError:
                break
            if not piece:
                break
            now = time.monotonic()
            *whole, rest = (rest + piece).split(b"\n")
            for line in whole:
                if line.startswith(b'{"summary"'):
                    summary = json.loads(line)["summary"]
                else:
                    lines, last = lines + 1, now
        _, status, usage = os.wait4(process.pid, 0)
        end = time.monotonic()
        process.returncode = os.waitstatus_to_exitcode(status)
        os.close(master)
        watch.over.set()
        watch.join()
        index = sqlite3.connect(f"file:{root}/index.sqlite?mode=ro", uri=True)
        described, = index.execute(
            "SELECT count(*) FROM items WHERE described IS NOT NULL").fetchone()
        index.close()
        taken = summary.get("ingested")
        if process.returncode != 0 or not lines == taken == described == card.count:
            with open(f"{target}/messages", errors="replace") as messages:
                print(messages.read()[-2000:], file=sys.stderr)
            sys.exit(f"evidock: exit code {process.returncode}, {card.count} files, {taken} taken, "
                     f"{lines} told, {described} described")
        self.sealed.append(last - begin)
        self.ended.append(end - begin)
        self.own.append(watch.own)
        self.children.append(watch.children)
        self.largest.append(usage.ru_maxrss * 1024)
        return end - begin


class Shell:
    """Another way: a command line of bash, with $card and $copy."""

    def __init__(self, name, line):
        self.name, self.line = name, line
        self.durable = []

    def run(self, card, target):
        """Seconds to the end; `durable` has those to the end of a sync after it."""
        took = bench.seconds(
            ["env", f"card={card.path}", f"copy={target}/copy", "bash", "-euo", "pipefail", "-c",
             self.line])
        self.durable.append(took + bench.seconds(["sync"]))
        return took


SUMS = "(cd \"$%s\" && find . -type f -print0 | sort -z | xargs -0 sha256sum > /dev/null)"

SHELLS = [
    Shell("cp -r, sync", 'cp -r "$card" "$copy"; sync'),
    Shell(
        "cp -r, sync, sha256sum both",
        f'cp -r "$card" "$copy"; sync; {SUMS % "card"}; {SUMS % "copy"}'),
    Shell(
        "rsync -a, rsync -c",
        'rsync -a "$card/" "$copy/"; test -z "$(rsync -rcn --out-format=%n "$card/" "$copy/")"'),
    Shell(
        "cp -r, hashdeep",
        'cp -r "$card" "$copy"; (cd "$card" && hashdeep -l -r . > "$copy.known"); '
        'cd "$copy" && hashdeep -l -r -a -k "$copy.known" .'),
]


def bagit(work):
    """bagit.py of PyPI in a venv of its own; None, with the reason said, where it cannot be had."""
    venv = f"{work}/venv"
    try:
        for command in (
            [sys.executable, "-m", "venv", venv],
            [f"{venv}/bin/pip", "install", "-q", "--disable-pip-version-check", "bagit"],
        ):
            subprocess.run(command, check=True, capture_output=True, timeout=300)
    except (OSError, subprocess.SubprocessError) as error:
        print(f"  skipped: bagit.py cannot be installed ({error})")
        return None
    tool = f"{venv}/bin/python {venv}/bin/bagit.py --quiet --processes 2"
    return Shell(
        "cp -r, bagit.py",
        f'cp -r "$card" "$copy"; {tool} --sha256 "$copy"; {tool} --validate "$copy"')


def measure(card, contenders, rounds, work):
    """Seconds of each contender, round by round."""
    times = {c.name: [] for c in contenders}
    keeps = card.count >= MANY
    for turn in range(rounds):
        start = turn % len(contenders)
        for contender in contenders[start:] + contenders[:start]:
            target = f"{work}/target-{turn}-{contenders.index(contender)}"
            os.mkdir(target)
            bench.drop_caches()
            took = contender.run(card, target)
            times[contender.name].append(took)
            print(
                f"  round {turn + 1}: {contender.name}: {took:.2f} s", file=sys.stderr, flush=True)
            if not keeps:
                shutil.rmtree(target)
                os.sync()
    return times


def ratio(ours, theirs):
    """The median of the ratios round by round; None where one was not measured."""
    if not ours or not theirs:
        return None
    return statistics.median(a / b for a, b in zip(ours, theirs))


def report(card, times, contenders, evidock):
    print(f"\n{card.name}: {card.count} x {card.size / 1e6:g} MB\n")
    durable = {c.name: c.durable for c in contenders if c is not evidock}
    plain = times.get("cp -r, sync")
    rows = [["", "median s", "min", "max", "to cp, sync", "MB/s"]]

    def row(name, values):
        against = ratio(values, plain)
        speed = card.count * card.size / 1e6 / statistics.median(values)
        rows.append([name, *bench.spread(values), f"{against:.2f}" if against else "-",
                     f"{speed:.0f}"])

    for name, values in times.items():
        row(name, values)
        if name == Evidock.name:
            row("  sealed after", evidock.sealed)
        elif "sync" not in name:
            row("  and sync", durable[name])
    bench.table(rows)
    if not evidock.ended:
        return
    print()
    ended = evidock.ended
    if card.name == "big":
        bench.goal("all done, times cp + sync", ratio(ended, plain), 2)
        bench.goal("as fast as cp + sync + both sha256sum, times",
                   ratio(times.get("cp -r, sync, sha256sum both"), ended), 4, at_least=True)
        bags = times.get("cp -r, bagit.py")
        bench.goal("all done, times cp + bagit.py + sync",
                   ratio(ended, bags and durable["cp -r, bagit.py"]), 1)
        if bags:
            print(f"    without that sync, the copy still in memory alone: "
                  f"{ratio(ended, bags):.2f}")
    else:
        bench.goal("sealed, times cp + sync", ratio(evidock.sealed, plain), 4)
        bench.goal("described too, files a second", card.count / statistics.median(ended), 300,
                   "{:.0f}", at_least=True)
    bench.goal("peak memory of evidock, MB", max(evidock.own) / 1e6, 200, "{:.0f}")
    print(f"    the inspector's largest process {max(evidock.children) / 1e6:.0f} MB; by getrusage "
          f"no process above {max(evidock.largest) / 1e6:.0f} MB")


def main():
    parser = argparse.ArgumentParser(prog="ingest.sh")
    parser.add_argument("--quick", action="store_true", help="small cards, 3 rounds")
    parser.add_argument("--card", choices=["big", "small"], help="only this card")
    parser.add_argument("--only", help="only contenders whose names begin so, with commas between")
    options = parser.parse_args()
    quick = options.quick
    program = bench.program("EVIDOCK", "evidock")
    rounds = bench.number("ROUNDS", 3 if quick else 5)
    cards = [
        ("big", bench.number("BIG_COUNT", 2 if quick else 8),
         bench.number("BIG_MB", 64 if quick else 400) * 1_000_000),
        ("small", bench.number("SMALL_COUNT", 500 if quick else 10_000),
         bench.number("SMALL_KB", 20) * 1000),
    ]
    cards = [c for c in cards if options.card in (None, c[0])]
    place = bench.folder()
    # A file of the small card costs some blocks more in evidock's ledger and index.
    need = 3_000_000_000 + max(
        count * (size + 20_000) * (6 * rounds if count >= MANY else 3)
        for _, count, size in cards)
    if shutil.disk_usage(place).free < need:
        sys.exit(f"{place}: {need / 1e9:.0f} GB of room are needed; set BENCHMARK_DIR")
    print(bench.machine())
    with tempfile.TemporaryDirectory(prefix="ingest-", dir=place) as work:
        if not bench.drop_caches():
            print("caches stay warm: root is needed to drop them")
        others = SHELLS + [bagit(work)]
        prefixes = tuple((options.only or "").split(","))
        for name, count, size in cards:
            evidock = Evidock(program)
            contenders = [
                c for c in [SHELLS[0], evidock] + others[1:]
                if c is not None and c.name.startswith(prefixes)
            ]
            card = Card(name, f"{work}/{name}", count, size)
            card.generate()
            report(card, measure(card, contenders, rounds, work), contenders, evidock)
            shutil.rmtree(card.path)
            for made in glob.glob(f"{work}/target-*"):
                shutil.rmtree(made)


main()
