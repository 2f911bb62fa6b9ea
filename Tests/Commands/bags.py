#!/usr/bin/env python3
"""Sealed bags, as a court hands them out and as somebody checks them who has nothing but the bag,
the notary's policy and the authority's roots. Closes with: N passed, N failed, N skipped.
"""

import csv
import hashlib
import json
import os
import shutil
import subprocess
import sys

from notary import (PROGRAM, Authority, Station, check, counts, free_port, places, read, run_parts,
                    until, write_policy)


def files(bag):
    return sorted(os.path.relpath(os.path.join(at, name), bag)
                  for at, _, names in os.walk(bag) for name in names)


def put(path, data):
    with open(path, "wb") as file:
        file.write(data)


def sm3(data):
    return hashlib.new("sm3", data).hexdigest()


def reseal(bag):
    """Makes the manifests and the Oxum of a spoiled bag fit again."""
    every = files(bag)
    payload = [f for f in every if f.startswith("data/")]
    info = read(f"{bag}/bag-info.txt").decode().splitlines()
    oxum = f"Payload-Oxum: {sum(os.path.getsize(f'{bag}/{f}') for f in payload)}.{len(payload)}"
    put(f"{bag}/bag-info.txt",
        ("\n".join(oxum if line.startswith("Payload-Oxum") else line for line in info) + "\n").encode())
    for prefix, chosen in (("manifest", lambda f: f.startswith("data/")),
                           ("tagmanifest", lambda f: not f.startswith(("data/", "tagmanifest-")))):
        for name, digest in (("sha256", lambda d: hashlib.sha256(d).hexdigest()), ("sm3", sm3)):
            lines = [f"{digest(read(f'{bag}/{f}'))}  {f}\n" for f in files(bag) if chosen(f)]
            put(f"{bag}/{prefix}-{name}.txt", "".join(lines).encode())


def flip(path):
    data = bytearray(read(path))
    data[len(data) // 2] ^= 1
    put(path, bytes(data))


class Verifier:
    """A machine without a root and without a network."""

    def __init__(self, place, authority=None):
        self.place = place
        self.arguments = ["--policy", place("policy")]
        if authority:
            self.arguments += ["--tsa-ca", f"{authority.place}/ca.pem"]
        self.alone = ["unshare", "-n"]
        if subprocess.run([*self.alone, "true"], capture_output=True).returncode != 0:
            print("SKIP: the network cannot be turned off here (unshare -n)")
            counts["skipped"] += 1
            self.alone = []

    def __call__(self, bag, *more, under=(), arguments=None):
        environment = {**self.place.environment, "EVIDOCK_ROOT": "/nowhere"}
        done = subprocess.run(
            [*self.alone, *under, PROGRAM, "verify", bag, *(arguments or self.arguments), "--json", *more],
            capture_output=True, text=True, timeout=120, env=environment)
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        layers = {line["layer"]: line["result"] for line in lines if "layer" in line}
        named = {finding["subject"] for line in lines for finding in line.get("findings", [])}
        verdict = next((line["verdict"] for line in lines if "verdict" in line), done.stderr)
        return done.returncode, verdict, layers, named


def handed_out():
    """Cosigned, stamped, exported while the station serves; checked elsewhere, spoiled, years later."""
    with places() as place:
        authority = Authority(place("tsa"))
        try:
            port = free_port()
            station = Station(place, "st", policy=True, authority=authority)
            key = place.run("witness", "vkey", "--root", place("wit"), "--name", "n.test/w")[1].strip()
            write_policy(place, [(station, "")], [("w", key, f"http://127.0.0.1:{port}")])
            witness, _ = place.serve("witness", "serve", "--root", place("wit"), "--policy",
                                     place("policy"), "--listen", f"127.0.0.1:{port}")
            daemon, _ = station.serve()
            card = place("card")
            os.makedirs(card + "/DCIM")
            put(card + "/DCIM/执行 一.MP4", os.urandom(3_000_000))
            put(card + "/DCIM/other.MP4", os.urandom(1000))
            put(card + "/DCIM/=1+1.srt", b"small")
            code, _, errors = station.run("ingest", card, "--officer", "P0077")
            check("the card is taken", code == 0, errors)
            items = [json.loads(line) for line in station.run("list", "--all", "--json")[1].splitlines()]
            by_name = {item["names"][0]["path"] if "names" in item else item["path"]: item["item"] for item in items}
            first, small = by_name["DCIM/执行 一.MP4"], by_name["DCIM/=1+1.srt"]
            stamped = os.path.join(station.root, "log/stamped")
            until(lambda: any({"sm3.tsr", "sha256.tsr"} <= set(os.listdir(os.path.join(stamped, size)))
                              for size in (os.listdir(stamped) if os.path.exists(stamped) else ())
                              if int(size) >= station.size()), 60)

            before = station.size()
            code, out, errors = station.run("export", "--item", first, "--item", small, "--out",
                                            place("bag"), "--why", "hearing", "--json")
            made = json.loads(out) if code == 0 else {}
            check("the bag is made, cosigned and stamped",
                  code == 0 and made["cosigned"] and made["timeStamped"] and made["items"] == 2,
                  (code, out, errors))
            events = [json.loads(entry)["event"] for entry in station.entries()]
            check("one disclosure for both items stands in the ledger",
                  events[before:].count("disclosure") == 1 and events[made["disclosure"]] == "disclosure", events)
            check("and in the bag", f"custody/{made['disclosure']}.entry" in files(place("bag")))

            bag, trust = place("bag"), Verifier(place, authority)
            shutil.copytree(bag, place("copy"))
            copy = place("copy")
            code, verdict, layers, _ = trust(copy)
            check("checked elsewhere every layer holds", code == 0 and verdict == "holds" and
                  all(result == "holds" for layer, result in layers.items() if layer != "trust-copies"),
                  (code, verdict, layers))
            table = list(csv.DictReader(read(f"{bag}/data-names.csv").decode().splitlines()))
            check("the original names stand in the table",
                  {row["item"]: row["path"] for row in table} == {first: "DCIM/执行 一.MP4", small: "DCIM/=1+1.srt"}, table)
            check("the bytes are the original ones",
                  read(f"{bag}/{next(r['file'] for r in table if r['item'] == first)}") == read(card + "/DCIM/执行 一.MP4"))
            told = b"".join(read(f"{bag}/{f}") for f in files(bag))
            check("nothing is told of the other file", b"other.MP4" not in told)

            # Tools that we did not write.
            done = subprocess.run("sha256sum -c --quiet manifest-sha256.txt tagmanifest-sha256.txt", shell=True,
                                  cwd=bag, capture_output=True, text=True)
            check("sha256sum accepts both manifests", done.returncode == 0, done.stderr)
            for name in ("sha256", "sm3"):
                check(f"openssl accepts the {name} token of the bag",
                      authority.holds(f"{bag}/time/{name}.tsr", f"{bag}/time/checkpoint"))
            put(place("both.pem"), read(f"{authority.place}/ca.pem") + read(f"{bag}/trust/tsa-crl.pem"))
            done = subprocess.run(
                ["openssl", "ts", "-verify", "-in", f"{bag}/time/sha256.tsr", "-data", f"{bag}/time/checkpoint",
                 "-CAfile", place("both.pem"), "-crl_check"], capture_output=True, text=True)
            check("and with the bag's list of what was revoked", "Verification: OK" in done.stdout + done.stderr, done)
            if shutil.which("bagit.py"):
                done = subprocess.run(["bagit.py", "--validate", bag], capture_output=True, text=True)
                check("bagit.py validates it", done.returncode == 0, done.stderr[-300:])
            else:  # installed by Tests/run.sh where that is possible
                print("SKIP: bagit.py is not installed")
                counts["skipped"] += 1

            spoil(copy, trust)
            in_a_browser(place, copy)

            for years in (2, 10):
                if not shutil.which("faketime"):
                    print("SKIP: faketime is not installed")
                    counts["skipped"] += 1
                    break
                code, verdict, layers, named = trust(copy, under=("faketime", "-f", f"+{years}y"))
                check(f"it holds {years} years later, when the authority's certificate has ended",
                      code == 0 and layers["time-stamps"] == "holds", (code, verdict, layers, named))

            # Whom one trusts.
            code, verdict, _, _ = trust(copy, arguments=["--json"])
            check("without a policy it is not enough", code == 1 and verdict == "not-enough", (code, verdict))
            other = Station(place, "other")
            put(place("elsewhere"), f"log {other.key}\nwitness w {key}\nquorum w\n".encode())
            code, verdict, layers, _ = trust(copy, arguments=["--policy", place("elsewhere")])
            check("under another log's key it fails", code == 1 and layers["signature"] == "fails", layers)

            # For a party.
            code, out, errors = station.run("export", "--item", first, "--for", "party", "--out",
                                            place("party"), "--why", "for 某某")
            check("a party's bag is made", code == 0, errors)
            told = b"".join(read(f"{place('party')}/{f}") for f in files(place("party")))
            check("it does not say who looked, nor who docked",
                  all(word not in told for word in (b"uid:", "某某".encode(), b"hearing")), files(place("party")))
            code, verdict, layers, named = trust(place("party"))
            check("and holds", code == 0, (verdict, layers, named))

            # Bad usage: nothing is entered, nothing is left.
            disclosures = lambda: [json.loads(entry)["event"] for entry in station.entries()].count("disclosure")
            before = disclosures()
            for arguments, wanted in ((("--item", first, "--out", bag), 2), (("--item", "nothing", "--out", place("n")), 1),
                                      (("--out", place("n")), 1), (("--item", first, "--out", place("no/n")), 2),
                                      (("--case", "（2026）闽0602执1号", "--out", place("n")), 1),
                                      (("--supplement", card, "--out", place("n")), 3),
                                      (("--item", first, "--supplement", bag, "--out", place("n")), 2)):
                code, out, errors = station.run("export", *arguments)
                check(f"export {' '.join(arguments[:2])}… is refused with words",
                      code == wanted and errors.count("\n") >= 2, (code, errors))
            check("and nothing is disclosed by it", disclosures() == before and not os.path.exists(place("n")))
            place.stop(daemon)
            place.stop(witness)
        finally:
            authority.close()


BROWSER = """
const fs = require("fs"), path = require("path"), [, , page, bag, policy] = process.argv;
const { verifyBag } = require(page), files = new Map();
(function walk(at) {
  for (const entry of fs.readdirSync(path.join(bag, at), { withFileTypes: true })) {
    const place = at ? at + "/" + entry.name : entry.name;
    if (entry.isDirectory()) { walk(place); continue; }
    const bytes = fs.readFileSync(path.join(bag, place));
    files.set(place, { size: bytes.length, slice: async (from, to) => new Uint8Array(bytes.subarray(from, to)) });
  }
})("");
verifyBag(files, policy ? fs.readFileSync(policy, "utf8") : "").then((layers) => console.log(JSON.stringify(layers)));
"""


def in_a_browser(place, bag):
    """The script of the bag's own verify.html, as an engine of JavaScript runs it."""
    if not shutil.which("node"):
        print("SKIP: node is not installed")
        counts["skipped"] += 1
        return
    page = read(f"{bag}/verify.html").decode()
    put(place("page.js"), page.split("<script>")[1].split("</script>")[0].encode())
    put(place("run.js"), BROWSER.encode())

    def run(policy=place("policy")):
        done = subprocess.run(["node", place("run.js"), place("page.js"), bag, *([policy] if policy else [])],
                              capture_output=True, text=True, timeout=120, cwd=place.path)
        return {one["layer"]: one["result"] for one in json.loads(done.stdout)} if done.stdout else {"": done.stderr}

    layers = run()
    check("verify.html finds every layer sound, stamps apart", layers.pop("stamps", None) == "absent"
          and set(layers.values()) == {"holds"} and len(layers) == 8, layers)
    check("verify.html trusts nobody by itself", run(None).get("signature") == "absent")
    for name, layer in (("custody/checkpoint", "proofs"), ("bag-info.txt", "tags"), ("VERIFY.txt", "tags"),
                        (next(f for f in files(bag) if f.startswith("data/")), "entries"),
                        (next(f for f in files(bag) if f.endswith(".entry")), "proofs"),
                        (next(f for f in files(bag) if f.endswith(".record")), "records"),
                        (next(f for f in files(bag) if "/rows/" in f), "records"),
                        (next(f for f in files(bag) if f.endswith(".tlog-proof")), "proofs")):
        before = read(f"{bag}/{name}")
        flip(f"{bag}/{name}")
        layers = run()
        check(f"verify.html finds a changed byte in {name}", layers.get(layer) == "fails", layers)
        if name.endswith(".entry"):
            put(f"{bag}/{name}", b"{" + before[2:])
            layers = run()
            check("and an entry that is no JSON, in its proof too",
                  layers.get("entries") == "fails" and layers.get("proofs") == "fails", layers)
        put(f"{bag}/{name}", before)
    note = read(f"{bag}/custody/checkpoint")
    for at, layer in ((1, "signature"), (2, "cosignatures")):
        lines = note.decode().split("\n")
        line = [i for i, text in enumerate(lines) if text.startswith("—")][at - 1]
        lines[line] = lines[line][:-8] + ("A" if lines[line][-8] != "A" else "B") + lines[line][-7:]
        put(f"{bag}/custody/checkpoint", "\n".join(lines).encode())
        layers = run()
        check(f"verify.html finds a forged line of the {layer}", layers.get(layer) == "fails", layers)
    put(f"{bag}/custody/checkpoint", note)


def spoil(bag, trust):
    """One byte in each file in turn, first as it is, then with manifests that fit again."""
    # Between a checkpoint and itself the proof is empty.
    full = [name for name in files(bag) if os.path.getsize(f"{bag}/{name}") > 0]
    for name in full:
        before = read(f"{bag}/{name}")
        flip(f"{bag}/{name}")
        code, verdict, _, named = trust(bag)
        check(f"a changed byte in {name} is found", code == 1 and verdict == "fails"
              and (name in named or "manifest" in name), (code, verdict, named))
        put(f"{bag}/{name}", before)
    layer = {"custody/checkpoint": "proofs", "custody/events.csv": "tables", "data-names.csv": "tables"}
    for name in full:
        expected = layer.get(name) or (
            "entries" if name.startswith("data/") else "records" if name.startswith("custody/rows/")
            else "time-stamps" if name.startswith("time/") else "proofs" if name.endswith((".entry", ".tlog-proof"))
            else "records" if name.endswith(".record") else None)
        if expected is None:
            continue
        before = read(f"{bag}/{name}")
        flip(f"{bag}/{name}")
        reseal(bag)
        code, verdict, layers, _ = trust(bag)
        check(f"and with manifests that fit: {name}, by {expected}",
              code == 1 and layers.get(expected) == "fails" and layers["payload"] == layers["tags"] == "holds",
              (code, verdict, layers))
        put(f"{bag}/{name}", before)
    reseal(bag)
    code, verdict, layers, named = trust(bag)
    check("made whole again it holds", code == 0, (verdict, layers, named))


def not_yet():
    """Exported while the notary is away; the proofs come later."""
    with places() as place:
        port = free_port()
        station = Station(place, "st", policy=True)
        key = place.run("witness", "vkey", "--root", place("wit"), "--name", "n.test/w")[1].strip()
        write_policy(place, [(station, "")], [("w", key, f"http://127.0.0.1:{port}")])
        station.ingest()
        item = json.loads(station.run("list", "--json")[1].splitlines()[0])["item"]
        code, out, errors = station.run("export", "--item", item, "--out", place("bag"))
        check("a bag is made while nobody cosigns, and says so", code == 0 and "Not yet cosigned" in out, (out, errors))
        check("and in its own papers", b"not yet cosigned" in read(place("bag", "bag-info.txt"))
              and b"Not yet cosigned" in read(place("bag", "VERIFY.txt")))
        trust = Verifier(place)
        code, verdict, layers, _ = trust(place("bag"))
        check("whoever checks it is told", code == 1 and verdict == "not-enough" and layers["signature"] == "holds"
              and layers["cosignatures"] == "absent", (verdict, layers))
        daemon, _ = station.serve()
        witness, _ = place.serve("witness", "serve", "--root", place("wit"), "--policy", place("policy"),
                                 "--listen", f"127.0.0.1:{port}")
        size = station.size()
        until(lambda: station.size("checkpoint.cosigned") >= size, 60)
        code, out, errors = station.run("export", "--supplement", place("bag"), "--out", place("later"), "--json")
        check("the proofs are added later", code == 0 and json.loads(out)["cosigned"], (out, errors))
        check("nothing is disclosed anew", station.size() == size)
        code, verdict, layers, named = trust(place("later"))
        check("and it holds", code == 0 and verdict == "holds", (verdict, layers, named))
        same = [name for name in files(place("bag")) if name.endswith((".entry", ".record")) or "/rows/" in name
                or name.startswith("data")]
        check("of the same entries, rows and bytes",
              all(read(place("bag", name)) == read(place("later", name)) for name in same) and len(same) > 5)
        flip(place("bag", next(name for name in same if name.startswith("data/"))))
        code, _, errors = station.run("export", "--supplement", place("bag"), "--out", place("spoiled"))
        check("a spoiled bag is not made anew", code == 5 and not os.path.exists(place("spoiled")), (code, errors))
        other = Station(place, "other")
        other.ingest()
        code, _, errors = other.run("export", "--supplement", place("later"), "--out", place("foreign"))
        check("nor another station's", code not in (0, 70) and not os.path.exists(place("foreign")), (code, errors))
        place.stop(daemon)
        place.stop(witness)


if __name__ == "__main__":
    sys.exit(run_parts(handed_out, not_yet))
