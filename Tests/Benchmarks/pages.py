"""Times the pages of lists on an index of a million recordings. See portal.sh.

The index is filled as that of list.sh, with leaves far behind those of the ledger, so that the station
goes on as if they were its own. Every page shows recordings that nobody has seen before, so every one is
entered in the ledger before it is sent.
"""
import http.client
import json
import os
import re
import shutil
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse

import bench
import list as filled

PASSWORD = "vier worte im regen"
FAR = 1_000_000
CASE = "(2019)闽06执{}"


def goal(words, met):
    print(f"  goal, {words}: {'met' if met else 'MISSED'}", flush=True)


def wait_for(holds, seconds=30):
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            sys.exit("it did not come to that")
        time.sleep(0.05)


def listens(port):
    try:
        http.client.HTTPConnection("127.0.0.1", port, timeout=1).connect()
        return True
    except OSError:
        return False


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Station:
    """A station, and its daemon once that is wanted."""

    def __init__(self, evidock, folder):
        self.evidock, self.root, self.docks = evidock, f"{folder}/root", f"{folder}/docks"
        self.process, self.port = None, free_port()
        os.makedirs(self.docks)
        self.run("init", "--station", "bench")

    def run(self, *words):
        done = subprocess.run([self.evidock, "--root", self.root, *words], check=False, capture_output=True, text=True,
                              env=bench.environment())
        if done.returncode != 0:
            sys.exit(f"{words}: {done.stderr[-2000:]}")
        return done.stdout

    def serve(self):
        self.process = subprocess.Popen(
            [self.evidock, "--root", self.root, "serve", "--listen", f"127.0.0.1:{self.port}", "--dock-root", self.docks],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**bench.environment(), "EVIDOCK_SECOND_FACTOR": "false"})
        wait_for(lambda: listens(self.port))

    def sign_in(self, name, link):
        """The cookie of somebody who takes his link and signs in."""
        post(self.port, "/join/" + link.rsplit("/", 1)[1], {"password": PASSWORD, "again": PASSWORD})
        answer = post(self.port, "/sign-in", {"name": name, "password": PASSWORD})
        return answer.getheader("Set-Cookie").split(";")[0]

    def memory(self):
        with open(f"/proc/{self.process.pid}/status") as file:
            return int(re.search(r"VmRSS:\s+(\d+)", file.read())[1]) // 1024

    def seconds_used(self):
        with open(f"/proc/{self.process.pid}/stat") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def stop(self):
        if self.process is not None:
            self.process.terminate()
            self.process.wait()


def post(port, path, form):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("POST", path, urllib.parse.urlencode(form), {"Content-Type": "application/x-www-form-urlencoded"})
    answer = connection.getresponse()
    answer.read()
    return answer


def fill(station, count):
    """Every recording in one of 500 cases of a court, linked as the station itself links one."""
    card = f"{station.root}-card"
    os.makedirs(card)
    with open(f"{card}/DSJ_R1_030042_20190810_093000.mp4", "wb") as file:
        file.write(os.urandom(1000))
    item = json.loads(station.run("ingest", card, "--json").splitlines()[0])["item"]
    station.run("assign", item, CASE.format(1000), "--why", "benchmark")
    database = sqlite3.connect(f"{station.root}/index.sqlite")
    database.execute("PRAGMA synchronous = OFF")
    database.execute("PRAGMA cache_size = -524288")
    known, = database.execute("SELECT nextLeaf FROM origins WHERE id = 1").fetchone()
    filled.Filling(database, "bench", FAR, count).run()
    row = database.execute("SELECT number, body FROM assignments").fetchone()
    number = re.search(r"执(\d+)", row[0])[1]
    database.executemany(
        "INSERT INTO assignments SELECT 1, leaf, ?1, 0, NULL, 1, 1, start, leaf, 0, ?2 FROM items WHERE leaf >= ?3 AND leaf % 500 = ?4",
        [(row[0].replace(number, str(1000 + part)), row[1].replace(number, str(1000 + part)), FAR, part) for part in range(500)])
    database.execute("UPDATE items SET links = 1 WHERE leaf >= ?", [FAR])
    # What the ledger has is known as before.
    database.execute("UPDATE origins SET nextLeaf = ? WHERE id = 1", [known])
    database.commit()
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()


def walk(station, cookie, question, count):
    """So many pages, each behind the one before; milliseconds of each, and how many recordings they showed."""
    connection = http.client.HTTPConnection("127.0.0.1", station.port, timeout=60)
    times, shown, path = [], 0, "/recordings?" + urllib.parse.urlencode(question)
    for _ in range(count):
        begin = time.perf_counter()
        connection.request("GET", path, headers={"Cookie": cookie})
        answer = connection.getresponse()
        body = answer.read().decode()
        times.append((time.perf_counter() - begin) * 1e3)
        if answer.status != 200:
            sys.exit(f"{path}: {answer.status}")
        shown += len(set(re.findall(r'href="/items/([^"?]+)', body)))
        after = re.search(r"after=([^\"&]+)", body)
        if after is None:
            break
        path = "/recordings?" + urllib.parse.urlencode({**question, "after": urllib.parse.unquote(after[1])})
    return sorted(times), shown


QUESTIONS = [
    ("newest, page after page", {}),
    ("of an officer", {"officer": "030042"}),
    ("of a month", {"from": "2025-03-01", "to": "2025-03-31"}),
    ("text, in every tenth", {"q": "查封"}),
    ("text, in every 5000th", {"q": filled.SELDOM}),
    ("text, two words", {"q": "查封 送达"}),
]


def main():
    evidock, count = bench.program("EVIDOCK", "evidock"), bench.number("RECORDINGS", 1_000_000)
    folder = tempfile.mkdtemp(prefix="pages-", dir=bench.folder())
    station = Station(evidock, folder)
    try:
        link = station.run("user", "add", "S001", "--role", "supervisor", "--court", "闽06").strip()
        fill(station, count)
        station.serve()
        cookie = station.sign_in("S001", link)
        print(f"\nPages of a list, {count} recordings, each page entered in the ledger before it is sent")
        for words, question in QUESTIONS:
            times, shown = walk(station, cookie, question, 300)
            p99 = times[min(len(times) - 1, len(times) * 99 // 100)]
            print(f"  {words}: {len(times)} pages, {shown} recordings, p50 {statistics.median(times):.0f} ms, p99 {p99:.0f} ms, longest {times[-1]:.0f} ms", flush=True)
            goal("p99 under 100 ms", shown > 0 and p99 < 100)
        print(f"  {station.memory()} MB")
    finally:
        station.stop()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
