"""Times the ledger. See ledger.sh."""
import json
import os
import random
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time

import bench

ROUNDS = bench.number("ROUNDS", 5)
LEAVES = bench.number("LEAVES", 10_000_000)
LIST = bench.number("LIST", 100_000)


def run(program, *words):
    return bench.run(program, *words)[0]


def sqlite(folder, writers, seconds=3):
    """Durable inserts a second: WAL, synchronous=FULL, one transaction each."""
    path = os.path.join(folder, "peer.sqlite")
    sqlite3.connect(path).executescript(
        "PRAGMA journal_mode = WAL; CREATE TABLE events (id INTEGER PRIMARY KEY, body TEXT);")
    counts = [0] * writers
    end = time.monotonic() + seconds

    def write(which):
        database = sqlite3.connect(path, isolation_level=None, timeout=60)
        database.execute("PRAGMA synchronous = FULL")
        while time.monotonic() < end:
            database.execute("INSERT INTO events (body) VALUES (?)", ("a line of some length for a record",))
            counts[which] += 1
        database.close()

    begin = time.monotonic()
    threads = [threading.Thread(target=write, args=(i,)) for i in range(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / (time.monotonic() - begin)


def events(program, folder):
    print("Durable events, each told after fsync and a signed checkpoint")
    cases = [("1 writer, the default intervals", 1, 1, 100, 1000), ("1 writer, no interval", 1, 1, 0, 0),
             ("16 writers, no interval", 16, 1, 0, 0), ("16 writers of 64 at once, the default intervals", 16, 64, 100, 1000)]
    rates = {name: [] for name, *_ in cases}
    latencies = {name: [] for name, *_ in cases}
    peers = {1: [], 16: []}
    for _ in range(ROUNDS):
        for name, writers, group, integrate, publish in cases:
            # Removed at the end: what is removed is written out by whoever syncs next.
            place = tempfile.mkdtemp(dir=folder)
            os.sync()
            found = run(program, "events", place, writers, group, 3, integrate, publish)
            rates[name].append(found["events"] / found["seconds"])
            latencies[name].append((found["p50"], found["p99"]))
        for writers in peers:
            place = tempfile.mkdtemp(dir=folder)
            os.sync()
            peers[writers].append(sqlite(place, writers))
    for writers, found in peers.items():
        print(f"  SQLite alone, {writers} writers: {statistics.median(found):,.0f} a second")
    for name, writers, *_ in cases:
        rate = statistics.median(rates[name])
        p50, p99 = (statistics.median(column) for column in zip(*latencies[name]))
        peer = statistics.median(peers[writers])
        print(f"  {name}: {rate:,.0f} a second, {rate / peer:.2f} x SQLite; p50 {p50:.1f} ms, p99 {p99:.1f} ms")
    good = statistics.median(rates["16 writers, no interval"]) >= 3000
    print(f"  goal, 3,000 a second with 16 writers: {'met' if good else 'MISSED'}")
    print("  one writer's rate follows the interval at which checkpoints are published")


def large_log(program, folder):
    for leaves, what in ((LEAVES, "proofs"), (LEAVES // 10, "check")):
        with tempfile.TemporaryDirectory(dir=folder) as place:
            run(program, "fill", place, leaves)
            if what == "proofs":
                found = [run(program, "proofs", place, 2000) for _ in range(ROUNDS)]
                p50, p99 = (statistics.median(one[key] for one in found) for key in ("p50", "p99"))
                peak = max(one["peak"] for one in found) // 1024
                print(f"Proofs from a log of {leaves:,} leaves, in process, warm: p50 {p50:.2f} ms, p99 {p99:.2f} ms, {peak} MB")
                print(f"  goal, p50 under 1 ms and p99 under 5 ms: {'met' if p50 < 1 and p99 < 5 else 'MISSED'}")
            else:
                found = [run(program, "check", place) for _ in range(ROUNDS)]
                took = statistics.median(one["seconds"] for one in found)
                assert all(one["findings"] == 0 for one in found), found
                peak = max(one["peak"] for one in found) // 1024
                print(f"Audit of the log's own consistency, {leaves:,} leaves: {took:.1f} s, {peak} MB")
                print(f"  goal, under 10 s: {'met' if took < 10 else 'MISSED'}")


def listed(folder):
    evidock = bench.program("EVIDOCK", "evidock")
    with tempfile.TemporaryDirectory(dir=folder) as place:
        card = f"{place}/card"
        for number in range(LIST):
            if number % 1000 == 0:
                os.makedirs(f"{card}/{number // 1000:03}")
            with open(f"{card}/{number // 1000:03}/{number % 1000:03}.mp4", "w") as file:
                file.write(f"file {number}\n")
        begin = time.monotonic()
        subprocess.run([evidock, "ingest", card, "--root", f"{place}/root"], env=bench.environment(), check=False,
                       capture_output=True)
        print(f"(a station of {LIST:,} files was made in {time.monotonic() - begin:.0f} s)")
        found = json.loads("[" + ",".join(subprocess.run(
            [evidock, "list", "--root", f"{place}/root", "--limit", "0", "--all", "--json"], capture_output=True, text=True,
            env=bench.environment()).stdout.splitlines()) + "]")
        digests = [one["sha256"] for one in found]
        random.Random(1).shuffle(digests)
        with open(f"{place}/list.csv", "w") as file:
            file.write("\n".join(digests) + "\n")
        took = []
        for _ in range(ROUNDS):
            took.append(bench.seconds([evidock, "verify", "--list", f"{place}/list.csv", "--root", f"{place}/root"]))
        middle = statistics.median(took)
        print(f"verify --list of {len(digests):,} digests: {middle:.1f} s")
        print(f"  goal, under 30 s: {'met' if middle < 30 else 'MISSED'}")


def main():
    program, folder = bench.build("Ledger"), tempfile.mkdtemp(prefix="ledger-", dir=bench.folder())
    print(bench.machine())
    try:
        events(program, folder)
        large_log(program, folder)
        listed(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


main()
