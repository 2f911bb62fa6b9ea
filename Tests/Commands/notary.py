#!/usr/bin/env python3
"""A station, its notary's witness and a time-stamp authority, as programs on loopback.

What is checked, is checked by other means than evidock's own where there are any: openssl for time
stamps, hashes computed here for the ledger's files. Closes with: N passed, N failed, N skipped.
"""

import base64
import contextlib
import hashlib
import http.server
import json
import os
import shutil
import signal
import socketserver
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request

PACKAGE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PROGRAM = next(
    (p for p in (os.environ.get("EVIDOCK_PROGRAM", ""),
                 os.path.join(PACKAGE, ".build/release/evidock"),
                 os.path.join(PACKAGE, ".build/debug/evidock")) if p and os.path.exists(p)), None)
counts = {"passed": 0, "failed": 0, "skipped": 0}


def check(name, holds, found=""):
    counts["passed" if holds else "failed"] += 1
    print(("ok   " if holds else "FAIL ") + name + ("" if holds else f": {found}"), flush=True)


class Place:
    """A folder of a test's own, and the programs that it started."""

    def __init__(self):
        self.path = tempfile.mkdtemp(prefix="notary-")
        self.started = []
        self.environment = {
            key: value for key, value in os.environ.items() if not key.startswith("EVIDOCK_")}
        self.environment["LC_ALL"] = "C.UTF-8"

    def __call__(self, *parts):
        return os.path.join(self.path, *parts)

    def run(self, *arguments, under=(), **changes):
        """- under: a program that runs ours, such as one that moves its clock."""
        done = subprocess.run(
            [*under, PROGRAM, *arguments], capture_output=True, text=True, timeout=300,
            env={**self.environment, **changes})
        return done.returncode, done.stdout, done.stderr

    def serve(self, *arguments, **changes):
        """Starts a daemon; gives it and the first address of http that it says it listens on."""
        errors = open(self(f"stderr-{len(self.started)}"), "w")
        daemon = subprocess.Popen(
            [PROGRAM, *arguments], stdout=subprocess.PIPE, stderr=errors, text=True,
            env={**self.environment, **changes})
        daemon.errors = errors.name
        self.started.append(daemon)
        line = daemon.stdout.readline()
        address = line[line.find("http://"):].split(",")[0].strip() if "http://" in line else ""
        return daemon, address

    @staticmethod
    def stop(daemon, number=signal.SIGTERM):
        daemon.send_signal(number)
        return daemon.wait(timeout=60)

    def close(self):
        for daemon in self.started:
            if daemon.poll() is None:
                daemon.kill()
                daemon.wait()
        shutil.rmtree(self.path, ignore_errors=True)


def get(url, data=None, kind="text/plain"):
    request = urllib.request.Request(url, data=data)
    if data is not None:
        request.add_header("Content-Type", kind)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, answer.read(), answer.headers.get("Content-Type")
    except urllib.error.HTTPError as error:
        return error.code, error.read(), error.headers.get("Content-Type")


def until(holds, seconds=60):
    """Waits for something that another program does; what it gave last."""
    end = time.monotonic() + seconds
    while True:
        found = holds()
        if found or time.monotonic() > end:
            return found
        time.sleep(0.1)


def read(path):
    with open(path, "rb") as file:
        return file.read()


def checkpoint(note):
    origin, size, root = note.decode().split("\n")[:3]
    return origin, int(size), base64.b64decode(root)


def lines_by(note, name):
    return [line for line in note.decode().split("\n") if line.startswith(f"\u2014 {name} ")]


def leaf_hash(entry):
    return hashlib.sha256(b"\0" + entry).digest()


def tree_hash(hashes):
    """RFC 6962, section 2.1."""
    if not hashes:
        return hashlib.sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    split = 1 << (len(hashes) - 1).bit_length() - 1
    return hashlib.sha256(b"\1" + tree_hash(hashes[:split]) + tree_hash(hashes[split:])).digest()


def consistency(hashes, old):
    """RFC 6962, section 2.1.2."""
    def part(hashes, old, whole):
        if old == len(hashes):
            return [] if whole else [tree_hash(hashes)]
        split = 1 << (len(hashes) - 1).bit_length() - 1
        if old <= split:
            return part(hashes[:split], old, whole) + [tree_hash(hashes[split:])]
        return part(hashes[split:], old - split, False) + [tree_hash(hashes[:split])]
    return part(hashes, old, True) if 0 < old < len(hashes) else []


def entries(bundle):
    found = []
    while bundle:
        length = int.from_bytes(bundle[:2], "big")
        found.append(bundle[2:2 + length])
        bundle = bundle[2 + length:]
    return found


class Authority:
    """A time-stamp authority on loopback, made of `openssl ts`."""

    def __init__(self, place):
        self.place = place
        os.makedirs(place)
        self.isAway = False
        self.lies = False
        text = f"""
[req]
distinguished_name = name
prompt = no
[name]
CN = test
[ca]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
[signer]
basicConstraints = CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
[lists]
database = {place}/revoked
default_md = sha256
default_crl_days = 100
[tsa]
default_tsa = authority
[authority]
serial = {place}/serial
crypto_device = builtin
signer_cert = {place}/tsa.pem
certs = {place}/ca.pem
signer_key = {place}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha384, sha512, sm3
accuracy = secs:1
ess_cert_id_chain = no
ess_cert_id_alg = sha256
"""
        with open(f"{place}/config", "w") as file:
            file.write(text)
        with open(f"{place}/serial", "w") as file:
            file.write("01\n")
        for name in ("ca", "tsa"):
            self.openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out",
                         f"{place}/{name}.key")
        self.openssl("req", "-x509", "-new", "-key", f"{place}/ca.key", "-subj", "/CN=test ca",
                     "-days", "100", "-config", f"{place}/config", "-extensions", "ca",
                     "-out", f"{place}/ca.pem")
        self.openssl("req", "-new", "-key", f"{place}/tsa.key", "-subj", "/CN=test tsa",
                     "-config", f"{place}/config", "-out", f"{place}/tsa.csr")
        self.openssl("x509", "-req", "-in", f"{place}/tsa.csr", "-CA", f"{place}/ca.pem",
                     "-CAkey", f"{place}/ca.key", "-CAcreateserial", "-days", "50",
                     "-extfile", f"{place}/config", "-extensions", "signer",
                     "-out", f"{place}/tsa.pem")
        open(f"{place}/revoked", "w").close()
        self.openssl("ca", "-gencrl", "-config", f"{place}/config", "-name", "lists", "-keyfile",
                     f"{place}/ca.key", "-cert", f"{place}/ca.pem", "-out", f"{place}/crl.pem")
        authority = self

        class Answering(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if authority.isAway:
                    self.send_error(503)
                    return
                answer = authority.stamp(body)
                self.send_response(200)
                self.send_header("Content-Type", "application/timestamp-reply")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_):
                pass

        # One at a time: openssl's serial file is not locked.
        self.server = socketserver.TCPServer(("127.0.0.1", 0), Answering)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @staticmethod
    def openssl(*arguments):
        return subprocess.run(["openssl", *arguments], capture_output=True, check=True)

    def stamp(self, query):
        with open(f"{self.place}/query", "wb") as file:
            file.write(query)
        self.openssl("ts", "-reply", "-config", f"{self.place}/config", "-queryfile",
                     f"{self.place}/query", "-out", f"{self.place}/reply")
        reply = bytearray(read(f"{self.place}/reply"))
        if self.lies:
            reply[-20] ^= 1
        return bytes(reply)

    def holds(self, token, data):
        """Whether openssl says so."""
        done = subprocess.run(
            ["openssl", "ts", "-verify", "-in", token, "-data", data, "-CAfile",
             f"{self.place}/ca.pem"], capture_output=True, text=True)
        return "Verification: OK" in done.stdout + done.stderr

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class Station:
    def __init__(self, place, name, policy=None, authority=None, every=1):
        self.place, self.root = place, place(name)
        self.authority = authority
        os.makedirs(place(name + "-docks"))
        self.docks = place(name + "-docks")
        place.run("init", "--root", self.root, "--station", name, "--court", "闽0602")
        self.key = place.run("log", "vkey", "--root", self.root)[1].strip()
        self.origin = self.key.split("+")[0]
        self.settings = place(name + ".yaml")
        with open(self.settings, "w") as file:
            file.write(f"policy: {place('policy')}\n" if policy else "")
            if authority:
                file.write(f"timeStampURL: {authority.url}\ntimeStampCA: {authority.place}/ca.pem\n"
                           f"timeStampCRL: {authority.place}/crl.pem\ntimeStampEvery: {every}\n")
        self.count = 0

    def run(self, *arguments, **changes):
        return self.place.run(
            *arguments, "--root", self.root, "--config", self.settings, **changes)

    def serve(self, listen="127.0.0.1:0", **changes):
        return self.place.serve(
            "serve", "--root", self.root, "--config", self.settings, "--dock-root", self.docks,
            "--listen", listen, **changes)

    def ingest(self, **changes):
        """Takes one file that is new, so that the ledger grows."""
        self.count += 1
        card = self.place(f"card-{os.path.basename(self.root)}-{self.count}")
        os.makedirs(card)
        with open(os.path.join(card, "a.mp4"), "wb") as file:
            file.write(os.urandom(2000))
        return self.run("ingest", card, **changes)

    def note(self, name="checkpoint"):
        path = os.path.join(self.root, "log", name)
        return read(path) if os.path.exists(path) else None

    def size(self, name="checkpoint"):
        note = self.note(name)
        return checkpoint(note)[1] if note else -1

    def entries(self):
        found = []
        base = os.path.join(self.root, "log/tile/entries")
        size = self.size()
        assert size < 256
        return entries(read(os.path.join(base, f"000.p/{size}")))[:size] if size else found


def write_policy(place, stations, witnesses, quorum=None):
    with open(place("policy"), "w") as file:
        for station, url in stations:
            file.write(f"log {station.key} {url}\n".replace(" \n", "\n"))
        for name, key, url in witnesses:
            file.write(f"witness {name} {key} {url}\n".replace(" \n", "\n"))
        file.write(f"quorum {quorum or witnesses[0][0]}\n")


@contextlib.contextmanager
def places():
    place = Place()
    try:
        yield place
    finally:
        place.close()


def free_port():
    with socketserver.TCPServer(("127.0.0.1", 0), None) as server:
        return server.server_address[1]


# MARK: - What is checked


def over_the_network():
    """Cosigned within seconds; served; away and back; a rollback and a fork are refused."""
    with places() as place:
        port = free_port()
        station = Station(place, "st", policy=True)
        witness_key = place.run("witness", "vkey", "--root", place("wit"), "--name", "n.test/w")[1].strip()
        check("the witness's key is made once",
              place.run("witness", "vkey", "--root", place("wit"))[1].strip() == witness_key)
        write_policy(place, [(station, "")], [("w", witness_key, f"http://127.0.0.1:{port}")])
        serve_witness = ("witness", "serve", "--root", place("wit"), "--policy", place("policy"),
                         "--listen", f"127.0.0.1:{port}")

        daemon, url = station.serve()
        code, _, _ = station.ingest()
        check("taking files does not wait for a witness that is away", code == 0, code)
        until(lambda: "does not answer" in station.run("docks")[1], 30)
        docks = station.run("docks")[1]
        check("docks says that the witness does not answer", "does not answer" in docks, docks)
        check("nothing counts as cosigned", station.note("checkpoint.cosigned") is None)
        code, out, _ = station.run("audit")
        check("audit says not yet cosigned", code == 0 and "Not yet cosigned" in out, out)

        witness, _ = place.serve(*serve_witness)
        size = station.size()
        until(lambda: station.size("checkpoint.cosigned") >= size, 60)
        check("it is cosigned when the witness is back",
              station.size("checkpoint.cosigned") >= size, station.size("checkpoint.cosigned"))
        cosigned = station.note("checkpoint.cosigned")
        check("the cosigned note bears the witness's line", len(lines_by(cosigned, "n.test/w")) == 1)
        until(lambda: "cosigned up to" in station.run("docks")[1], 10)
        docks = station.run("docks")[1]
        check("docks says how far it is cosigned", f"cosigned up to entry {size}" in docks, docks)
        code, out, _ = station.run("audit")
        check("audit says by whom", f"Cosigned up to entry {size} of {size} by w." in out, out)

        # The ledger over HTTP, with nothing of ours: every entry hashes to the signed root.
        status, note, kind = get(url + "/log/checkpoint")
        check("the checkpoint is served", status == 200 and kind.startswith("text/plain"), status)
        size = checkpoint(note)[1]
        status, bundle, _ = get(f"{url}/log/tile/entries/000.p/{size}")
        hashes = [leaf_hash(entry) for entry in entries(bundle)]
        check("the served entries give the signed root", tree_hash(hashes) == checkpoint(note)[2])
        check("the served tile holds their hashes",
              get(f"{url}/log/tile/0/000.p/{size}")[1] == b"".join(hashes))
        check("the cosigned checkpoint is served apart",
              lines_by(get(url + "/log/checkpoint.cosigned")[1], "n.test/w") != [])
        for bad in (f"tile/0/000.p/{size + 1}", "tile/0/000", "tile/0/001.p/1", "tile/9/000.p/1",
                    "tile/entries/000.p/0", "tile/0/x", "tile/0/000.p/1/..", "../keys/log.key",
                    "%2e%2e/keys/log.key", "tile/../../keys/log.key", "checkpoint.next", ""):
            status = get(f"{url}/log/{bad}")[0]
            check(f"/log/{bad} is not there", status == 404, status)
        check("nothing is served but to be read", get(url + "/log/checkpoint", b"x")[0] in (404, 405))

        # What a witness must refuse (C2SP tlog-witness).
        address = f"http://127.0.0.1:{port}"
        held = get(f"{address}/{hashlib.sha256(station.origin.encode()).hexdigest()}/checkpoint")
        check("the witness shows its newest to everybody", held[0] == 200 and held[1] == cosigned)
        ask = lambda old, note, hashes=(): get(
            address + "/add-checkpoint",
            f"old {old}\n".encode() + b"".join(base64.b64encode(h) + b"\n" for h in hashes)
            + b"\n" + note)
        signed = "\n".join(
            line for line in cosigned.decode().split("\n") if "n.test/w" not in line).encode()
        check("the same again is cosigned anew", ask(size, signed)[0] == 200)
        status, body, kind = ask(size - 1, signed)
        check("another old size is 409 with the size that it knows",
              (status, body, kind) == (409, f"{size}\n".encode(), "text/x.tlog.size"),
              (status, body, kind))
        check("old beyond the checkpoint is 400", ask(size + 1, signed)[0] == 400)
        check("an unknown log is 404", ask(0, signed.replace(b"evidock.invalid", b"other.invalid"))[0] == 404)
        spoiled = bytearray(signed)
        spoiled[-10] = ord("B") if spoiled[-10] == ord("A") else ord("A")
        check("a spoiled signature is 403", ask(size, bytes(spoiled))[0] == 403)
        check("garbage is 400", get(address + "/add-checkpoint", b"\0\xff" * 100)[0] == 400)
        check("too much is 413", get(address + "/add-checkpoint", b"x" * (300 << 10))[0] == 413)
        for _ in range(2):
            place.stop(witness, signal.SIGKILL)
            witness, _ = place.serve(*serve_witness)
        check("killed and started again it knows what it cosigned", ask(size - 1, signed)[1] == f"{size}\n".encode())

        # Yesterday's store put back: the station grows again from there, otherwise than before.
        place.stop(daemon)
        shutil.copytree(station.root, place("yesterday"))
        daemon, url = station.serve()
        station.ingest()
        grown = station.size()
        until(lambda: station.size("checkpoint.cosigned") >= grown, 30)
        place.stop(daemon)
        shutil.move(station.root, place("lost"))
        shutil.move(place("yesterday"), station.root)
        daemon, url = station.serve()
        until(lambda: '"held"' in station.run("docks", "--json")[1], 60)
        docks = station.run("docks")[1]
        check("a station put back to yesterday is held", "Nothing is entered or signed" in docks, docks)
        code, _, errors = station.ingest()
        check("and enters nothing: try again", code == 4, (code, errors[-300:]))
        code, out, _ = station.run("audit")
        check("audit finds that it is held", code == 1 and "signs" not in out and "keys/log.held" in out, out)
        place.stop(daemon)
        # Without its own memory, and without asking the witness first, it grows into a fork.
        os.remove(os.path.join(station.root, "keys/log.held"))
        shutil.copy(station.settings, place("alone.yaml"))
        with open(station.settings, "w") as file:
            file.write("listen: none\n")
        for _ in range(2):
            station.ingest()
        shutil.copy(place("alone.yaml"), station.settings)
        fork = station.note()
        own = [leaf_hash(entry) for entry in station.entries()]
        known = checkpoint(get(
            f"{address}/{hashlib.sha256(station.origin.encode()).hexdigest()}/checkpoint")[1])[1]
        answer = ask(known, fork, consistency(own, known))
        check("a fork under the station's own key is 422", answer[0] == 422, answer)
        forks = os.path.join(place("wit"), "forks")
        kept = [os.path.join(at, name) for at, _, names in os.walk(forks) for name in names]
        check("both checkpoints are kept as evidence",
              any(path.endswith("/offered") and read(path).startswith(fork.split(b"\n\n")[0])
                  for path in kept) and any(path.endswith("/cosigned") for path in kept), kept)
        daemon, _ = station.serve()
        until(lambda: '"proven"' in station.run("docks", "--json")[1]
              or '"held"' in station.run("docks", "--json")[1], 60)
        docks = station.run("docks", "--json")[1]
        check("the station learns of the second history and holds", '"held"' in docks, docks)
        check("both end cleanly", place.stop(daemon) == 0 and place.stop(witness) == 0)


def by_stick():
    """Three days without a notary, then one exchange: cosigned, mirrored, time-stamped."""
    with places() as place:
        authority = Authority(place("tsa"))
        try:
            station = Station(place, "st", policy=True, authority=authority)
            key = place.run("witness", "vkey", "--root", place("wit"), "--name", "n.test/w")[1].strip()
            write_policy(place, [(station, "")], [("w", key, "")])
            moved = bool(shutil.which("faketime"))
            if not moved:
                print("SKIP: faketime is not installed: the days are not days")
                counts["skipped"] += 1
            for days in (3, 2, 1):
                # Without intervals: timers wait by the kernel's clock, which faketime does not move.
                clock = {"under": ("faketime", "-f", f"{-days * 86400:+d}"), "TZ": "UTC",
                         "EVIDOCK_PUBLISH_EVERY": "0", "EVIDOCK_INTEGRATE_EVERY": "0"} if moved else {}
                code, _, errors = station.ingest(**clock)
                check("a day without a notary", code == 0, errors)
            if moved:
                said = {json.loads(entry)["time"][:10] for entry in station.entries()}
                check("three days lie between", len(said) == 3, said)
            code, out, errors = station.run("witness", "request", "--out", place("stick"), "--mirror-from", "0")
            check("a request is written", code == 0, errors)
            station.ingest()
            code, out, errors = place.run(
                "witness", "answer", place("stick"), "--out", place("back"), "--mirror",
                "--tsa", authority.url, "--root", place("wit"), "--policy", place("policy"), "--json")
            answer = json.loads(out) if code == 0 else {}
            check("the notary answers, mirrors and has it stamped",
                  code == 0 and answer["status"] == 200 and answer["mirrored"] == answer["size"]
                  and answer["stamped"] == ["sha256", "sm3"], (code, out, errors))
            code, out, errors = station.run("witness", "import", place("back"))
            check("the answer is taken in", code == 0 and out.count("time-stamped at") == 2, (code, out, errors))
            check("it is cosigned as it was asked", station.size("checkpoint.cosigned") == answer["size"])
            folder = os.path.join(station.root, "log/stamped", str(answer["size"]))
            for name in ("sha256", "sm3"):
                check(f"openssl accepts the {name} token over the frozen bytes",
                      authority.holds(f"{folder}/{name}.tsr", f"{folder}/checkpoint"))
            code, out, errors = station.run("witness", "import", place("back"))
            check("the same stick again does no harm", code == 0, (code, out, errors))
            mirror = os.path.join(place("wit"), "mirror", hashlib.sha256(station.origin.encode()).hexdigest())
            held = checkpoint(read(mirror + "/checkpoint"))
            found = entries(read(f"{mirror}/tile/entries/000.p/{held[1]}"))
            check("the mirror's entries give the root that it cosigned",
                  tree_hash([leaf_hash(entry) for entry in found]) == held[2])
            files = [name for _, _, names in os.walk(place("stick")) for name in names]
            check("no record and no footage is on the stick",
                  not any(len(name) == 64 for name in files), files)
            # Spoiled on the way back.
            for name in ("answer", "checkpoint"):
                shutil.copytree(place("back"), place("spoiled-" + name))
                bytes_ = bytearray(read(place("spoiled-" + name, name)))
                bytes_[-10] ^= 1
                with open(place("spoiled-" + name, name), "wb") as file:
                    file.write(bytes_)
                before = station.note("checkpoint.cosigned")
                code, out, errors = station.run("witness", "import", place("spoiled-" + name))
                check(f"a spoiled {name} is refused in words",
                      code not in (0, 70) and errors.strip() != ""
                      and station.note("checkpoint.cosigned") == before, (code, out, errors))
            code, _, errors = station.run("audit")
            check("the audit holds", code == 0, errors)
            # Beside a witness that serves other stations by network at the same time.
            witness, _ = place.serve("witness", "serve", "--root", place("wit"), "--policy", place("policy"),
                                     "--listen", f"127.0.0.1:{free_port()}")
            station.ingest()
            station.run("witness", "request", "--out", place("stick-2"))
            answering = ("witness", "answer", place("stick-2"), "--root", place("wit"), "--policy", place("policy"))
            code, _, errors = place.run(*answering, "--out", place("back-2"), "--mirror")
            check("its mirror is its own", code == 6 and not os.path.exists(place("back-2")), (code, errors))
            code, out, errors = place.run(*answering, "--out", place("back-2"), "--tsa", authority.url, "--json")
            answer = json.loads(out) if code == 0 else {}
            check("a witness that serves answers a stick too", code == 0 and answer["status"] == 200
                  and answer["size"] == station.size() and answer["stamped"] == ["sha256", "sm3"], (code, out, errors))
            code, out, errors = station.run("witness", "import", place("back-2"))
            check("and what it says is taken in", code == 0 and station.size("checkpoint.cosigned") == answer["size"],
                  (code, out, errors))
            place.stop(witness)
        finally:
            authority.close()


def mirror_and_stamps():
    """The mirror over the network; time stamps by schedule and by hand; an authority that is away."""
    with places() as place:
        authority = Authority(place("tsa"))
        try:
            port = free_port()
            station = Station(place, "st", policy=True, authority=authority)
            key = place.run("witness", "vkey", "--root", place("wit"), "--name", "n.test/m")[1].strip()
            daemon_port = free_port()
            write_policy(place, [(station, f"http://127.0.0.1:{daemon_port}/log")],
                         [("m", key, f"http://127.0.0.1:{port}")])
            authority.isAway = True
            daemon, url = station.serve(listen=f"127.0.0.1:{daemon_port}")
            witness, _ = place.serve(
                "witness", "serve", "--root", place("wit"), "--policy", place("policy"),
                "--listen", f"127.0.0.1:{port}", "--mirror")
            code, _, errors = station.ingest()
            check("taking files does not wait for the authority", code == 0, errors)
            size = station.size()
            until(lambda: station.size("checkpoint.cosigned") >= size, 60)
            check("what the mirror holds is cosigned", station.size("checkpoint.cosigned") >= size)
            mirror = os.path.join(place("wit"), "mirror", hashlib.sha256(station.origin.encode()).hexdigest())
            check("the mirror holds it", checkpoint(read(mirror + "/checkpoint"))[1] >= size)
            check("nothing is stamped yet", not os.path.exists(os.path.join(station.root, "log/stamped")))
            authority.isAway = False
            stamped = os.path.join(station.root, "log/stamped")
            count = lambda: len([1 for _, _, names in os.walk(stamped) for n in names if n.endswith(".tsr")])
            until(lambda: count() >= 2, 60)
            check("stamped by both digests when the authority is back", count() == 2, count())
            folder = os.path.join(stamped, os.listdir(stamped)[0])
            for name in ("sha256", "sm3"):
                check(f"openssl accepts the {name} token",
                      authority.holds(f"{folder}/{name}.tsr", f"{folder}/checkpoint"))
            with open(place("other"), "wb") as file:
                file.write(read(folder + "/checkpoint") + b"\n")
            check("and refuses it over other bytes", not authority.holds(f"{folder}/sha256.tsr", place("other")))
            until(lambda: station.size() >= size + 2, 30)
            kinds = [json.loads(entry)["event"] for entry in station.entries()]
            check("each stamp is an event of the ledger", kinds.count("time-stamp") == 2, kinds)
            time.sleep(4)
            check("stamps are not stamped for their own sake", count() == 2, count())
            code, out, _ = station.run("audit")
            check("audit says how far it is stamped", code == 0 and "Time-stamped up to entry" in out, out)
            place.stop(daemon)

            station.ingest()
            code, out, errors = station.run("timestamp")
            check("by hand it is stamped at once", code == 0 and out.count("time-stamped at") == 2, (code, out, errors))
            authority.lies = True
            station.ingest()
            before = count()
            code, out, errors = station.run("timestamp")
            check("a token that does not hold does not count", code == 4 and count() == before, (code, out, errors))
            authority.isAway = True
            code, out, errors = station.run("timestamp")
            check("an authority that is away: try again", code == 4, (code, out, errors))
            place.stop(witness)
            daemon, url = station.serve(listen=f"127.0.0.1:{daemon_port}")
            code, out, errors = place.run(
                "witness", "mirror", url + "/log", "--root", place("wit"), "--policy", place("policy"), "--json")
            check("the mirror by hand holds and cosigns the newest",
                  code == 0 and json.loads(out)["size"] == station.size(), (code, out, errors))
            place.stop(daemon)
        finally:
            authority.close()


def wrong_settings():
    with places() as place:
        station = Station(place, "st")
        with open(place("policy"), "w") as file:
            file.write("quorum none\n")
        for text, word in (
                (f"policy: {place('policy')}\n", "policy"), ("policy: /nowhere\n", "/nowhere"),
                ("listen: 0.0.0.0:8450\n", "listen"), ("listen: here\n", "listen"),
                ("timeStampURL: ftp://x\n", "timeStampURL"),
                ("timeStampURL: http://127.0.0.1:1/\n", "timeStampCA")):
            with open(station.settings, "w") as file:
                file.write(text)
            done = subprocess.run(
                [PROGRAM, "serve", "--root", station.root, "--config", station.settings,
                 "--dock-root", station.docks], capture_output=True, text=True, timeout=60,
                env=place.environment)
            check(f"refused with words: {text.strip()}",
                  done.returncode == 2 and word in done.stderr, (done.returncode, done.stderr[-300:]))
        code, out, errors = place.run("witness", "vkey", "--root", station.root)
        check("a station's root is no witness's", code not in (0, 70) and "not empty" in errors, (code, errors))
        code, out, errors = place.run("witness", "answer", place.path, "--out", place("o"),
                                      "--root", place("wit"))
        check("a witness without a policy answers nothing", code == 2, (code, errors))


def run_parts(*parts):
    if PROGRAM is None:
        print("SKIP: no program has been built")
        counts["skipped"] += 1
    else:
        for part in parts:
            try:
                part()
            except Exception as error:  # the next part still says something
                check(f"{part.__name__} runs to its end", False, repr(error))
    print(f"{counts['passed']} passed, {counts['failed']} failed, {counts['skipped']} skipped")
    return 1 if counts["failed"] else 0


if __name__ == "__main__":
    sys.exit(run_parts(over_the_network, by_stick, mirror_and_stamps, wrong_settings))
