#!/usr/bin/env python3
"""Cases and recordings on the pages: who may see which, what is asked first, and what is entered. The matrix
of role x route x own, foreign, restricted case; a judge's way in a real browser. Closes with: N passed, N failed,
N skipped.
"""

import csv
import io
import json
import os
import subprocess
import sys
import urllib.parse

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from portal import CHROMIUM, Browser, Client, Site, axe, check, counts, look, places, run_parts, sign_in, sync_playwright  # noqa: E402

OWN, FOREIGN, RESTRICTED, ABOVE = (
    "（2019）闽0602执123号", "（2019）闽0603执9号", "（2019）闽0602执7号", "（2019）闽06执5号")


def quoted(number):
    return urllib.parse.quote(number)


class World:
    """A court's cases with a recording each, and people of every kind."""

    def __init__(self, place):
        self.site = Site(place, EVIDOCK_SECOND_FACTOR="false")
        self.run = self.site.station.run
        self.place = place
        with open(place("cases.csv"), "w") as file:
            file.write("案号,法院,当事人,承办法官,状态,案件类别,是否不公开\n"
                       f"{OWN},闽0602,甲方<i>;乙方,J001,在办,金钱给付,否\n{FOREIGN},闽0603,丙方,J003,在办,金钱给付,否\n"
                       f"{RESTRICTED},闽0602,丁方,J002,在办,腾退房屋,是\n{ABOVE},闽06,戊方,J006,在办,金钱给付,否\n")
        code, _, errors = self.run("case", "import", place("cases.csv"))
        check("cases are known", code == 0, errors)
        os.makedirs(place("card"))
        self.items = {}
        for hour, number in enumerate((OWN, FOREIGN, RESTRICTED, ABOVE, None), 8):
            name = f"DSJ_R1_00004{hour % 10}_20190810_{hour:02}3000.mp4"
            film = os.path.join(place("card"), name)
            subprocess.run(["ffmpeg", "-loglevel", "error", "-f", "lavfi", "-i", f"testsrc2=size=64x48:duration={hour}",
                            film], check=True)
            self.items[number] = name
        code, out, errors = self.run("ingest", place("card"), "--json")
        taken = {line["path"]: line["item"] for line in map(json.loads, out.splitlines()) if "path" in line}
        self.items = {number: taken[name] for number, name in self.items.items()}
        for number, item in self.items.items():
            if number:
                code, _, errors = self.run("assign", item, number, "--why", "test")
                check(f"{item} is linked", code == 0, errors)
        person = self.person
        self.people = {
            "out": Client(self.site.address), "admin": self.site.admin, "officer": person("000048", "officer"),
            "judge": person("J001", "judge"), "judge of the restricted": person("J002", "judge"),
            "notary": person("n1", "notary"), "supervisor": person("s1", "supervisor"),
            "supervisor of another": person("s2", "supervisor", "闽0603"),
            "supervisor above": person("s3", "supervisor", "闽06"),
        }

    def person(self, name, role, court="闽0602"):
        code, out, errors = self.run("user", "add", name, "--role", role, "--court", court)
        check(f"an account for {name}", code == 0, errors)
        return self.site.join(name, "/join/" + out.split("/join/")[1].strip())

    def disclosures(self):
        return sum(json.loads(entry)["event"] == "disclosure" for entry in self.site.station.entries())


# Who sees the case and its footage: OWN, FOREIGN, RESTRICTED, ABOVE and what is linked to none.
SEES = {
    "out": "", "admin": "", "notary": "", "officer": "O", "judge": "O", "judge of the restricted": "R",
    "supervisor": "O", "supervisor of another": "F", "supervisor above": "OFA",
}
CASES = {"O": OWN, "F": FOREIGN, "R": RESTRICTED, "A": ABOVE, "-": None}


def rights():
    with places() as place:
        world = World(place)
        nothing = {}
        for role, client in world.people.items():
            for is_api in (False, True):
                nothing[role, is_api] = client.ask("GET", ("/api/v1" if is_api else "") + "/items/0602-99999")[:2]
        for role, client in world.people.items():
            refused = {401} if role == "out" else {404}
            for letter, number in CASES.items():
                item = world.items[number]
                # An officer sees his own footage, and nothing of the case that it is linked to.
                sees, sees_case = letter in SEES[role], letter in SEES[role] and role != "officer"
                before = world.disclosures()
                why = "" if role == "officer" else "?why=" + quoted("查 证")
                paths = [(f"/api/v1/items/{item}{why}", sees), (f"/api/v1/items/{item}/viewings", sees),
                         (f"/footage/{item}{why}", sees), (f"/items/{item}", sees)]
                if number:
                    case = "/api/v1/cases/" + quoted(number)
                    paths += [(case + why, sees_case), (case + "/footage" + why, sees_case), (case + "/viewings", sees_case),
                              ("/cases/" + quoted(number), sees_case)]
                for path, may in paths:
                    status, body, headers = client.ask("GET", path)
                    fits = status == 200 if may else status in refused and "ETag" not in headers and item not in body
                    check(f"{role}: {path.split('?')[0]}: {'shown' if may else 'not shown'}", fits, (status, body[:300]))
                    if not may and role != "out":
                        check(f"{role}: and looks like what is not there", (status, body) == nothing[role, path.startswith("/api/")], (status, body[:200]))
                if not sees and not sees_case:
                    check(f"{role}: of {letter} nothing is entered", world.disclosures() == before)
            for path in ("/api/v1/footage", "/recordings", "/api/v1/footage?q=testsrc", "/api/v1/footage?q=DSJ", "/recordings?q=mp4"):
                status, body, _ = client.ask("GET", path)
                if role in ("out", "admin"):
                    check(f"{role}: {path} is not for him", status in refused, status)
                    continue
                listed = "".join(sorted(letter for letter, number in CASES.items() if world.items[number] in body))
                wanted = "" if "testsrc" in path else "".join(sorted(SEES[role]))
                check(f"{role}: {path} lists what is his", status == 200 and listed == wanted, (status, listed, body[:200]))
            status, body, _ = client.ask("GET", "/api/v1/cases")
            if role not in ("out", "admin"):
                listed = "".join(sorted(letter for letter, number in CASES.items() if number and number in body))
                wanted = "" if role == "officer" else "".join(sorted(SEES[role]))
                check(f"{role}: cases that are his", status == 200 and listed == wanted, (status, listed))
                status, body, _ = client.ask("GET", "/cases?q=" + quoted("2019执"))
                listed = "".join(sorted(letter for letter, number in CASES.items() if number and number in body))
                check(f"{role}: also by a part of the number", status == 200 and listed == wanted, (status, listed))
                check(f"{role}: what is no number is told", client.ask("GET", "/cases?q=" + quoted("<b>!"))[0] == 422, client.ask("GET", "/cases?q=" + quoted("<b>!")))
        place.stop(world.site.daemon)
        code, out, _ = world.run("audit")
        check("audit has nothing to find", code == 0, out)


def opening():
    """Purposes, people let in and out again, restrictions."""
    with places() as place:
        world = World(place)
        judge, supervisor, other = (world.people[name] for name in ("judge", "supervisor", "supervisor of another"))
        case, item = quoted(OWN), world.items[OWN]
        status, page, _ = judge.ask("GET", "/cases/" + case)
        check("a purpose is asked first", status == 200 and "purpose" in page and item not in page and "甲方" not in page, status)
        for path in (f"/api/v1/cases/{case}", f"/api/v1/items/{item}", f"/footage/{item}"):
            check("nothing comes before it", judge.ask("GET", path)[0] == 428, judge.ask("GET", path))
        guard = judge.guard()
        empty = judge.ask("POST", f"/cases/{case}/purpose", {"guard": guard, "why": " "})
        check("a purpose is some words", empty[0] == 422 and 'role="alert"' in empty[1], empty[0])
        for then in ("https://example.org/", "//x", "/items/../accounts", "/items/0602-1?x"):
            headers = judge.ask("POST", f"/cases/{case}/purpose", {"guard": guard, "purpose": "enforcement", "then": then})[2]
            check("it goes on to nowhere else", headers["Location"] == "/cases/" + case, headers["Location"])
        before = world.disclosures()
        status, page, _ = judge.ask("GET", "/cases/" + case)
        check("then the case is there", status == 200 and item in page and "甲方&lt;i&gt;" in page, status)
        check("in one entry", world.disclosures() == before + 1, world.disclosures() - before)
        judge.ask("GET", "/cases/" + case)
        check("and once", world.disclosures() == before + 1)
        status, page, _ = judge.ask("GET", "/items/" + item)
        check("its item, too", status == 200 and "SHA-256" in page, status)
        found = json.loads(judge.ask("GET", f"/api/v1/cases/{case}/viewings")[1])["viewings"]
        mine = [one for one in found if one["by"] == "account:J001"]
        check("who looked, how and why", {one["how"] for one in mine} == {"list", "describe"}
              and all(one["why"] and one["caseNumber"] == OWN for one in mine), found)
        text = judge.ask("GET", f"/api/v1/items/{item}/viewings?format=csv")
        rows = list(csv.reader(io.StringIO(text[1].lstrip("\ufeff"))))
        check("as a table", text[2]["Content-Type"].startswith("text/csv") and rows[0][:3] == ["time", "by", "how"]
              and len(rows) >= 3, rows)
        tag = judge.ask("GET", f"/api/v1/cases/{case}")[2]["ETag"]
        check("the same answer is not sent again", judge.ask("GET", f"/api/v1/cases/{case}", If_None_Match=tag)[0] == 304)
        check("and to nobody else", world.people["notary"].ask("GET", f"/api/v1/cases/{case}", If_None_Match=tag)[0] == 404)

        notary = world.people["notary"]
        form = {"guard": guard, "do": "grant", "account": "n1", "ground": "grant"}
        for changes, why in (({"why": "x y", "until": "2000-01-01"}, "an end that is over"), ({"why": "x y"}, "no end"),
                             ({"until": "2099-01-01"}, "no reason"), ({"why": "x y", "until": "2099-01-01", "account": "J001"}, "himself")):
            status, page, _ = judge.ask("POST", f"/cases/{case}/access", {**form, **changes})
            check(f"nobody is let in with {why}", status == 422 and notary.ask("GET", f"/items/{item}")[0] == 404, status)
        status, page, _ = judge.ask("POST", f"/cases/{case}/access", {**form, "why": "公证 需要", "until": "2099-01-01"})
        check("a notary is let in", status == 200 and "n1" in page, status)
        check("and sees it", notary.ask("GET", f"/api/v1/items/{item}?why=notary%20work")[0] == 200)
        check("that case alone", notary.ask("GET", f"/items/{world.items[FOREIGN]}")[0] == 404)
        check("but lets nobody else in", notary.ask("POST", f"/cases/{case}/access", {**form, "guard": notary.guard(), "why": "x y",
                                                                                      "account": "s2", "until": "2099-01-01"})[0] == 404)
        judge.ask("POST", f"/cases/{case}/access", {"guard": guard, "do": "end", "account": "n1", "why": "not any more"})
        check("and out again", notary.ask("GET", f"/api/v1/items/{item}?why=notary%20work")[0] == 404)

        check("a supervisor sees it", supervisor.ask("GET", f"/api/v1/items/{item}?why=spot%20check")[0] == 200)
        check("and not from another court", other.ask("POST", f"/cases/{case}/access", {"guard": other.guard(), "do": "restrict", "why": "x y"})[0] == 404)
        status, _, _ = supervisor.ask("POST", f"/cases/{case}/access", {"guard": supervisor.guard(), "do": "restrict", "why": "minors in it"})
        check("who restricts a case sees it no more himself", status == 303 and supervisor.ask("GET", f"/api/v1/items/{item}?why=x%20y")[0] == 404
              and OWN not in supervisor.ask("GET", "/cases")[1] and item not in supervisor.ask("GET", "/recordings")[1], status)
        check("and cannot lift that", supervisor.ask("POST", f"/cases/{case}/access", {"guard": supervisor.guard(), "do": "lift", "why": "x y"})[0] == 404)
        status, page, _ = judge.ask("GET", "/cases/" + case)
        check("its judge still does", status == 200 and "minors in it" in page, status)
        check("a schedule does not lift it", world.run("case", "import", place("cases.csv"))[0] == 0
              and supervisor.ask("GET", f"/api/v1/items/{item}?why=x%20y")[0] == 404)
        status, page, _ = judge.ask("POST", f"/cases/{case}/access", {"guard": guard, "do": "lift", "why": "all is public"})
        check("its judge lifts it", status == 200 and supervisor.ask("GET", f"/api/v1/items/{item}?why=x%20y")[0] == 200, status)
        days = [(judge.ask("GET", f"/api/v1/footage?from={first}&to={last}")[1], wanted) for first, last, wanted in
                (("2019-08-10", "2019-08-10", True), ("2019-08-11", "2019-08-12", False), ("2019-08-01", "2019-08-09", False))]
        check("days narrow the list", all((item in body) == wanted for body, wanted in days), days)
        check("what is no day is told", judge.ask("GET", "/api/v1/footage?from=2019-13-01")[0] == 422
              and judge.ask("GET", "/recordings?from=x")[0] == 422)
        access = lambda *words: world.run("case", *words, "--why", "by command")
        other_judge = world.people["judge of the restricted"]
        for words in (("grant", OWN, "--account", "J002"), ("grant", OWN, "--account", "J002", "--until", "2000-01-01"),
                      ("end-access", OWN, "--account", "nobody"), ("lift", OWN), ("restrict", "nonsense")):
            check(f"refused by command, too: {words}", access(*words)[0] == 2, access(*words))
        check("a team by command", access("grant", OWN, "--account", "J002", "--team")[0] == 0
              and other_judge.ask("GET", f"/api/v1/items/{item}?why=x%20y")[0] == 200)
        check("restricted and lifted by command", access("restrict", OWN)[0] == 0 and supervisor.ask("GET", f"/api/v1/items/{item}?why=x%20y")[0] == 404
              and access("lift", OWN)[0] == 0 and supervisor.ask("GET", f"/api/v1/items/{item}?why=x%20y")[0] == 200)
        check("an end by command", access("end-access", OWN, "--account", "J002")[0] == 0
              and other_judge.ask("GET", f"/api/v1/items/{item}?why=x%20y")[0] == 404)
        # What is of a restricted case, too, is seen by those who are on a case of it, without the other.
        world.run("assign", item, RESTRICTED, "--why", "both")
        for path in (f"/api/v1/items/{item}?why=x%20y", f"/api/v1/cases/{case}/footage?why=x%20y", "/api/v1/footage", f"/api/v1/items/{item}/viewings"):
            body = supervisor.ask("GET", path)[1]
            check(f"a supervisor sees nothing of it: {path}", RESTRICTED not in body and f'"{item}"' not in body, body[:300])
            body = judge.ask("GET", path)[1]
            check(f"the other judge does not see the restricted case: {path}", item in body and RESTRICTED not in body and "丁方" not in body, body[:300])
        # His own footage stays his own, and is neither found nor left out by what he may not know.
        officer = world.people["officer"]
        for text, wanted in (("丁方", False), ("-丁方", True), ("甲方", False), ("-甲方", True), ("000048", True), ("-000048", False),
                             ("DSJ 丁方", False), ("DSJ -丁方", True), ("2019闽0602执7", False), ("-J002", True)):
            body = officer.ask("GET", "/api/v1/footage?q=" + quoted(text))[1]
            check(f"an officer finds his own by what he may know: {text}", (f'"{item}"' in body) == wanted and "丁方" not in body and RESTRICTED not in body, body[:300])
        for number in (RESTRICTED, OWN, "（2019）闽0602执999号"):
            check("nor by a case that is not his", json.loads(officer.ask("GET", "/api/v1/footage?case=" + quoted(number))[1])["items"] == [])
        for text, wanted in (("甲方", True), ("-甲方", False), ("丁方", False), ("-丁方", True)):
            body = judge.ask("GET", "/api/v1/footage?q=" + quoted(text))[1]
            check(f"nor a judge: {text}", (f'"{item}"' in body) == wanted, body[:300])
        world.run("unassign", item, RESTRICTED, "--why", "no more")
        # Whom others let in before a case was restricted stays outside.
        supervisor.ask("POST", f"/cases/{case}/access", {"guard": supervisor.guard(), "do": "grant", "account": "s2", "ground": "team", "why": "x y"})
        check("a supervisor lets somebody in", other.ask("GET", f"/api/v1/items/{item}?why=x%20y")[0] == 200)
        judge.ask("POST", f"/cases/{case}/access", {"guard": guard, "do": "restrict", "why": "minors in it"})
        check("who is out again once it is restricted", other.ask("GET", f"/api/v1/items/{item}?why=x%20y")[0] == 404
              and item not in other.ask("GET", "/api/v1/footage")[1])
        listed = json.loads(judge.ask("GET", "/api/v1/cases")[1])["cases"]
        check("the list says that it is restricted", [one["restricted"] for one in listed if one["caseNumber"] == OWN] == [True], listed)
        judge.ask("POST", f"/cases/{case}/access", {"guard": guard, "do": "lift", "why": "all is public"})
        world.run("case", "end-access", OWN, "--account", "s2", "--why", "no more")
        check("who is not there is not let in", judge.ask("POST", f"/cases/{case}/access", {
            "guard": guard, "do": "grant", "account": "nobody", "ground": "team", "why": "x y"})[0] == 422)
        # A part of a recording gives no right to the whole.
        own = world.items[None]
        check("a part is linked", world.run("assign", own, OWN, "--from", "0", "--to", "2", "--why", "test")[0] == 0)
        status, body, _ = judge.ask("GET", f"/api/v1/cases/{case}/footage")
        check("a part shows among the case's footage", status == 200 and own in body, status)
        check("but is not the whole", judge.ask("GET", f"/footage/{own}")[0] == 404)
        kinds = [json.loads(entry)["event"] for entry in world.site.station.entries()]
        check("who was let in stands in the custody log", kinds.count("access-change") == 12, kinds.count("access-change"))
        place.stop(world.site.daemon)
        digests = [world.run("index", "rebuild", "--json")[1] for _ in range(2)]
        check("all of it comes back by a rebuild", digests[0] == digests[1] and digests[0], digests)
        code, out, _ = world.run("audit")
        check("audit has nothing to find", code == 0, out)


def pages():
    rules = axe()
    with places() as place:
        world = World(place)
        browser = Browser()
        try:
            for locale, language, size in (("zh-CN", "zh", (1280, 800)), ("en-GB", "en", (390, 844)), ("zh-CN", "zh", (1920, 1080))):
                page = browser.page(locale, size)
                sign_in(page, world.site, "J001")
                tail = f"{language}-{size[0]}"
                page.goto(world.site.address + "/cases")
                look(page, f"cases-{tail}", rules)
                page.get_by_role("link", name=OWN).click()
                look(page, f"purpose-{tail}", rules)
                page.locator("input[name=purpose]").first.check()
                page.locator("button.main").click()
                page.wait_for_selector("table.lines")
                look(page, f"case-{tail}", rules)
                page.locator("table.lines a").first.click()
                page.wait_for_selector("video")
                look(page, f"item-{tail}", rules)
                page.goto(world.site.address + "/recordings?q=mp4")
                look(page, f"recordings-{tail}", rules)
                check(f"{tail}: a search finds it", page.locator("table.lines tbody tr").count() == 1)
                page.goto(world.site.address + "/recordings?q=nothingofthekind")
                check(f"{tail}: an empty answer says what to do", page.locator("table.lines").count() == 0
                      and len(page.locator("main p").last.inner_text()) > 10)
                page.context.close()
            check("no page complains", not browser.complaints, browser.complaints)
        finally:
            browser.close()


if __name__ == "__main__":
    parts = [rights, opening]
    if sync_playwright and os.path.exists(CHROMIUM):
        parts += [pages]
    else:
        counts["skipped"] += 1
        print("SKIP  the pages in a browser: no Chromium with Playwright here")
    sys.exit(run_parts(*parts))
