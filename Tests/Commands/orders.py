#!/usr/bin/env python3
"""Orders for footage: open until it arrives, offered, accepted or refused, overdue.
Closes with: N passed, N failed, N skipped.
"""

import json
import os
import sys

from backups import events
from cases import film, lines
from clocks import bench
from notary import check, places, run_parts

CASE = "（2019）闽06执123号"


def ordered():
    with places() as place:
        station, run, shown, dock = bench(place)
        check("nothing was asked for", station.run("order", "list")[0] == 1)
        code, out, errors = run("order", "add", "--case", "2019闽06执123", "--officer", "000042", "--officer", "000043",
                                "--from", "2019-08-10T09:00", "--to", "2019-08-10T11:00", "--why", "the door")
        order = lines(out)[0]
        name = order["order"]
        check("an order waits", code == 0 and order["state"] == "open" and order["caseNumber"] == CASE and "overdue" not in order, (code, out, errors))
        leaf = station.entries()[-1].decode()
        check("nobody is named in its leaf", events(station)[-1] == "order" and "0000" not in leaf and "执" not in leaf, leaf)
        check("it is listed", station.run("order", "list", "--waiting")[0] == 0 and name in station.run("order", "list")[1])
        wrong = ("DSJ_R1_000042_20190810_120000.mp4", "DSJ_R2_000044_20190810_100000.mp4")
        fit = ("DSJ_R1_000042_20190810_100000.mp4", "DSJ_R1_000042_20190810_085958.mp4")
        for number, file in enumerate(wrong + fit):
            film(os.path.join(place(f"card{number // 2}"), file), seconds=4 + number)
        first = dock("card0")
        listed = lambda *words: lines(run("order", "list", *words)[1])[0]
        check("what does not fit is not offered", listed()["state"] == "open" and "offers" not in listed(), listed())
        second = dock("card1")
        offers = {one["item"]: one["state"] for one in listed()["offers"]}
        check("what arrives is offered", listed()["state"] == "offered" and offers == {second[file]: "offered" for file in fit}, listed())
        size = station.size()
        run("ingest", place("card1"))
        check("once", "order" not in events(station)[size:], events(station)[size:])
        code, out, errors = run("order", "refuse", name, second[fit[1]], "--why", "before the door")
        check("one is refused", code == 0 and lines(out)[0]["state"] == "offered"
              and {one["item"]: one["state"] for one in lines(out)[0]["offers"]}[second[fit[1]]] == "refused", (code, out, errors))
        check("what was not offered is not accepted", station.run("order", "accept", name, first[wrong[0]])[0] == 2)
        code, out, errors = run("order", "accept", name)
        check("the other is accepted", code == 0 and lines(out)[0]["state"] == "accepted", (code, out, errors))
        check("and linked to the case", [one["caseNumber"] for one in shown(second[fit[0]])["cases"]] == [CASE]
              and "cases" not in shown(second[fit[1]]))
        check("it waits no longer", station.run("order", "list", "--waiting")[0] == 1
              and station.run("order", "refuse", name, "--why", "x")[0] == 2)

        code, out, _ = run("order", "add", "--case", CASE, "--officer", "000050", "--from", "2019-08-11", "--to", "2019-08-11",
                           "--due", "2019-09-01", "--why", "the yard")
        late = lines(out)[0]
        check("one that is overdue shows", late["overdue"] and station.run("order", "list")[0] == 1 and "OVERDUE" in station.run("order", "list")[1])
        code, out, _ = station.run("order", "list", LC_ALL="zh_CN.UTF-8", LANG="zh_CN.UTF-8")
        check("in Chinese", "已逾期" in out and "待录像" in out, out)
        run("order", "add", "--case", CASE, "--officer", "000044", "--from", "2019-08-10", "--to", "2019-08-10", "--why", "all of it")
        there = lines(run("order", "list", "--waiting")[1])[-1]
        check("what is there already is offered at once", [one["item"] for one in there["offers"]] == [first[wrong[1]]], there)
        code, out, _ = run("order", "refuse", late["order"], "--why", "the recorder was lost")
        check("an order that cannot be met", code == 0 and lines(out)[0]["state"] == "refused" and lines(out)[0]["answer"] == "the recorder was lost", out)
        for words in (("--case", "123", "--officer", "1", "--from", "2019-08-10", "--to", "2019-08-10", "--why", "x"),
                      ("--case", CASE, "--officer", "1", "--from", "2019-08-11", "--to", "2019-08-10", "--why", "x"),
                      ("--case", CASE, "--officer", "1", "--from", "noon", "--to", "2019-08-10", "--why", "x"),
                      ("--case", CASE, "--officer", "1", "--from", "2019-08-10", "--to", "2019-08-10", "--why", " ")):
            check(f"refused: {words}", station.run("order", "add", *words)[0] == 2)
        before = run("order", "list")[1]
        dumps = [json.loads(run("index", "rebuild")[1])["dump"] for _ in range(2)]
        check("an index made anew is the same", dumps[0] == dumps[1] and before == run("order", "list")[1])
        check("audit has nothing to find", station.run("audit")[0] == 0)


if __name__ == "__main__":
    sys.exit(run_parts(ordered))
