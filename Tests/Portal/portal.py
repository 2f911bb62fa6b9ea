#!/usr/bin/env python3
"""The pages in a real browser: joining, signing in, rights, the dock with a real volume in it; both languages,
three widths, axe-core's rules. Screenshots go to .build/test-screenshots. Closes with: N passed, N failed,
N skipped.
"""

import base64
import hashlib
import hmac
import http.client
import json
import os
import signal
import socket
import ssl
import struct
import subprocess
import sys
import time
import urllib.parse
import urllib.request

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "Commands"))

from notary import PACKAGE, Station, check, counts, free_port, places, run_parts, until  # noqa: E402

try:
    from playwright.sync_api import sync_playwright
except ImportError:
    sync_playwright = None
CHROMIUM = "/usr/bin/chromium"
SHOTS = os.path.join(PACKAGE, ".build/test-screenshots")
PASSWORD = "vier worte im regen"
SIZES = ((1920, 1080), (1280, 800), (390, 844))
LANGUAGES = (("zh-CN", "zh"), ("en-GB", "en"))


def totp(secret, step=0):
    """RFC 6238 by Python's own means; `step` counts from now."""
    counter = struct.pack(">Q", int(time.time()) // 30 + step)
    digest = hmac.new(base64.b32decode(secret), counter, hashlib.sha1).digest()
    offset = digest[19] & 15
    return "%06d" % ((struct.unpack(">I", digest[offset:offset + 4])[0] & 0x7FFFFFFF) % 1000000)


class Client:
    """A program that speaks HTTP: sees every header, follows nothing."""

    def __init__(self, address):
        self.host = address.removeprefix("http://")
        self.cookie = None

    def ask(self, method, path, form=None, **headers):
        connection = http.client.HTTPConnection(self.host, timeout=30)
        headers = {key.replace("_", "-"): value for key, value in headers.items()}
        body = None
        if form is not None:
            body = urllib.parse.urlencode(form)
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        if self.cookie:
            headers["Cookie"] = "__Host-evidock=" + self.cookie
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        found = answer.status, answer.read().decode(errors="replace"), answer.headers
        connection.close()
        return found

    def sign_in(self, name, code, password=PASSWORD):
        status, body, headers = self.ask("POST", "/sign-in", {"name": name, "password": password, "code": code})
        cookie = headers.get("Set-Cookie", "")
        if status == 303:
            self.cookie = cookie.split("=", 1)[1].split(";")[0]
        return status, body, headers

    def guard(self):
        """What the forms of this session carry."""
        return self.ask("GET", "/")[1].split('name="guard" value="')[1].split('"')[0]


class Site:
    """A station that serves its pages, and its first administrator."""

    def __init__(self, place, **changes):
        self.place = place
        self.station = Station(place, "st")
        self.port = free_port()
        self.start(**changes)
        self.codes = {}
        self.admin = self.join("admin", self.first_link())

    def start(self, **changes):
        self.daemon, self.address = self.station.serve(f"127.0.0.1:{self.port}", **changes)

    def first_link(self):
        with open(self.daemon.errors) as file:
            return "/join/" + file.read().split("/join/")[1].split()[0]

    def join(self, name, path):
        """Takes a one-time link up; gives a client that is signed in."""
        client = Client(self.address)
        page = client.ask("GET", path)[1]
        form = {"password": PASSWORD, "again": PASSWORD}
        if "<code>" in page:
            form["code"] = totp(page.split("<code>")[1].split("<")[0].replace(" ", ""))
        status, page, _ = client.ask("POST", path, form)
        check(f"{name} joins", status == 200, (status, page))
        self.codes[name] = [part.split("<")[0] for part in page.split("<code>")[1:]]
        status, page, _ = client.sign_in(name, self.codes[name].pop() if self.codes[name] else "")
        check(f"{name} signs in", status == 303, (status, page))
        return client

    def person(self, name, role):
        code, out, errors = self.station.run("user", "add", name, "--role", role, "--court", "闽0602")
        check(f"an account for {name}", code == 0 and "/join/" in out, (code, out, errors))
        return self.join(name, "/join/" + out.split("/join/")[1].strip())


def signing_in():
    with places() as place:
        site = Site(place)
        client = Client(site.address)
        link = site.first_link()
        check("a link serves once", client.ask("GET", link)[0] == 422, client.ask("GET", link))
        code, out, errors = site.station.run("user", "list")
        check("the first account is listed", code == 0 and out.strip() == "admin  admin  may sign in", (code, out, errors))
        wrong = [client.sign_in(*arguments)[:2] for arguments in
                 (("nobody", "000000"), ("admin", "000000"), ("admin", site.codes["admin"][0], "falsch falsch"))]
        pages = {page.replace('value="nobody"', 'value="admin"') for _, page in wrong}
        check("whatever was wrong, the answer is one", [status for status, _ in wrong] == [403] * 3 and len(pages) == 1, wrong)
        code = site.codes["admin"].pop()
        status, _, headers = client.sign_in("admin", code)
        cookie = headers["Set-Cookie"]
        check("the cookie is for this host alone and no script's",
              cookie.startswith("__Host-evidock=") and all(part in cookie for part in ("Path=/", "Secure", "HttpOnly", "SameSite=Strict"))
              and "Domain" not in cookie, cookie)
        other = Client(site.address)
        check("a code serves once", other.sign_in("admin", code)[0] == 403)
        before = client.cookie
        client.sign_in("admin", site.codes["admin"].pop())
        old = Client(site.address)
        old.cookie = before
        check("signing in anew makes a new session and ends the old one",
              client.cookie != before and old.ask("GET", "/")[0] == 303 and client.ask("GET", "/")[0] == 200)
        fixed = Client(site.address)
        fixed.cookie = "a" * 32
        check("a session that somebody made up is none", fixed.ask("GET", "/")[0] == 303)
        check("nothing changes without the form's own word",
              client.ask("POST", "/sign-out", {})[0] == 403 and client.ask("GET", "/")[0] == 200)
        guard = client.guard()
        check("nor from somebody else's page",
              client.ask("POST", "/sign-out", {"guard": guard}, Origin="https://elsewhere.example")[0] == 403
              and client.ask("POST", "/sign-out", {"guard": guard}, Sec_Fetch_Site="cross-site")[0] == 403)
        check("signing out ends it", client.ask("POST", "/sign-out", {"guard": guard}, Origin=site.address)[0] == 303
              and client.ask("GET", "/")[0] == 303)
        stubborn = Client(site.address)
        answers = [stubborn.sign_in("nobody", "")[0] for _ in range(6)]
        status, page, headers = stubborn.sign_in("nobody", "")
        check("who fails again and again waits", 429 in answers or status == 429, (answers, status))
        check("a form that is no form is told so", client.ask("POST", "/sign-in", None, Content_Type="text/plain")[0] == 415)
        status, page, _ = client.ask("GET", "/sign-in", Accept_Language="en")
        check("a page is in the language that is asked for", 'lang="en"' in page and "Sign in" in page)
        status, page, _ = client.ask("GET", "/sign-in")
        check("and in Chinese where none is", 'lang="zh-CN"' in page and "登录" in page)
        leaves = [line for line in site.station.entries() if b"admin" in line]
        check("no name stands in a leaf", not leaves, leaves)
        stored = open(site.station.root + "/accounts.sqlite", "rb").read()
        check("the accounts are their owner's alone", os.stat(site.station.root + "/accounts.sqlite").st_mode & 0o777 == 0o600
              and PASSWORD.encode() not in stored)
        check("stops cleanly", place.stop(site.daemon) == 0)
        code, out, _ = site.station.run("audit")
        check("audit has nothing to find", code == 0, out)


# Every route that anybody may ask for, with what each role is answered; "out" is nobody.
MATRIX = {
    ("GET", "/"): {"out": 303, "officer": 200, "judge": 200, "notary": 200, "supervisor": 200, "admin": 200},
    ("GET", "/api/v1/state"): {"out": 401, "officer": 200, "judge": 200, "notary": 200, "supervisor": 200, "admin": 200},
    ("GET", "/accounts"): {"out": 401, "officer": 404, "judge": 404, "notary": 404, "supervisor": 404, "admin": 200},
    ("POST", "/accounts/add"): {"out": 401, "officer": 404, "judge": 404, "notary": 404, "supervisor": 404, "admin": 422},
    ("POST", "/accounts/change"): {"out": 401, "officer": 404, "judge": 404, "notary": 404, "supervisor": 404, "admin": 400},
    ("GET", "/verify"): {"out": 401, "officer": 404, "judge": 200, "notary": 200, "supervisor": 200, "admin": 404},
    ("POST", "/verify"): {"out": 401, "officer": 404, "judge": 200, "notary": 200, "supervisor": 200, "admin": 404},
    ("POST", "/api/v1/verify"): {"out": 401, "officer": 404, "judge": 200, "notary": 200, "supervisor": 200, "admin": 404},
    ("GET", "/api/v1/proofs/0"): {"out": 401, "officer": 404, "judge": 200, "notary": 200, "supervisor": 200, "admin": 404},
    ("GET", "/api/v1/entries/0"): {"out": 401, "officer": 404, "judge": 200, "notary": 200, "supervisor": 200, "admin": 404},
    ("GET", "/api/v1/proofs/999999"): {"out": 401, "officer": 404, "judge": 404, "notary": 404, "supervisor": 404, "admin": 404},
    ("GET", "/inbox"): {"out": 401, "officer": 200, "judge": 404, "notary": 404, "supervisor": 404, "admin": 404},
    ("POST", "/inbox"): {"out": 401, "officer": 422, "judge": 404, "notary": 404, "supervisor": 404, "admin": 404},
    ("GET", "/cases"): dict.fromkeys(("officer", "judge", "notary", "supervisor"), 200) | {"out": 401, "admin": 404},
    ("GET", "/recordings"): dict.fromkeys(("officer", "judge", "notary", "supervisor"), 200) | {"out": 401, "admin": 404},
    ("GET", "/api/v1/cases"): dict.fromkeys(("officer", "judge", "notary", "supervisor"), 200) | {"out": 401, "admin": 404},
    ("GET", "/api/v1/footage"): dict.fromkeys(("officer", "judge", "notary", "supervisor"), 200) | {"out": 401, "admin": 404},
    ("GET", "/me"): dict.fromkeys(("officer", "judge", "notary", "supervisor", "admin"), 200) | {"out": 401},
    ("POST", "/me"): dict.fromkeys(("officer", "judge", "notary", "supervisor", "admin"), 400) | {"out": 401},
    ("GET", "/claims"): dict.fromkeys(("officer", "judge", "notary", "admin"), 404) | {"out": 401, "supervisor": 200},
    ("POST", "/claims"): dict.fromkeys(("officer", "judge", "notary", "admin"), 404) | {"out": 401, "supervisor": 400},
    ("GET", "/field-task"): dict.fromkeys(("judge", "notary", "supervisor", "admin"), 404) | {"out": 401, "officer": 200},
    ("POST", "/field-task"): dict.fromkeys(("judge", "notary", "supervisor", "admin"), 404) | {"out": 401, "officer": 422},
    ("GET", "/dock/confirm/0602-0"): dict.fromkeys(("out", "officer", "judge", "notary", "supervisor", "admin"), 404),
    ("POST", "/dock/confirm/0602-0"): dict.fromkeys(("out", "officer", "judge", "notary", "supervisor", "admin"), 404),
    ("GET", "/dock/code/0602-0"): dict.fromkeys(("out", "officer", "judge", "notary", "supervisor", "admin"), 200),
    ("GET", "/dock/code/x"): dict.fromkeys(("out", "officer", "judge", "notary", "supervisor", "admin"), 404),
    ("GET", "/overview"): dict.fromkeys(("officer", "judge", "notary", "admin"), 404) | {"out": 401, "supervisor": 200},
    ("GET", "/api/v1/overview"): dict.fromkeys(("officer", "judge", "notary", "admin"), 404) | {"out": 401, "supervisor": 200},
    ("GET", "/spot-checks"): dict.fromkeys(("officer", "judge", "notary", "admin"), 404) | {"out": 401, "supervisor": 200},
    ("POST", "/spot-checks"): dict.fromkeys(("officer", "judge", "notary", "admin"), 404) | {"out": 401, "supervisor": 422},
    ("GET", "/spot-checks/0602-0"): dict.fromkeys(("officer", "judge", "notary", "supervisor", "admin"), 404) | {"out": 401},
    ("POST", "/verify/sign-off"): dict.fromkeys(("officer", "judge", "supervisor", "admin"), 404) | {"out": 401, "notary": 422},
    ("POST", "/verify/consistency"): {"out": 401, "officer": 404, "judge": 422, "notary": 422, "supervisor": 422, "admin": 404},
    ("POST", "/alerts"): dict.fromkeys(("officer", "judge", "notary"), 404) | {"out": 401, "supervisor": 303, "admin": 303},
    ("POST", "/accounts/token"): {"out": 401, "officer": 404, "judge": 404, "notary": 404, "supervisor": 404, "admin": 422},
    ("GET", "/check"): dict.fromkeys(("out", "officer", "judge", "notary", "supervisor", "admin"), 404),
    ("GET", "/help"): dict.fromkeys(("officer", "judge", "notary", "supervisor", "admin"), 200) | {"out": 401},
    ("GET", "/cases/x"): dict.fromkeys(("officer", "judge", "notary", "supervisor", "admin"), 404) | {"out": 401},
    ("POST", "/cases/x/purpose"): dict.fromkeys(("officer", "judge", "notary", "supervisor", "admin"), 404) | {"out": 401},
    ("POST", "/cases/x/access"): dict.fromkeys(("officer", "judge", "notary", "supervisor", "admin"), 404) | {"out": 401},
    ("GET", "/items/0602-0"): dict.fromkeys(("officer", "judge", "notary", "supervisor", "admin"), 404) | {"out": 401},
    ("GET", "/footage/0602-0"): dict.fromkeys(("officer", "judge", "notary", "supervisor", "admin"), 404) | {"out": 401},
    ("GET", "/api/openapi.json"): dict.fromkeys(("out", "officer", "judge", "notary", "supervisor", "admin"), 200),
    ("GET", "/sign-in"): {"out": 200, "officer": 303, "judge": 303, "notary": 303, "supervisor": 303, "admin": 303},
    ("GET", "/dock"): dict.fromkeys(("out", "officer", "judge", "notary", "supervisor", "admin"), 200),
    ("GET", "/log/checkpoint"): dict.fromkeys(("out", "officer", "judge", "notary", "supervisor", "admin"), 200),
    ("GET", "/health"): dict.fromkeys(("out", "officer", "judge", "notary", "supervisor", "admin"), 200),
    ("GET", "/metrics"): dict.fromkeys(("out", "officer", "judge", "notary", "supervisor", "admin"), 200),
    ("GET", "/assets/style.css"): dict.fromkeys(("out", "officer", "judge", "notary", "supervisor", "admin"), 200),
    ("GET", "/nothing"): dict.fromkeys(("out", "officer", "judge", "notary", "supervisor", "admin"), 404),
    ("GET", "/join/aaaa"): dict.fromkeys(("out", "officer", "judge", "notary", "supervisor", "admin"), 422),
}
HEADERS = ("Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy", "X-Frame-Options",
           "Cross-Origin-Opener-Policy", "Cache-Control")


def rights():
    with places() as place:
        site = Site(place)
        clients = {"out": Client(site.address), "admin": site.admin}
        for role in ("officer", "judge", "notary", "supervisor"):
            clients[role] = site.person(f"a-{role}", role)
        guards = {role: client.guard() for role, client in clients.items() if role != "out"}
        for (method, path), wanted in MATRIX.items():
            found, bare = {}, {}
            for role, client in clients.items():
                form = {"guard": guards.get(role, "")} if method == "POST" else None
                status, body, headers = client.ask(method, path, form, X_Evidock_Guard=guards.get(role, ""))
                found[role] = status
                missing = [name for name in HEADERS if name not in headers]
                if missing or headers.get("Content-Security-Policy", "").count("'none'") < 3:
                    bare[role] = missing
            check(f"{method} {path}: each role is answered as it should be", found == wanted, found)
            check(f"{method} {path}: every header is there", not bare, bare)
        nothing = clients["officer"].ask("GET", "/nothing")[1]
        check("what is not for somebody looks like what is not there", clients["officer"].ask("GET", "/accounts")[1] == nothing)
        admin = clients["admin"]
        status, page, _ = admin.ask("POST", "/accounts/change", {"guard": guards["admin"], "name": "admin", "do": "disable"})
        check("the last administrator stays", status == 422 and admin.ask("GET", "/")[0] == 200, status)
        status, page, _ = admin.ask("POST", "/accounts/change", {"guard": guards["admin"], "name": "a-judge", "do": "disable"})
        check("who is locked out is out at once", status == 200 and clients["judge"].ask("GET", "/")[0] == 303, status)
        for name in ("<b>x</b>", "a b", "", "x" * 41, "\u0d4e<b>x</b>", 'a"\u0301'):
            status, page, _ = admin.ask("POST", "/accounts/add", {"guard": guards["admin"], "name": name, "role-judge": "1"})
            check(f"no account is called {name[:9]!r}", status == 422 and "<b>x</b>" not in page, status)
        status, page, _ = admin.ask("POST", "/accounts/add",
                                    {"guard": guards["admin"], "name": "b-judge", "role-judge": "1", "court": "<i>闽</i>"})
        check("what was typed shows as it was typed", status == 200 and "<i>" not in page and "&lt;i&gt;" in page, status)
        for sign in ("\u0d4e", "\u0600", "\u200d", ""):
            for mark in ("", "\u0301", "\ufe0f"):
                status, page, _ = Client(site.address).ask(
                    "POST", "/sign-in", {"name": f'{sign}<i{mark}>{sign}"{mark}', "password": "x"}, X_Forwarded_For="10.3.3.3")
                check("no sign that joins another lets it through", f"{sign}<i{mark}>" not in page
                      and (f'{sign}"{mark}' not in page or not sign + mark), page[-900:])
        kinds = [line for line in site.station.entries() if b'"account-change"' in line]
        check("every change of an account is in the custody log", len(kinds) >= 12, len(kinds))
        for path in ("/dock", "/log/checkpoint", "/health"):
            other = Client(site.address)
            status = other.ask("GET", path, X_Forwarded_For="10.9.8.7")[0]
            check(f"{path} is for listed addresses", status in (403, 404), status)


def damaged():
    """Accounts that cannot be read keep nothing else from working, and open nothing."""
    with places() as place:
        site = Site(place)
        place.stop(site.daemon)
        path = site.station.root + "/accounts.sqlite"
        for name in (path + "-wal", path + "-shm"):
            if os.path.exists(name):
                os.remove(name)
        with open(path, "wb") as file:
            file.write(b"no database at all, but long enough to be taken for one " * 100)
        site.start()
        check("footage is taken in", site.station.ingest()[0] == 0)
        client = Client(site.address)
        check("the custody log is served", client.ask("GET", "/log/checkpoint")[0] == 200)
        check("to listed addresses alone", client.ask("GET", "/log/checkpoint", X_Forwarded_For="10.9.8.7")[0] == 403)
        check("and pages are not", client.ask("GET", "/sign-in")[0] == 404)
        # Somebody who sends half of what he said keeps nothing from stopping.
        with socket.create_connection(("127.0.0.1", site.port)) as stuck:
            stuck.sendall(b"POST /language HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf")
            begin = time.monotonic()
            code = place.stop(site.daemon)
            check("a request that never ends keeps nothing from stopping", code == 0 and time.monotonic() - begin < 30,
                  (code, time.monotonic() - begin))


def encrypted():
    with places() as place:
        station = Station(place, "st")

        def certificate(number):
            subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                            "-subj", f"/CN=n{number}", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", place(f"{number}.key"),
                            "-out", place(f"{number}.pem")], check=True, capture_output=True)

        def put(number):
            for kind in ("pem", "key"):
                os.replace(place(f"{number}.{kind}"), place(f"now.{kind}"))

        def shown():
            """What the other end presents, verified; the names of the certificate and of the protocol."""
            context = ssl.create_default_context(cafile=place("now.pem"))
            try:
                with socket.create_connection(("127.0.0.1", port), timeout=10) as plain:
                    with context.wrap_socket(plain, server_hostname="127.0.0.1") as one:
                        return one.getpeercert()["subject"][0][0][1], one.version()
            except OSError as error:
                return str(error), None

        film = os.urandom((5 << 19) + 17)
        os.makedirs(place("film"))
        with open(place("film/DSJ_R1_000042_20190810_093000.mp4"), "wb") as file:
            file.write(film)
        item = json.loads(station.run("ingest", place("film"), "--json")[1].splitlines()[0])["item"]
        station.run("user", "add", "000042", "--role", "officer")
        token = station.run("user", "token", "000042", "--name", "t", "--scope", "footage", "--days", "1")[1].strip()
        certificate(1)
        certificate(2)
        put(1)
        with open(station.settings, "a") as file:
            file.write(f"tlsCertificate: {place('now.pem')}\ntlsKey: {place('now.key')}\n")
        port = free_port()
        daemon, _ = station.serve(f"0.0.0.0:{port}")
        check("with a certificate any address will do", shown() == ("n1", "TLSv1.3"), shown())
        context = ssl.create_default_context(cafile=place("now.pem"))
        with urllib.request.urlopen(f"https://127.0.0.1:{port}/sign-in", context=context, timeout=10) as answer:
            check("browsers are told to stay with it", "max-age" in (answer.headers.get("Strict-Transport-Security") or ""),
                  dict(answer.headers))
        for first, last in ((0, len(film) - 1), (1048000, 2098000), (len(film) - 5, len(film) - 1), (7, 7)):
            wanted = urllib.request.Request(f"https://127.0.0.1:{port}/footage/{item}",
                                            headers={"Authorization": f"Bearer {token}", "Range": f"bytes={first}-{last}"})
            with urllib.request.urlopen(wanted, context=context, timeout=10) as answer:
                check("footage comes through encrypted, byte by byte", answer.read() == film[first:last + 1], (first, last))
        old = ssl.create_default_context(cafile=place("now.pem"))
        old.minimum_version, old.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
        old.set_ciphers("ALL:@SECLEVEL=0")
        try:
            urllib.request.urlopen(f"https://127.0.0.1:{port}/sign-in", context=old, timeout=10)
            check("nothing old is spoken", False)
        except OSError:
            check("nothing old is spoken", True)
        open(place("now.key"), "w").write("nonsense")
        time.sleep(6)
        check("a spoiled key changes nothing", shown() == ("n1", "TLSv1.3"), shown())
        put(2)
        check("another certificate is taken up by itself", until(lambda: shown() == ("n2", "TLSv1.3"), 30), shown())
        check("stops cleanly", place.stop(daemon) == 0)
        open(place("now.key"), "w").write("nonsense")
        daemon, _ = station.serve(f"127.0.0.1:{port}")
        errors = open(daemon.errors).read()
        check("one that cannot be used is told, and keeps no footage out", daemon.poll() is None and "now.pem" in errors
              and station.ingest()[0] == 0, errors)
        place.stop(daemon)
        plain = Station(place, "plain")
        code, _, errors = plain.run("serve", "--dock-root", plain.docks, "--listen", f"0.0.0.0:{port}")
        check("without one only this machine's own address will do", code == 2 and "tlsCertificate" in errors, (code, errors))


# MARK: - the browser

class Browser:
    def __init__(self):
        self.playwright = sync_playwright().start()
        self.chromium = self.playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        self.complaints = []

    def page(self, locale, size, **more):
        context = self.chromium.new_context(
            locale=locale, viewport={"width": size[0], "height": size[1]}, **more)
        page = context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda message: self.complaints.append((message.text, message.location))
                if message.type == "error" and not self.is_wanted(message) else None)
        return page

    @staticmethod
    def is_wanted(message):
        """A station that was stopped, and what is refused on purpose."""
        return "ERR_" in message.text or "Failed to load resource" in message.text and any(
            part in message.location["url"] for part in ("/nothing", "/join/"))

    def close(self):
        self.chromium.close()
        self.playwright.stop()


def sign_in(page, site, name):
    page.goto(site.address + "/sign-in")
    page.fill("#name", name)
    page.fill("#password", PASSWORD)
    page.locator("button.main").click()
    page.wait_for_url(site.address + "/")


def axe():
    """axe-core's own text (PyPI: axe-playwright-python); nil where it is not here."""
    try:
        import axe_playwright_python
    except ImportError:
        return None
    with open(os.path.join(os.path.dirname(axe_playwright_python.__file__), "axe.min.js")) as file:
        return file.read()


def look(page, name, rules):
    """A page as it should be: nothing beside the screen's edge, nothing against WCAG; and its picture."""
    os.makedirs(SHOTS, exist_ok=True)
    page.screenshot(path=os.path.join(SHOTS, name + ".png"), full_page=True)
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    check(f"{name}: fits its width", wide <= 0, wide)
    if rules is None:
        counts["skipped"] += 1
        print(f"SKIP  {name}: no axe-core here")
        return
    page.evaluate(rules)
    found = page.evaluate(
        "axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})")
    broken = [(one["id"], [node["html"][:120] for node in one["nodes"]]) for one in found["violations"]]
    check(f"{name}: keeps WCAG 2.2 AA", not broken, broken)


def pages():
    rules = axe()
    with places() as place:
        # A trial: so many signings-in would each wait for a code of its own.
        site = Site(place, EVIDOCK_SECOND_FACTOR="false")
        browser = Browser()
        try:
            for locale, language in LANGUAGES:
                for scheme in ("light", "dark"):
                    for size in SIZES:
                        page = browser.page(locale, size, color_scheme=scheme)
                        tag = f"{language}-{scheme}-{size[0]}"
                        page.goto(site.address + "/sign-in")
                        look(page, f"sign-in-{tag}", rules)
                        page.goto(site.address + "/dock")
                        page.wait_for_selector("#empty")
                        look(page, f"dock-empty-{tag}", rules)
                        sign_in(page, site, "admin")
                        for path, name in (("/", "home"), ("/accounts", "accounts"), ("/nothing", "problem")):
                            page.goto(site.address + path)
                            look(page, f"{name}-{tag}", rules)
                        page.context.close()
            # By hand: the keyboard alone, and a link that is handed over.
            page = browser.page("en-GB", (1280, 800))
            page.goto(site.address + "/sign-in")
            page.focus("#name")
            for text in ("admin", PASSWORD):
                page.keyboard.type(text)
                page.keyboard.press("Tab")
            page.keyboard.press("Enter")
            page.wait_for_url(site.address + "/")
            check("signed in by keyboard alone", page.locator("h1").inner_text() == "Overview")
            page.goto(site.address + "/accounts")
            page.fill("#name", "000042")
            page.check("[name=role-officer]")
            page.get_by_role("button", name="Add an account").click()
            link = page.locator("code.link").inner_text()
            check("a new account has a link to hand over", "/join/" in link, link)
            place.stop(site.daemon)
            site.start()
            officer = browser.page("zh-CN", (390, 844))
            officer.goto(link)
            look(officer, "join-zh-390", rules)
            secret = officer.locator("fieldset code").inner_text().replace(" ", "")
            officer.fill("#password", "12345678")
            officer.fill("#again", "12345678")
            officer.fill("#code", totp(secret))
            officer.locator("button.main").click()
            check("a password that everybody tries is refused, with what to do",
                  "密码过于简单" in officer.locator(".problem").inner_text())
            officer.fill("#password", PASSWORD)
            officer.fill("#again", PASSWORD)
            officer.fill("#code", totp(secret))
            officer.locator("button.main").click()
            check("an officer joins on a phone", officer.locator(".codes li").count() == 10)
            look(officer, "joined-zh-390", rules)
            officer.get_by_role("button", name="English").click()
            check("the language can be changed", officer.locator("html").get_attribute("lang") == "en")
            check("no page complains", not browser.complaints, browser.complaints)
        finally:
            browser.close()


def notary_desk():
    rules = axe()
    with places() as place:
        site = Site(place, EVIDOCK_SECOND_FACTOR="false")
        footage = os.path.join(PACKAGE, "samples/cards/R1")
        code, out, errors = site.station.run("ingest", footage, "--json")
        check("footage is taken in", code == 0, errors)
        items = [json.loads(line) for line in site.station.run("list", "--json")[1].splitlines()]
        known = next(os.path.join(base, name) for base, _, names in os.walk(footage) for name in names
                     if hashlib.sha256(open(os.path.join(base, name), "rb").read()).hexdigest() == items[0]["sha256"])
        data = open(known, "rb").read()
        changed, foreign = place("changed.mp4"), place("<img src=x onerror=alert(1)>.mp4".replace("/", ""))
        open(changed, "wb").write(data[:-1] + bytes([data[-1] ^ 1]))
        open(foreign, "wb").write(b"never seen")
        site.person("a-notary", "notary")
        browser = Browser()
        try:
            for locale, language, size in (("zh-CN", "zh", (1280, 800)), ("en-GB", "en", (390, 844))):
                page = browser.page(locale, size)
                uploads = []
                page.on("request", lambda request: uploads.append(len(request.post_data or "")))
                sign_in(page, site, "a-notary")
                page.goto(site.address + "/verify")
                look(page, f"verify-empty-{language}-{size[0]}", rules)

                def digest(path, reference=""):
                    page.fill("#reference", reference)
                    page.set_input_files("#files", path)
                    page.wait_for_selector("#answers .answer:first-child[class*=result-]")
                    return page.locator("#answers .answer:first-child .result").inner_text()

                wanted = {"zh": ("已有存证记录", "核验一致", "核验不一致", "未查到存证记录"),
                          "en": ("Known: entered in the custody log", "Matches the record", "Differs from the record",
                                 "No record found")}[language]
                found = (digest(known), digest(known, items[0]["item"]), digest(changed, items[0]["item"]), digest(foreign))
                check(f"files are answered ({language})", found == wanted, found)
                check("and never sent", max(uploads) < 1000, max(uploads))
                check("a name of a file is only its name", page.locator("#answers img").count() == 0)
                with page.expect_download() as download:
                    page.locator("#answers a[download$='.tlog-proof']").first.click()
                proof = open(download.value.path(), "rb").read()
                check("the proof comes along", proof.startswith(b"c2sp.org/tlog-proof@v1\n"), proof[:60])
                page.fill("#list", "\n".join([items[0]["sha256"], "0" * 64, "x"]))
                with page.expect_download() as download:
                    page.locator("#save").click()
                table = open(download.value.path(), encoding="utf-8-sig").read()
                check("a table has every line", [line.split(",")[4] for line in table.splitlines()[1:4]] ==
                      ["known", "unknown", "malformed"], table)
                page.get_by_role("button", name="Look up" if language == "en" else "查询").click()
                check("and the page too, with proofs", page.locator("tbody tr[class^=result-]").count() == 3
                      and page.locator("tbody a[download]").count() == 2, page.locator("tbody").all_inner_texts())
                look(page, f"verify-answers-{language}-{size[0]}", rules)
                page.fill("#list", "a,b,c,d,e,f\n1")
                page.get_by_role("button", name="Look up" if language == "en" else "查询").click()
                page.context.close()
            # What the page gives is what the command gives, and what somebody else's arithmetic accepts.
            notary = Client(site.address)
            notary.sign_in("a-notary", "")
            place.stop(site.daemon)
            open(place("list"), "w").write(items[0]["sha256"] + "\n")
            code, out, errors = site.station.run("verify", "--list", place("list"), "--proofs", place("proofs"))
            leaf = int(items[0]["item"].rsplit("-", 1)[1])
            entry = open(place("proofs", f"{leaf}.entry"), "rb").read()
            check("the command knows it too", code == 0 and json.loads(entry)["sha256"] == items[0]["sha256"], (code, errors))
            site.start(EVIDOCK_SECOND_FACTOR="false")
            status, body, _ = notary.ask("GET", f"/api/v1/entries/{leaf}")
            check("and gives the same entry", status == 200 and body.encode() == entry, (status, body))
            status, body, headers = notary.ask("POST", "/verify", {"guard": notary.guard(), "list": "x\n" * 100002})
            check("a list that is too long is told so", status == 413, status)
            status, body, headers = notary.ask("POST", "/api/v1/verify", None, X_Evidock_Guard=notary.guard())
            check("an empty list is answered", status == 200 and json.loads(body)["lines"] == [], (status, body))
            check("no page complains", not browser.complaints, browser.complaints)
        finally:
            browser.close()


def inbox():
    rules = axe()
    with places() as place:
        site = Site(place, EVIDOCK_SECOND_FACTOR="false")
        run = site.station.run
        os.makedirs(place("card", "<b>x<b>"))
        names = ["DSJ_R1_000042_20190810_093000.mp4", "DSJ_R1_000042_20190810_103000.mp4",
                 "DSJ_R1_000042_20190810_143000.mp4", "<b>x<b>/DSJ_R1_000042_20190811_080000.mp4",
                 "DSJ_R2_000044_20190810_093000.mp4"]
        for seconds, name in enumerate(names, 2):
            subprocess.run(["ffmpeg", "-loglevel", "error", "-f", "lavfi", "-i", f"testsrc2=size=64x48:duration={seconds}",
                            os.path.join(place("card"), name)], check=True)
        code, out, errors = run("ingest", place("card"), "--json")
        items = {line["path"]: line["item"] for line in map(json.loads, out.splitlines()) if "path" in line}
        # Two field tasks at one time: neither is clear, both are proposed.
        with open(place("duties.csv"), "w") as file:
            file.write("编号,案号,任务类别,法院,执行人员,计划开始,计划结束,地点\n"
                       "D1,2019闽0602执123,搜查,闽0602,000042,2019-08-10 09:00,2019-08-10 11:30,芗城区\n"
                       "D2,2019闽0602执124,腾退,闽0602,000042,2019-08-10 09:00,2019-08-10 11:30,龙文区\n")
        code, _, errors = run("case", "import", place("duties.csv"))
        check("two field tasks at one time", code == 0, errors)
        own = [items[name] for name in names[:4]]
        foreign = items[names[4]]
        officer = site.person("000042", "officer")
        status, page, _ = officer.ask("GET", "/inbox")
        check("an officer sees what is his and not linked", status == 200 and all(f"pick-{item}" in page for item in own)
              and foreign not in page, status)
        check("with field tasks and reasons", "（2019）闽0602执123号" in page and "+35" in page)
        check("none is offered that more speaks against than for", page.count("button name=\"link\"") == 4 and "-60" not in page,
              page.count("button name=\"link\""))
        check("and no next page where there is none", "?after=" not in page)
        check("what a recorder calls a file is only text", "<b>x" not in page and "&lt;b&gt;x" in page)
        kinds = [json.loads(entry)["event"] for entry in site.station.entries()]
        check("who saw it stands in the custody log", kinds[-1] == "disclosure", kinds[-3:])
        guard = officer.guard()
        for form in ({"link": f"{foreign} (2019)闽0602执123"}, {f"pick-{foreign}": "1", "do": "link", "case": "2019闽0602执123"},
                     {f"pick-{foreign}": "1", "do": "private"}):
            check("what is somebody else's cannot be touched", officer.ask("POST", "/inbox", {"guard": guard, **form})[0] == 404, form)
        check("nor is it told from what is not there",
              officer.ask("POST", "/inbox", {"guard": guard, "link": f"{foreign} x"})[1]
              == officer.ask("POST", "/inbox", {"guard": guard, "link": "0602-99999 x"})[1])
        status, page, _ = officer.ask("POST", "/inbox", {"guard": guard, f"pick-{own[0]}": "1", "do": "link", "case": "nonsense"})
        check("what is no case number is told", status == 422 and 'role="alert"' in page, status)
        browser = Browser()
        try:
            page = browser.page("zh-CN", (390, 844))
            sign_in(page, site, "000042")
            page.goto(site.address + "/inbox")
            look(page, "inbox-zh-390", rules)
            before = page.locator("article").count()
            page.get_by_role("button", name="关联到 （2019）闽0602执123号").first.click()
            check("one tap links it", page.locator("article").count() == before - 1 and "已处理" in page.locator(".note").inner_text())
            page.locator("article input[type=checkbox]").first.check()
            page.fill("#case", "2019 闽 0602 执 200")
            page.get_by_role("button", name="关联到该案").click()
            check("another case by its number", page.locator("article").count() == before - 2)
            page.locator("article input[type=checkbox]").first.check()
            page.get_by_role("button", name="非证据：测试").click()
            check("what is no evidence is said so", page.locator(".note").count() == 1, page.locator("main").inner_text())
            page.set_viewport_size({"width": 1280, "height": 800})
            page.get_by_role("button", name="English").click()
            page.goto(site.address + "/inbox")
            look(page, "inbox-en-1280", rules)
            check("no page complains", not browser.complaints, browser.complaints)
        finally:
            browser.close()
        links = [json.loads(run("show", item, "--json")[1]).get("cases", []) for item in own]
        found = sorted((one["caseNumber"], one["by"]) for cases in links for one in cases)
        check("the links are in the record, and by whom",
              [number for number, _ in found] == ["（2019）闽0602执123号", "（2019）闽0602执200号"]
              and all(by == "account:000042" for _, by in found), found)
        code, out, _ = run("index", "rebuild", "--json")
        place.stop(site.daemon)
        code, out, _ = run("audit")
        check("audit has nothing to find", code == 0, out)


def watching():
    with places() as place:
        site = Site(place, EVIDOCK_SECOND_FACTOR="false")
        run = site.station.run
        os.makedirs(place("card"))
        film = os.path.join(place("card"), "DSJ_R1_000042_20190810_093000.mp4")
        # Some blocks of a MiB, with a black picture's noise: it really plays.
        subprocess.run(["ffmpeg", "-loglevel", "error", "-f", "lavfi", "-i", "testsrc2=size=640x360:rate=25:duration=20",
                        "-c:v", "libx264", "-pix_fmt", "yuv420p", "-b:v", "2M", "-minrate", "2M", "-bufsize", "1M", "-movflags",
                        "+faststart", film], check=True)
        small = os.path.join(place("card"), "DSJ_R2_000044_20190810_093000.mp4")
        open(small, "wb").write(b"a small one")
        data = open(film, "rb").read()
        code, out, errors = run("ingest", place("card"), "--json")
        items = {line["path"]: line["item"] for line in map(json.loads, out.splitlines()) if "path" in line}
        item, foreign = items[os.path.basename(film)], items[os.path.basename(small)]
        check("a film of several blocks is taken", code == 0 and len(data) > 3 << 20, (len(data), errors))
        place_of = lambda name: f"/footage/{name}"
        officer = site.person("000042", "officer")
        judge = site.person("J001", "judge")
        others = [site.person("000099", "officer"), site.person("n1", "notary"), site.person("s1", "supervisor"), site.admin]
        count = lambda kind: sum(json.loads(entry)["event"] == kind for entry in site.station.entries())
        before = count("disclosure")
        for client in (*others, judge, Client(site.address)):
            status, body, headers = client.ask("GET", place_of(item), Range="bytes=0-99")
            check("who may not see it learns nothing", status in (401, 404) and "ETag" not in headers and len(body) < 400, (status, body))
        check("and nothing is entered", count("disclosure") == before)

        def raw(client, method="GET", name=item, **headers):
            connection = http.client.HTTPConnection(client.host, timeout=60)
            connection.request(method, place_of(name), headers={
                "Cookie": "__Host-evidock=" + client.cookie, **{key.replace("_", "-"): value for key, value in headers.items()}})
            answer = connection.getresponse()
            try:
                body = answer.read()
            except http.client.IncompleteRead as error:
                body = error.partial
            connection.close()
            return answer.status, body, answer.headers

        status, body, headers = raw(officer, "HEAD")
        check("asking for the head shows nothing", status == 200 and body == b"" and int(headers["Content-Length"]) == len(data)
              and count("disclosure") == before, status)
        status, body, headers = raw(officer)
        check("an officer gets his own footage, whole", status == 200 and body == data, (status, len(body)))
        digest = hashlib.sha256(data).digest()
        check("with its digest", headers["ETag"] == f'"{digest.hex()}"'
              and headers["Repr-Digest"] == f"sha-256=:{base64.b64encode(digest).decode()}:" and headers["Content-Type"] == "video/mp4"
              and headers["Accept-Ranges"] == "bytes" and "000042" not in headers["Content-Disposition"], dict(headers))
        check("one view is one entry", count("disclosure") == before + 1)
        size, mib = len(data), 1 << 20
        for field, first, last in (("bytes=0-0", 0, 0), (f"bytes={mib - 5}-{mib + 5}", mib - 5, mib + 5), ("bytes=-500", size - 500, size - 1),
                                   (f"bytes={size - 1}-", size - 1, size - 1), (f"bytes=10-{size + 99}", 10, size - 1),
                                   (f"bytes={2 * mib}-{3 * mib - 1}", 2 * mib, 3 * mib - 1)):
            status, body, headers = raw(officer, Range=field)
            check(f"{field}", status == 206 and body == data[first:last + 1]
                  and headers["Content-Range"] == f"bytes {first}-{last}/{size}", (status, len(body), headers.get("Content-Range")))
        for field in (f"bytes={size}-", "bytes=-0", "bytes=0-1,5-6", "bytes=" + ",".join(f"{n}-{n}" for n in range(1000))):
            status, body, headers = raw(officer, Range=field)
            check(f"{field[:20]} cannot be had", status == 416 and body == b"" and headers["Content-Range"] == f"bytes */{size}", status)
        check("a part of another whole is the whole", raw(officer, Range="bytes=0-3", If_Range='"other"')[:2] == (200, data))
        check("of this one it is the part", raw(officer, Range="bytes=0-3", If_Range=f'"{digest.hex()}"')[:2] == (206, data[:4]))
        check("who has it is told so", raw(officer, If_None_Match=f'"{digest.hex()}"')[:2] == (304, b""))
        check("all that was one view", count("disclosure") == before + 1, count("disclosure") - before)
        with open(place("cases.csv"), "w") as file:
            file.write("案号,法院,承办法官\n（2019）闽0602执123号,闽0602,J001\n（2019）闽0602执124号,闽0602,J002\n")
        run("case", "import", place("cases.csv"))
        run("assign", item, "（2019）闽0602执124号", "--why", "test")
        check("a judge sees nothing of another judge's case", raw(judge)[0] == 404)
        run("assign", item, "（2019）闽0602执123号", "--why", "test")
        check("of his own he first says why", raw(judge, Range="bytes=0-9")[0] == 428)
        check("and then has it", raw(judge, name=item + "?why=the%20case", Range="bytes=0-9")[:2] == (206, data[:10])
              and raw(judge, Range="bytes=0-9")[0] == 206)
        check("which is entered, too", count("disclosure") == before + 2, count("disclosure") - before)
        browser = Browser()
        try:
            # Another film, which is still in the inbox.
            again = place("again")
            os.makedirs(again)
            subprocess.run(["ffmpeg", "-loglevel", "error", "-i", film, "-t", "15", "-c", "copy", "-movflags", "+faststart",
                            os.path.join(again, "DSJ_R1_000042_20190810_103000.mp4")], check=True)
            run("ingest", again)
            page = browser.page("zh-CN", (1280, 800))
            sign_in(page, site, "000042")
            page.goto(site.address + "/inbox")
            page.get_by_text("查看录像").click()
            video = page.locator("video")
            played = video.evaluate("""async video => {
                await video.play();
                await new Promise(done => { video.ontimeupdate = () => video.currentTime > 0.5 && done(); });
                video.currentTime = 10;
                await new Promise(done => { video.onseeked = done; });
                await new Promise(done => { video.ontimeupdate = () => video.currentTime > 10.3 && done(); });
                return [video.currentTime, video.videoWidth, video.duration];
            }""")
            check("it plays and seeks in a browser", 10.3 < played[0] < 15 and played[1] == 640 and abs(played[2] - 15) < 0.5, played)
            look(page, "inbox-watch-zh-1280", axe())
            check("no page complains", not browser.complaints, browser.complaints)
        finally:
            browser.close()
        # What the disk no longer has right does not leave.
        hexed = digest.hex()
        stored = f"{site.station.root}/vault/footage/{hexed[:2]}/{hexed}"
        os.chmod(stored, 0o644)
        with open(stored, "r+b") as file:
            file.seek(2 * mib + 7)
            file.write(bytes([data[2 * mib + 7] ^ 1]))
        status, body, _ = raw(officer)
        check("a block that changed on the disk never leaves", body == data[:len(body)] and len(body) == 2 * mib, len(body))
        status, body, _ = raw(officer, Range="bytes=0-99")
        check("the sound ones still do", status == 206 and body == data[:100])


def card(place, name, megabytes=0):
    """A recorder of the samples, with more to take where that is asked for."""
    folder = place(name)
    subprocess.run(["cp", "-r", os.path.join(PACKAGE, "samples/recorder"), folder], check=True)
    for number in range(megabytes // 20):
        name = f"Media/Video/2026-08-04/DCAM_CAM001_000001_20260804_11{number:02}00.mp4"
        with open(os.path.join(folder, name), "wb") as file:
            file.write(os.urandom(20 << 20))
    return folder


def mount(place, station, folder, slot):
    """In the dock as a volume is: one read-only mount."""
    before, there = place("before-" + slot), os.path.join(station.docks, slot)
    for path in (before, there):
        os.makedirs(path, exist_ok=True)
    subprocess.run(["mount", "--bind", folder, before], check=True)
    subprocess.run(["mount", "-o", "remount,bind,ro", before], check=True)
    subprocess.run(["mount", "--bind", before, there], check=True)
    subprocess.run(["umount", "-l", before], check=True)
    return there


def states(page):
    return page.evaluate("[...document.querySelectorAll('#wall .card')].map(card => card.dataset.state)")


def dock_wall():
    if os.geteuid() != 0:
        counts["skipped"] += 1
        print("SKIP  the dock wall: mounting needs root")
        return
    rules = axe()
    with places() as place:
        site = Site(place)
        browser, mounted = Browser(), []
        try:
            wall = browser.page("zh-CN", (1920, 1080))
            other = browser.page("en-GB", (390, 844), color_scheme="dark")
            for page in (wall, other):
                page.goto(site.address + "/dock")
                page.wait_for_selector("#empty")
            # Every state that a card goes through, as the page itself sees it.
            wall.evaluate("""() => { window.seen = []; new MutationObserver(() => {
                for (const card of document.querySelectorAll('#wall .card')) {
                    const words = card.dataset.state + ': ' + card.querySelector('.words').textContent;
                    if (!window.seen.includes(words)) window.seen.push(words);
                } }).observe(document.getElementById('wall'), {childList: true, subtree: true}); }""")
            mounted.append(mount(place, site.station, card(place, "card", 600), "slot-1"))
            wall.wait_for_selector(".card.busy .bar", timeout=30000)
            look(wall, "dock-busy-zh-1920", rules)
            look(other, "dock-busy-en-390", rules)
            wall.wait_for_selector(".card.done", timeout=120000)
            other.wait_for_selector(".card.done", timeout=10000)
            look(wall, "dock-done-zh-1920", rules)
            look(other, "dock-done-en-390", rules)
            seen = wall.evaluate("window.seen")
            check("a docking is shown from its beginning to its end",
                  any("请勿取下" in words for words in seen) and seen[-1] == "may-be-removed: 采集完成，可以取下", seen)
            check("in the other language too", other.locator(".card .words").inner_text() == "Done, may be removed")
            text = wall.locator(".card").inner_text()
            check("with the recorder and its files", "CAM001" in text and "个文件" in text, text)
            docking = wall.locator(".card").get_attribute("data-docking")
            subprocess.run(["umount", "-l", mounted.pop()], check=True)
            wall.wait_for_selector("#empty", timeout=20000)
            check("green goes with its recorder", states(wall) == [])
            # The same recorder again is another docking.
            mounted.append(mount(place, site.station, place("card"), "slot-1"))
            wall.wait_for_selector(".card.done", timeout=60000)
            check("and never stands for another docking", wall.locator(".card").get_attribute("data-docking") != docking)
            place.stop(site.daemon, signal.SIGKILL)
            wall.wait_for_selector("#off", timeout=20000)
            check("without the station nothing is green any more", states(wall) == []
                  and "系统离线，请勿取下" in wall.locator("#off").inner_text())
            look(wall, "dock-off-zh-1920", rules)
            look(other, "dock-off-en-390", rules)
            site.start()
            wall.wait_for_selector("#off", state="hidden", timeout=20000)
            wall.wait_for_selector(".card.done", timeout=60000)
            check("and it comes back by itself", states(wall) == ["may-be-removed"], states(wall))
            check("no page complains", not browser.complaints, browser.complaints)
        finally:
            browser.close()
            for path in mounted:
                subprocess.run(["umount", "-l", path], check=False)


if __name__ == "__main__":
    parts = [signing_in, rights, damaged, encrypted]
    if sync_playwright and os.path.exists(CHROMIUM):
        parts += [pages, notary_desk, inbox, watching, dock_wall]
    else:
        counts["skipped"] += 1
        print("SKIP  the pages in a browser: no Chromium with Playwright here")
    sys.exit(run_parts(*parts))
