"""A notary's witness killed, or failed, at every file call: it never cosigns two histories, and
never forgets what it has said."""

import base64
import hashlib
import os
import shutil
import subprocess

import bench
import ed25519
import injection
from experiment_errors import errors_of

NAME = "faults.example/w"


class Notary:
    """A station that shows a witness its checkpoint A, and then two that extend it and contradict
    each other: B, and F, by a copy of the station that grew by itself."""

    def __init__(self, work):
        self.work, self.root = work, os.path.join(work.place, "witness")
        self.template, self.back = self.root + ".first", os.path.join(work.place, "back")
        self.policy = os.path.join(work.place, "policy")
        station = work.fresh_root("station")
        self.sticks = {"A": self.stick(station, "A")}
        copy = os.path.join(work.place, "copy")
        shutil.copytree(station, copy)
        self.grow(station, b"one")
        self.grow(copy, b"two")
        self.sticks |= {"B": self.stick(station, "B"), "F": self.stick(copy, "F")}
        self.texts = {
            name: open(path + "/checkpoint", "rb").read().split(b"\n\n")[0] + b"\n"
            for name, path in self.sticks.items()}
        key = work.run(["--root", self.root, "witness", "vkey", "--name", NAME]).out.strip()
        self.key = base64.b64decode(key.split("+", 2)[2])[1:]
        log = work.run(["--root", station, "log", "vkey"]).out.strip()
        with open(self.policy, "w") as file:
            file.write(f"log {log}\nwitness w {key}\nquorum w\n")
        origin = self.texts["A"].split(b"\n")[0]
        self.place = "origins/" + hashlib.sha256(origin).hexdigest() + "/checkpoint"
        shutil.copytree(self.root, self.template)

    def grow(self, station, content):
        card = os.path.join(self.work.place, "card-" + content.decode())
        os.makedirs(card)
        with open(card + "/a.mp4", "wb") as file:
            file.write(content * 1000)
        run = self.work.ingest(station, card)
        self.work.expect(run.code == 0, f"the station's own ingest: {run}")

    def stick(self, station, name):
        path = os.path.join(self.work.place, "stick-" + name)
        run = self.work.run(["--root", station, "witness", "request", "--out", path])
        self.work.expect(run.code == 0, f"witness request: {run}")
        return path

    def prepare(self):
        for path in (self.root, self.back):
            shutil.rmtree(path, ignore_errors=True)
        subprocess.run(["cp", "-a", self.template, self.root], check=True)

    def arguments(self, name, out=None):
        return ["--root", self.root, "witness", "answer", self.sticks[name], "--out",
                out or self.back, "--policy", self.policy, "--json"]

    def answer(self, name):
        """The status that it would have had over HTTP."""
        out = os.path.join(self.work.place, "again")
        shutil.rmtree(out, ignore_errors=True)
        run = self.work.run(self.arguments(name, out))
        return run.lines[0].get("status") if run.lines else run

    def remembered(self):
        """Which checkpoint the witness's own file holds, under its own good signature."""
        path = os.path.join(self.root, self.place)
        note = open(path, "rb").read() if os.path.exists(path) else b""
        for name, text in self.texts.items():
            if not note.startswith(text + b"\n"):
                continue
            for line in note[len(text) + 1:].decode().splitlines():
                if line.startswith(f"\u2014 {NAME} "):
                    said = base64.b64decode(line.split(" ")[2])[4:]
                    time = int.from_bytes(said[:8], "big")
                    message = f"cosignature/v1\ntime {time}\n".encode() + text
                    return name if ed25519.verify(self.key, message, said[8:]) else None
        return None


def _sweep(work, wanted, size, seconds):
    injection.available(work)
    notary = Notary(work)
    # A witness that never cosigned anything, and then one that has cosigned A.
    for before in (None, "A"):
        if before:
            notary.prepare()
            work.expect(notary.answer(before) == 200, f"{before} is cosigned")
            shutil.rmtree(notary.template)
            shutil.copytree(notary.root, notary.template)
        notary.prepare()
        run, instances = injection.count(work, notary.arguments("B"))
        work.expect(run.code == 0 and notary.remembered() == "B", f"the run that is counted: {run}")
        cases = [case for instance in instances for case in wanted(instance)]
        for where, _, run, _ in injection.sweep(
                work, cases, size, seconds, notary.prepare, notary.arguments("B")):
            _judge(work, notary, before, where, run)


def _judge(work, notary, before, where, run):
    held = notary.remembered()
    if not work.expect(held in (before, "B"), f"{where}: {before} became {held}"):
        return
    path = os.path.join(notary.back, "answer")
    said = os.path.exists(path) and b"status 200" in open(path, "rb").read()
    work.expect(not said or held == "B", f"{where}: cosigned B, and does not remember it")
    work.expect(run.code in (*bench.SENSIBLE, 1, -9, 137), f"{where}: {run}")
    work.expect(run.code != 0 or said, f"{where}: exit code 0 without an answer")
    # The other history is cosigned only where this one was not, and then this one no more.
    fork, first = notary.answer("F"), notary.answer("B")
    if held == "B":
        work.expect(fork in (409, 422) and first == 200, f"{where}: {fork}, then {first}")
    else:
        work.expect(fork == 200 and first in (409, 422), f"{where}: {fork}, then {first}")


def kill_witness(work):
    """SIGKILL at every file call of an answer."""
    _sweep(work, lambda instance: [(instance, "signal=KILL", "")], 40, 40)


def witness_errors(work):
    """Every file call of an answer fails, in each way that it can."""
    _sweep(work, lambda instance: [
        (instance, f"error={name}", "") for name in errors_of(instance)], 20, 20)


EXPERIMENTS = [("witness-kill", kill_witness), ("witness-errors", witness_errors)]
