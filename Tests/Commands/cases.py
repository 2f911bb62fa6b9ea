#!/usr/bin/env python3
"""Schedules of cases and field tasks: taken in whole or not at all, every row accounted for, found in any
spelling, the same after a rebuild. Closes with: N passed, N failed, N skipped.
"""

import csv
import io
import json
import os
import shutil
import subprocess
import sys
import time

from backups import events
from notary import PACKAGE, Station, check, places, read, run_parts, until

CASES = """案号,法院,当事人,承办法官,状态,案件类别,是否不公开
（2019）闽06执123号,闽06,申请人甲;被执行人乙,J001,在办,金钱给付,否
(2019)闽0602执恢45,闽0602,申请人丙,J002,在办,腾退房屋,是
"""
DUTIES = """编号,案号,任务类别,法院,执行人员,计划开始,计划结束,地点
D1,2019闽06执123,搜查,闽06,000042;000043,2019-08-10 09:00,2019-08-10 11:30,芗城区
D2,(2019)闽0602执恢45,腾退,闽0602,000044,2019/8/10 14:00,2019年8月10日 17时,龙文区
"""


def write(path, data):
    with open(path, "wb") as file:
        file.write(data if isinstance(data, bytes) else data.encode())
    return path


def lines(out):
    return [json.loads(line) for line in out.splitlines()]


def summary(out):
    return {key: lines(out)[-1][key] for key in ("accepted", "changed", "unchanged", "refused")}


def report(path):
    return list(csv.DictReader(io.StringIO(read(path).decode("utf-8-sig"))))


def counts(accepted=0, changed=0, unchanged=0, refused=0):
    return {"accepted": accepted, "changed": changed, "unchanged": unchanged, "refused": refused}


def taken_in():
    with places() as place:
        station = Station(place, "st")
        size = station.size()
        code, out, errors = station.run("case", "import", write(place("cases.csv"), CASES), "--json")
        check("cases are taken in", code == 0 and summary(out) == counts(accepted=2), (code, out, errors))
        check("one leaf for the file", events(station)[size:] == ["schedule"], events(station))
        leaf = station.entries()[-1].decode()
        check("without a name in it", not any(word in leaf for word in ("甲", "执", "J001")), leaf)
        code, out, errors = station.run("case", "import", write(place("duties.csv"), DUTIES), "--json",
                                        "--report", place("report.csv"))
        check("and field tasks", code == 0 and summary(out) == counts(accepted=2), (code, out, errors))
        check("each row is accounted for", [(row["line"], row["result"]) for row in report(place("report.csv"))]
              == [("2", "accepted"), ("3", "accepted")], read(place("report.csv")))
        check("an account is not written over",
              station.run("case", "import", place("duties.csv"), "--report", place("report.csv"))[0] == 2)
        size = station.size()
        code, out, _ = station.run("case", "import", place("duties.csv"), "--json")
        check("the same again is nothing new", code == 0 and summary(out) == counts(unchanged=2)
              and station.size() == size, (code, out))
        gb = CASES.replace("在办", "结案").encode("gb18030")
        code, out, _ = station.run("case", "import", write(place("gb.csv"), gb), "--json")
        check("GB18030 is read, and what changed is told", code == 0 and summary(out) == counts(changed=2)
              and lines(out)[-1]["encoding"] == "GB18030", (code, out))
        bom = b"\xef\xbb\xbf" + CASES.replace("在办", "结案").encode()
        check("a byte order mark means nothing",
              summary(station.run("case", "import", write(place("bom.csv"), bom), "--json")[1]) == counts(unchanged=2))

        bad = DUTIES + ("D3,=cmd|'/c calc'!A1,搜查,闽06,000042,2019-08-11 09:00,2019-08-11 10:00,x\n"
                        "D4,2019闽06执9,搜查,闽06,000042,2019-08-11 12:00,2019-08-11 10:00,x\n"
                        "D5,2019闽06执9,搜查,闽06,000042,2019-08-11 09:00,2019-08-11 10:00,x\n"
                        "D5,2019闽06执9,搜查,闽06,000042,2019-08-11 09:00,2019-08-11 10:00,x\n")
        code, out, _ = station.run("case", "import", write(place("bad.csv"), bad), "--json", "--report", place("bad-report.csv"))
        told = report(place("bad-report.csv"))
        check("refused rows have their line, column and reason, the others are taken",
              code == 3 and summary(out) == counts(accepted=1, unchanged=3, refused=2)
              and [(row["line"], row["column"]) for row in told if row["result"] == "refused"][0] == ("4", "2")
              and all(row["reason_zh"] and row["reason_en"] for row in told if row["result"] in ("refused", "repeated")),
              (code, out, told))
        check("no cell of the file stands in the account", "calc" not in read(place("bad-report.csv")).decode())
        code, out, _ = station.run("case", "import", place("bad.csv"))
        check("an officer sees which", code == 3 and out.count("!") == 2, out)
        size = station.size()
        for name, data in [("broken quotes", DUTIES + 'D9,"2019闽06执1,x\n'), ("no text", b"\xff\xfe\xfd" * 100 + b"\0"),
                           ("no schedule", "a,b\n1,2\n"), ("empty", ""), ("another shape", '{"cases": {"a": 1}}'),
                           ("headers alone", DUTIES.splitlines()[0] + "\n")]:
            code, _, errors = station.run("case", "import", write(place("broken.csv"), data))
            check(f"taken not at all: {name}", code == 2 and errors and station.size() == size, (code, errors))
        check("nor what is not there", station.run("case", "import", place("none.csv"))[0] in (1, 2))
        as_json = {"cases": [{"caseNumber": "2020闽06执7", "court": "闽06"}], "duties": []}
        code, out, errors = station.run("case", "import", write(place("a.json"), json.dumps(as_json)), "--json")
        check("JSON is taken too", code == 0 and summary(out) == counts(accepted=1), (code, out, errors))

        find = lambda *words: [one["caseNumber"] for one in lines(station.run("case", "list", *words, "--json")[1])]
        check("all cases, the newest first", find() == ["（2020）闽06执7号", "（2019）闽06执123号", "（2019）闽0602执恢45号"], find())
        for part, found in [("执123", 1), ("2019执", 2), ("闽06", 3), ("45号", 1), ("（2019）闽06执123", 1), ("执恢", 1), ("2018", 0)]:
            check(f"found by {part}", len(find(part)) == found, find(part))
        code, out, _ = station.run("case", "show", "2019闽06执123号", "--json")
        shown = json.loads(out)
        check("a case has its tasks", code == 0 and shown["state"] == "closed" and shown["parties"] == ["申请人甲", "被执行人乙"]
              and [duty["duty"] for duty in shown["duties"]] == ["D1"]
              and shown["duties"][0]["plannedStart"] == "2019-08-10T01:00:00.000Z", shown)
        check("one that nobody named is not there", station.run("case", "show", "2011闽06执1")[0] == 1)
        check("and what is none is told", station.run("case", "show", "x")[0] == 2)

        daemon, _ = station.serve()
        late = DUTIES.replace("11:30", "12:30")
        code, out, errors = station.run("case", "import", write(place("late.csv"), late), "--json")
        check("while it serves too", code == 0 and summary(out) == counts(changed=1, unchanged=1), (code, out, errors))
        place.stop(daemon)
        before = station.run("case", "list", "--json")[1], station.run("case", "show", "2019闽06执123", "--json")[1]
        check("an index made anew is the same", station.run("index", "rebuild")[0] == 0 and before == (
            station.run("case", "list", "--json")[1], station.run("case", "show", "2019闽06执123", "--json")[1]))
        code, out, _ = station.run("audit")
        check("audit has nothing to find", code == 0, out)
        for name in ("cases", "duties"):
            code, _, errors = station.run("case", "import", os.path.join(PACKAGE, f"samples/season/{name}.csv"))
            check(f"the sample of {name} is taken", code == 0, (code, errors))


def added():
    """One case by hand; alone, and through the daemon."""
    with places() as place:
        station = Station(place, "st")
        size = station.size()
        code, out, errors = station.run("case", "add", "（2019）闽06执123号", "--judge", "J001", "--party", "甲公司", "--party", "乙", "--json")
        check("a case is added", code == 0 and summary(out) == counts(accepted=1), (code, out, errors))
        check("as one event", events(station)[size:] == ["schedule"], events(station))
        shown = json.loads(station.run("case", "show", "2019闽06执123", "--json")[1])
        check("with what is told of it", shown["judge"] == "J001" and shown["parties"] == ["甲公司", "乙"] and shown["court"] == "闽06"
              and not shown["restricted"], shown)
        code, out, _ = station.run("case", "add", "(2019)闽06执123", "--judge", "J001", "--json")
        check("the same again is nothing new", code == 0 and summary(out) == counts(unchanged=1), (code, out))
        daemon, _ = station.serve()
        code, out, _ = station.run("case", "add", "(2019)闽06执123", "--state", "结案", "--restricted")
        shown = json.loads(station.run("case", "show", "2019闽06执123", "--json")[1])
        check("what is told changes, the rest stays", code == 0 and shown["judge"] == "J001" and shown["parties"] == ["甲公司", "乙"]
              and shown["state"] == "closed" and shown["restricted"], (code, out, shown))
        code, _, errors = station.run("case", "add", "执一二三")
        check("what is no case number is refused", code == 2 and errors, (code, errors))
        code, out, _ = station.run("case", "add", "(2019)闽06执124", "--judge", "J\x1b1", LANG="zh_CN.UTF-8")
        check("and what cannot stand in a record", code == 3 and "\x1b" not in out, (code, out))
        check("stops cleanly", place.stop(daemon) == 0)


def long():
    """A file of more rows than one event has."""
    with places() as place:
        station = Station(place, "st")
        size = station.size()
        rows = [f"T{row},(2026)闽0602执{row % 500 + 1}号,搜查,{row % 90:06},2026-03-{row % 28 + 1:02} 09:00,2026-03-{row % 28 + 1:02} 11:30"
                for row in range(9000)]
        path = write(place("long.csv"), "\n".join(["编号,案号,任务类别,执行人员,计划开始,计划结束", *rows]) + "\n")
        code, out, errors = station.run("case", "import", path, "--json")
        check("every row of a long file is taken in", code == 0 and summary(out) == counts(accepted=9000), (code, out[-300:], errors))
        check("by several leaves, of which the first is told",
              events(station)[size:] == ["schedule"] * 3 and lines(out)[-1]["leaf"] == size, events(station))
        code, out, _ = station.run("case", "show", "(2026)闽0602执7号", "--json")
        check("all of a case's field tasks are there", len(json.loads(out)["duties"]) == 18, (code, out))
        code, out, _ = station.run("case", "import", path, "--json")
        check("and all known the next time",
              code == 0 and summary(out) == counts(unchanged=9000) and "leaf" not in lines(out)[-1]
              and len(events(station)) == size + 3, out[-300:])
        spoiled = write(place("spoiled.csv"), "\n".join(
            ["编号,案号,任务类别,执行人员,计划开始,计划结束", *(row.replace("T", "U") for row in rows), '"U']))
        code, out, errors = station.run("case", "import", spoiled, "--json")
        check("one that breaks off at its end leaves nothing", code == 2 and len(events(station)) == size + 3,
              (code, out[-300:], errors))


def carried():
    """Who has which recorder, and who is believed to have carried it."""
    with places() as place:
        station = Station(place, "st")
        run = lambda *words: station.run(*words, "--json")
        check("nobody has a recorder", station.run("recorder", "list")[0] == 1)
        code, out, errors = run("recorder", "issue", "R1", "--to", "000042", "--at", "2026-08-01T08:00:00+08:00")
        check("a recorder is issued", code == 0 and lines(out)[0]["from"] == "2026-08-01T00:00:00.000Z", (code, out, errors))
        run("recorder", "lend", "R1", "--to", "000043", "--at", "2026-08-03")
        run("recorder", "return", "R1", "--at", "2026-08-05")
        run("recorder", "issue", "R2", "--to", "000050", "--at", "2026-08-01")
        holders = lambda at: {one["recorder"]: one["officer"] for one in lines(run("recorder", "list", "--at", at)[1])}
        for at, found in [("2026-07-01", {}), ("2026-08-02", {"R1": "000042", "R2": "000050"}),
                          ("2026-08-04", {"R1": "000043", "R2": "000050"}), ("2026-08-06", {"R1": "000042", "R2": "000050"})]:
            check(f"who has what on {at}", holders(at) == found, holders(at))
        run("recorder", "return", "R1", "--at", "2026-08-07")
        check("returned for good it is nobody's", holders("2026-08-08") == {"R2": "000050"}, holders("2026-08-08"))
        check("what nobody has is not returned", station.run("recorder", "return", "R1", "--at", "2026-08-09")[0] == 2)
        run("recorder", "lend", "R2", "--to", "000051", "--at", "2026-08-02T12:00:00Z")
        check("what is entered late counts from its own time", holders("2026-08-02T13:00:00Z")["R2"] == "000051")
        code, out, _ = run("recorder", "list", "R1")
        check("its whole history is there", [one["step"] for one in lines(out)] == ["issued", "lent", "returned", "returned"], out)
        for words in (("issue", "", "--to", "1"), ("issue", "R\n1", "--to", "1"), ("lend", "R1", "--to", ""), ("issue", "R1", "--to", "1", "--at", "x")):
            check(f"refused: {words}", station.run("recorder", *words)[0] == 2)

        os.makedirs(place("card"))
        for name in ("a.mp4", "b.mp4"):
            write(os.path.join(place("card"), name), os.urandom(1000))
        code, out, _ = run("ingest", place("card"), "--recorder", "R1", "--officer", "000042")
        visit = lines(out)[-1]["summary"]["visit"]
        first, second = (line["item"] for line in lines(out)[:2])
        officer = lambda item: json.loads(run("show", item)[1])["officer"]
        check("the claim is believed", officer(first) == "000042")
        check("a correction needs a reason", station.run("attribute", first, "--officer", "000043")[0] == 2)
        code, out, errors = run("attribute", first, "--officer", "000060", "--why", "swapped at lunch")
        check("an item is corrected", code == 0 and officer(first) == "000060" and officer(second) == "000042", (code, out, errors))
        code, out, errors = run("attribute", visit, "--officer", "000043", "--why", "lent")
        check("a docking too, but for what was said of an item alone", code == 0 and officer(second) == "000043"
              and officer(first) == "000060", (code, out, errors))
        check("they are found by whom they are believed to be of", [one["item"] for one in lines(run("list", "--officer", "000043")[1])]
              == [second] and lines(run("list", "--text", "000060")[1])[0]["item"] == first)
        shown = json.loads(run("show", second)[1])
        check("and the event stands in their custody", "attribution" in [line["event"] for line in shown["custody"]], shown)
        check("what is not there is not corrected", station.run("attribute", "0602-99", "--officer", "1", "--why", "x")[0] == 1)
        before = run("show", first)[1], run("show", second)[1], run("recorder", "list")[1]
        check("an index made anew is the same", station.run("index", "rebuild")[0] == 0
              and before == (run("show", first)[1], run("show", second)[1], run("recorder", "list")[1]))
        code, out, _ = station.run("audit")
        check("audit has nothing to find", code == 0, out)


def registered():
    """The register of recorders, out of a file and out of the schedule."""
    with places() as place:
        station = Station(place, "st")
        register = """记录仪编号,领用人编号,登记事项,领用日期
R1,000042,配发,2019-08-01
R2,000043,,2019-08-01
R1,000044,借用,2019-08-20
R3,,配发,2019-08-01
"""
        size = station.size()
        code, out, errors = station.run("recorder", "import", write(place("register.csv"), register), "--json",
                                        "--report", place("report.csv"))
        check("a register is taken in, but for what names nobody", code == 3 and summary(out) == counts(accepted=3, refused=1), (code, out, errors))
        check("one leaf, of the register's kind", events(station)[size:] == ["recorder-issue"], events(station)[size:])
        refused = [row for row in report(place("report.csv")) if row["result"] == "refused"]
        check("its line, column and reason are said", [(row["line"], row["field"]) for row in refused] in ([("5", "officers")], [("5", "holder")])
              and "编号" in refused[0]["reason_zh"], refused)
        code, out, _ = station.run("recorder", "import", place("register.csv"), "--json")
        check("once more nothing is new", summary(out) == counts(unchanged=3, refused=1), out)
        holders = lambda at: {one["recorder"]: one["officer"] for one in lines(station.run("recorder", "list", "--at", at, "--json")[1])}
        check("who has what", holders("2019-08-10") == {"R1": "000042", "R2": "000043"}
              and holders("2019-08-21")["R1"] == "000044", holders("2019-08-10"))
        duties = """编号,案号,任务类别,法院,执行人员,记录仪,计划开始,计划结束
D1,2019闽06执123,搜查,闽06,000042;000043;000050,R1/000050;R2,2019-08-10 09:00,2019-08-10 11:30
D2,2019闽06执124,调查,闽06,000042,,2019-08-10 09:00,2019-08-10 11:30
"""
        code, out, errors = station.run("case", "import", write(place("duties.csv"), duties), "--json")
        check("a schedule names who carries a recorder", code == 0 and summary(out) == counts(accepted=2), (code, out, errors))
        check("during the task he has it, and nobody else by it", holders("2019-08-10T10:00:00+08:00") == {"R1": "000050", "R2": "000043"}
              and holders("2019-08-10T12:00:00+08:00")["R1"] == "000042", holders("2019-08-10T10:00:00+08:00"))
        code, out, _ = station.run("recorder", "list", "--at", "2019-08-10T10:00:00+08:00")
        check("a person reads by what", "by the schedule" in out and "issued to 000042" in out, out)
        os.makedirs(place("card"))
        write(os.path.join(place("card"), "DSJ_R1_000042_20190810_093000.mp4"), os.urandom(1000))
        code, out, _ = station.run("ingest", place("card"), "--json")
        item = lines(out)[0]["item"]
        found = json.loads(station.run("match", "--explain", item, "--json")[1])
        best = found["candidates"][0]
        check("and footage is matched by that", found["decision"] == "assign" and best["duty"] == "D1"
              and "scheduled-officer" in [reason["code"] for reason in best["reasons"]], found)
        code, out, _ = station.run("match", "--explain", item, LC_ALL="zh_CN.UTF-8", LANG="zh_CN.UTF-8")
        check("which an officer can read", "任务安排中佩戴该记录仪的" in out, out)
        code, out, errors = station.run("recorder", "lend", "R1", "--to", "000042", "--at", "2019-08-10T09:10:00+08:00")
        found = json.loads(station.run("match", "--explain", item, "--json")[1])
        check("what was entered at the dock stands above the schedule", "registered-officer" in
              [reason["code"] for reason in found["candidates"][0]["reasons"]], found)
        before = station.run("recorder", "list", "--at", "2019-08-10T10:00:00+08:00", "--json")[1], station.run("show", item, "--json")[1]
        check("an index made anew is the same", station.run("index", "rebuild")[0] == 0 and before == (
            station.run("recorder", "list", "--at", "2019-08-10T10:00:00+08:00", "--json")[1], station.run("show", item, "--json")[1]))
        code, out, _ = station.run("audit")
        check("audit has nothing to find", code == 0, out)


def explained():
    """Which field task footage is of, and why, in both languages."""
    with places() as place:
        station = Station(place, "st")
        duties = """编号,案号,任务类别,法院,执行人员,记录仪,计划开始,计划结束
D1,2019闽06执123,搜查,闽06,000042,,2019-08-10 09:00,2019-08-10 11:30
D2,2019闽0602执恢45,腾退,闽0602,000044,R4,2019-08-10 09:00,2019-08-10 17:00
D3,2019闽0602执恢46,腾退,闽0602,000042,,2019-08-10 14:00,2019-08-10 17:00
"""
        station.run("case", "import", write(place("duties.csv"), duties))
        os.makedirs(place("card"))
        for name in ("DSJ_R1_000042_20190810_093000.mp4", "DSJ_R1_000042_20190810_143000.mp4",
                     "DSJ_R1_000042_20190815_093000.mp4"):
            write(os.path.join(place("card"), name), os.urandom(1000))
        code, out, errors = station.run("ingest", place("card"), "--json")
        items = {line["path"]: line["item"] for line in lines(out)[:-1]}
        morning, noon, later = (items[name] for name in sorted(items))
        explain = lambda item: json.loads(station.run("match", "--explain", item, "--json")[1])
        found = explain(morning)
        check("the officer's task of that time is the first, clearly", found["decision"] == "assign"
              and [c["duty"] for c in found["candidates"]][0] == "D1", found)
        check("all candidates are there with all reasons", {c["duty"] for c in found["candidates"]} == {"D1", "D2", "D3"}
              and all(c["reasons"] and c["points"] == sum(r["points"] for r in c["reasons"]) for c in found["candidates"]), found)
        check("in the afternoon it is the other one", explain(noon)["candidates"][0]["duty"] == "D3")
        check("days later it is none", explain(later)["decision"] == "inbox", explain(later))
        station.run("recorder", "issue", "R1", "--to", "000044", "--at", "2019-08-01")
        found = explain(morning)
        check("the register outweighs what the recorder says", found["candidates"][0]["duty"] == "D2" and any(
            reason["code"] == "contradicted-claim" for reason in found["candidates"][0]["reasons"]), found)
        code, out, _ = station.run("match", "--explain", morning)
        check("an officer reads why", code == 0 and "to whom the recorder was issued" in out and "+35" in out, out)
        code, out, _ = station.run("match", "--explain", morning, LC_ALL="zh_CN.UTF-8", LANG="zh_CN.UTF-8")
        check("in Chinese too", "记录仪登记的持有人" in out, out)
        with open(station.settings, "a") as file:
            file.write(f"matchWeights: {write(place('match.json'), json.dumps({'assignFrom': 500}))}\n")
        check("a site's own points hold", explain(noon)["decision"] in ("propose", "inbox"), explain(noon))
        write(place("match.json"), '{"assign": 5}')
        code, _, errors = station.run("match", morning)
        check("and a name that nobody knows is told", code == 2 and "assign" in errors, (code, errors))


def linked():
    """Footage is linked by itself where that is clear, asked about where it is not, and by persons."""
    with places() as place:
        station = Station(place, "st")
        first, second, third = "（2019）闽06执123号", "（2019）闽0602执恢45号", "（2019）闽0602执46号"
        duties = """编号,案号,任务类别,法院,执行人员,记录仪,计划开始,计划结束
D1,2019闽06执123,搜查,闽06,000042,,2019-08-10 09:00,2019-08-10 11:30
D2,2019闽0602执恢45,腾退,闽0602,000044,,2019-08-10 09:00,2019-08-10 12:00
"""
        run = lambda *words: station.run(*words, "--json")
        listed = lambda *words: [one["item"] for one in lines(run("list", *words)[1])]
        shown = lambda item: json.loads(run("show", item)[1])
        cases = lambda item: [one["caseNumber"] for one in shown(item).get("cases", [])]
        dump = lambda: json.loads(run("index", "rebuild")[1])["dump"]
        os.makedirs(place("card"))
        for name in ("DSJ_R1_000042_20190810_093000.mp4", "DSJ_R1_000042_20190810_093000.txt",
                     "DSJ_R1_000042_20190810_143000.mp4", "DSJ_R2_000044_20190810_093000.mp4"):
            write(os.path.join(place("card"), name), os.urandom(1000))
        code, out, _ = run("ingest", place("card"))
        items = {line["path"]: line["item"] for line in lines(out)[:-1]}
        morning, noon, other = (items[name] for name in sorted(items) if name.endswith("mp4"))
        size = station.size()
        check("without a schedule nothing is said", cases(morning) == [] and "assignment" not in events(station))
        code, out, errors = run("case", "import", write(place("duties.csv"), duties))
        check("a late schedule links what was there before", cases(morning) == [first] and cases(other) == [second], (code, out, errors))
        check("what is of none is not linked", cases(noon) == [] and listed("--unassigned") == [noon], listed("--unassigned"))
        check("in one leaf", events(station)[size:] == ["schedule", "assignment"], events(station)[size:])
        leaf = station.entries()[-1].decode()
        check("that names nobody and no case", not any(word in leaf for word in ("执", "0000", "DSJ")), leaf)
        link = shown(morning)["cases"][0]
        check("it says who and why", link["by"] == "matcher" and link["duty"] == "D1" and 0.6 <= link["confidence"] <= 1
              and link["points"] == sum(reason["points"] for reason in link["reasons"])
              and all(len(reason["words"]) == 2 for reason in link["reasons"]), link)
        for number in (first, "(2019)闽06执123", "2019 闽06 执 123号", "（２０１９）闽06执123号"):
            check(f"found by {number}", listed("--case", number) == [morning])
        check("what is no case number is told", station.run("list", "--case", "123")[0] == 2)
        check("and it stands in the custody", shown(morning)["custody"][-1]["event"] == "assignment")
        code, out, _ = station.run("list", "--case", first)
        check("an officer reads it", code == 0 and first in out, out)

        size = station.size()
        run("case", "import", place("duties.csv"))
        check("the same again decides nothing anew", station.size() == size)
        moved = duties.replace("000042,,2019-08-10 09:00,2019-08-10 11:30", "000042,,2019-08-10 14:00,2019-08-10 16:30")
        run("case", "import", write(place("moved.csv"), moved))
        check("a task that moved takes other footage", cases(noon) == [first] and cases(morning) == [], (cases(noon), cases(morning)))
        run("case", "import", place("duties.csv"))
        check("and back again", cases(noon) == [] and cases(morning) == [first])

        code, out, errors = run("assign", noon, "2019闽0602执46", "--why", "the officer said so")
        check("a person links", code == 0 and cases(noon) == [third] and lines(out)[0]["caseIsUnknown"], (code, out, errors))
        run("case", "import", place("moved.csv"))
        check("and no schedule changes it", cases(noon) == [third] and cases(morning) == [])
        run("case", "import", place("duties.csv"))
        code, out, errors = run("unassign", morning, first, "--why", "another flat")
        check("a person takes a link away", code == 0 and cases(morning) == [] and morning in listed("--unassigned"), (code, out, errors))
        run("case", "import", place("moved.csv"))
        run("case", "import", place("duties.csv"))
        proposed = {one["item"]: one.get("proposed") for one in lines(run("list", "--unassigned")[1])}
        check("and matching proposes it at most", cases(morning) == [] and proposed[morning] == [first], proposed)
        run("attribute", other, "--officer", "000060", "--why", "swapped")
        check("another carrier, another answer", cases(other) == [], cases(other))
        run("attribute", other, "--officer", "000044", "--why", "no, he was it")
        check("and back", cases(other) == [second])
        run("recorder", "issue", "R2", "--to", "000060", "--at", "2019-08-01")
        check("what a person said of an item stands above the register", cases(other) == [second])

        check("several cases", run("assign", noon, first, "--why", "both")[0] == 0 and cases(noon) == [third, first]
              and noon in listed("--case", first) and noon in listed("--case", third), cases(noon))
        check("a part of it", run("assign", other, third, "--from", "0.5", "--to", "2", "--why", "the end")[0] == 0
              and [(one.get("from"), one.get("to")) for one in shown(other)["cases"] if one["caseNumber"] == third] == [(0.5, 2)], shown(other)["cases"])
        run("assign", other, third, "--from", "4", "--why", "again")
        check("two parts are one line of the list", listed("--case", third) == [noon, other], listed("--case", third))
        for words in ((noon, "x", "--why", "y"), (noon, first, "--why", ""), (noon, first, "--from", "3", "--to", "2", "--why", "y"),
                      (noon, first, "--from", "-1", "--why", "y")):
            check(f"refused: {words[1:]}", station.run("assign", *words)[0] == 2)
        check("what is not linked is not taken away", station.run("unassign", morning, third, "--why", "y")[0] == 2)
        check("and nothing that is not there", station.run("assign", "0602-999", first, "--why", "y")[0] == 1)
        before = [shown(item) for item in (morning, noon, other)], run("list", "--unassigned")[1]
        once, twice = dump(), dump()
        check("an index made anew is the same", once == twice
              and before == ([shown(item) for item in (morning, noon, other)], run("list", "--unassigned")[1]))
        code, out, _ = station.run("audit")
        check("audit has nothing to find", code == 0, out)
        code, out, errors = run("export", "--case", third, "--out", place("bag"), "--why", "asked for")
        names = " ".join(name for _, _, files in os.walk(place("bag")) for name in files)
        check("a case's footage goes into a bag", code == 0 and "143000" in names, (code, out, errors, names))
        rows = "".join(read(os.path.join(folder, name)).decode("utf-8", "replace")
                       for folder, _, files in os.walk(place("bag")) for name in files if name.endswith((".json", ".record", ".csv")))
        check("without what the matcher thought of other cases", '"candidates"' not in rows)


def film(path, seconds=4, size="64x48"):
    """A real film, without sound."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    subprocess.run(["ffmpeg", "-v", "error", "-f", "lavfi", "-i", f"testsrc2=size={size}:rate=5:duration={seconds}",
                    "-metadata", f"comment={os.path.basename(path)}", "-c:v", "mpeg4", "-f", "mp4", path], check=True)


def folder():
    """A folder of schedules, and what a site calls things."""
    with places() as place:
        station = Station(place, "st")
        os.makedirs(place("in"))
        with open(station.settings, "a") as file:
            file.write(f"scheduleFolder: {place('in')}\nscheduleColumns: {place('columns.json')}\ncourts: {place('courts.json')}\n")
        write(place("columns.json"), '{"何事": "kind"}')
        write(place("courts.json"), '{"courts": [{"codes": ["闽0699"], "zh": "海上法院", "level": "special"}]}')
        write(place("in", "cases.csv"), CASES)
        write(place("in", "note.txt"), "not a schedule")
        os.symlink(place("in", "cases.csv"), place("in", "link.csv"))
        daemon, _ = station.serve()
        imported = lambda: events(station).count("schedule")
        check("what lies there is taken in", until(lambda: imported() == 1), events(station))
        write(place("in", "duties.csv"), DUTIES.replace("任务类别", "何事").replace("2019闽06执123", "2019闽0699执7"))
        check("and what comes later, by the site's own headers", until(lambda: imported() == 2), read(daemon.errors))
        code, out, _ = station.run("case", "show", "(2019)闽0699执7", "--json")
        check("it is there", json.loads(out)["duties"][0]["action"] == "search", (code, out))
        write(place("in", "bad.json"), "{")
        check("what is none is told in the log", until(lambda: b"was not taken in" in read(daemon.errors)))
        check("without its name", b"bad.json" not in read(daemon.errors) and b"duties.csv" not in read(daemon.errors))
        with open(place("in", "cases.csv"), "a") as file:
            file.write("(2019)闽06执125,闽06,申请人丁,J001,在办,金钱给付,否\n")
        check("a file that changed is taken in again", until(lambda: imported() == 3), events(station))
        place.stop(daemon)
        daemon, _ = station.serve()
        write(place("in", "more.csv"), CASES.replace("123", "129"))
        check("what is known is nothing new after a start", until(lambda: imported() == 4) and imported() == 4, events(station))
        yesterday = time.strftime("%Y-%m-%d", time.gmtime(time.time() - 36 * 3600))
        write(place("in", "past.csv"), DUTIES.replace("任务类别", "何事").replace("2019-08-10", yesterday).replace("D1", "D9"))
        check("a task of yesterday is taken in", until(lambda: imported() == 5), events(station))
        place.stop(daemon)
        daemon, _ = station.serve()
        check("what it lacks is found without asking", until(lambda: "finding" in events(station)), events(station))
        code, out, _ = station.run("completeness", "--case", "2019闽06执123", "--json")
        check("and is what somebody finds who asks", "no-footage:D9" in out and events(station).count("finding") == 1
              and all(one.get("by") == "evidock" for one in lines(out)[:-1]), (out, events(station)))
        place.stop(daemon)
        code, out, _ = station.run("list", "--court", "海上法院")
        check("the site's court is known by its name", code in (0, 1), out)
        write(place("columns.json"), '{"何事": "colour"}')
        code, _, errors = station.run("case", "import", place("in", "duties.csv"))
        check("a header that means nothing we know is told", code == 2 and "何事" in errors, (code, errors))


def takes():
    """Files of one take are one recording, in whatever order they are docked; what is missing is told."""
    if not shutil.which("ffmpeg"):
        raise RuntimeError("ffmpeg is wanted")
    with places() as place:
        station = Station(place, "st")
        run = lambda *words: station.run(*words, "--json")
        take = {}

        def dock(card, *names, recorder="R1", **options):
            for name in names:
                film(os.path.join(place(card), name), **options)
            code, out, errors = run("ingest", place(card), "--recorder", recorder)
            check(f"{card} is taken in", code in (0, 3), (code, out, errors))
            for line in lines(out)[:-1]:
                take.setdefault(os.path.basename(line["path"]), line["item"])

        part = lambda name: json.loads(run("show", take[name])[1])["recording"]
        first, second, third, fourth = (f"DSJ_R1_000042_20190810_0930{at}.mp4" for at in ("00", "04", "08", "12"))
        dock("one", third, second)
        check("a take of two", part(second) == {"id": take[second if take[second] < take[third] else third], "segment": 1, "of": 2}
              and part(third)["segment"] == 2 and part(third)["gapBefore"] == 0, (part(second), part(third)))
        name = part(second)["id"]
        dock("two", first, "DSJ_R1_000042_20190810_094000.mp4")
        check("what is docked later joins, under the same name", part(first) == {"id": name, "segment": 1, "of": 3}
              and part(third)["segment"] == 3, (part(first), part(third)))
        check("what came ten minutes later is another", part("DSJ_R1_000042_20190810_094000.mp4")["id"] != name)
        dock("three", "DSJ_R1_000042_20190810_093018.mp4")
        check("apart for now", part("DSJ_R1_000042_20190810_093018.mp4").get("id") != name)
        dock("four", fourth)
        check("a late middle makes one of two", {part(one)["id"] for one in (first, fourth, "DSJ_R1_000042_20190810_093018.mp4")} == {name}
              and part(fourth)["of"] == 5, part(fourth))
        dock("size", "DSJ_R1_000042_20190810_093020.mp4", size="96x64")
        check("another picture size is another take", part("DSJ_R1_000042_20190810_093020.mp4")["id"] != name)
        dock("other", "DSJ_R9_000042_20190810_093004.mp4", recorder="R9")
        check("and another recorder", part("DSJ_R9_000042_20190810_093004.mp4")["id"] != name)

        names = [f"DCIM/Movie/2019_0811_10000{at}_00000{number}{channel}.MP4" for at, number, channel in
                 ((0, 1, "F"), (0, 2, "R"), (4, 3, "F"), (4, 4, "R"))]
        dock("car", *names, recorder="C1")
        parts = {name[-11:-4]: part(os.path.basename(name)) for name in names}
        check("front and rear stand side by side", len({one["id"] for one in parts.values()}) == 1
              and [parts[key]["segment"] for key in sorted(parts)] == [1, 1, 2, 2]
              and {one["channel"] for one in parts.values()} == {"F", "R"}
              and not any("missingBefore" in one for one in parts.values()), parts)
        dock("hole", "DCIM/Movie/2019_0812_100000_000001.MP4", "DCIM/Movie/2019_0812_100004_000002.MP4",
             "DCIM/Movie/2019_0812_100012_000004.MP4", recorder="C2")
        gap = part("2019_0812_100012_000004.MP4")
        check("0001, 0002, 0004 is one take with a hole", gap["missingBefore"] == 1 and gap["gapBefore"] == 4
              and gap["of"] == 3, gap)
        dock("chapters", "DCIM/100GOPRO/GX010119.MP4", "DCIM/100GOPRO/GX020119.MP4", recorder="G1")
        for at, name in enumerate(("GX010119.MP4", "GX020119.MP4")):
            check(f"chapter {at + 1}", part(name)["segment"] == at + 1 and part(name)["of"] == 2, part(name))

        duties = """编号,案号,任务类别,法院,执行人员,记录仪,计划开始,计划结束
D1,2019闽06执123,搜查,闽06,000042,,2019-08-10 09:10,2019-08-10 09:30:10
D2,2019闽06执124,搜查,闽06,000042,,2019-08-10 09:30:18,2019-08-10 11:30
"""
        run("case", "import", write(place("duties.csv"), duties))
        run("assign", take[first], "2019闽06执123", "--why", "seen")
        run("case", "import", write(place("later.csv"), duties.replace("11:30", "11:31")))
        found = json.loads(run("match", "--explain", take[fourth])[1])
        check("the same take speaks for its case", "same-take" in [
            reason["code"] for reason in found["candidates"][0]["reasons"]] and found["candidates"][0]["duty"] == "D1", found)
        before = [part(name) for name in sorted(take)]
        check("an index made anew is the same", station.run("index", "rebuild")[0] == 0
              and before == [part(name) for name in sorted(take)])
        check("audit has nothing to find", station.run("audit")[0] == 0, station.run("audit")[1])


def sampled():
    """What the README shows, on an empty root."""
    with places() as place:
        samples = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../samples")
        run = lambda *words: place.run(*words, "--root", place("st"))
        code, out, errors = run("case", "import", f"{samples}/season/duties.csv")
        check("an empty root becomes a station", code == 0, (code, out, errors))
        code, out, errors = run("ingest", f"{samples}/cards/R1", f"{samples}/cards/R2", "--json")
        items = {line["path"]: line["item"] for line in lines(out)[:-1]}
        check("the sample card is taken in", code == 0 and len(items) == 3, (code, out, errors))
        found = [one["item"] for one in lines(run("list", "--case", "(2019)闽06执123号", "--json")[1])]
        check("its footage is found by case", sorted(found) == sorted(items.values()), found)
        code, out, _ = run("match", "--explain", found[0])
        check("and why", code == 0 and "+" in out and "D1" in out, out)
        code, out, _ = run("completeness", "--day", "2019-08-10")
        check("and what is missing of that day", code == 1 and "no-footage:D2" in out and "too-few" not in out, out)
        once, twice = (json.loads(run("index", "rebuild", "--json")[1])["dump"] for _ in range(2))
        check("an index made anew has the same rows", once == twice)


def missing():
    """What ought to be there after a field task and is not, until it is explained or found."""
    with places() as place:
        station = Station(place, "st")
        run = lambda *words: station.run(*words, "--json")
        duties = """编号,案号,任务类别,法院,执行人员,记录仪,计划开始,计划结束
D1,2019闽06执123,搜查,闽06,000042;000043,R1;R3,2019-08-10 09:00,2019-08-10 11:30
D2,2019闽0602执恢45,送达,闽0602,000044,,2019-08-10 14:00,2019-08-10 17:00
D3,2019闽06执124,送达,闽06,000044,,2019-08-11 14:00,2019-08-11 17:00
"""
        run("case", "import", write(place("duties.csv"), duties))
        run("recorder", "issue", "R4", "--to", "000044", "--at", "2019-08-01")
        card = place("card")
        for at in ("090500", "090504", "093000"):
            film(os.path.join(card, f"DSJ_R1_000042_20190810_{at}.mp4"))
        with open(film_path := os.path.join(card, "DSJ_R1_000042_20190810_100000.mp4"), "wb") as file:
            file.write(os.urandom(5000))
        run("ingest", card)
        code, out, errors = run("completeness", "--day", "2019-08-10")
        found = [one["finding"] for one in lines(out)[:-1]]
        items = {one["path"]: one["item"] for one in lines(run("list")[1])}
        check("all that is missing of a day", code == 1 and sorted(found) == sorted([
            "officer-without-footage:D1:000043", "too-few-recorders:D1", "not-docked:D1:R3", "no-footage:D2", "not-docked:D2:R4",
            "gap:D1:2019-08-10T01:05:08.000Z", "gap:D1:2019-08-10T01:30:04.000Z",
            "docked-late:D1:R1", f"damaged:D1:{items[os.path.basename(film_path)]}"]) and lines(out)[-1]["summary"]["duties"] == 2, (code, out, errors))
        size = station.size()
        again = run("completeness", "--day", "2019-08-10")
        check("is entered once", again[1] == out and station.size() == size and events(station)[-1] == "finding", again)
        leaf = station.entries()[-1].decode()
        check("without a name in the leaf", "0000" not in leaf and "D1" not in leaf, leaf)
        code, out, _ = run("completeness", "--case", "2019闽06执123")
        check("of a case", code == 1 and len(lines(out)) == len([one for one in found if ":D1" in one]) + 1, out)
        check("of a court and a day", lines(run("completeness", "--day", "2019-08-10", "--court", "闽0602")[1])[-1]["summary"]["open"] == 2)
        code, out, errors = run("completeness", "explain", "no-footage:D2", "--why", "nobody was at home")
        check("explained", code == 0 and lines(out)[0]["state"] == "explained", (code, out, errors))
        told = {one["finding"]: one for one in lines(run("completeness", "--day", "2019-08-10")[1])[:-1]}
        check("it stays so, with who and why", told["no-footage:D2"]["why"] == "nobody was at home" and told["no-footage:D2"]["by"], told)
        film(os.path.join(place("late"), "DSJ_R4_000044_20190810_143000.mp4"))
        run("ingest", place("late"), "--recorder", "R4")
        told = [one["finding"] for one in lines(run("completeness", "--day", "2019-08-10", "--court", "闽0602")[1])[:-1]]
        check("footage that comes late closes it", "no-footage:D2" not in told and "docked-late:D2:R4" in told, told)
        check("and what is gone is not explained", station.run("completeness", "explain", "no-footage:D2", "--why", "x")[0] == 2)
        code, out, _ = station.run("completeness", "--day", "2019-08-10", LC_ALL="zh_CN.UTF-8", LANG="zh_CN.UTF-8")
        check("an officer reads it in Chinese", "没有录像" in out and "应至少 2 台" in out, out)
        with open(station.settings, "a") as file:
            file.write(f"completenessRules: {write(place('rules.json'), json.dumps({'recorders': {}, 'gapMinutes': 60, 'hoursToDock': 10000}))}\n")
        told = [one["finding"].split(":")[0] for one in lines(run("completeness", "--day", "2019-08-10")[1])[:-1]]
        check("a site's own rules hold", set(told) == {"officer-without-footage", "damaged", "docked-late", "not-docked"}, told)
        write(place("rules.json"), '{"recorder": {}}')
        code, _, errors = station.run("completeness", "--day", "2019-08-10")
        check("a name that nobody knows is told", code == 2 and "recorder" in errors, (code, errors))
        write(place("rules.json"), "{}")
        for words in ((), ("--day", "10.8.2019"), ("--case", "123"), ("--case", "2019闽06执123", "--day", "2019-08-10"),
                      ("explain", "no-footage:D9", "--why", "x"), ("explain", "too-few-recorders:D1", "--why", " ")):
            check(f"refused: {words}", station.run("completeness", *words)[0] == 2)
        check("a day without tasks is no success", station.run("completeness", "--day", "2018-01-01")[0] == 1)
        before = run("completeness", "--day", "2019-08-10")[1]
        check("an index made anew is the same", station.run("index", "rebuild")[0] == 0
              and before == run("completeness", "--day", "2019-08-10")[1])
        check("audit has nothing to find", station.run("audit")[0] == 0, station.run("audit")[1])


def searched():
    """Footage is found by what people say of it, and each line says where it was found."""
    with places() as place:
        station = Station(place, "st")
        run = lambda *words: station.run(*words, "--json")
        run("case", "import", write(place("cases.csv"), CASES))
        run("case", "import", write(place("duties.csv"), DUTIES))
        card = place("card")
        film(os.path.join(card, "DSJ_R1_000042_20190810_093000.mp4"), seconds=2)
        film(os.path.join(card, "DSJ_R2_000044_20190810_143000.mp4"), seconds=6)
        write(os.path.join(card, "DSJ_R9_000099_20190812_100000.mp4"), os.urandom(1000))
        run("ingest", card)
        items = {one["path"][4:6]: one["item"] for one in lines(run("list")[1])}
        listed = lambda *words: sorted(one["item"] for one in lines(run("list", *words)[1]))
        first, second, third = (items[name] for name in ("R1", "R2", "R9"))
        assert run("assign", third, "2019闽0602执46", "--why", "钥匙 交接")[0] == 0
        for words, found in (
                ("芗城", [first]), ("搜查", [first]), ("被执行人乙", [first]), ("乙", [first]), ("申请人", [first, second]),
                ("申请人 -腾退", [first]), ("-申请人", [third]), ("申请人 龙文", [second]), ('"钥匙 交接"', [third]),
                ("钥匙 交接", [third]), ('"交接 钥匙"', []), ("2019闽06执123", [first]), ("(2019)闽06执123", [first]),
                ("2019执123", [first]), ("执恢45", [second]), ("（2019） 闽06 执123号", [first]), ("000042", [first]), ("dsj_r9", [third]),
                ("-dsj", []), ("查搜", []), ("%", []), ("芗_", [])):
            check(f"text {words}", listed("--text", words) == sorted(found), (words, listed("--text", words)))
        matched = lines(run("list", "--text", "芗城")[1])[0]["matched"]
        check("says where it was found", matched == [{"field": "place", "text": "芗城区"}], matched)
        code, out, _ = station.run("list", "--text", "芗城", LC_ALL="zh_CN.UTF-8", LANG="zh_CN.UTF-8")
        check("also to an officer", "[地点 芗城区]" in out, out)
        for words, found in (
                (("--court", "闽0602"), [second, third]), (("--court", "闽06"), [first]), (("--state", "assigned"), [first, second, third]),
                (("--state", "inbox"), []), (("--state", "sound"), [first, second]), (("--min-duration", "3"), [second]),
                (("--max-duration", "3"), [first]), (("--court", "闽0602", "--officer", "000044"), [second]), (("--mark", "important"), [])):
            check(f"{words}", listed(*words) == sorted(found), (words, listed(*words)))
        pages, after = [], []
        while page := lines(run("list", "--limit", "1", *after)[1]):
            pages += [one["item"] for one in page]
            after = ["--after", page[-1]["cursor"]]
        check("page by page it is the whole list, newest first", pages == [third, second, first], pages)
        for words in (("--state", "lost"), ("--after", "x"), ("--min-duration", "-1"), ("--max-duration", "nan")):
            check(f"refused: {words}", station.run("list", *words)[0] == 2, words)
        before = run("list", "--text", "申请人")[1]
        run("case", "import", write(place("later.csv"), CASES.replace("申请人丙", "申请人丁")))
        check("what a later schedule says is found", (listed("--text", "申请人丁"), listed("--text", "申请人丙")) == ([second], []))
        run("case", "import", place("cases.csv"))
        check("an index made anew finds the same", station.run("index", "rebuild")[0] == 0 and run("list", "--text", "申请人")[1] == before)


if __name__ == "__main__":
    sys.exit(run_parts(taken_in, added, long, folder, carried, registered, explained, linked, takes, missing, searched, sampled))
