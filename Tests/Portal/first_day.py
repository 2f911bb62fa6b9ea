#!/usr/bin/env python3
"""The first day of samples/first-day.md, step by step in a real browser, in both languages. Closes with: N passed,
N failed, N skipped.
"""

import os
import shutil
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from portal import CHROMIUM, PACKAGE, PASSWORD, Browser, Site, axe, check, counts, look, places, run_parts, sign_in, sync_playwright  # noqa: E402

PEOPLE = (("000042", "officer", "闽06"), ("J001", "judge", "闽06"), ("S001", "supervisor", "闽06"), ("N001", "notary", ""))
CASE = "（2019）闽06执123号"


def walk(locale):
    rules, browser = axe(), Browser()
    try:
        with places() as place:
            site = Site(place, EVIDOCK_SECOND_FACTOR="false")
            for name in ("cases", "duties"):
                code, _, errors = site.station.run("case", "import", os.path.join(PACKAGE, f"samples/season/{name}.csv"))
                check(f"the sample {name} are known", code == 0, errors)
            code, _, errors = site.station.run("ingest", *(os.path.join(PACKAGE, "samples/cards", card) for card in ("R1", "R2")))
            check("the samples' footage is taken", code == 0, errors)
            check("something is missing of that day", site.station.run("completeness", "--day", "2019-08-10")[0] == 1)
            names = lambda step: f"first-day-{step}-{locale}"
            go = lambda page, path: page.goto(site.address + path)

            page = browser.page(locale, (1280, 900))
            sign_in(page, site, "admin")
            for name, role, court in PEOPLE:
                go(page, "/accounts")
                page.fill("#name", name)
                page.check(f'input[name="role-{role}"]')
                page.fill("#court", court)
                page.locator('form[action="/accounts/add"] button').click()
                link = page.locator("main").inner_text().split("/join/")[1].split()[0]
                site.join(name, "/join/" + link)
            go(page, "/accounts")
            look(page, names("1-people"), rules)
            page.context.close()

            page = browser.page(locale, (390, 844))
            sign_in(page, site, "000042")
            go(page, "/inbox")
            look(page, names("2-inbox"), rules)
            check("nothing waits in the inbox", page.locator('input[type="checkbox"][name^="pick-"]').count() == 0)
            go(page, "/recordings")
            check("two recordings are his", page.locator('a[href^="/items/"]').count() >= 2)
            page.locator('a[href^="/items/"]').first.click()
            look(page, names("2-recording"), rules)
            linked = "已关联案件" if locale == "zh-CN" else "Linked to a case that is not opened to you"
            check("that it is linked, and not to which case", linked in page.locator("main").inner_text() and CASE not in page.locator("main").inner_text())
            check("it says what it is", "DSJ_R1_000042" in page.locator("main").inner_text() and "SHA-256" in page.locator("main").inner_text())
            go(page, "/field-task")
            page.fill('input[name="case"]', "2019闽06执123")
            page.locator("main form button").last.click()
            check("a field task is entered", page.locator('[role="status"]').count() == 1, page.locator("main").inner_text()[:400])
            page.context.close()

            page = browser.page(locale, (1280, 900))
            sign_in(page, site, "J001")
            go(page, "/cases")
            page.get_by_text(CASE).first.click()
            page.locator('[name="purpose"]').first.check()
            page.locator("button.main").click()
            page.wait_for_selector('a[href^="/items/"]')
            text = page.locator("main").inner_text()
            look(page, names("3-case"), rules)
            check("three recordings", len({one.get_attribute("href") for one in page.locator('a[href^="/items/"]').all()}) == 3)
            check("the gap is among what is missing", "09:30:08" in text or "19 min" in text or "19 分钟" in text, text[:900])
            check("he is among who looked", "J001" in text)
            page.locator('a[href^="/items/"]').first.click()
            film = page.locator("video")
            check("it can be played", film.count() == 1)
            moved = page.evaluate("""async () => {
                const film = document.querySelector('video');
                film.muted = true;
                await film.play();
                for (let turn = 0; turn < 100 && film.currentTime < 0.3; turn++) await new Promise(done => setTimeout(done, 100));
                return film.currentTime;
            }""")
            check("and plays", moved >= 0.3, moved)
            page.context.close()

            page = browser.page(locale, (1280, 900))
            sign_in(page, site, "S001")
            go(page, "/overview")
            look(page, names("4-overview"), rules)
            go(page, "/spot-checks")
            for field, value in (("from", "2019-08-10"), ("to", "2019-08-10"), ("count", "1")):
                page.fill("#" + field, value)
            page.locator('form[action="/spot-checks"] button').click()
            page.wait_for_url("**/spot-checks/*")
            look(page, names("4-spot-check"), rules)
            with open(place("letter.pdf"), "wb") as file:
                file.write(b"%PDF-1.4\n%%EOF\n")
            go(page, "/court-requests")
            for field, value in (("court", "龙海法院"), ("letter", "函1"), ("case", "2019闽06执123"), ("why", "异议审查")):
                page.fill("#" + field, value)
            page.set_input_files("#scan", place("letter.pdf"))
            page.locator("form.card button.main").click()
            page.wait_for_url("**/court-requests/*")
            check("who entered it cannot approve it", page.locator('button[value="approved"]').count() == 0)
            page.context.close()

            page = browser.page(locale, (1280, 900))
            sign_in(page, site, "N001")
            go(page, "/verify")
            known = os.path.join(PACKAGE, "samples/cards/R1/DSJ_R1_000042_20190810_093000.mp4")
            shutil.copy(known, place("changed.mp4"))
            with open(place("changed.mp4"), "r+b") as file:
                file.seek(1000)
                file.write(bytes([file.read(1)[0] ^ 1]))
            page.set_input_files('input[type="file"]', [known, place("changed.mp4")])
            words = ("已有存证记录", "未查到存证记录") if locale == "zh-CN" else ("Known: entered in the custody log", "No record found")
            for word in words:
                page.get_by_text(word, exact=True).first.wait_for(timeout=20_000)
            look(page, names("5-verify"), rules)
            page.context.close()
            check("no page complains", not browser.complaints, browser.complaints)
            code, out, errors = site.station.run("audit")
            check("audit has nothing to find", code == 0, out)
            code, _, errors = site.station.run("export", "--case", CASE, "--out", place("bag"), "--wait", "0")
            check("the case's package", code == 0 and os.path.exists(place("bag", "VERIFY.txt")), errors)
            place.stop(site.daemon)
    finally:
        browser.close()


def chinese():
    """In Chinese."""
    walk("zh-CN")


def english():
    """In English."""
    walk("en-GB")


if __name__ == "__main__":
    parts = [chinese, english]
    if not (sync_playwright and os.path.exists(CHROMIUM)):
        counts["skipped"] += 1
        print("SKIP  the first day in a browser: no Chromium with Playwright here")
        parts = []
    sys.exit(run_parts(*parts))
