#!/usr/bin/env python3
"""What other courts ask for: a letter with its scan, two approvals, a package of the time that was asked for, the
receipt. Closes with: N passed, N failed, N skipped.
"""

import hashlib
import http.client
import json
import os
import shutil
import socket
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from cases import FOREIGN, OWN, RESTRICTED, World  # noqa: E402
from portal import CHROMIUM, Browser, axe, check, counts, look, places, run_parts, sign_in, sync_playwright  # noqa: E402

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def send(client, scan=PDF, guard=None, boundary="----b0undary", **fields):
    """A form with a file, as browsers send it (RFC 7578)."""
    fields = {"guard": guard or client.guard(), **fields}
    body = b"".join(f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
                    for name, value in fields.items())
    if scan is not None:
        body += (f'--{boundary}\r\nContent-Disposition: form-data; name="scan"; filename="<i>函.pdf"\r\n'
                 "Content-Type: application/pdf\r\n\r\n").encode() + scan + b"\r\n"
    return raw(client, body + f"--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}")


def raw(client, body, kind):
    connection = http.client.HTTPConnection(client.host, timeout=60)
    headers = {"Content-Type": kind}
    if client.cookie:
        headers["Cookie"] = "__Host-evidock=" + client.cookie
    connection.request("POST", "/court-requests", body, headers)
    answer = connection.getresponse()
    found = answer.status, answer.read().decode(errors="replace"), answer.headers
    connection.close()
    return found


LETTER = {"court": "漳州<b>中院", "letter": "（2026）闽06调12号", "case": "2019闽0602执123", "why": "异议审查"}


def whole():
    """From the letter to the receipt."""
    with places() as place:
        world = World(place)
        run, people = world.run, world.people
        judge, supervisor, above = people["judge"], people["supervisor"], people["supervisor above"]
        entries = lambda kind: sum(json.loads(entry)["event"] == kind for entry in world.site.station.entries())
        before = entries("order")
        status, page, headers = send(supervisor, **LETTER, **{"from": "2019-08-10", "to": "2019-08-10"})
        check("a letter is entered", status == 303, (status, page[-300:]))
        path = headers["Location"]
        name = path.rsplit("/", 1)[1]
        check("in the custody log", entries("order") == before + 1)
        step = lambda client, **form: client.ask("POST", path, {"guard": client.guard(), **form})
        status, page, _ = supervisor.ask("GET", path)
        check("it says what was asked, and no markup of the letter's", status == 200 and "漳州&lt;b&gt;中院" in page and "<b>中院" not in page)
        check("whoever entered it cannot approve it", 'value="approved"' not in page and step(supervisor, do="approved")[0] == 422)
        check("nothing is packed before", run("export", "--request", name, "--out", place("early"))[0] == 2 and not os.path.exists(place("early")))
        check("nor handed over", step(supervisor, do="delivered", receiver="李某")[0] == 422)
        check("nor said to be packed by a page", step(supervisor, do="packed")[0] == 400)
        status, page, _ = step(judge, do="approved")
        check("the judge approves", status == 200 and 'role="status"' in page, status)
        check("once", step(judge, do="approved")[0] == 422)
        check("one is not enough", run("export", "--request", name, "--out", place("early"))[0] == 2)
        check("another does, too", step(above, do="approved")[0] == 200)
        listed = json.loads(judge.ask("GET", "/api/v1/court-requests")[1])["requests"]
        check("the API tells it", [one["state"] for one in listed] == ["approved"] and len(listed[0]["steps"]) == 2, listed)
        letter = judge.ask("GET", path + "/letter")
        check("the letter is there, and seen", letter[0] == 200 and letter[1].encode() == PDF and letter[2]["Content-Type"] == "application/pdf")
        check("as a file, never a page", letter[2]["Content-Disposition"].startswith("attachment"))
        document = listed[0]["document"]
        check("sealed as it came", json.loads(run("show", document, "--json")[1])["sha256"] == hashlib.sha256(PDF).hexdigest())
        check("its digest is entered", listed[0]["sha256"] == hashlib.sha256(PDF).hexdigest())

        code, out, errors = run("export", "--request", name, "--out", place("bag"), "--json", "--wait", "0")
        check("the package is made", code == 0 and json.loads(out)["items"] == 1, (code, out, errors))
        footage = [file for _, _, files in os.walk(place("bag", "data")) for file in files]
        check("of the case's footage alone", [file for file in footage if file.endswith(".mp4")] == [world.items[OWN] + "_DSJ_R1_000048_20190810_083000.mp4"], footage[:20])
        with open(place("bag", "tagmanifest-sha256.txt"), "rb") as file:
            bag = hashlib.sha256(file.read()).hexdigest()
        code, out, _ = run("verify", place("bag"))
        check("anybody can verify it", code in (0, 1) and "Digests of the footage: holds (files: 1" in out, (code, out))
        seen = json.loads(run("show", world.items[OWN], "--json")[1])["custody"]
        check("its disclosure stands in the custody log", any(one["event"] == "disclosure" for one in seen), seen)
        status, page, _ = judge.ask("GET", path)
        check("its digest stands on the page", status == 200 and bag in page)
        check("who receives it has to be said", step(judge, do="delivered")[0] == 422)
        status, page, _ = step(judge, do="delivered", receiver="李某 <i>")
        check("it is handed over", status == 200 and "李某 &lt;i&gt;" in page, status)
        check("and stays so", step(above, do="refused", why="too late")[0] == 422 and run("export", "--request", name, "--out", place("again"))[0] == 2)
        code, out, errors = run("index", "rebuild")
        check("the daemon holds the root", code == 6, (code, errors))

        # By command alone, with a time that has no footage.
        os.makedirs(place("letters"))
        with open(place("letters", "letter.pdf"), "wb") as file:
            file.write(PDF + b"%another\n")
        add = lambda *more: run("court-request", "add", "--letter", "函2", "--file", place("letters", "letter.pdf"), "--court", "龙海法院", "--case", "2019闽0602执123", "--why", "核实", *more)
        code, out, errors = add("--from", "2019-08-11", "--json")
        check("by command, too", code == 0, (code, out, errors))
        second = json.loads(out)
        check("it says how it stands", second["state"] == "open" and second["by"] == f"uid:{os.getuid()}", second)
        check("one's own is not approved", run("court-request", "approve", second["request"])[0] == 2)
        other = "/court-requests/" + second["request"]
        for client in (judge, supervisor):
            check("it is approved", client.ask("POST", other, {"guard": client.guard(), "do": "approved"})[0] == 200)
        code, out, errors = run("export", "--request", second["request"], "--out", place("none"))
        check("where nothing is of that time, that is told, and nothing is made", code == 1 and not os.path.exists(place("none")), (code, errors))
        # Eight seconds from 08:30:00 on: what touches the time goes along, what does not stays.
        for first, last, wanted in (("2019-08-10T08:30:05", "2019-08-10T09:00:00", 1), ("2019-08-10T08:30:09", "2019-08-10T09:00:00", 0),
                                    ("2019-08-10T08:00:00", "2019-08-10T08:30:00", 1), ("2019-08-10T08:00:00", "2019-08-10T08:29:59", 0)):
            code, out, errors = add("--from", first + "+08:00", "--to", last + "+08:00", "--json")
            ranged = json.loads(out)["request"] if out else ""
            for client in (judge, supervisor):
                client.ask("POST", "/court-requests/" + ranged, {"guard": client.guard(), "do": "approved"})
            code, out, errors = run("export", "--request", ranged, "--out", place("bag" + ranged), "--json", "--wait", "0")
            check(f"from {first} to {last}: {wanted}", code == (0 if wanted else 1) and (json.loads(out)["items"] if out else 0) == wanted, (code, out, errors))
        check("it can be refused still", run("court-request", "refuse", second["request"], "--why", "无录像")[0] == 0)
        code, out, _ = run("court-request", "list")
        check("both are listed", code == 0 and "函2" in out and "handed over" in out and "refused" in out, out)
        check("in Chinese", "不予调取" in world.site.station.run("court-request", "list", LC_ALL="zh_CN.UTF-8", LANG="zh_CN.UTF-8")[1])
        check("a scan that is none", add("--file", place("cases.csv"))[0] == 2)

        place.stop(world.site.daemon)
        listing = lambda: run("court-request", "list", "--json")[1]
        known = listing()
        check("the index is made anew", run("index", "rebuild")[0] == 0)
        check("and says the same", listing() == known)


def rights():
    """Who may, and what is malformed."""
    with places() as place:
        world = World(place)
        people = world.people
        supervisor, judge = people["supervisor"], people["judge"]
        size = len(world.site.station.entries())
        for who in ("out", "admin", "officer", "notary"):
            status = people[who].ask("GET", "/court-requests")[0]
            check(f"{who} is not shown any", status == (401 if who == "out" else 404), status)
            check(f"{who} is not told by the API", people[who].ask("GET", "/api/v1/court-requests")[0] == (401 if who == "out" else 404))
        for wrong in ({"case": FOREIGN}, {"case": RESTRICTED}, {"case": "（2019）闽0602执999号"}):
            status, page, _ = send(supervisor, **{**LETTER, **wrong})
            check(f"not of a case that is not his: {wrong}", status == 422 and "执123" not in page.split("<form")[0], status)
        pages = [send(supervisor, **{**LETTER, "case": number})[1].replace(number, "") for number in (RESTRICTED, "（2019）闽0602执999号")]
        check("what there is, is not told from what is not", pages[0] == pages[1])
        for wrong in ({"court": ""}, {"letter": ""}, {"why": ""}, {"case": "nonsense"}, {"from": "yesterday"},
                      {"from": "2019-08-11", "to": "2019-08-10"}, {"letter": "a\u202eb"}, {"court": "x" * 300}):
            status, page, _ = send(supervisor, **{**LETTER, **wrong})
            check(f"refused, and what was typed stays: {wrong}", status == 422 and 'role="alert"' in page and "异议审查" in page or wrong == {"why": ""} and status == 422, status)
        for scan in (None, b"", b"<html>", b"\x89PNG\r\n\x1a\n"):
            status, page, _ = send(supervisor, scan=scan, **LETTER)
            check(f"no PDF: {scan}", status == 422 and world.site.station.root not in page, status)
        # Who has not signed in is told so before anything of a large body is taken.
        line = socket.create_connection(tuple([supervisor.host.split(":")[0], int(supervisor.host.split(":")[1])]), timeout=20)
        line.sendall(b"POST /court-requests HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 33000000\r\n\r\n--b\r\n")
        check("a stranger's letter is not waited for", line.recv(4096).startswith(b"HTTP/1.1 401 "))
        line.close()
        check("another page's form", send(supervisor, guard="x" * 43, **LETTER)[0] == 403)
        check("a form without a file", supervisor.ask("POST", "/court-requests", {"guard": supervisor.guard(), **LETTER})[0] == 415)
        good = f'--b\r\nContent-Disposition: form-data; name="guard"\r\n\r\n{supervisor.guard()}\r\n'.encode()
        for body, kind in ((b"", "b"), (b"--b", "b"), (good, "b"), (good + good + b"--b--\r\n", "b"), (good + b"--b--", "c"), (b"--b\r\n\r\n\r\n\r\n--b--", "b"),
                           (b"--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--", "b"), (good * 40 + b"--b--", "b"), (good, "x" * 200)):
            status = raw(supervisor, body, f"multipart/form-data; boundary={kind}")[0]
            check(f"malformed: {body[:24]} by {kind[:3]}", status == 400, status)
        check("too large", raw(supervisor, b"x" * (33 << 20), "multipart/form-data; boundary=b")[0] == 413)
        check("nothing was entered", len(world.site.station.entries()) == size, len(world.site.station.entries()) - size)
        # A scan that holds what ends a form's part elsewhere.
        tricky = PDF + b"\r\n--b0undary--\r\n--\r\n" + bytes(range(256)) * 3
        status, _, headers = send(supervisor, scan=tricky, **LETTER)
        name = headers["Location"]
        document = json.loads(judge.ask("GET", "/api/v1/court-requests")[1])["requests"][0]
        check("a scan comes whole", status == 303 and document["sha256"] == hashlib.sha256(tricky).hexdigest())
        for who in ("supervisor of another", "judge of the restricted", "officer", "admin", "notary"):
            for route in (name, name + "/letter"):
                check(f"{who}: {route} is not there", people[who].ask("GET", route)[0] == 404)
            check(f"{who} does not approve it", people[who].ask("POST", name, {"guard": people[who].guard(), "do": "approved"})[0] == 404)
        listed = people["supervisor of another"].ask("GET", "/api/v1/court-requests")
        check("nor does he see it listed", listed[0] == 200 and json.loads(listed[1]) == {"requests": []})
        code, _, _ = world.run("case", "restrict", OWN, "--why", "test")
        check("of a case that becomes restricted others see it no more", code == 0 and supervisor.ask("GET", name)[0] == 404 and judge.ask("GET", name)[0] == 200)


def pages():
    """In a real browser, in both languages."""
    rules = axe()
    with places() as place:
        world = World(place)
        browser = Browser()
        with open(place("letter.pdf"), "wb") as file:
            file.write(PDF)
        for locale, size in (("zh-CN", (1280, 900)), ("en-GB", (390, 844))):
            page = browser.page(locale, size)
            sign_in(page, world.site, "s1")
            page.goto(world.site.address + "/court-requests")
            look(page, f"court-requests-{locale}", rules)
            for field in ("court", "letter", "case", "why"):
                page.fill("#" + field, LETTER[field])
            page.set_input_files("#scan", place("letter.pdf"))
            page.locator("form.card button.main").click()
            page.wait_for_url("**/court-requests/*")
            look(page, f"court-request-{locale}", rules)
            path = page.url
            for person in ("J001", "s3"):
                other = browser.page(locale, size)
                sign_in(other, world.site, person)
                other.goto(path)
                other.locator('button[value="approved"]').click()
                other.wait_for_selector('[role="status"]')
                other.context.close()
            shutil.rmtree(place("bag"), ignore_errors=True)
            world.run("export", "--request", path.rsplit("/", 1)[1], "--out", place("bag"), "--wait", "0")
            page.goto(path)
            page.fill("#receiver", "李某")
            look(page, f"court-request-packed-{locale}", rules)
            page.locator('button[value="delivered"]').click()
            page.wait_for_selector('[role="status"]')
            page.emulate_media(media="print")
            look(page, f"court-request-receipt-{locale}", rules)
            check("print shows no form", page.locator("form.search:visible").count() == 0)
            page.context.close()
        check("no page complains", not browser.complaints, browser.complaints)
        browser.close()


if __name__ == "__main__":
    parts = [whole, rights]
    if sync_playwright and os.path.exists(CHROMIUM):
        parts += [pages]
    else:
        counts["skipped"] += 1
        print("SKIP  the pages in a browser: no Chromium with Playwright here")
    sys.exit(run_parts(*parts))
