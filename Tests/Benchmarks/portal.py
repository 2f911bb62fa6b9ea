"""Times the pages. See portal.sh."""
import http.client
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time

import bench
import pages

SECONDS = bench.number("SECONDS_EACH", 5)
SIZE = 256 << 20
# Ranges of a MiB anywhere, the same for both: a generator of wrk's own threads.
LUA = """
math.randomseed(7)
request = function()
    local first = math.random(0, {last})
    return wrk.format("GET", "{path}", {{["Range"] = "bytes=" .. first .. "-" .. (first + 1048575), ["Cookie"] = "{cookie}"}})
end
"""


class Server(pages.Station):
    """The daemon with one film of one officer, who is signed in."""

    def __init__(self, evidock, folder):
        super().__init__(evidock, folder)
        card = f"{folder}/card"
        os.makedirs(card)
        with open(f"{card}/DSJ_R1_000042_20190810_093000.mp4", "wb") as file:
            for _ in range(SIZE >> 20):
                file.write(os.urandom(1 << 20))
        item = json.loads(self.run("ingest", card, "--json").splitlines()[0])["item"]
        self.path = f"/footage/{item}"
        self.sha256 = json.loads(self.run("show", item, "--json"))["sha256"]
        link = self.run("user", "add", "000042", "--role", "officer").strip()
        self.serve()
        self.cookie = self.sign_in("000042", link)


class Nginx:
    def __init__(self, film, folder):
        self.port = pages.free_port()
        self.path, self.cookie = "/film", "a=b"
        conf = f"{folder}/nginx.conf"
        with open(conf, "w") as file:
            file.write(f"""daemon off; worker_processes auto; pid {folder}/nginx.pid; error_log {folder}/nginx.log;
events {{ worker_connections 1024; }}
http {{ access_log off; sendfile on; tcp_nopush on;
    server {{ listen 127.0.0.1:{self.port}; location = /film {{ alias {film}; }} }} }}
user root;
""")
        self.process = subprocess.Popen(["nginx", "-c", conf], stderr=subprocess.DEVNULL)
        pages.wait_for(lambda: pages.listens(self.port))

    def stop(self):
        self.process.terminate()
        self.process.wait()


def wrk(server, connections, folder, ranged):
    """MB/s, and how many answers were none of those wanted."""
    script = f"{folder}/wrk.lua"
    with open(script, "w") as file:
        file.write(LUA.format(last=SIZE - (1 << 20), path=server.path, cookie=server.cookie) if ranged else
                   f'request = function() return wrk.format("GET", "{server.path}", {{["Cookie"] = "{server.cookie}"}}) end\n')
    out = subprocess.run(
        ["wrk", "-t", str(min(2, connections)), "-c", str(connections), "-d", f"{SECONDS}s", "--timeout", "60s", "-s", script,
         f"http://127.0.0.1:{server.port}{server.path}"], capture_output=True, text=True).stdout
    if "Non-2xx" in out or "Socket errors" in out and "timeout 0" not in out:
        print(out)
    amount, unit = re.search(r"Transfer/sec:\s+([\d.]+)(\w+)", out).groups()
    return float(amount) * {"B": 1e-6, "KB": 1.024e-3, "MB": 1.048576, "GB": 1073.741824}[unit]


def throughput(server, nginx, folder):
    for words, ranged in (("whole file of 256 MiB", False), ("random ranges of 1 MiB", True)):
        for connections in (1, 8, 64):
            # In turns: whatever else the machine does, it does to both.
            ours, theirs = [], []
            for _ in range(5):
                theirs.append(wrk(nginx, connections, folder, ranged))
                ours.append(wrk(server, connections, folder, ranged))
            one, other = statistics.median(ours), statistics.median(theirs)
            print(f"  {words}, {connections:2} connections: {one:7.0f} MB/s, nginx {other:7.0f} MB/s, {one / other:.2f} of it", flush=True)
            pages.goal("0.8 of nginx", one / other >= 0.8)


def viewers(server, count):
    """Connections that watch the wall, each reading what it is told."""
    stop = threading.Event()

    def watch():
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
        connection.request("GET", "/dock/events")
        answer = connection.getresponse()
        while not stop.is_set():
            answer.readline()
        connection.close()

    threads = [threading.Thread(target=watch, daemon=True) for _ in range(count)]
    for thread in threads:
        thread.start()
    return stop, threads


def wall(server):
    stop, threads = viewers(server, 200)
    time.sleep(2)
    before, begin = server.seconds_used(), time.monotonic()
    time.sleep(10)
    share = (server.seconds_used() - before) / (time.monotonic() - begin)
    memory = server.memory()
    stop.set()
    for thread in threads:
        thread.join(10)
    print(f"\nThe wall before 200 viewers, nothing docked: {100 * share:.1f} % of a core, {memory} MB")
    pages.goal("under 5 % of a core", share < 0.05)
    pages.goal("under 200 MB with 200 connections", memory < 200)


def main():
    for tool in ("nginx", "wrk"):
        if shutil.which(tool) is None:
            sys.exit(f"{tool} is missing: apt-get install {tool}")
    evidock, folder = bench.program("EVIDOCK", "evidock"), tempfile.mkdtemp(prefix="portal-", dir=bench.folder())
    print(bench.machine())
    server = nginx = None
    try:
        server = Server(evidock, folder)
        film = f"{server.root}/vault/footage/{server.sha256[:2]}/{server.sha256}"
        nginx = Nginx(film, folder)
        print("\nFootage, plain HTTP, every block of ours verified before it leaves")
        throughput(server, nginx, folder)
        wall(server)
    finally:
        for one in (server, nginx):
            if one is not None:
                one.stop()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
