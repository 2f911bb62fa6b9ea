#!/usr/bin/env python3
"""The recorders' clocks: measured by persons and by satellite time, with their history; what cannot be right is
told with its likely cause. Closes with: N passed, N failed, N skipped.
"""

import datetime
import json
import os
import shutil
import sys

from backups import events
from cases import film, lines, write
from notary import Station, check, places, run_parts

DUTIES = """编号,案号,任务类别,法院,执行人员,计划开始,计划结束,纬度,经度,半径
D1,2019闽06执123,送达,闽06,000042,2019-08-10 09:00,2019-08-10 10:00,24.5,117.6,300
D2,2019闽06执124,送达,闽06,000042,2019-08-10 17:30,2019-08-10 18:30,24.9,117.1,300
"""
FIRST, SECOND = "（2019）闽06执123号", "（2019）闽06执124号"


def sentence(moment, latitude="2430.0000", longitude="11736.0000", valid="A"):
    body = f"GPRMC,{moment:%H%M%S}.000,{valid},{latitude},N,{longitude},E,0.1,10.0,{moment:%d%m%y},,,A"
    total = 0
    for byte in body.encode():
        total ^= byte
    return f"${body}*{total:02X}\r\n"


def log(path, first, seconds, **options):
    """A receiver's text of one fix a second from that moment (UTC) on."""
    begin = datetime.datetime.fromisoformat(first)
    write(path, "".join(sentence(begin + datetime.timedelta(seconds=at), **options) for at in range(seconds)))


def bench(place):
    if not shutil.which("ffmpeg"):
        raise RuntimeError("ffmpeg is wanted")
    station = Station(place, "st")
    run = lambda *words: station.run(*words, "--json")
    shown = lambda item: json.loads(run("show", item)[1])

    def dock(card, *more):
        code, out, errors = run("ingest", place(card), *more)
        check(f"{card} is taken in", code in (0, 3), (code, out, errors))
        return {os.path.basename(line["path"]): line["item"] for line in lines(out)[:-1]}

    return station, run, shown, dock


def measured():
    """By persons."""
    with places() as place:
        station, run, shown, dock = bench(place)
        run("case", "import", write(place("duties.csv"), DUTIES))
        cases = lambda item: [one["caseNumber"] for one in shown(item).get("cases", [])]
        name = "DSJ_R1_000042_20190810_173000.mp4"
        film(os.path.join(place("card"), name))
        item = dock("card")[name]
        before = shown(item)
        check("by its own clock it is of the evening's task", cases(item) == [SECOND], before)
        check("nothing is measured yet", "clockOffset" not in before["times"] and station.run("recorder", "clock", "R1")[0] == 1)
        code, out, errors = run("recorder", "clock", "R1", "--offset", "28800")
        check("a clock eight hours ahead", code == 0 and lines(out)[0]["offset"] == 28800, (code, out, errors))
        after = shown(item)
        check("the footage takes place eight hours earlier", after["times"]["start"] == "2019-08-10T09:30:00+08:00"
              and after["times"]["end"] == "2019-08-10T09:30:04+08:00" and after["times"]["clockOffset"] == 28800, after["times"])
        check("what the recorder wrote stays", after["times"]["named"] == before["times"]["named"])
        check("and it is of the morning's task", cases(item) == [FIRST], after.get("cases"))
        check("an event of its own", events(station)[-2:] == ["clock-measurement", "assignment"], events(station))
        told = {one["finding"]: one for one in lines(run("completeness", "--case", FIRST)[1])[:-1]}
        check("completeness says so", "clock-off:D1:R1" in told and "480 min ahead" in json.dumps(told), told)
        code, out, _ = station.run("recorder", "clock", "R1")
        check("an officer reads it", code == 0 and "28800 s ahead" in out, out)
        code, out, _ = station.run("recorder", "clock", "R1", LC_ALL="zh_CN.UTF-8", LANG="zh_CN.UTF-8")
        check("in Chinese", "快 28800 秒" in out, out)
        # Docked once more, its clock set right: a step, and not a drift.
        other = "DSJ_R1_000042_20190810_093500.mp4"
        film(os.path.join(place("again"), other))
        late = dock("again", "--clock-offset", "-60")[other]
        check("said at a docking", shown(late)["times"]["clockOffset"] == -60
              and shown(late)["times"]["start"] == "2019-08-10T09:36:00+08:00", shown(late)["times"])
        check("the earlier docking keeps its own", shown(item)["times"]["clockOffset"] == 28800, shown(item)["times"])
        history = lines(run("recorder", "clock", "R1")[1])
        check("the history has both", [one["offset"] for one in history] == [28800, -60], history)
        for words in (("--offset", "nan"), ("--offset", "1e15"), ("--shows", "noon"), ("--offset", "3", "--shows", "2019-08-10"),
                      ("--at", "2019-08-10")):
            check(f"refused: {words}", station.run("recorder", "clock", "R1", *words)[0] in (2, 64), station.run("recorder", "clock", "R1", *words))
        check("refused: a clock offset that is no number", station.run("ingest", place("card"), "--clock-offset", "five")[0] == 2)
        whole = [shown(one) for one in (item, late)]
        dumps = [json.loads(run("index", "rebuild")[1])["dump"] for _ in range(2)]
        check("an index made anew is the same", dumps[0] == dumps[1] and whole == [shown(one) for one in (item, late)])
        check("audit has nothing to find", station.run("audit")[0] == 0)


def satellites():
    """By satellite time beside the footage, with the place."""
    with places() as place:
        station, run, shown, dock = bench(place)
        run("case", "import", write(place("duties.csv"), DUTIES))
        names = [f"DSJ_R1_000042_20190810_0910{at}.mp4" for at in ("00", "20")]
        for name in names:
            film(os.path.join(place("card"), name), seconds=20)
        # The clock is 200 s behind: 09:13:20 in truth, 01:13:20 UTC. The receiver wants 8 s to find itself.
        log(os.path.join(place("card"), names[0][:-4] + ".nmea"), "2019-08-10T01:13:28", 12)
        log(os.path.join(place("card"), names[1][:-4] + ".nmea"), "2019-08-10T01:13:40", 20)
        # No fix, another docking's fix, and a text of lies.
        film(os.path.join(place("card"), "DSJ_R1_000042_20190810_120000.mp4"))
        write(os.path.join(place("card"), "DSJ_R1_000042_20190810_120000.nmea"),
              sentence(datetime.datetime(2019, 8, 10, 4, 0), valid="V") + "$GPRMC,999999,A,,,,,,,999999\n$" + "A" * 5000 + "\x01")
        items = dock("card")
        one, two = shown(items[names[0]]), shown(items[names[1]])
        check("its clock is measured", abs(one["times"]["clockOffset"] + 200) <= 5, one["times"])
        check("for all of its footage", abs(two["times"]["clockOffset"] + 200) <= 5, two["times"])
        history = lines(run("recorder", "clock", "R1")[1])
        check("by few measurements, with what they may be wrong by", 1 <= len(history) <= 2
              and all(one["source"] == "satellite" and one["within"] <= 10 for one in history), history)
        reasons = {reason["code"] for reason in one["cases"][0]["reasons"]}
        check("the place speaks for the task", one["cases"][0]["caseNumber"] == FIRST and "inside-place" in reasons, one["cases"])
        check("one take stays one recording", one["recording"]["id"] == two["recording"]["id"] and two["recording"]["gapBefore"] == 0, two["recording"])
        sidecar = shown(items[names[0][:-4] + ".nmea"])
        check("the sidecar says what it holds", sidecar["media"]["track"] == {
            "count": 12, "from": "2019-08-10T01:13:28.000Z", "to": "2019-08-10T01:13:39.000Z"}, sidecar.get("media"))
        size = station.size()
        run("ingest", place("card"))
        check("the same again measures nothing anew", "clock-measurement" not in events(station)[size:], events(station)[size:])
        one = shown(items[names[0]])
        dumps = [json.loads(run("index", "rebuild")[1])["dump"] for _ in range(2)]
        check("an index made anew is the same", dumps[0] == dumps[1] and shown(items[names[0]]) == one)


def impossible():
    """Times that cannot be right."""
    with places() as place:
        station, run, shown, dock = bench(place)
        ahead = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=15)
        years = ahead + datetime.timedelta(days=400)
        wanted = {
            "DSJ_R1_000042_20000101_000100.mp4": "clock-never-set",
            "DSJ_R1_000042_19700101_080100.mp4": "clock-never-set",
            f"DSJ_R1_000042_{ahead:%Y%m%d_%H%M%S}.mp4": "ahead-by-the-zone",
            f"DSJ_R1_000042_{years:%Y%m%d_%H%M%S}.mp4": "in-the-future",
        }
        for name in wanted:
            film(os.path.join(place("card"), name))
        items = dock("card")
        for name, code in wanted.items():
            flags = shown(items[name])["times"].get("flags", [])
            check(f"{name}: {code}", [one["code"] for one in flags if one["code"] != "times-apart-by-the-zone"] == [code]
                  and all(len(one["words"]) == 2 for one in flags), flags)
            check("it is not mended in silence", "clockOffset" not in shown(items[name])["times"])
        late = "DSJ_R1_000042_20190810_090000.mp4"
        film(os.path.join(place("later"), late))
        flags = shown(dock("later")[late])["times"].get("flags", [])
        check("older than a docking that had everything", "before-the-last-docking" in [one["code"] for one in flags], flags)


if __name__ == "__main__":
    sys.exit(run_parts(measured, satellites, impossible))
