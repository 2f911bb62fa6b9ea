"""Times evidock-inspector in a warm process against one ffprobe process a file. See inspection.sh.

The inspector names each file as soon as it has read it, in one process that reads every file of a
group some times over; a file's time is from the line before to its own, its forked and caged child
included, the start of the program not. ffprobe is a process a file, as people run it.
"""
import os
import statistics
import subprocess
import sys
import time

import bench

GROUPS = [
    ("container tells", ("mp4", "mov", "3gp", "avi", "mkv", "wav", "jpg"), 20),
    ("streams probed", ("ts", "mts", "amr", "mpeg"), 10),
    ("others", None, None),
]
REPEATS = 10


def grouped(folder):
    """The files of each group; every group's suffixes are told above."""
    left = sorted(
        os.path.join(folder, name) for name in os.listdir(folder)
        if os.path.isfile(os.path.join(folder, name)))
    for name, suffixes, limit in GROUPS:
        mine = [f for f in left
                if suffixes is None or f.rsplit(".", 1)[-1].lower() in suffixes]
        left = [f for f in left if f not in mine]
        if mine:
            yield name, mine, limit


def inspector(program, files):
    """Seconds of each file: the median of its turns in one process."""
    # The first file is read once more at the beginning, to warm the process.
    order = files[:1] + files * REPEATS
    with subprocess.Popen(
            [program, *order], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            env=bench.environment()) as process:
        moments = []
        for _ in process.stdout:
            moments.append(time.monotonic())
    if process.returncode != 0 or len(moments) != len(order):
        sys.exit(f"{program}: exit code {process.returncode}, {len(moments)} of {len(order)} lines")
    took = [after - before for before, after in zip(moments, moments[1:])]
    return [statistics.median(took[i::len(files)]) for i in range(len(files))]


def ffprobe(files):
    """Seconds of each file, a process each. What it says of a file is not asked here."""
    took = []
    for file in files:
        begin = time.monotonic()
        subprocess.run(
            ["ffprobe", "-v", "quiet", "-of", "json", "-show_format", "-show_streams", file],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, env=bench.environment())
        took.append(time.monotonic() - begin)
    return took


def main():
    if len(sys.argv) > 2:
        sys.exit("usage: bash Tests/Benchmarks/inspection.sh [FOLDER]")
    folder = sys.argv[1] if len(sys.argv) == 2 else f"{bench.PACKAGE}/../shared/media/good"
    if not os.path.isdir(folder):
        sys.exit(f"{folder} is no folder; name one with media in it")
    program = bench.program("EVIDOCK_INSPECTOR", "evidock-inspector")
    rounds = bench.number("ROUNDS", 5)
    print(bench.machine())
    goals = []
    rows = [["", "inspector ms", "ffprobe ms", "times"]]
    for name, files, limit in grouped(folder):
        ffprobe(files)
        ours, theirs = [], []
        for _ in range(rounds):
            ours.append(inspector(program, files))
            theirs.append(ffprobe(files))
        for file, a, b in zip(files, zip(*ours), zip(*theirs)):
            a, b = statistics.median(a), statistics.median(b)
            rows.append(
                [os.path.basename(file), f"{a * 1e3:.2f}", f"{b * 1e3:.1f}", f"{b / a:.0f}"])
        # A group's figure is its mean file, and the median of that over the rounds.
        means = [(sum(a) / len(files), sum(b) / len(files)) for a, b in zip(ours, theirs)]
        ratio = statistics.median(b / a for a, b in means)
        a, b = (statistics.median(column) for column in zip(*means))
        rows.append([f"{name}, {len(files)} files", f"{a * 1e3:.2f}", f"{b * 1e3:.1f}",
                     f"{ratio:.1f}"])
        if limit:
            goals.append((f"{name}: as fast as ffprobe, times", ratio, limit))
    print()
    bench.table(rows)
    print()
    for text, ratio, limit in goals:
        bench.goal(text, ratio, limit, "{:.1f}", at_least=True)


main()
