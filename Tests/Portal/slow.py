#!/usr/bin/env python3
"""Five hundred slow clients, of three kinds, keep nobody waiting: others' answers come within a second (p99).
Closes with: N passed, N failed, N skipped.
"""

import json
import os
import socket
import sys
import threading
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from portal import Client, Site, check, places, run_parts, until  # noqa: E402

SLOW, ASKED = 500, 300


def crowd(site, cookie, stop):
    """Clients that send their headers, or their body, a byte at a time, or read nothing of a long answer."""
    host, port = site.address.removeprefix("http://").split(":")
    begins = [b"GET /sign-in HTTP/1.1\r\nHost: x\r\nX-A: ",
              b"POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 60000\r\n\r\n",
              b"GET /api/openapi.json HTTP/1.1\r\nHost: x\r\nCookie: __Host-evidock=" + cookie.encode() + b"\r\n\r\n"]
    lines = []
    for number in range(SLOW):
        line = socket.create_connection((host, int(port)), timeout=10)
        if number % 3 == 2:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
        line.sendall(begins[number % 3])
        lines.append(line)

    def drip():
        while not stop.wait(2):
            for number, line in enumerate(lines):
                try:
                    if number % 3 < 2:
                        line.send(b"a")
                except OSError:
                    pass

    threading.Thread(target=drip, daemon=True).start()
    return lines


def slow():
    with places() as place:
        site = Site(place, EVIDOCK_SECOND_FACTOR="false")
        stop = threading.Event()
        lines = crowd(site, site.admin.cookie, stop)
        time.sleep(3)
        took = {}
        for path, client in (("/sign-in", Client(site.address)), ("/", site.admin), ("/dock", Client(site.address)), ("/health", Client(site.address))):
            times = []
            for _ in range(ASKED // 4):
                begin = time.monotonic()
                status = client.ask("GET", path)[0]
                times.append(time.monotonic() - begin)
                if status != 200:
                    check(f"{path} is answered", False, status)
                    break
            took[path] = sorted(times)[len(times) * 99 // 100]
        check("nobody else waits for a second", max(took.values()) < 1, took)
        check("footage is taken meanwhile", site.station.ingest()[0] == 0)
        lines[1].settimeout(60)
        check("who sends byte after byte is told, and let go", lines[1].recv(4096).startswith(b"HTTP/1.1 408 "))
        stop.set()
        for line in lines:
            line.close()
        begin = time.monotonic()
        place.stop(site.daemon)
        check("and it stops in time", time.monotonic() - begin < 30, time.monotonic() - begin)
        print("      p99: " + ", ".join(f"{path} {1000 * one:.0f} ms" for path, one in took.items()))


def unread():
    """People who ask for a film and read nothing of it."""
    with places() as place:
        site = Site(place, EVIDOCK_SECOND_FACTOR="false")
        os.makedirs(place("film"))
        with open(place("film/DSJ_R1_000042_20190810_093000.mp4"), "wb") as file:
            file.write(os.urandom(40 << 20))
        item = json.loads(site.station.run("ingest", place("film"), "--json")[1].splitlines()[0])["item"]
        site.station.run("user", "add", "000042", "--role", "officer")
        token = site.station.run("user", "token", "000042", "--name", "t", "--scope", "footage", "--days", "1")[1].strip()
        host, port = site.address.removeprefix("http://").split(":")

        def ask():
            line = socket.socket()
            line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            line.connect((host, int(port)))
            line.sendall(f"GET /footage/{item} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n".encode())
            check("an answer begins", line.recv(100).startswith(b"HTTP/1.1 200 "))
            return line

        def files():
            """How many files of footage the daemon has open."""
            there = f"/proc/{site.daemon.pid}/fd/"
            return sum("/vault/footage/" in os.readlink(there + name) for name in os.listdir(there) if os.path.islink(there + name))

        lines = [ask() for _ in range(20)]
        check("files are open for them", files() > 0, files())
        for line in lines:
            line.close()
        check("none is left open for who goes away", until(lambda: files() == 0, 20), files())
        lines = [ask() for _ in range(20)]
        begin = time.monotonic()
        code = place.stop(site.daemon)
        check("who does not read keeps nothing from stopping", code == 0 and time.monotonic() - begin < 30, (code, time.monotonic() - begin))
        for line in lines:
            line.close()


if __name__ == "__main__":
    sys.exit(run_parts(slow, unread))
