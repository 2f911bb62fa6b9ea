#!/usr/bin/env python3
"""The pages' interface for programs: tokens with scopes, and what happens as a stream. Closes with: N passed,
N failed, N skipped.
"""

import http.client
import json
import os
import queue
import socket
import subprocess
import sys
import threading
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from cases import FOREIGN, OWN, World, quoted  # noqa: E402
from portal import Client, check, places, run_parts, until  # noqa: E402


class Program(Client):
    """A program with a token and no cookie."""

    def __init__(self, address, token):
        super().__init__(address)
        self.token = token

    def ask(self, method, path, form=None, **headers):
        return super().ask(method, path, form, Authorization="Bearer " + self.token, **headers)


class Listener:
    """Hears a stream of events until it is closed."""

    def __init__(self, client, **headers):
        self.connection = http.client.HTTPConnection(client.host, timeout=60)
        fields = {key.replace("_", "-"): value for key, value in headers.items()}
        if client.cookie:
            fields["Cookie"] = "__Host-evidock=" + client.cookie
        self.connection.request("GET", "/api/v1/events", headers=fields)
        self.socket = self.connection.sock
        self.answer = self.connection.getresponse()
        self.heard, self.over = queue.Queue(), threading.Event()
        if self.answer.status == 200:
            threading.Thread(target=self.hear, daemon=True).start()

    def hear(self):
        event = {}
        try:
            for line in self.answer:
                line = line.decode().rstrip("\n")
                if line.startswith("data: "):
                    event["data"] = json.loads(line[6:])
                elif line.startswith("id: "):
                    event["id"] = int(line[4:])
                elif not line and event:
                    self.heard.put(event)
                    event = {}
        except (OSError, http.client.HTTPException, ValueError, AttributeError):
            pass
        self.over.set()

    def all(self, seconds=4):
        """What is heard until nothing comes for a while."""
        found = []
        try:
            while True:
                found.append(self.heard.get(timeout=seconds))
        except queue.Empty:
            return found

    def close(self):
        # The thread that reads would keep a mere close() waiting.
        try:
            self.socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.connection.close()


def tokens():
    with places() as place:
        world = World(place)
        run, address = world.run, world.site.address

        def made(name, account, *scopes, days=30):
            code, out, errors = run("user", "token", account, "--name", name, "--days", str(days),
                                    *[word for scope in scopes for word in ("--scope", scope)])
            check(f"a token {name}", code == 0 and out.startswith("evidock_"), (code, out, errors))
            return Program(address, out.strip())

        verify = made("lists", "n1", "verify")
        records = made("records", "J001", "records")
        footage = made("films", "J001", "records", "footage")
        figures = made("figures", "s1", "figures")
        for words in (("--scope", "everything"), ("--scope", "verify", "--days", "0"), ("--scope", "verify", "--days", "400")):
            check(f"no token with {words}", run("user", "token", "n1", "--name", "x1", *words)[0] != 0)
        check("a name serves once", run("user", "token", "n1", "--name", "lists", "--scope", "verify")[0] != 0)
        item, why = world.items[OWN], "?why=integration%20test"
        wanted = {
            "/api/v1/state": (404, 404, 404, 200), "/api/v1/overview": (404, 404, 404, 200),
            "/api/v1/proofs/0": (200, 404, 404, 404), f"/api/v1/items/{item}{why}": (404, 200, 200, 404),
            f"/api/v1/cases/{quoted(OWN)}{why}": (404, 200, 200, 404), f"/api/v1/cases/{quoted(FOREIGN)}{why}": (404, 404, 404, 404),
            "/api/v1/footage": (404, 200, 200, 404), f"/footage/{item}{why}": (404, 404, 200, 404),
        }
        for path, statuses in wanted.items():
            found = tuple(client.ask("GET", path)[0] for client in (verify, records, footage, figures))
            check(f"{path}: as far as each token goes", found == statuses, found)
        for path in ("/", "/accounts", "/inbox", "/cases", "/me"):
            check(f"{path} is for people", records.ask("GET", path)[0] in (303, 401), records.ask("GET", path)[0])
        status, body, _ = verify.ask("POST", "/api/v1/verify", {"x": "0" * 64}, Accept="application/json")
        check("a list is answered without a guard", status in (200, 422), (status, body))
        status, body, headers = Program(address, "evidock_" + "a" * 32).ask("GET", "/api/v1/state")
        check("what is no token is told", status == 401 and headers.get("WWW-Authenticate") == "Bearer" and "token-invalid" in body, (status, body))
        listed = [json.loads(line) for line in run("user", "tokens", "--json")[1].splitlines()]
        check("all are listed with their last use", len(listed) == 4 and all("used" in one for one in listed), listed)
        shown = world.site.admin.ask("GET", "/accounts")[1]
        check("the page lists them too", "films" in shown and footage.token not in shown)
        with open(world.site.station.root + "/accounts.sqlite", "rb") as file:
            check("none stands anywhere as it is", footage.token.encode() not in file.read())
        check("a token ends", run("user", "end-token", "J001", "--name", "films")[0] == 0 and footage.ask("GET", "/api/v1/footage")[0] == 401)
        check("once", run("user", "end-token", "J001", "--name", "films")[0] != 0)
        run("user", "change", "J001", "--disable")
        check("who is locked out has no program either", records.ask("GET", "/api/v1/footage")[0] == 401)
        admin = world.site.admin
        status, page, _ = admin.ask("POST", "/accounts/token", {"guard": admin.guard(), "do": "make", "account": "s1", "name": "by-hand",
                                                                "scope-figures": "1", "days": "7"})
        check("an administrator makes none that sees footage", all(admin.ask("POST", "/accounts/token", {
            "guard": admin.guard(), "do": "make", "account": "s1", "name": "x1", f"scope-{scope}": "1"})[0] == 422 for scope in ("records", "footage")))
        check("nor one of no end", admin.ask("POST", "/accounts/token", {"guard": admin.guard(), "do": "make", "account": "s1", "name": "x1",
                                                                      "scope-figures": "1", "days": "x"})[0] == 422)
        token = page.split("<code>evidock_")[1].split("<")[0] if "<code>evidock_" in page else ""
        check("the page makes one", status == 200 and Program(address, "evidock_" + token).ask("GET", "/api/v1/overview")[0] == 200, status)
        kinds = [json.loads(entry)["event"] for entry in world.site.station.entries()]
        check("all of it stands in the custody log", kinds.count("account-change") >= 6)


def events():
    with places() as place:
        world = World(place)
        names = ("judge", "supervisor", "supervisor of another", "notary", "officer")
        listeners = {name: Listener(world.people[name]) for name in names}
        check("nobody listens without signing in", Listener(world.people["out"]).answer.status == 401)
        time.sleep(2)
        os.makedirs(place("more"))
        film = os.path.join(place("more"), "DSJ_R1_000048_20190812_093000.mp4")
        subprocess.run(["ffmpeg", "-loglevel", "error", "-f", "lavfi", "-i", "testsrc2=size=64x48:duration=3", film], check=True)
        _, out, _ = world.run("ingest", place("more"), "--json")
        item = [json.loads(line)["item"] for line in out.splitlines() if "item" in json.loads(line)][0]
        world.run("assign", item, OWN, "--why", "test")
        heard = {name: listener.all() for name, listener in listeners.items()}
        kinds = {name: [one["data"]["event"] for one in found] for name, found in heard.items()}
        told = {name: json.dumps([one["data"] for one in found], ensure_ascii=False) for name, found in heard.items()}
        check("a docking is told to all", all({"docking", "undocking"} <= set(found) for found in kinds.values()), kinds)
        check("its officer hears of his footage", "ingestion" in kinds["officer"] and item in told["officer"], kinds["officer"])
        check("the judge hears of the link", "assignment" in kinds["judge"] and item in told["judge"] and OWN in told["judge"], told["judge"])
        check("the supervisor does, too", OWN in told["supervisor"])
        for name in ("supervisor of another", "notary"):
            check(f"{name} learns nothing of it", item not in told[name] and OWN not in told[name], told[name])
        last = heard["judge"][-1]["id"]
        again = Listener(world.people["judge"], Last_Event_ID=str(last - 1)).all(3)
        check("who was cut off goes on behind the last", again and again[0]["id"] == last, (last, again))
        for wrong in ("9223372036854775807", "-1", "x", "99999999"):
            check(f"a last event that is none: {wrong}", Listener(world.people["judge"], Last_Event_ID=wrong).answer.status == 200)
        check("and it is still there", world.people["judge"].ask("GET", "/")[0] == 200)
        figures = world.run("user", "token", "J001", "--name", "figures", "--scope", "figures")[1].strip()
        deaf = Listener(Client(world.site.address), Authorization="Bearer " + figures, Last_Event_ID="0").all(3)
        check("a program without records hears of no item", deaf and not any("items" in one["data"] or "cases" in one["data"] for one in deaf), deaf)
        check("nothing twice", len({one["id"] for one in heard["judge"]}) == len(heard["judge"]))
        world.run("user", "change", "J001", "--disable")
        check("who is locked out hears no more", until(listeners["judge"].over.is_set, 25))
        check("others do", not listeners["supervisor"].over.is_set())
        crowd = [Listener(world.people["supervisor"]) for _ in range(20)]
        statuses = [one.answer.status for one in crowd]
        check("only so many listen at a time", statuses.count(200) == 15 and 503 in statuses, (statuses.count(200), statuses.count(503)))
        for listener in (*crowd, *listeners.values()):
            listener.close()
        check("and whoever goes makes room", until(lambda: Listener(world.people["supervisor"]).answer.status == 200, 40))


if __name__ == "__main__":
    sys.exit(run_parts(tokens, events))
