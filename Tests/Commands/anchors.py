#!/usr/bin/env python3
"""SM3 anchors of the entries, checked with cat and openssl, and what an audit says of time stamps.
Closes with: N passed, N failed, N skipped.
"""

import glob
import json
import os
import subprocess
import sys

from notary import Authority, Station, check, places, run_parts


def anchored():
    with places() as place:
        authority = Authority(place("tsa"))
        try:
            station = Station(place, "st", authority=authority)
            card = place("card")
            os.makedirs(card)
            for number in range(300):
                with open(f"{card}/{number}.mp4", "wb") as file:
                    file.write(os.urandom(200))
            station.run("ingest", card)

            def anchor():
                code, out, errors = station.run("log", "anchor", "--json")
                check("an anchor is entered", code == 0, errors)
                return json.loads(out)

            def by_hand(found):
                """The full bundles, and the newest partial one, as anybody's tools read them."""
                base = os.path.join(station.root, "log/tile/entries")
                full = sorted(glob.glob(base + "/[0-9][0-9][0-9]"))
                rest = sorted(glob.glob(base + "/*.p/*"), key=lambda path: int(os.path.basename(path)))[-1:]
                script = "cat " + " ".join(full + rest) + f" | head -c {found['bytes']} | openssl dgst -sm3 -r"
                return subprocess.run(["bash", "-c", script], capture_output=True, text=True).stdout[:64]

            first = anchor()
            check("of more than one bundle", first["treeSize"] > 300, first)
            check("cat and openssl give the same SM3", by_hand(first) == first["sm3"], first)
            station.ingest()
            second = anchor()
            check("a later anchor goes on from there", second["treeSize"] > first["treeSize"]
                  and by_hand(second) == second["sm3"], second)
            for number in range(30):
                station.ingest()
            check("an old anchor is checked in the grown log as well", by_hand(first) == first["sm3"])
            daemon, _ = station.serve()
            check("and while it serves", by_hand(anchor()) != "")
            place.stop(daemon)
            entry = json.loads(station.run("log", "entry", str(second["leaf"]), "--json")[1])
            check("the entry is an sm3-anchor", entry["leaf"]["event"] == "sm3-anchor"
                  and entry["rows"][0]["sm3"] == second["sm3"], entry)

            code, out, errors = station.run("timestamp")
            check("it is stamped", code == 0, errors)
            code, out, _ = station.run("audit")
            check("an audit computes anchors and stamps again and finds nothing", code == 0, out)
            token = glob.glob(station.root + "/log/stamped/*/sha256.tsr")[-1]
            with open(token, "rb") as file:
                data = bytearray(file.read())
            os.chmod(token, 0o644)
            data[len(data) // 2] ^= 1
            with open(token, "wb") as file:
                file.write(data)
            code, out, _ = station.run("audit")
            check("a changed token is found", code == 1 and "Not the time stamp" in out, out)
            os.remove(token)
            code, out, _ = station.run("audit")
            check("a missing one too", code == 1 and "time stamp is missing" in out, out)
        finally:
            authority.close()


if __name__ == "__main__":
    sys.exit(run_parts(anchored))
