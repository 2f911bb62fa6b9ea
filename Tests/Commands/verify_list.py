#!/usr/bin/env python3
"""`verify --list` on a station whose ledger a witness cosigned and an authority stamped.

The proofs are checked here, with nothing of evidock's own: RFC 6962 and openssl. Closes with: N
passed, N failed, N skipped.
"""

import base64
import csv
import datetime
import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import sys

import notary
from notary import Authority, Station, check, checkpoint, leaf_hash, read


def root_of(index, size, leaf, path):
    """RFC 9162, section 2.1.3.2: the root that an inclusion proof leads to."""
    node, last, found = index, size - 1, leaf
    for other in path:
        if node & 1 or node == last:
            found = hashlib.sha256(b"\1" + other + found).digest()
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            found = hashlib.sha256(b"\1" + found + other).digest()
        node, last = node >> 1, last >> 1
    return found if last == 0 else None


def proven(proof, entry):
    """The note of a `.tlog-proof` that the entry is under; None where it is not."""
    head, _, note = proof.partition(b"\n\n")
    lines = head.decode().split("\n")
    assert lines[0] == "c2sp.org/tlog-proof@v1"
    index = int(lines[1].removeprefix("index "))
    _, size, root = checkpoint(note)
    path = [base64.b64decode(line) for line in lines[2:]]
    return note if root_of(index, size, leaf_hash(entry), path) == root else None


def take(station, count):
    """Takes new files; gives their SHA-256."""
    station.count += 1
    card = station.place(f"card-{station.count}")
    os.makedirs(card)
    found = []
    for number in range(count):
        data = os.urandom(1000)
        with open(os.path.join(card, f"{number}.mp4"), "wb") as file:
            file.write(data)
        found.append(hashlib.sha256(data).hexdigest())
    code, _, errors = station.run("ingest", card)
    check("files are taken", code == 0, errors)
    shutil.rmtree(card)
    return found


def vouched():
    with notary.places() as place:
        authority = Authority(place("tsa"))
        try:
            port = notary.free_port()
            station = Station(place, "st", policy=True, authority=authority, every=86400)
            key = place.run("witness", "vkey", "--root", place("wit"), "--name", "n.test/w")[1].strip()
            notary.write_policy(place, [(station, "")], [("公证处", key, f"http://127.0.0.1:{port}")])
            serving = ("witness", "serve", "--root", place("wit"), "--policy", place("policy"),
                       "--listen", f"127.0.0.1:{port}")
            first = take(station, 3)
            witness, _ = place.serve(*serving)
            daemon, _ = station.serve()
            size = station.size()
            notary.until(lambda: station.size("checkpoint.cosigned") >= size)
            stamps = os.path.join(station.root, "log/stamped")
            notary.until(lambda: os.path.isdir(stamps) and any(
                "sha256.tsr" in names for _, _, names in os.walk(stamps)))
            place.stop(witness)
            place.stop(daemon)
            stamped = min(int(name) for name in os.listdir(stamps))
            cosigned = station.size("checkpoint.cosigned")
            second = take(station, 2)

            with open(place("list"), "w") as file:
                file.writelines(f"{digest}  {number}.mp4\n" for number, digest in
                                enumerate(first + second + ["0" * 64]))
            code, out, errors = station.run("verify", "--list", place("list"), "--proofs", place("out"))
            rows = list(csv.DictReader(io.StringIO(out)))
            check("one unknown among many is a finding", code == 1, (code, errors))
            check("every line is answered in its order",
                  [row["digest"] for row in rows] == first + second + ["0" * 64], out)
            check("known, and one unknown",
                  [row["result"] for row in rows] == ["known"] * 5 + ["unknown"], out)
            token = subprocess.run(
                ["openssl", "ts", "-reply", "-in", f"{stamps}/{stamped}/sha256.tsr", "-text"],
                capture_output=True, text=True).stdout
            told = re.search(r"Time stamp: (.*) GMT", token).group(1)
            told = datetime.datetime.strptime(told, "%b %d %H:%M:%S %Y").strftime("%Y-%m-%dT%H:%M:%S.000Z")
            for row in rows[:3]:
                check("an earlier leaf is cosigned, by its policy's name",
                      (row["cosigned"], row["cosignedBy"]) == (str(cosigned), "公证处"), row)
                check("and time-stamped", row["timeStamped"] == str(stamped), row)
                check("and when, by the authority", row["timeStampedAt"] == told, (row, told))
            for row in rows[3:]:
                check("a later one is neither",
                      (row["cosigned"], row["cosignedBy"], row["timeStamped"]) == ("", "", ""), row)
            newest = station.note()
            for row in rows[:5]:
                entry = read(place("out", row["leaf"] + ".entry"))
                note = proven(read(place("out", row["sha256"] + ".tlog-proof")), entry)
                check("its proof leads to the one checkpoint", note == newest, row["line"])
                check("its entry has the digest", json.loads(entry)["sha256"] == row["digest"])
            check("and nothing else is there", len(os.listdir(place("out"))) == 10)

            # What is all cosigned is proven under the cosigned checkpoint.
            with open(place("list"), "w") as file:
                file.write("\n".join(first))
            code, out, errors = station.run(
                "verify", "--list", place("list"), "--proofs", place("cosigned"), "--json")
            rows = [json.loads(line) for line in out.splitlines()]
            check("all known is success", code == 0, (code, errors))
            check("it says by whom", rows[0]["cosignedBy"] == ["公证处"], rows)
            check("it says that the proofs are cosigned", "(cosigned by the notary)" in errors, errors)
            note = station.note("checkpoint.cosigned")
            for row in rows:
                entry = read(place("cosigned", f"{row['leaf']}.entry"))
                proof = read(place("cosigned", row["sha256"] + ".tlog-proof"))
                check("its proof bears the cosignature",
                      proven(proof, entry) == note and notary.lines_by(note, "n.test/w") != [])

            # A station without a policy trusts nobody, whatever stands in the file.
            os.truncate(station.settings, 0)
            code, out, _ = station.run("verify", "--list", place("list"), "--json")
            check("without a policy nothing counts as cosigned",
                  code == 0 and all("cosigned" not in json.loads(line) for line in out.splitlines()), out)
            # Nor does a stamp over something that this log never had.
            folder = os.path.join(stamps, str(stamped))
            os.chmod(folder + "/checkpoint", 0o644)
            note = read(folder + "/checkpoint").split(b"\n")
            note[2] = base64.b64encode(bytes(32))
            with open(folder + "/checkpoint", "wb") as file:
                file.write(b"\n".join(note))
            _, out, _ = station.run("verify", "--list", place("list"), "--json")
            check("a stamp over another history stamps nothing",
                  all("timeStamped" not in json.loads(line) for line in out.splitlines()), out)
        finally:
            authority.close()


if __name__ == "__main__":
    sys.exit(notary.run_parts(vouched))
