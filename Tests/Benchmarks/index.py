"""Times the case index. See index.sh."""
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import bench

ROUNDS = bench.number("ROUNDS", 200)
FILES = bench.number("FILES", 100_000)
ROWS = bench.number("ROWS", 100_000)
SIZES = [int(size) for size in (os.environ.get("SIZES") or "1000000 10000000").split()]
# So many texts at most go into the peer's own index: making it takes its time.
PEER = 1_000_000


def goal(words, met):
    print(f"  goal, {words}: {'met' if met else 'MISSED'}", flush=True)


def day(program, index, number):
    """A day of 5,000 recordings more: medians of five days, in milliseconds a recording. Three days go
    before them uncounted: a station runs day by day, and what was asked of the index before has driven
    the pages that it writes to out of the system's cache."""
    found = [bench.run(program, "new", index, number + turn, 100)[0] for turn in range(8)][3:]
    middle = lambda key: statistics.median(one[key] * 1000 / one["recordings"] for one in found)
    return middle("index"), middle("match"), max(one["peak"] for one in found) // 1024


def questions(program, index, days):
    found = bench.run(program, "ask", index, days, ROUNDS)
    for one in found:
        print(f"  {one['name']:32} p50 {one['p50']:8.2f} ms   p99 {one['p99']:8.2f} ms   {one['lines']} lines")
    served = [one["p99"] for one in found if one["served"] and not one["text"]]
    texts = [one["p99"] for one in found if one["text"]]
    goal("p99 under 20 ms for what an index serves", max(served) < 20)
    goal("text under 50 ms for the first page", max(texts) < 50)
    sees = [one["p99"] for one in found if one["name"].startswith("sees")]
    goal("a page of what somebody may see under 100 ms", max(sees) < 100)


def generated(program, folder):
    """Indexes from empty to large: the same questions, and what a recording more costs."""
    index = f"{folder}/empty.sqlite"
    costs = {0: day(program, index, 0)}
    for size in SIZES:
        index = f"{folder}/{size}.sqlite"
        begin = time.monotonic()
        made = bench.run(program, "fill", index, size)[0]
        print(f"\nAn index of {made['recordings']:,} recordings, {os.path.getsize(index) / 1e9:.1f} GB, "
              f"made in {time.monotonic() - begin:.0f} s", flush=True)
        questions(program, index, made["days"])
        for one in bench.run(program, "peers", index, 5, min(PEER, size)):
            rest = f"{one['seconds']:.0f} s" if "seconds" in one else f"p50 {one['p50']:8.1f} ms   {one['lines']} lines"
            print(f"  peer {one['name']:50} {rest}", flush=True)
        costs[made["recordings"]] = day(program, index, made["days"] + 1)
        for name in os.listdir(folder):
            if name.startswith(f"{size}.sqlite"):
                os.remove(f"{folder}/{name}")
    print("\nA recording more: indexed with its description, then matched with 400 field tasks of the day")
    for size, (indexed, matched, peak) in costs.items():
        print(f"  at {size:>10,}: {indexed:.2f} ms and {matched:.2f} ms, {1000 / (indexed + matched):,.0f} a second, {peak} MB")
    sums = [indexed + matched for indexed, matched, _ in costs.values()]
    goal("flat: no more than half as much again as at none", max(sums) < 1.5 * sums[0])
    goal("2,000 recordings a second", max(sums) < 0.5)


def peak(command):
    """Seconds and MB of a command, as GNU time has them from wait4."""
    begin = time.monotonic()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=bench.environment())
    _, status, usage = os.wait4(child.pid, 0)
    return time.monotonic() - begin, usage.ru_maxrss // 1024, os.waitstatus_to_exitcode(status)


def rebuild(evidock, folder):
    card, root = f"{folder}/card", f"{folder}/root"
    for number in range(FILES):
        if number % 1000 == 0:
            os.makedirs(f"{card}/{number // 1000:03}")
        with open(f"{card}/{number // 1000:03}/{number % 1000:03}.mp4", "w") as file:
            file.write(f"file {number}\n")
    begin = time.monotonic()
    peak([evidock, "ingest", card, "--root", root])
    print(f"\nA station of {FILES:,} files was made in {time.monotonic() - begin:.0f} s")
    took, most, status = zip(*(peak([evidock, "index", "rebuild", "--root", root]) for _ in range(5)))
    assert not any(status), status
    print(f"index rebuild: {statistics.median(took):.1f} s, {max(most)} MB")
    goal("under 60 s", statistics.median(took) < 60)


def schedule(evidock, folder):
    print("\ncase import")
    peaks = {}
    for rows, turns in ((ROWS // 10, 5), (3 * ROWS, 1), (ROWS, 5)):
        path = f"{folder}/{rows}.csv"
        with open(path, "w") as file:
            file.write("编号,案号,任务类别,法院,执行人员,计划开始,计划结束,地点\n")
            for row in range(rows):
                file.write(f"T{row},(2026)闽0602执{row % 20000 + 1}号,搜查,闽0602,{row % 200:06},"
                           f"2026-{row % 12 + 1:02}-{row % 28 + 1:02} 09:00,2026-{row % 12 + 1:02}-{row % 28 + 1:02} 11:30,芗城区\n")
        took, most, status = [], [], []
        for turn in range(turns):
            # A station of its own each time: everything is new to it.
            one = peak([evidock, "case", "import", path, "--root", f"{folder}/schedule-{rows}-{turn}"])
            for which, value in zip((took, most, status), one):
                which.append(value)
        assert not any(status), status
        peaks[rows] = max(most)
        print(f"  {rows:,} rows: {statistics.median(took):.1f} s, {max(most)} MB")
    goal("under 20 s", statistics.median(took) < 20)
    goal("memory flat: three times the rows take no more than 1.2 times of it", peaks[3 * ROWS] < 1.2 * peaks[ROWS])


def main():
    # Both before anything is timed.
    evidock, program = bench.program("EVIDOCK", "evidock"), bench.build("Index")
    folder = tempfile.mkdtemp(prefix="index-", dir=bench.folder())
    print(bench.machine())
    try:
        generated(program, folder)
        rebuild(evidock, folder)
        schedule(evidock, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


main()
