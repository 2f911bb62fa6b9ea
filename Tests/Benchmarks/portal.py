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
import urllib.parse

import bench

SECONDS = bench.number("SECONDS_EACH", 5)
SIZE = 256 << 20
PASSWORD = "vier worte im regen"
# Ranges of a MiB anywhere, the same for both: a generator of wrk's own threads.
LUA = """
math.randomseed(7)
request = function()
    local first = math.random(0, {last})
    return wrk.format("GET", "{path}", {{["Range"] = "bytes=" .. first .. "-" .. (first + 1048575), ["Cookie"] = "{cookie}"}})
end
"""


def goal(words, met):
    print(f"  goal, {words}: {'met' if met else 'MISSED'}", flush=True)


def wait_for(holds, seconds=30):
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            sys.exit("it did not start")
        time.sleep(0.05)


def listens(port):
    try:
        http.client.HTTPConnection("127.0.0.1", port, timeout=1).connect()
        return True
    except OSError:
        return False


def post(port, path, form):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("POST", path, urllib.parse.urlencode(form), {"Content-Type": "application/x-www-form-urlencoded"})
    answer = connection.getresponse()
    answer.read()
    return answer


def free_port():
    import socket
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Server:
    """The daemon with one film of one officer, who is signed in."""

    def __init__(self, evidock, folder):
        self.evidock, self.root = evidock, f"{folder}/root"
        card = f"{folder}/card"
        os.makedirs(card)
        self.film = f"{card}/DSJ_R1_000042_20190810_093000.mp4"
        with open(self.film, "wb") as file:
            for _ in range(SIZE >> 20):
                file.write(os.urandom(1 << 20))
        out = self.run("ingest", card, "--json")
        self.item = json.loads(out.splitlines()[0])["item"]
        self.sha256 = json.loads(self.run("show", self.item, "--json"))["sha256"]
        link = self.run("user", "add", "000042", "--role", "officer").strip()
        self.port = free_port()
        os.makedirs(f"{folder}/docks")
        self.process = subprocess.Popen(
            [evidock, "--root", self.root, "serve", "--listen", f"127.0.0.1:{self.port}", "--dock-root", f"{folder}/docks"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**bench.environment(), "EVIDOCK_SECOND_FACTOR": "false"})
        wait_for(lambda: listens(self.port))
        post(self.port, "/join/" + link.rsplit("/", 1)[1], {"password": PASSWORD, "again": PASSWORD})
        answer = post(self.port, "/sign-in", {"name": "000042", "password": PASSWORD})
        self.cookie = answer.getheader("Set-Cookie").split(";")[0]
        self.path = f"/footage/{self.item}"

    def run(self, *words):
        return subprocess.run([self.evidock, "--root", self.root, *words], check=False, capture_output=True, text=True,
                              env=bench.environment()).stdout

    def memory(self):
        with open(f"/proc/{self.process.pid}/status") as file:
            text = file.read()
        return int(re.search(r"VmRSS:\s+(\d+)", text)[1]) // 1024


class Nginx:
    def __init__(self, film, folder):
        self.port = free_port()
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
        wait_for(lambda: listens(self.port))


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
            goal("0.8 of nginx", one / other >= 0.8)


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


def seconds_used(process):
    with open(f"/proc/{process.pid}/stat") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def wall(server):
    stop, threads = viewers(server, 200)
    time.sleep(2)
    before, begin = seconds_used(server.process), time.monotonic()
    time.sleep(10)
    share = (seconds_used(server.process) - before) / (time.monotonic() - begin)
    memory = server.memory()
    stop.set()
    for thread in threads:
        thread.join(10)
    print(f"\nThe wall before 200 viewers, nothing docked: {100 * share:.1f} % of a core, {memory} MB")
    goal("under 5 % of a core", share < 0.05)
    goal("under 200 MB with 200 connections", memory < 200)


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
                one.process.terminate()
                one.process.wait()
        shutil.rmtree(folder, ignore_errors=True)


main()
