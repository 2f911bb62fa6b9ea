"""Times `evidock list` on an index of a million recordings. See list.sh.

The root is a real one: evidock takes one file into it, and makes the index and its schema. The
index is then filled with rows as Sources/CaseIndex/Projection writes them, for leaves that the
ledger does not have; `list` asks the ledger only whether the index is behind it, and it is not.
Each recording has its events, item, name, sighting, custody, facts and grams, as an ingestion and
a description would leave them. Indexes are made again after the filling, and nothing is vacuumed
or optimised.
"""
import argparse
import hashlib
import json
import os
import random
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time

import bench

LEAF_BITS = 44
# Words of a court's day; a recording's title holds two of them and, seldom, one of the last.
WORDS = ("送达 执行 询问 勘验 查封 扣押 调解 开庭 保全 搜查 拘留 腾退 评估 拍卖 交付 笔录 现场 "
         "接访 立案 约谈").split()
SELDOM = "强拆"


def grams(field):
    """The grams of one folded field, spelled as in Sources/CaseIndex/SearchText.swift."""
    codes = [ord(c) for c in field + "\n"]
    out = set()
    for i in range(len(codes) - 1):
        if codes[i] > 127 or codes[i + 1] > 127:
            out.add(f"{codes[i]:06x}{codes[i + 1]:06x}")
        elif codes[i + 1] != 10 and i + 2 < len(codes) and codes[i + 2] < 128:
            if codes[i + 2] != 10:
                out.add(f"{codes[i]:06x}{codes[i + 1]:06x}{codes[i + 2]:06x}")
    return out


def moment(milliseconds, offset_hours=8):
    """RFC 3339 in the zone, and the parts for a file's name."""
    local = time.gmtime(milliseconds // 1000 + offset_hours * 3600)
    return time.strftime("%Y-%m-%dT%H:%M:%S", local) + "+08:00", time.strftime(
        "%Y%m%d_%H%M%S", local)


class Filling:
    """Writes the rows of many recordings."""

    PER_VISIT = 200

    def __init__(self, database, station, first_leaf, count):
        self.database, self.station = database, station
        self.leaf, self.count = first_leaf, count
        self.random = random.Random(20260804)
        self.known_grams = {}

    def cached_grams(self, field):
        if field not in self.known_grams:
            self.known_grams[field] = grams(field)
        return self.known_grams[field]

    def run(self):
        db = self.database
        dropped = db.execute(
            "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL"
        ).fetchall()
        for name, _ in dropped:
            db.execute(f"DROP INDEX {name}")
        done = 0
        while done < self.count:
            many = min(self.PER_VISIT, self.count - done)
            self.visit(done, many)
            done += many
        db.execute("UPDATE origins SET nextLeaf = ? WHERE id = 1", [self.leaf])
        db.commit()
        for _, sql in dropped:
            db.execute(sql)
        db.commit()

    def visit(self, begin, many):
        """A docking, its recordings, their descriptions, the undocking."""
        pick = self.random
        device = f"4401{pick.randrange(500):04}"
        officer = f"03{pick.randrange(200):04}"
        visit = self.leaf
        # Two years and a bit, dockings in the order of time.
        docked = 1_704_067_200_000 + int(begin / self.count * 8e10)
        events, items, names, sightings, custody, facts, terms = [], [], [], [], [], [], []
        events.append((visit, "docking", docked))
        described = visit + many + 1
        for number in range(many):
            leaf = visit + 1 + number
            taken = docked + number * 1000
            start = docked - pick.randrange(86_400_000)
            length = pick.randrange(30_000, 1_800_000)
            text, stamp = moment(start)
            path = f"DCIM/100MEDIA/{device}_{officer}_{stamp}_{number:04}.mp4"
            digest = hashlib.sha256(str(begin + number).encode()).digest()
            other = hashlib.sha256(digest).digest()
            words = pick.sample(WORDS, 2)
            if pick.randrange(5000) == 0:
                words.append(SELDOM)
            title = "".join(words)
            name = f"{self.station}-{leaf}"
            fields = [name, device, officer, path.lower(), title]
            modified = moment(start + length, 0)[0][:19] + "Z"
            events.append((leaf, "ingestion", taken))
            items.append((
                leaf, self.station, taken, digest, other, pick.randrange(10**7, 10**9), visit,
                path.encode(), device, officer, device, officer, digest, other, text[:19], modified,
                length * 1000, start, text, start + length, moment(start + length)[0], described,
                "".join(f + "\n" for f in fields)))
            names.append((leaf, visit, path.encode(), modified, taken))
            sightings.append((visit, path.encode(), leaf))
            custody += [(leaf, leaf), (leaf, described)]
            facts += [
                (leaf, "container/format", "mov,mp4,m4a,3gp,3g2,mj2"), (leaf, "status", "sound"),
                (leaf, "container/duration", length / 1000), (leaf, "streams[0]/codec", "h264"),
                (leaf, "streams[0]/height", 1080), (leaf, "streams[0]/width", 1920),
                (leaf, "streams[1]/codec", "aac"), (leaf, "tags/title", title)]
            found = grams(name) | grams(fields[3])
            for field in (device, officer, title):
                found |= self.cached_grams(field)
            terms.append((1 << LEAF_BITS | leaf, " ".join(sorted(found))))
        events += [(described, "description", docked + many * 1000),
                   (described + 1, "undocking", docked + many * 1000 + 1)]
        self.leaf = described + 2
        self.insert(visit, docked, device, officer, many, described + 1)
        db = self.database
        db.executemany("INSERT INTO events VALUES (1, ?, 'bench', ?, ?, 0)", events)
        db.executemany(
            """
            INSERT INTO items (origin, leaf, station, ingested, sha256, sm3, size, isFootage, role,
                visit, path, recorder, officer, claimedDevice, claimedOfficer, zone, blocks, probe,
                named, namedIsUTC, fileSystem, container, duration, status, startFrom, start,
                startText, finish, finishText, isListed, described, search)
            VALUES (1, ?, ?, ?, ?, ?, ?, 1, 'video', ?, ?, ?, ?, ?, ?, '+08:00', ?, ?, ?, 0, ?,
                NULL, ?, 'sound', 'named', ?, ?, ?, ?, 1, ?, ?)
            """, items)
        db.executemany("INSERT INTO names VALUES (1, ?, ?, ?, ?, ?)", names)
        db.executemany("INSERT INTO sightings VALUES (1, ?, ?, ?, NULL)", sorted(sightings))
        db.executemany("INSERT INTO custody VALUES (1, ?, ?, 'uid:0')", custody)
        db.executemany("INSERT INTO facts VALUES (1, ?, ?, ?)", facts)
        db.executemany("INSERT INTO grams (rowid, terms) VALUES (?, ?)", terms)

    def insert(self, visit, docked, device, officer, many, end):
        self.database.execute(
            """
            INSERT INTO visits (origin, leaf, station, docked, profile, recorder, officer, zone,
                volumeSerial, fileSystem, isReadOnly, isFolder, account, files, bytes, inventory,
                inventoryRefused, unfinished, undockingLeaf, undocked, outcome, ingested,
                duplicate, quarantined, refused, bytesTaken, milliseconds, mayBeRemoved,
                mayBeCleared)
            VALUES (1, ?, 'bench', ?, 'dcim', ?, ?, '+08:00', '1A2B-3C4D', 'vfat', 1, 0, 'uid:0',
                ?, 0, '', 0, 0, ?, ?, 'complete', ?, 0, 0, 0, 0, 0, 1, 1)
            """,
            [visit, docked, device, officer, many, end, docked + many * 1000 + 1, many])


def make(program, root, count):
    """The root with its index of `count` recordings."""
    begin = time.monotonic()
    with tempfile.TemporaryDirectory() as card:
        with open(f"{card}/first.mp4", "wb") as file:
            file.write(os.urandom(1000))
        bench.seconds([program, "--root", root, "init", "--station", "bench"])
        bench.seconds([program, "--root", root, "ingest", card])
    database = sqlite3.connect(f"{root}/index.sqlite")
    first, = database.execute("SELECT nextLeaf FROM origins WHERE id = 1").fetchone()
    database.execute("PRAGMA synchronous = OFF")
    database.execute("PRAGMA cache_size = -524288")
    Filling(database, "bench", first, count).run()
    check(database, count)
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    size = os.path.getsize(f"{root}/index.sqlite") / 1e9
    print(f"{count} recordings in {time.monotonic() - begin:.0f} s, index of {size:.2f} GB")


def check(database, count):
    """The grams must be spelled as the program spells them: its own row tells."""
    items, = database.execute("SELECT count(*) FROM items").fetchone()
    if items != count + 1:
        sys.exit(f"{items} items where {count + 1} were to be")
    leaf, search = database.execute("SELECT leaf, search FROM items ORDER BY leaf").fetchone()
    for field in search.splitlines():
        for gram in grams(field):
            hit = database.execute(
                "SELECT 1 FROM grams WHERE grams MATCH ? AND rowid = ?",
                [f'"{gram}"', 1 << LEAF_BITS | leaf]).fetchone()
            if not hit:
                sys.exit("the index spells its grams in another way: list.py is behind it")


def lines(command):
    """A run's seconds and how many lines it printed."""
    begin = time.monotonic()
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env=bench.environment())
    took = time.monotonic() - begin
    if done.returncode != 0:
        sys.exit(f"{command}: exit code {done.returncode}\n{done.stderr.decode()[-2000:]}")
    found = [json.loads(line) for line in done.stdout.splitlines()]
    return took, len(found)


QUERIES = [
    ("newest", []),
    ("--officer", ["--officer", "030042"]),
    ("--from --to", ["--from", "2025-03-01", "--to", "2025-03-31"]),
    ("--officer --from --to",
     ["--officer", "030042", "--from", "2025-03-01", "--to", "2025-03-31"]),
    ("--text, in every tenth", ["--text", "查封"]),
    ("--text, in every 5000th", ["--text", SELDOM]),
    ("--text, in none", ["--text", "火星"]),
    ("--text, two words", ["--text", f"{SELDOM} 送达"]),
]


def main():
    parser = argparse.ArgumentParser(prog="list.sh")
    parser.add_argument("--keep", action="store_true", help="keep the index for the next run")
    options = parser.parse_args()
    program = bench.program("EVIDOCK", "evidock")
    count = bench.number("RECORDINGS", 1_000_000)
    rounds = bench.number("ROUNDS", 9)
    root = f"{bench.folder()}/list-{count}"
    print(bench.machine())
    try:
        if not os.path.exists(f"{root}/filled"):
            shutil.rmtree(root, ignore_errors=True)
            make(program, root, count)
            with open(f"{root}/filled", "w"):
                pass
        rows = [["", "p50 ms", "min", "max", "caches dropped", "lines"]]
        goals = []
        for name, arguments in QUERIES:
            command = [program, "--root", root, "list", "--json", "--limit", "50", *arguments]
            cold = lines(command)[0] if bench.drop_caches() else None
            runs = [lines(command) for _ in range(rounds)]
            times = [took * 1e3 for took, _ in runs]
            rows.append([name, *bench.spread(times, "{:.1f}"),
                         f"{cold * 1e3:.0f}" if cold else "-", runs[0][1]])
            goals.append((f"{name}, p50 ms", statistics.median(times)))
        print()
        bench.table(rows)
        print()
        for text, value in goals:
            bench.goal(text, value, 50, "{:.1f}")
    finally:
        if not options.keep:
            shutil.rmtree(root, ignore_errors=True)


if __name__ == "__main__":
    main()
