#!/usr/bin/env python3
"""The integrity check: every stored copy read whole, mismatches found, and what the ledger says of it.
Closes with: N passed, N failed, N skipped.
"""

import hashlib
import json
import os
import sys

from notary import Station, check, places, run_parts


def lines(text):
    return [json.loads(line) for line in text.splitlines()]


def items(station):
    return [json.loads(line) for line in station.run("list", "--all", "--json")[1].splitlines()]


def place_of(station, item):
    return os.path.join(station.root, "vault/footage", item["sha256"][:2], item["sha256"])


def flip(path):
    os.chmod(path, 0o644)
    with open(path, "r+b") as file:
        file.seek(os.path.getsize(path) // 2)
        byte = file.read(1)
        file.seek(-1, 1)
        file.write(bytes([byte[0] ^ 1]))


def events(station):
    return [json.loads(entry)["event"] for entry in station.entries()]


def by_hand():
    with places() as place:
        station = Station(place, "st")
        code, out, errors = station.run("scrub", "--now")
        check("nothing to read is not success", code == 1, (code, out, errors))
        card = place("card")
        os.makedirs(card)
        for number in range(20):
            with open(f"{card}/{number}.mp4", "wb") as file:
                file.write(os.urandom(3000 + number))
        station.run("ingest", card)
        figures = lines(station.run("scrub", "--json")[1])[0]
        check("nothing was read whole yet", (figures["items"], figures["never"], figures["due"]) == (20, 20, 20), figures)
        code, out, errors = station.run("scrub", "--now", "--json")
        check("everything is read", code == 0 and lines(out)[-1]["summary"]["items"] == 20, (code, out, errors))
        check("in one entry of the ledger", events(station).count("fixity-check") == 1, events(station))
        figures = lines(station.run("scrub", "--json")[1])[0]
        check("the figures say so", (figures["never"], figures["due"]) == (0, 0) and "oldest" in figures, figures)
        one = items(station)[0]
        shown = json.loads(station.run("show", one["item"], "--json")[1])
        check("show says when", shown.get("lastVerified", "") == figures["oldest"], shown.get("lastVerified"))
        code, out, _ = station.run("audit", "--json")
        check("audit has the figures", code == 0 and lines(out)[-1]["summary"]["fixity"]["never"] == 0, out)
        code, out, errors = station.run("index", "rebuild")
        check("an index made anew says the same", code == 0
              and lines(station.run("scrub", "--json")[1])[0] == figures, (code, errors))
        code, out, _ = station.run("scrub", "--now", one["item"], one["sha256"][:12], "--json")
        check("named items alone", code == 0 and lines(out)[-1]["summary"]["items"] == 2, out)

        # A bit in each of ten objects, one gone, one that is a shared second copy's business.
        spoiled = items(station)[:10]
        for item in spoiled:
            flip(place_of(station, item))
        gone = items(station)[11]
        os.remove(place_of(station, gone))
        code, out, errors = station.run("scrub", "--now", "--json")
        found = lines(out)
        check("every one is found", code == 1 and found[-1]["summary"]["mismatches"] == 11, (code, found[-1]))
        named = {line["finding"].get("expected") for line in found if "finding" in line}
        check("by name, with what was expected", named == {item["sha256"] for item in spoiled} | {gone["sha256"]}, named)
        check("and entered as findings", events(station).count("finding") >= 11, events(station))
        shown = json.loads(station.run("show", spoiled[0]["item"], "--json")[1])
        check("show tells the finding", any(f["code"] == "fixity-mismatch" for f in shown.get("findings", [])), shown)
        figures = lines(station.run("scrub", "--json")[1])[0]
        check("a spoiled item keeps its last good date", figures["items"] == 20, figures)
        code, out, errors = station.run("scrub", "--now", "nothing")
        check("an unknown item is told", code == 1 and "nothing" in errors, (code, errors))

        # Through the running daemon.
        daemon, _ = station.serve()
        code, out, errors = station.run("scrub", "--now", items(station)[15]["item"], "--json")
        check("while it serves", code == 0 and lines(out)[-1]["summary"]["items"] == 1, (code, out, errors))
        place.stop(daemon)


def second_copy():
    with places() as place:
        station = Station(place, "st")
        os.makedirs(place("copies"))
        with open(station.settings, "a") as file:
            file.write(f"copies: {place('copies')}\n")
        station.ingest()
        item = items(station)[0]
        code, out, _ = station.run("scrub", "--now", "--json")
        check("both copies are read", code == 0, out)
        flip(os.path.join(place("copies"), "vault/footage", item["sha256"][:2], item["sha256"]))
        code, out, _ = station.run("scrub", "--now", "--json")
        finding = next((line["finding"] for line in lines(out) if "finding" in line), {})
        check("a damaged second copy is found and named", code == 1 and place("copies") in finding.get("subject", ""), out)
        code, out, _ = station.run("repair", item["item"])
        check("repair mends it", code == 0, out)
        check("and then it is sound", station.run("scrub", "--now")[0] == 0)


def disk_away():
    """While the daemon runs, a disk goes: told, and no mismatch; a mismatch is entered each time."""
    with places() as place:
        station = Station(place, "st")
        os.makedirs(place("copies"))
        with open(station.settings, "a") as file:
            file.write(f"copies: {place('copies')}\n")
        station.ingest()
        daemon, _ = station.serve()
        # The docking has findings of its own.
        before = events(station).count("finding")
        os.rename(place("copies"), place("away"))
        code, out, _ = station.run("scrub", "--now", "--json")
        found = lines(out)
        summary = found[-1]["summary"]
        check("an absent disk is told", code == 1 and summary["absentDisks"] == [place("copies")], out)
        check("once", [line["finding"]["code"] for line in found[:-1]] == ["volume-missing"], out)
        check("and is no mismatch", summary["mismatches"] == 0 and events(station).count("finding") == before, events(station))
        rows = [json.loads(line) for line in station.run("scrub", "--json")[1].splitlines()]
        check("what is there was read", rows[0]["due"] == 0, rows)
        item = items(station)[0]
        path = place_of(station, item)
        os.rename(path, path + ".aside")
        code, out, _ = station.run("scrub", "--now", item["item"], "--json")
        check("what may lie on it is not missing", code == 1 and lines(out)[-1]["summary"]["unreadable"] == 1
              and events(station).count("finding") == before, out)
        os.rename(path + ".aside", path)
        os.rename(place("away"), place("copies"))
        for count in (1, 2):
            flip(path)
            before = events(station).count("finding")
            code, out, _ = station.run("scrub", "--now", item["item"], "--json")
            check(f"damage {count} is entered", code == 1 and events(station).count("finding") == before + 1, out)
            check("repair mends it", station.run("repair", item["item"])[0] == 0)
        check("and all is sound", station.run("scrub", "--now")[0] == 0)
        place.stop(daemon)


if __name__ == "__main__":
    sys.exit(run_parts(by_hand, second_copy, disk_away))
