#!/usr/bin/env python3
"""The notary's own part: certificates of items and cases, a notary's recorder, and an attestation
interface (a stub on loopback) that refuses, delays and lies. Closes with: N passed, N failed, N skipped.
"""

import hashlib
import http.server
import json
import os
import socketserver
import sys
import threading

from backups import events
from notary import Station, check, places, read, run_parts, until

PDF = b"%PDF-1.4\n1 0 obj\n<< >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"


def write(path, data):
    with open(path, "wb") as file:
        file.write(data)
    return path


def lines(out):
    return [json.loads(line) for line in out.splitlines()]


def rows(station, event, kind):
    found = []
    for leaf, name in enumerate(events(station)):
        if name == event:
            entry = json.loads(station.run("log", "entry", str(leaf), "--json")[1])
            found += [row for row in entry["rows"] if row["kind"] == kind]
    return found


def ids(station):
    listed = lines(station.run("list", "--all", "--limit", "0", "--json")[1])
    return sorted((one["item"] for one in listed if one["path"].endswith(".mp4")),
                  key=lambda name: int(name.split("-")[1]))


class Interface:
    """A stub of an attestation interface. `mood`: what it does with everything that it is asked."""

    def __init__(self):
        self.mood, self.known, self.asked, self.tokens = "honest", {}, [], set()
        # What it does with the first thing it was ever asked about, whatever its mood.
        self.spite, self.ended = None, threading.Event()
        outer = self

        class Answering(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                outer.tokens.add(self.headers["Authorization"])
                outer.asked.append(body)
                self.answer(*outer.take(body))

            def do_GET(self):
                outer.tokens.add(self.headers["Authorization"])
                self.answer(*outer.look(self.path.removeprefix("/attestation/enforcer/")))

            def answer(self, status, body):
                data = body if isinstance(body, bytes) else json.dumps(body).encode()
                self.send_response(status)
                if status == 302:
                    self.send_header("Location", "http://127.0.0.1:1/")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                try:
                    self.wfile.write(data)
                except BrokenPipeError:
                    pass

            def log_message(self, *_):
                pass

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True

        self.server = Server(("127.0.0.1", 0), Answering)
        self.host = f"127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def take(self, body):
        digest = body["sha256"]
        number = "A-" + digest[:12]
        if self.spite and digest == self.asked[0]["sha256"]:
            if self.spite == "hangs":
                self.ended.wait()
            return self.spite if self.spite != "hangs" else (503, {})
        wrong = {
            "refuses": (403, {"reason": "no"}), "redirects": (302, b""), "garbage": (200, b"\0\xff<html>"),
            "endless": (200, b" " * (1 << 20)), "no-number": (200, {"sha256": digest, "state": "pending"}),
            "path-number": (200, {"sha256": digest, "state": "pending", "number": "../../x"}),
            "other-digest": (200, {"sha256": "0" * 64, "state": "pending", "number": number}),
            "no-chain": (200, {"sha256": digest, "state": "done", "number": number}),
            "unknown-state": (200, {"sha256": digest, "state": "surely", "number": number}),
        }
        if self.mood in wrong:
            return wrong[self.mood]
        if self.mood == "same-number":
            number = "A-same"
        self.known[number] = digest
        return 200, {"sha256": digest, "state": "pending", "number": number}

    def look(self, path):
        number, _, rest = path.partition("/")
        digest = self.known.get(number)
        if digest is None:
            return 404, {}
        if rest == "certificate":
            return 200, PDF + number.encode() if self.mood != "other-pdf" else PDF + b"x"
        state = {"slow": "pending", "fails": "failed"}.get(self.mood, "done")
        answer = {"sha256": digest, "number": number, "state": state}
        if state == "done":
            answer["chainDigest"] = hashlib.sha256(digest.encode()).hexdigest()
            if self.mood in ("pdf", "other-pdf"):
                answer["certificateSHA256"] = hashlib.sha256(PDF + number.encode()).hexdigest()
        if self.mood == "lies-later":
            answer["sha256"] = "1" * 64
        return 200, answer

    def close(self):
        self.ended.set()
        self.server.shutdown()
        self.server.server_close()


def certificates():
    """A certificate is attached, found, exported, kept beside another one of its number."""
    with places() as place:
        station = Station(place, "st")
        for _ in range(2):
            station.ingest()
        first, second = ids(station)
        os.makedirs(place("desk"))
        write(place("desk/other.txt"), b"not taken")
        pdf = write(place("desk/公证书.pdf"), PDF)
        add = lambda *words: station.run("certificate", "add", *words)
        code, out, errors = add("--number", "（2026）漳证字第7号", "--file", pdf, "--item", first, "--item", second,
                                "--case", "（2019）闽06执123号", "--office", "漳州市某公证处", "--issued", "2026-08-04", "--json")
        made = lines(out)[0] if out else {}
        check("a certificate is attached", code == 0 and made["new"] and made["sha256"] == hashlib.sha256(PDF).hexdigest(),
              (code, out, errors))
        found = rows(station, "certificate", "certificate")
        check("the ledger has one row for each thing that it is about", len(found) == 3 and
              {row.get("item") or row.get("caseNumber") for row in found} == {first, second, "（2019）闽06执123号"}, found)
        entry = next(e for e, name in zip(station.entries(), events(station)) if name == "certificate").decode()
        check("nothing of it stands in the leaf", "漳" not in entry and made["sha256"] not in entry, entry)
        shown = json.loads(station.run("show", first, "--json")[1])
        check("show tells it", [c["number"] for c in shown.get("certificates", [])] == ["（2026）漳证字第7号"], shown)
        check("nothing else of its folder was taken", not any(
            "other.txt" in line for line in station.run("list", "--all", "--limit", "0", "--json")[1].splitlines()))
        document = json.loads(station.run("show", made["document"], "--json")[1])
        check("the document is an item of the notary's", document["recorder"]["source"] == "notary"
              and not document.get("findings"), document)
        for words in (("--item", first), ("--case", "（2019）闽06执123号"), ("--number", "（2026）漳证字第7号"), ()):
            code, out, _ = station.run("certificate", "list", *words)
            check(f"it is listed by {words[:1] or 'nothing'}", code == 0 and "漳证字第7号" in out, (code, out))
        check("what is not there is not found", station.run("certificate", "list", "--number", "x")[0] == 1)
        size = station.size()
        code, out, _ = add("--number", "（2026）漳证字第7号", "--file", pdf, "--item", first, "--json")
        check("the same again is nothing new", code == 0 and not lines(out)[0]["new"]
              and "certificate" not in events(station)[size:], (code, out))
        other = write(place("desk/other.pdf"), PDF + b"%")
        code, out, _ = add("--number", "（2026）漳证字第7号", "--file", other, "--item", first)
        check("another document of its number is kept beside it, and told", code == 1 and "both stay" in out
              and len(json.loads(station.run("show", first, "--json")[1])["certificates"]) == 2, (code, out))
        for name, words in [("no PDF", ("--number", "1", "--file", place("desk/other.txt"), "--item", first)),
                            ("no file", ("--number", "1", "--file", place("desk/none.pdf"), "--item", first)),
                            ("no item", ("--number", "1", "--file", pdf, "--item", "0602-9999")),
                            ("about nothing", ("--number", "1", "--file", pdf)),
                            ("no number", ("--number", "", "--file", pdf, "--item", first)),
                            ("a day that is none", ("--number", "1", "--file", pdf, "--item", first, "--issued", "2026-02-30")),
                            ("control characters", ("--number", "1\n2", "--file", pdf, "--item", first))]:
            size = station.size()
            code, _, errors = add(*words)
            check(f"refused: {name}", code in (1, 2) and errors and station.size() == size, (code, errors))
        os.symlink(pdf, place("desk/link.pdf"))
        check("refused: a link", add("--number", "1", "--file", place("desk/link.pdf"), "--item", first)[0] == 2)
        code, _, errors = station.run("export", "--item", first, "--out", place("bag"), "--for", "party")
        bagged = os.listdir(place("bag/data"))
        code, _, errors = station.run("certificate", "copy", "（2026）漳证字第7号", "--out", place("copy.pdf"))
        check("a number with two documents copies none", code in (1, 2) and not os.path.exists(place("copy.pdf")), (code, errors))
        code, _, errors = station.run("certificate", "copy", "x", "--out", place("copy.pdf"))
        check("nor does one that is not there", code in (1, 2) and not os.path.exists(place("copy.pdf")), (code, errors))
        check("one is attached to copy", add("--number", "8", "--file", other, "--item", second)[0] == 0)
        size = station.size()
        code, _, errors = station.run("certificate", "copy", "8", "--out", place("copy.pdf"))
        check("a certificate is copied, and the disclosure entered", code == 0 and read(place("copy.pdf")) == PDF + b"%"
              and events(station)[size:] == ["disclosure"], (code, errors, events(station)[size:]))
        check("its documents go with an export", code == 0 and sum(name.endswith(".pdf") for name in bagged) == 2,
              (code, errors, bagged))
        station.run("log", "policy")
        write(place("policy"), station.run("log", "policy")[1].encode())
        code, out, errors = place.run("verify", place("bag"), "--policy", place("policy"))
        check("and the package holds", code == 0, (code, out, errors))
        check("the other item does not", second not in read(place("bag/data-names.csv")).decode())
        code, out, _ = station.run("audit")
        check("audit has nothing to find", code == 0, out)
        check("nor with an index made anew", station.run("index", "rebuild")[0] == 0 and station.run("audit")[0] == 0
              and json.loads(station.run("show", first, "--json")[1])["certificates"][0]["issued"] == "2026-08-04")
        # A notary's recorder is a source of its own.
        os.makedirs(place("card-n"))
        write(place("card-n/a.mp4"), os.urandom(3000))
        code, out, _ = station.run("ingest", place("card-n"), "--recorder", "N1", "--notary", "--json")
        item = lines(out)[0]["item"]
        source = lambda item: json.loads(station.run("show", item, "--json")[1])["recorder"].get("source")
        check("said so, it is a notary's recorder", source(item) == "notary" and source(first) is None, out)
        with open(station.settings, "a") as file:
            file.write("notaryRecorders: [N1, N2]\nscrubEvery: 20\n")
        os.makedirs(place("card-m"))
        write(place("card-m/b.mp4"), os.urandom(3000))
        code, out, errors = station.run("ingest", place("card-m"), "--recorder", "N2", "--json")
        check("and by its number, where that is set", code == 0 and source(lines(out)[0]["item"]) == "notary", (out, errors))
        check("and the ledger says so", [row.get("source") for row in rows(station, "docking", "visit")].count("notary") == 6,
              rows(station, "docking", "visit"))


def attested():
    """Digests are posted; refusals, delays and lies are told, and never entered as done."""
    with places() as place:
        interface = Interface()
        station = Station(place, "st")
        write(place("token"), b"secret-1\n")
        with open(station.settings, "a") as file:
            file.write(f"attestationURL: http://{interface.host}\nattestationToken: {place('token')}\n"
                       "attestationEvery: 1\nattestationAddress: 漳州\n")
        station.ingest()
        item = ids(station)[0]
        shown = lambda name=item: json.loads(station.run("show", name, "--json")[1]).get("attestations", [])
        standing = lambda: [line for line in lines(station.run("docks", "--json")[1]) if "attestation" in line][0]
        told = lambda words: until(lambda: words in standing()["words"], 30)
        interface.mood = "refuses"
        daemon, _ = station.serve()
        check("a refusal is told", told("refuses: status 403"), standing())
        check("taking files does not wait for it", station.ingest()[0] == 0)
        for mood, words in [("redirects", "status 302"), ("garbage", "no JSON object"), ("endless", "too long"),
                            ("no-number", "number"), ("path-number", "number"), ("other-digest", "another sha256"),
                            ("no-chain", "without a chain digest"), ("unknown-state", "state")]:
            interface.mood = mood
            place.stop(daemon)
            daemon, _ = station.serve()
            check(f"{mood}: told, and nothing is entered", told(words) and not rows(station, "certificate", "attestation"),
                  standing())
        interface.mood = "slow"
        place.stop(daemon)
        daemon, _ = station.serve()
        until(lambda: len(rows(station, "certificate", "attestation")) == 2, 60)
        check("a number is entered while it is pending", [one["state"] for one in shown()] == ["pending"], shown())
        subject = interface.asked[-1]
        check("nothing but what was announced leaves", set(subject) <= {
            "deviceNumber", "sha256", "kind", "size", "name", "address", "saveTime", "startTime", "endTime"}
            and subject["kind"] == 2 and subject["name"].startswith("0602-") and subject["address"] == "漳州", subject)
        check("with the token", interface.tokens == {"Bearer secret-1"}, interface.tokens)
        interface.mood = "lies-later"
        check("a lie at a later look is told", told("another sha256"), standing())
        check("and changes nothing", [one["state"] for one in shown()] == ["pending"], shown())
        interface.mood = "other-pdf"
        check("a certificate with another digest is told", told("certificate has another digest"), standing())
        check("and nothing of it is entered", [one["state"] for one in shown()] == ["pending"], shown())
        interface.mood = "pdf"
        place.stop(daemon)
        daemon, _ = station.serve()
        until(lambda: len(rows(station, "certificate", "certificate")) == 2, 60)
        done = shown()
        check("done, with its digest in the chain", [one["state"] for one in done] == ["done"] and len(done[0]["chainDigest"]) == 64,
              done)
        record = json.loads(station.run("show", item, "--json")[1])
        check("its certificate is attached", [one["office"] for one in record["certificates"]] == [interface.host], record)
        check("nothing of it stays behind", os.listdir(os.path.join(station.root, "staging")) == [])
        asked = len(interface.asked)
        place.stop(daemon)
        interface.mood = "honest"
        daemon, _ = station.serve()
        station.ingest()
        until(lambda: [one["state"] for one in shown(ids(station)[-1])] == ["done"], 60)
        check("after a restart nothing is posted twice", len(interface.asked) == asked + 1, (asked, len(interface.asked)))
        interface.mood = "fails"
        station.ingest()
        newest = ids(station)[-1]
        until(lambda: [one["state"] for one in shown(newest)] == ["failed"], 60)
        check("that it failed is entered", [one["state"] for one in shown(newest)] == ["failed"], shown(newest))
        interface.mood = "same-number"
        station.ingest()
        until(lambda: "A-same" in json.dumps(shown(ids(station)[-1])), 60)
        station.ingest()
        check("a number that was given before is told", told("a number given before"), standing())
        interface.close()
        station.ingest()
        check("an interface that is away is told", told("does not answer"), standing())
        errors = read(daemon.errors).decode()
        check("the log names no item's digest and no token", "secret-1" not in errors and "Bearer" not in errors, errors[-500:])
        place.stop(daemon)
        code, out, _ = station.run("audit")
        check("audit has nothing to find", code == 0, out)
        text = read(station.settings).decode().replace(f"http://{interface.host}", "http://attest.example")
        write(station.settings, text.encode())
        code, _, errors = station.run("docks")
        check("a token never goes over the network unencrypted", code == 2 and "attestationToken" in errors, (code, errors))


def unhindered():
    """One file that an interface hangs on or refuses holds up no other one; nor does a password in an address."""
    with places() as place:
        for name, spite in [("refused", (403, {})), ("endless", (200, b" " * (1 << 20))),
                            ("hanging", "hangs")]:
            interface = Interface()
            interface.spite = spite
            station = Station(place, name)
            with open(station.settings, "a") as file:
                file.write(f"attestationURL: http://{interface.host}\nattestationEvery: 1\n")
            station.ingest()
            daemon, _ = station.serve()
            until(lambda: interface.asked, 60)
            station.ingest()
            newest = ids(station)[-1]
            state = lambda item: [one["state"] for one in json.loads(
                station.run("show", item, "--json")[1]).get("attestations", [])]
            until(lambda: state(newest) == ["done"], 120)
            check(f"{name}: the next file is attested", state(newest) == ["done"] and state(ids(station)[0]) == [],
                  (state(newest), state(ids(station)[0])))
            place.stop(daemon)
            code, out, _ = station.run("audit", "--json")
            check(f"{name}: audit counts it", '"attestations":{"done":1}' in out.replace(" ", ""), (code, out))
            interface.close()
        text = read(station.settings).decode().replace("http://", "http://somebody:secret@")
        write(station.settings, text.encode())
        code, _, errors = station.run("docks")
        check("no name and password in an address", code == 2 and "attestationURL" in errors and "secret" not in errors,
              (code, errors))


if __name__ == "__main__":
    sys.exit(run_parts(certificates, attested, unhindered))
