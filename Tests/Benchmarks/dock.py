"""What the wall at the dock costs while 25 recorders are read and 50 people look at it. See portal.sh.

Two stations do the same work in turns, one of them with people before its wall: the difference of the
processor time of the two is what they cost.
"""
import http.client
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time

import bench
import pages

SLOTS, VIEWERS = 25, 50
MEGABYTES = bench.number("MEGABYTES_EACH", 40)
ROUNDS = bench.number("ROUNDS", 5)


class Wall:
    """People before the wall, each told everything; and what the first of them was told last."""

    def __init__(self, port, count):
        self.stopped, self.told, self.words = threading.Event(), {}, 0
        self.threads = [threading.Thread(target=self.watch, args=(port,), daemon=True) for _ in range(count)]
        for thread in self.threads:
            thread.start()

    def watch(self, port):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        connection.request("GET", "/dock/events")
        answer = connection.getresponse()
        while not self.stopped.is_set():
            line = answer.readline()
            self.words += 1
            if line.startswith(b"data: ") and threading.current_thread() is self.threads[0]:
                self.told = json.loads(line[6:])
        connection.close()

    def states(self):
        told = self.told
        return [slot.get("state") for slot in told.get("slots", [])] if isinstance(told, dict) else []

    def stop(self):
        self.stopped.set()
        for thread in self.threads:
            thread.join(10)


def card(folder, number):
    """A recorder's card whose every byte is new."""
    path = f"{folder}/card-{number}"
    os.makedirs(path + "/DCIM/100MEDIA")
    for film in range(4):
        with open(f"{path}/DCIM/100MEDIA/DSJ_R{number}_000042_20190810_09{film:02}00.mp4", "wb") as file:
            for _ in range(MEGABYTES // 4):
                file.write(os.urandom(1 << 20))
    return path


def mount(path, slot):
    """As a volume is: one read-only mount."""
    before = slot + "-before"
    for one in (before, slot):
        os.makedirs(one, exist_ok=True)
    subprocess.run(["mount", "--bind", path, before], check=True)
    subprocess.run(["mount", "-o", "remount,bind,ro", before], check=True)
    subprocess.run(["mount", "--bind", before, slot], check=True)
    subprocess.run(["umount", "-l", before], check=True)


def docked(station, folder, viewers):
    """Takes 25 recorders in; seconds of the clock, and of the processor."""
    cards, slots = [], []
    wall = Wall(station.port, max(1, viewers))
    try:
        for number in range(SLOTS):
            cards.append(card(folder, number))
        os.sync()
        pages.wait_for(lambda: wall.words > 0)
        before, begin = station.seconds_used(), time.monotonic()
        for number, path in enumerate(cards):
            slots.append(f"{station.docks}/slot-{number:02}")
            mount(path, slots[-1])
        pages.wait_for(lambda: wall.states().count("may-be-removed") == SLOTS, 600)
        return time.monotonic() - begin, station.seconds_used() - before, wall.words
    finally:
        for slot in slots:
            subprocess.run(["umount", "-l", slot], check=False)
        if slots:
            pages.wait_for(lambda: not wall.states())
        wall.stop()
        for path in cards:
            shutil.rmtree(path, ignore_errors=True)


def main():
    if os.geteuid() != 0:
        sys.exit("mounting needs root")
    evidock, folder = bench.program("EVIDOCK", "evidock"), tempfile.mkdtemp(prefix="dock-", dir=bench.folder())
    stations = []
    try:
        print(f"\nThe wall, {SLOTS} recorders of {MEGABYTES} MB read at once, processor time of the daemon")
        seen, unseen, clock = [], [], []
        for name in ("seen", "unseen"):
            os.makedirs(f"{folder}/{name}")
            stations.append(pages.Station(evidock, f"{folder}/{name}"))
            stations[-1].serve()
        for _ in range(ROUNDS):
            took, used, _ = docked(stations[1], folder, 0)
            unseen.append(used / took)
            took, used, words = docked(stations[0], folder, VIEWERS)
            seen.append(used / took)
            clock.append(took)
            print(f"  {took:4.1f} s; {100 * unseen[-1]:3.0f} % of a core with one viewer, {100 * seen[-1]:3.0f} % with {VIEWERS}, told {words} lines", flush=True)
        more = statistics.median(seen) - statistics.median(unseen)
        print(f"  {VIEWERS} viewers: {100 * more:.1f} % of a core more (medians of {ROUNDS})")
        pages.goal("under 5 % of a core", more < 0.05)
    finally:
        for one in stations:
            one.stop()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
