#!/usr/bin/env python3
"""How long footage is kept: locks, what nobody linked, and a deletion by two persons that waits a week.
The clock is moved by faketime, the second person is another user. Closes with: N passed, N failed, N skipped.
"""

import glob
import hashlib
import json
import os
import shutil
import sys

from backups import events
from cases import film, lines, write
from notary import Authority, Station, check, counts, places, read, run_parts

CASES = """案号,法院,状态,案件类别
（2019）闽06执123号,闽06,在办,金钱给付
（2019）闽06执124号,闽06,已结,金钱给付
"""
OPEN, CLOSED = "（2019）闽06执123号", "（2019）闽06执124号"
NOBODY = 65534


class Bench:
    def __init__(self, place, authority):
        self.station = Station(place, "st", authority=authority)
        self.days, self.under = 0, ()

    def run(self, *words, **changes):
        """A command on that day, by that person."""
        clock = ("faketime", "-f", f"+{self.days * 86400}") if self.days else ()
        # Without intervals: timers wait by the kernel's clock, which faketime does not move.
        return self.station.run(
            *words, under=(*self.under, *clock), TZ="UTC", EVIDOCK_INTEGRATE_EVERY="0", EVIDOCK_PUBLISH_EVERY="0",
            **changes)

    def json(self, *words):
        code, out, errors = self.run(*words, "--json")
        return code, lines(out), errors

    def become(self, user):
        """The store is that user's from now on, and so are the commands."""
        for at, folders, names in os.walk(self.station.root):
            for name in folders + names:
                os.chown(os.path.join(at, name), user, user, follow_symlinks=False)
        os.chown(self.station.root, user, user)
        self.under = ("setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups") if user else ()

    def plan(self, *words):
        code, found, errors = self.json("retention", "plan", *words)
        return code, {one["item"]: one for one in found if "item" in one}, found[-1]["summary"], errors


def kept():
    missing = [name for name in ("faketime", "setpriv", "ffmpeg") if not shutil.which(name)]
    if missing or os.geteuid() != 0:
        print(f"SKIP: {', '.join(missing) or 'root'} is wanted: no clock is moved and no second person is there")
        counts["skipped"] += 1
        return
    with places() as place:
        os.chmod(place.path, 0o755)
        authority = Authority(place("tsa"))
        try:
            life(place, Bench(place, authority))
        finally:
            authority.close()


def life(place, bench):
    station = bench.station
    run = bench.run
    names = {word: f"DSJ_R1_000042_20190810_{hour:02}0000{mark}.mp4" for word, hour, mark in (
        ("open", 8, ""), ("closed", 9, ""), ("none", 10, ""), ("private", 11, ""), ("marked", 12, "_IMP"),
        ("twin", 13, ""))}
    for number, name in enumerate(names.values()):
        film(place("card", name), seconds=2 + number)
    shutil.copy(place("card", names["twin"]), place("card", "DSJ_R1_000042_20190810_140000.mp4"))
    write(place("card", names["closed"][:-4] + ".txt"), "notes of the closed one")
    check("nothing to plan is no success", bench.plan()[2]["items"] == 0)
    run("case", "import", write(place("cases.csv"), CASES))
    items = {os.path.basename(one["path"]): one["item"] for one in bench.json("ingest", place("card"))[1][:-1]}
    item = {word: items[name] for word, name in names.items()}
    for word, number in (("open", OPEN), ("closed", CLOSED), ("marked", CLOSED), ("twin", CLOSED)):
        run("assign", item[word], number, "--why", f"seen on {word}")
    sha = {word: hashlib.sha256(read(place("card", name))).hexdigest() for word, name in names.items()}
    stored = lambda word: os.path.exists(os.path.join(station.root, "vault/footage", sha[word][:2], sha[word]))

    code, found, summary, errors = bench.plan("--all")
    reasons = lambda word: {one["code"] for one in found[item[word]]["reasons"]}
    check("nothing is due on the first day", code == 0 and summary["due"] == 0 and summary["items"] == 6, (code, summary, errors))
    check("why each is kept", "open-case" in reasons("open") and "not-linked" in reasons("none") and "for-good" in reasons("marked")
          and "not-yet" in reasons("closed") and {"not-checked", "not-time-stamped"} <= reasons("closed"), found)
    code, said, _ = bench.json("retention", "private", item["private"], "--why", "a test of the lens")
    check("one person says private", code == 0 and not said[0]["confirmed"], said)
    run("retention", "private", item["private"], "--why", "again")
    check("the same person twice is one person", "private-unconfirmed" in {
        one["code"] for one in bench.plan("--all")[1][item["private"]]["reasons"]})
    check("what is linked is not private", run("retention", "private", item["open"], "--why", "x")[0] == 2)

    bench.days = 8
    code, found, summary, _ = bench.plan()
    check("after a week it is called for", code == 1 and found[item["none"]]["unlinked"] == "due"
          and summary["unlinked"] == {"due": 2, "escalated": 0}, (code, summary))
    bench.days = 31
    check("after a month loudly", bench.plan()[1][item["none"]]["unlinked"] == "escalated")
    bench.days = 200
    code, found, summary, _ = bench.plan("--all")
    check("nothing goes without a check and a stamp", summary["due"] == 0 and reasons("closed") == {"not-checked", "not-time-stamped"},
          found[item["closed"]])
    bench.days = 0
    check("it is read whole", run("scrub", "--now")[0] == 0)
    code, _, errors = run("timestamp")
    check("and stamped", code == 0, errors)
    bench.days = 200
    code, found, summary, _ = bench.plan()
    check("then the closed case's may go", code == 1 and found[item["closed"]]["due"] and found[item["twin"]]["due"]
          and summary["due"] == 2, (summary, found))
    code, out, _ = run("retention", "plan", "--all", LC_ALL="zh_CN.UTF-8", LANG="zh_CN.UTF-8")
    check("in Chinese", "可以删除" in out and "永久保存" in out and "严重逾期" in out, out)

    code, held, _ = bench.json("hold", "add", "--case", CLOSED, "--why", "a complaint")
    check("a case is locked", code == 0 and held[0]["state"] == "standing" and held[0]["cases"] == [CLOSED], held)
    check("and none of it is due", bench.plan()[2]["due"] == 0 and "held" in {
        one["code"] for one in bench.plan("--all")[1][item["closed"]]["reasons"]})
    check("what is kept is not proposed", run("retention", "propose", item["closed"], "--why", "x")[0] == 2
          and run("retention", "propose", "--why", "x")[0] == 1)
    check("it shows at the item", json.loads(run("show", item["closed"], "--json")[1])["holds"] == [held[0]["hold"]])
    code, held, _ = bench.json("hold", "release", held[0]["hold"], "--why", "answered")
    check("and is released", code == 0 and held[0]["state"] == "released" and run("hold", "list")[0] == 1
          and run("hold", "release", held[0]["hold"], "--why", "x")[0] == 2, held)

    code, made, errors = bench.json("retention", "propose", "--why", "time is over")
    first = made[0]
    check("a deletion is proposed", code == 0 and first["state"] == "proposed"
          and {one["item"] for one in first["items"]} == {item["closed"], item["twin"]}, (code, made, errors))
    check("once", run("retention", "propose", item["closed"], "--why", "x")[0] == 2)
    check("one approves", bench.json("retention", "approve", first["proposal"])[1][0]["state"] == "proposed")
    code, _, errors = run("retention", "approve", first["proposal"])
    check("the same person not twice", code == 2 and "another person" in errors, (code, errors))
    check("one person deletes nothing", run("retention", "run")[0] == 0 and stored("closed"))
    bench.become(NOBODY)
    code, said, errors = bench.json("retention", "private", item["private"], "--why", "a test, indeed")
    check("a second person confirms", code == 0 and said[0]["confirmed"], (code, said, errors))
    code, done, errors = bench.json("retention", "approve", first["proposal"])
    check("a second approves", code == 0 and done[0]["state"] == "approved" and "deletedFrom" in done[0], (code, done, errors))
    check("it waits", bench.json("retention", "run")[1][-1]["summary"]["items"] == 0 and stored("closed"))
    code, gone, _ = bench.json("retention", "withdraw", first["proposal"], "--why", "an appeal")
    check("it can be taken back", code == 0 and gone[0]["state"] == "withdrawn" and gone[0]["withdrawnWhy"] == "an appeal", gone)
    bench.days = 208
    check("and is", bench.json("retention", "run")[1][-1]["summary"]["items"] == 0 and stored("closed"))

    second = bench.json("retention", "propose", "--why", "time is over")[1][0]["proposal"]
    run("retention", "approve", second)
    bench.become(0)
    check("by two again", bench.json("retention", "approve", second)[1][0]["state"] == "approved")
    bench.days = 214
    run("hold", "add", item["twin"], "--why", "a late complaint")
    check("a day too early", bench.json("retention", "run")[1][-1]["summary"]["items"] == 0)
    bench.days = 216
    size = station.size()
    code, done, errors = bench.json("retention", "run")
    told = {one["item"]: one for one in done[:-1]}
    check("then it is deleted", code == 0 and told[item["closed"]]["deleted"] and not stored("closed"), (code, done, errors))
    check("what was locked meanwhile stays", not told[item["twin"]]["deleted"] and stored("twin")
          and told[item["twin"]]["reasons"][0]["code"] == "held", told)
    sidecar = items[names["closed"][:-4] + ".txt"]
    check("what lay beside it goes with it", told[sidecar]["deleted"], told)
    check("the ledger says so first", events(station)[size:][:1] == ["deletion"], events(station)[size:])
    leaf = station.entries()[size].decode()
    check("then that its records are erased", events(station)[size:] == ["deletion", "erasure"], events(station)[size:])
    check("without a name or a number in it", not any(word in leaf for word in ("执", "000042", "uid", "R1")), leaf)
    entry = json.loads(run("log", "entry", str(size), "--json")[1])
    check("with both approvals", sorted(entry["rows"][0]["approvals"]) == ["uid:0", f"uid:{NOBODY}"], entry)
    shown = json.loads(run("show", item["closed"], "--json")[1])
    check("its history stays", shown["deleted"] == size and shown["erased"] == size + 1 and shown["sha256"] == sha["closed"]
          and {"ingestion", "description", "assignment", "deletion", "erasure"} <= {one["event"] for one in shown["custody"]}
          and [one["caseNumber"] for one in shown["cases"]] == [CLOSED], shown)
    records = lambda: b"".join(read(path) for path in glob.glob(os.path.join(station.root, "vault/records/*/*")))
    said = (names["closed"][:-4].encode(), b"seen on closed")
    check("no record has its name any more, nor why it was linked", not any(word in records() for word in said)
          and names["open"].encode() in records() and b"seen on open" in records())
    check("nor has the index", not any(word in read(os.path.join(station.root, "index.sqlite")) for word in said)
          and names["closed"] not in json.dumps(shown), shown)
    code, _, errors = run("copy", item["closed"], "--out", place("out.mp4"))
    check("its bytes are gone", code not in (0, 70) and "deleted" in errors and not os.path.exists(place("out.mp4")), (code, errors))
    for words in (("export", "--item", item["closed"], "--out", place("bag")), ("scrub", "--now", item["closed"]),
                  ("describe", item["closed"]), ("hold", "add", item["closed"], "--why", "x")):
        code, _, errors = run(*words)
        check(f"{words[0]} says so", code not in (0, 70) and "deleted" in errors, (code, errors))
    listed = lambda *words: [one["item"] for one in bench.json("list", *words)[1]]
    check("the list leaves it out", item["closed"] not in listed() and listed("--state", "deleted") == [item["closed"]])
    check("nothing more to do", bench.json("retention", "run")[1][-1]["summary"] == {"items": 0, "contents": 0, "records": 0})
    code, out, _ = run("audit")
    check("audit knows", code == 0, out)
    check("everything else is read whole", run("scrub", "--now")[0] == 0 and run("repair")[0] == 0)
    dumps = [bench.json("index", "rebuild")[1][0]["dump"] for _ in range(2)]
    check("an index made anew is the same", dumps[0] == dumps[1] and json.loads(run("show", item["closed"], "--json")[1]) == shown)
    code, made, errors = bench.json("backup", "--out", place("backup"))
    check("a backup misses nothing", code == 0 and not made[-1].get("lostItems"), (code, made, errors))

    # A crash between the ledger and the vault.
    folder = os.path.join(station.root, "vault/footage", sha["closed"][:2])
    shutil.copy(place("card", names["closed"]), os.path.join(folder, sha["closed"]))
    code, out, _ = run("audit")
    check("bytes that are still there are found", code == 1 and "still there" in out, out)
    check("and go", bench.json("retention", "run")[1][-1]["summary"]["contents"] == 1 and not stored("closed") and run("audit")[0] == 0)
    marks = glob.glob(os.path.join(station.root, "vault/records/*/*.erased"))
    check("what was erased is marked", len(marks) == done[-1]["summary"]["records"] > 3, (marks, done[-1]))
    leftover = marks[0][:-len(".erased")]
    write(leftover, "{}")
    code, out, _ = run("audit")
    check("a row that is still there is found", code == 1 and "still there" in out, out)
    check("and goes", bench.json("retention", "run")[1][-1]["summary"]["records"] == 1 and not os.path.exists(leftover)
          and run("audit")[0] == 0)
    kept = read(marks[0])
    os.remove(marks[0])
    code, out, _ = run("audit")
    check("without its mark a row is a lost one", code == 1 and "missing" in out, out)
    bench.json("retention", "run")
    check("and is marked again", read(marks[0]) == kept and run("audit")[0] == 0)
    other = next(path for path in glob.glob(os.path.join(station.root, "vault/records/*/*")) if not path.endswith(".erased")
                 and names["open"].encode() in read(path) and b'"file"' in read(path))
    row = read(other)
    os.remove(other)
    write(other + ".erased", kept)
    code, out, _ = run("audit")
    check("somebody else's mark hides nothing", code == 1 and "missing" in out, out)
    os.remove(other + ".erased")
    write(other, row)
    check("put back, all is well", run("audit")[0] == 0)
    again = {os.path.basename(one["path"]): one for one in bench.json("ingest", place("card"))[1][:-1]}
    taken = again[names["closed"]]
    check("docked again it is taken again, as another item", taken["outcome"] == "ingested" and taken["item"] != item["closed"]
          and stored("closed"), taken)
    check("and the rest is known", again[names["open"]]["item"] == item["open"])
    bench.days = 400
    check("what two persons called private may go after its months", bench.plan()[1][item["private"]]["due"])
    check("and audit has nothing to find", run("audit")[0] == 0)
    rules = write(place("rules.json"), json.dumps({"months": 12, "rules": [
        {"name": "money", "category": "金钱给付", "months": 60}]}))
    with open(station.settings, "a") as file:
        file.write(f"retentionRules: {rules}\n")
    found = bench.plan("--all")[1]
    check("a site's own rules", found[item["twin"]]["rule"] == "money" and found[item["twin"]]["until"] > "2031"
          and not found[item["private"]]["due"], found)
    write(rules, '{"months": 3}')
    code, _, errors = run("retention", "plan")
    check("less than six months is refused", code == 2 and "months" in errors, (code, errors))


if __name__ == "__main__":
    sys.exit(run_parts(kept))
