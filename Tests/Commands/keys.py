#!/usr/bin/env python3
"""The log's key: its offline copy, its change, its loss; what was signed before, what comes after, and
what witnesses and packages make of it. Closes with: N passed, N failed, N skipped.
"""

import json
import os
import shutil
import subprocess
import sys

from backups import Restored, events, files
from notary import Authority, Station, check, checkpoint, free_port, lines_by, places, read, run_parts, until

signatures = lambda station, name="checkpoint": lines_by(station.note(name), station.origin)


class Own(Station):
    """A station whose policy lies in its root, as it does where settings name none."""

    def __init__(self, place, name, witnesses, authority=None):
        super().__init__(place, name, authority=authority)
        self.policy = os.path.join(self.root, "policy/policy")
        with open(self.policy, "w") as file:
            file.write(f"# of this court\nlog {self.key}\n")
            for witness, key, url in witnesses:
                file.write(f"witness {witness} {key} {url}\n".replace(" \n", "\n"))
            file.write(f"quorum {witnesses[0][0] if witnesses else 'none'}\n")

    def keys(self):
        return json.loads(self.run("log", "vkey", "--json")[1])

    def rows(self, event="key-change"):
        found = []
        for leaf, name in enumerate(events(self)):
            if name == event:
                found += json.loads(self.run("log", "entry", str(leaf), "--json")[1])["rows"]
        return found


def changed():
    """Both keys sign until every witness has the new one; a package of each time verifies under one policy."""
    with places() as place:
        authority = Authority(place("tsa"))
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        key = place.run("witness", "vkey", "--root", place("wit"), "--name", "n.test/w")[1].strip()
        station = Own(place, "st", [("w", key, url)], authority=authority)
        shutil.copy(station.policy, place("policy-old"))
        serve_witness = lambda policy: place.serve(
            "witness", "serve", "--root", place("wit"), "--policy", policy, "--listen", f"127.0.0.1:{port}")[0]
        witness = serve_witness(place("policy-old"))
        daemon, _ = station.serve()
        station.ingest()
        item = json.loads(station.run("list", "--json")[1].splitlines()[0])["item"]
        code, _, errors = station.run("log", "rotate", "--why", "yearly")
        check("a key is not changed beneath a running station", code == 6, (code, errors))
        until(lambda: station.note("checkpoint.cosigned") and os.path.exists(os.path.join(station.root, "log/stamped")), 60)
        until(lambda: station.size("checkpoint.cosigned") >= station.size(), 60)
        code, _, errors = station.run("export", "--item", item, "--out", place("before"), "--wait", "30")
        check("a package of before", code == 0, (code, errors))
        place.stop(daemon)

        check("nothing is finished that was not begun", station.run("log", "rotate", "--finish")[0] == 2)
        old = station.keys()["vkey"]
        code, out, errors = station.run("log", "rotate", "--why", "yearly", "--json")
        begun = json.loads(out) if out else {}
        new = begun.get("key")
        check("a new key is made", code == 0 and begun["former"] == old and new not in (None, old), (code, out, errors))
        check("both sign", len(signatures(station)) == 2, signatures(station))
        check("the ledger says so", [(row["step"], row["key"], row["former"], row.get("why")) for row in station.rows()]
              == [("begun", new, old, "yearly")], station.rows())
        check("log vkey tells both", station.keys() == {"vkey": old, "next": new}, station.keys())
        policy = read(station.policy).decode()
        check("the policy has both, and what stood in it", f"log {old}\nlog {new}\nwitness" in policy
              and policy.startswith("# of this court\n"), policy)
        check("log policy prints it", station.run("log", "policy")[1] == policy)
        check("the new key is its owner's alone", os.stat(os.path.join(station.root, "keys/log.next.key")).st_mode & 0o77 == 0)
        check("nothing is begun twice", station.run("log", "rotate", "--why", "again")[0] == 2)
        check("audit has nothing to find", station.run("audit")[0] == 0, station.run("audit")[1])

        # The witness has the old policy still.
        daemon, _ = station.serve()
        station.ingest()
        until(lambda: station.size("checkpoint.cosigned") >= station.size(), 60)
        check("a witness that knows the old key alone goes on", station.size("checkpoint.cosigned") == station.size())
        place.stop(daemon)
        code, _, errors = station.run("log", "rotate", "--finish")
        check("it is not finished before the witness has the new key, and it is named",
              code == 2 and "not yet accepted by: w" in errors and len(signatures(station)) == 2, (code, errors))
        shutil.copy(station.policy, place("policy-new"))
        place.stop(witness)
        code, _, errors = station.run("log", "rotate", "--finish")
        check("nor while the witness is away", code == 2 and "not yet accepted by: w" in errors, (code, errors))
        witness = serve_witness(place("policy-new"))
        shutil.copytree(station.root, place("midway"))
        code, out, errors = station.run("log", "rotate", "--finish", "--json")
        check("it is finished once the witness takes it", code == 0 and json.loads(out)["key"] == new, (code, out, errors))
        check("the new key is in its place, and the old one gone",
              "keys/log.next.key" not in files(station.root) and station.keys() == {"vkey": new, "former": [old]}, station.keys())
        check("the ledger says so", [row["step"] for row in station.rows()] == ["begun", "finished"], station.rows())
        daemon, _ = station.serve()
        station.ingest()
        until(lambda: station.size("checkpoint.cosigned") >= station.size(), 60)
        check("the new key signs alone, and is cosigned", len(signatures(station)) == 1
              and station.size("checkpoint.cosigned") == station.size(), station.note())
        code, _, errors = station.run("export", "--item", item, "--out", place("after"), "--wait", "30")
        check("a package of after", code == 0, (code, errors))
        place.stop(daemon)
        check("audit has nothing to find", station.run("audit")[0] == 0, station.run("audit")[1])
        dump = station.run("index", "rebuild")
        check("and an index made anew is accepted", dump[0] == 0 and station.run("audit")[0] == 0, dump)

        verify = lambda bag, policy: place.run(
            "verify", place(bag), "--policy", place(policy), "--tsa-ca", f"{authority.place}/ca.pem")
        for bag in ("before", "after"):
            code, out, errors = verify(bag, "policy-new")
            check(f"the package of {bag} verifies under the new policy", code == 0, (code, out, errors))
        check("that of before under the old one too", verify("before", "policy-old")[0] == 0, verify("before", "policy-old")[1])
        code, out, _ = verify("after", "policy-old")
        check("that of after does not: its key is not in it", code == 1, (code, out))
        code, out, errors = place.run("verify", place("after"), "--policy", place("policy-new"), "--tsa-ca",
                                      f"{authority.place}/ca.pem", under=("faketime", "-f", "+10y"))
        check("that of after verifies ten years on", code == 0, (code, out, errors))

        # The power went between the files: the next start settles it.
        def put(name, source, target):
            os.makedirs(place(name, "keys"), exist_ok=True)
            shutil.copy(os.path.join(source, "keys", target[0]), place(name, "keys", target[1]))
        shutil.move(place("midway"), place("cut"))
        shutil.rmtree(place("cut", "log"))
        shutil.copytree(os.path.join(station.root, "log"), place("cut", "log"))
        put("cut", station.root, ("log.keys", "log.keys"))
        put("cut", station.root, ("log.signed", "log.signed"))
        shutil.rmtree(place("cut", "vault"))
        shutil.copytree(os.path.join(station.root, "vault"), place("cut", "vault"))
        cut = Restored(station, "cut")
        code, _, errors = cut.ingest()
        check("a change that was cut off is settled", code == 0 and "keys/log.next.key" not in files(cut.root)
              and read(place("cut", "keys/log.key")) == read(os.path.join(station.root, "keys/log.key")), (code, errors))

        # A backup of before the change, with the new key's offline copy.
        key_file = os.path.join(station.root, "keys/log.key")
        place.stop(witness)
        code, _, errors = station.run("backup", "--out", place("backup"))
        code, out, errors = Restored(station, "back").run("restore", place("backup"))
        check("a backup of after is put back", code == 0, (code, out, errors))
        shutil.copy(place("backup", "keys/log.keys"), place("ring"))
        ring = json.loads(read(place("ring")))
        check("a former key is not put back as the one that signs", ring["keys"][0]["state"] == "former", ring)
        check("a key that is none of this log's is refused, with the next step",
              (lambda done: done[0] not in (0, 70) and "replace-key" in done[2])(other_key(place, station, key_file)))
        authority.close()


def other_key(place, station, key_file):
    before = read(key_file)
    pem = subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519"], capture_output=True, check=True).stdout
    with open(key_file, "wb") as file:
        file.write(pem)
    done = station.ingest()
    with open(key_file, "wb") as file:
        file.write(before)
    return done


def copied():
    """The offline copy is made and looked at again."""
    with places() as place:
        station = Own(place, "st", [])
        os.makedirs(place("safe"))
        check("audit asks for one", "log copy-key" in station.run("audit")[1], station.run("audit")[1])
        code, out, errors = station.run("log", "copy-key", "--out", place("safe/key"))
        check("a copy is made", code == 0 and station.key in out and os.stat(place("safe/key")).st_mode & 0o77 == 0,
              (code, out, errors))
        check("it is a key that openssl reads", subprocess.run(
            ["openssl", "pkey", "-in", place("safe/key"), "-noout"], capture_output=True).returncode == 0)
        check("audit asks no more", "log copy-key" not in station.run("audit")[1])
        code, out, errors = place.run("init", "--root", place("other"), "--station", "o", "--key-copy", place("safe/other"))
        check("init makes it at once", code == 0 and read(place("safe/other")) == read(place("other/keys/log.key")), errors)
        code, _, errors = place.run("init", "--root", place("third"), "--station", "o", "--key-copy", place("safe/other"))
        check("what cannot be written is told, and the station is there all the same",
              code == 2 and place.run("log", "vkey", "--root", place("third"))[0] == 0, (code, errors))
        check("it is still good", station.run("log", "copy-key", "--check", place("safe/key"))[0] == 0)
        check("nothing is written over", station.run("log", "copy-key", "--out", place("safe/key"))[0] == 2)
        check("nor into the store", station.run("log", "copy-key", "--out", os.path.join(station.root, "k"))[0] == 2)
        station.run("log", "rotate", "--why", "test")
        check("that of the old key is none of the new one",
              station.run("log", "copy-key", "--check", place("safe/key"))[0] == 2)
        check("without witnesses nobody is waited for", station.run("log", "rotate", "--finish")[0] == 0)
        check("and the station works", station.ingest()[0] == 0 and station.run("audit")[0] == 0)

        # The key as a systemd credential: it is not ours to replace.
        os.makedirs(place("credentials"))
        shutil.move(os.path.join(station.root, "keys/log.key"), place("credentials/log.key"))
        check("without it nothing works", station.ingest()[0] not in (0, 70))
        place.environment["CREDENTIALS_DIRECTORY"] = place("credentials")
        check("with it everything does", station.ingest()[0] == 0)
        code, out, errors = station.run("log", "rotate", "--why", "test", "--json")
        new = json.loads(out)["key"]
        check("a change begins", code == 0 and len(signatures(station)) == 2, (code, out, errors))
        code, _, errors = station.run("log", "rotate", "--finish")
        check("it ends once the credential is the new key, which is said", code == 2 and "credential" in errors, errors)
        shutil.copy(os.path.join(station.root, "keys/log.next.key"), place("credentials/log.key"))
        check("between, the station works", station.ingest()[0] == 0)
        code, out, errors = station.run("log", "rotate", "--finish")
        check("and it ends", code == 0 and station.keys()["vkey"] == new and station.run("audit")[0] == 0
              and files(os.path.join(station.root, "keys")) == ["log.keys", "log.signed"], (code, out, errors))


def lost():
    """The key is lost: a new one goes on from its last checkpoint, compared with the witness first."""
    with places() as place:
        port = free_port()
        key = place.run("witness", "vkey", "--root", place("wit"), "--name", "n.test/w")[1].strip()
        station = Own(place, "st", [("w", key, f"http://127.0.0.1:{port}")])
        shutil.copy(station.policy, place("policy"))
        serve_witness = lambda: place.serve(
            "witness", "serve", "--root", place("wit"), "--policy", place("policy"), "--listen", f"127.0.0.1:{port}")[0]
        witness = serve_witness()
        daemon, _ = station.serve()
        station.ingest()
        until(lambda: station.size("checkpoint.cosigned") >= station.size(), 60)
        place.stop(daemon)
        check("a key that is there is not replaced",
              station.run("log", "replace-key", "--why", "x")[0] == 2)
        last, old = station.note(), station.key
        bare = "\n".join(line for line in last.decode().split("\n") if "n.test/w" not in line)
        os.remove(os.path.join(station.root, "keys/log.key"))
        code, _, errors = station.ingest()
        check("without its key nothing is entered, and the next step is told", code not in (0, 70)
              and "replace-key" in errors, (code, errors))
        code, out, errors = station.run("log", "replace-key", "--why", "disk of the key burnt", "--json")
        found = json.loads(out) if out else {}
        check("a new key takes its place", code == 0 and found["former"] == old and found["held"], (code, out, errors))
        check("and signs nothing before it was compared", station.ingest()[0] == 4 and station.note() == last)
        shutil.copy(station.policy, place("policy"))
        daemon, _ = station.serve()
        until(lambda: "key-change" in events(station), 60)
        rows = station.rows()
        check("compared with the witness it goes on, and the ledger names the lost key's last checkpoint",
              [(row["step"], row["former"], row["key"], row["why"]) for row in rows]
              == [("lost", old, found["key"], "disk of the key burnt")]
              and checkpoint(rows[0]["checkpoint"].encode()) == checkpoint(last)
              and bare.rstrip("\n") in rows[0]["checkpoint"], rows)
        check("it works", station.ingest()[0] == 0)
        size = station.size("checkpoint.cosigned")
        until(lambda: "does not" in station.run("docks")[1] or "refus" in station.run("docks")[1], 30)
        check("a witness that was not told cosigns nothing of it", station.size("checkpoint.cosigned") == size
              == checkpoint(last)[1], (size, checkpoint(last)[1]))
        place.stop(witness)
        witness = serve_witness()
        until(lambda: station.size("checkpoint.cosigned") >= station.size(), 90)
        check("once introduced, it cosigns", station.size("checkpoint.cosigned") >= station.size(),
              (station.size("checkpoint.cosigned"), station.size(), station.run("docks")[1]))
        place.stop(daemon)
        code, out, _ = station.run("audit")
        check("audit has nothing to find", code == 0, out)

        # A root of an earlier version does not know its key's public half.
        alone = Own(place, "alone", [])
        alone.ingest()
        os.remove(os.path.join(alone.root, "keys/log.key"))
        os.remove(os.path.join(alone.root, "keys/log.keys"))
        code, _, errors = alone.run("log", "replace-key", "--why", "lost")
        check("whose key it was must be said", code == 2 and "--vkey" in errors, (code, errors))
        code, _, errors = alone.run("log", "replace-key", "--why", "lost", "--vkey", station.key)
        check("another log's key is refused", code == 2, (code, errors))
        code, out, errors = alone.run("log", "replace-key", "--why", "lost", "--vkey", alone.key)
        check("without a witness it goes on at once", code == 0 and alone.ingest()[0] == 0, (code, out, errors))
        check("and its audit finds nothing", alone.run("audit")[0] == 0 and [row["step"] for row in alone.rows()] == ["lost"],
              alone.rows())
        place.stop(witness)


if __name__ == "__main__":
    sys.exit(run_parts(changed, copied, lost))
