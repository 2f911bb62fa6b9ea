#!/usr/bin/env python3
"""Backup, restore, and a log fetched back from a mirror: what is put back signs nothing before others
were asked. Closes with: N passed, N failed, N skipped.
"""

import hashlib
import json
import os
import shutil
import sqlite3
import sys

from notary import (Station, check, checkpoint, free_port, get, leaf_hash, places, read, run_parts, tree_hash, until,
                    write_policy)


def files(path):
    return sorted(os.path.relpath(os.path.join(at, name), path)
                  for at, _, names in os.walk(path) for name in names)


def events(station):
    return [json.loads(entry)["event"] for entry in station.entries()]


class Restored(Station):
    """A station at another place, under the settings of the first."""

    def __init__(self, station, name):
        self.place, self.root, self.docks = station.place, station.place(name), station.docks
        self.settings, self.key, self.origin = station.settings, station.key, station.origin
        self.authority, self.count = None, 100 + len(name)


def witnessed():
    """Yesterday's backup on new hardware; the notary's mirror gives back what came since."""
    with places() as place:
        port, own = free_port(), free_port()
        station = Station(place, "st", policy=True)
        key = place.run("witness", "vkey", "--root", place("wit"), "--name", "n.test/m")[1].strip()
        write_policy(place, [(station, f"http://127.0.0.1:{own}/log")], [("m", key, f"http://127.0.0.1:{port}")])
        witness, _ = place.serve("witness", "serve", "--root", place("wit"), "--policy", place("policy"),
                                 "--listen", f"127.0.0.1:{port}", "--mirror")
        daemon, _ = station.serve(listen=f"127.0.0.1:{own}")
        for _ in range(3):
            station.ingest()
        joined = station.run("user", "add", "000042", "--role", "officer")
        check("there is an account", joined[0] == 0, joined)
        check("with a token", station.run("user", "token", "000042", "--name", "t", "--scope", "verify", "--days", "9")[0] == 0)
        code, out, errors = station.run("backup", "--out", place("backup"), "--json")
        made = json.loads(out) if out else {}
        check("a backup is made while the station works", code == 0 and made.get("objects") == 3, (code, out, errors))
        code, _, errors = place.run("ingest", place("card-st-1"), "--root", place("backup"))
        check("nobody takes it for a station", code not in (0, 70) and "not empty" in errors, (code, errors))
        backed = made["treeSize"]
        station.ingest()
        code, out, errors = station.run("backup", "--out", place("backup"), "--json")
        again = json.loads(out)
        check("with the accounts, for its owner's eyes alone", os.stat(place("backup", "accounts.sqlite")).st_mode & 0o777 == 0o600)
        with open(place("backup", "accounts.sqlite"), "rb") as file:
            copied = file.read()
        with sqlite3.connect(f"file:{place('backup', 'accounts.sqlite')}?mode=ro", uri=True) as accounts:
            rows = {table: accounts.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in ("accounts", "invitations", "sessions", "delays", "tokens")}
        check("but no links and sessions", rows["accounts"] >= 1 and sum(rows.values()) == rows["accounts"], rows)
        shutil.copytree(place("backup"), place("bare"))
        code, out, errors = station.run("backup", "--out", place("bare"), "--no-key")
        check("nor anything secret where no key is wanted, also of an earlier time", code == 0
              and not any(os.path.exists(place("bare", name)) for name in ("accounts.sqlite", "keys/log.key")), errors)
        check("made again it takes what is new", code == 0 and again["objects"] == 1 and again["treeSize"] > backed,
              (code, out, errors))
        shutil.copytree(place("backup"), place("yesterday"))
        station.ingest()
        size = station.size()
        until(lambda: station.size("checkpoint.cosigned") >= size, 60)
        place.stop(daemon)
        os.rename(station.root, place("burnt"))

        restored = Restored(station, "new")
        bare = Restored(station, "bare-new")
        check("no account comes back unasked", bare.run("restore", place("yesterday"))[0] == 0 and not os.path.exists(bare.root + "/accounts.sqlite"))
        code, out, errors = restored.run("restore", place("yesterday"), "--accounts", "--json")
        report = json.loads(out) if out else {}
        check("the backup is put back", code == 0 and report.get("treeSize") == again["treeSize"], (code, out, errors))
        with open(restored.root + "/accounts.sqlite", "rb") as file:
            check("and the accounts are as they were", file.read() == copied)
        code, _, errors = restored.ingest()
        check("it enters nothing before it has been compared", code == 4 and restored.size() == again["treeSize"],
              (code, errors))
        check("and says why", "log recover" in errors, errors)
        daemon, _ = restored.serve(listen=f"127.0.0.1:{own}")
        until(lambda: any(why in restored.run("docks", "--json")[1] for why in ('"claimed"', '"proven"')), 60)
        docks = restored.run("docks")[1]
        check("the witness knows more: it stays held", "Nothing is entered or signed" in docks, docks)
        code, _, errors = restored.run("log", "recover", "--from", place("wit"))
        check("a log is not fetched beneath a running station", code == 6, (code, errors))
        place.stop(daemon)
        mirror = os.path.join(place("wit"), "mirror", hashlib.sha256(station.origin.encode()).hexdigest())
        code, out, errors = restored.run("log", "recover", "--from", mirror, "--json")
        found = json.loads(out) if out else {}
        check("the mirror gives back the entries since", found.get("treeSize") == size and found["before"] == again["treeSize"],
              (code, out, errors))
        check("what was lost with the disk is named", code == 1 and len(found["lostItems"]) == 1 and found["missingRecords"] > 0,
              found)
        check("the entries are the old ones, byte for byte",
              tree_hash([leaf_hash(entry) for entry in restored.entries()]) == checkpoint(restored.note())[2])
        daemon, _ = restored.serve(listen=f"127.0.0.1:{own}")
        until(lambda: "restore" in events(restored), 60)
        check("that it was put back stands in its ledger", events(restored).count("restore") == 1, events(restored))
        code, _, errors = restored.ingest()
        check("compared with its witness it works again", code == 0, (code, errors))
        until(lambda: restored.size("checkpoint.cosigned") >= restored.size(), 60)
        check("and is cosigned", restored.size("checkpoint.cosigned") >= size)
        place.stop(daemon)
        code, out, _ = restored.run("audit")
        check("audit names the lost item, and not the others", code == 1 and found["lostItems"][0] in out
              and "compared with a witness" not in out, out)

        # The original turns up again beside it: the witness knows the one history alone.
        original = Restored(station, "burnt")
        original.ingest()
        daemon, _ = original.serve()
        until(lambda: '"held"' in original.run("docks", "--json")[1], 60)
        check("a clone beside it is held", '"held"' in original.run("docks", "--json")[1])
        check("and can enter nothing", original.ingest()[0] == 4)
        place.stop(daemon)

        # Put back from the newest backup there is, nothing is lacking: it is released by itself.
        code, out, errors = restored.run("backup", "--out", place("latest"), "--json")
        check("a backup names what it cannot hold", code == 1 and json.loads(out)["lostItems"] == found["lostItems"],
              (code, out))
        again = Restored(station, "newer")
        again.run("restore", place("latest"))
        daemon, _ = again.serve(listen=f"127.0.0.1:{own}")
        until(lambda: "restore" in events(again), 60)
        check("a whole restore is released by its witness, and logged", events(again).count("restore") == 1, events(again))
        check("and works", again.ingest()[0] == 0)
        place.stop(daemon)
        place.stop(witness)


def alone():
    """Without a witness: somebody's word, for ever in the ledger. A spoiled backup; a key kept apart."""
    with places() as place:
        station = Station(place, "st")
        for _ in range(2):
            station.ingest()
        code, _, errors = station.run("backup", "--out", place("backup"), "--no-key")
        check("a backup without the key", code == 0 and "keys/log.key" not in files(place("backup")), errors)
        key = os.path.join(station.root, "keys/log.key")
        restored = Restored(station, "new")
        code, _, errors = restored.run("restore", place("backup"))
        check("without a key it is not put back", code == 2 and "--key" in errors, (code, errors))
        code, _, errors = restored.run("restore", place("backup"), "--key", key, "--unwitnessed")
        check("nor unwitnessed without a reason", code == 2 and not os.path.exists(restored.root), (code, errors))
        code, out, errors = restored.run("restore", place("backup"), "--key", key)
        check("with the offline copy it is", code == 0 and "signs nothing yet" in out, (code, out, errors))
        daemon, _ = restored.serve()
        check("docks says that it is held", "put back from a backup" in restored.run("docks")[1])
        check("and it stays so", restored.ingest()[0] == 4)
        code, out, errors = restored.run("restore", "--unwitnessed", "--why", "no notary yet")
        check("somebody's word lets it sign, while it serves", code == 0, (code, out, errors))
        check("it works again", restored.ingest()[0] == 0)
        place.stop(daemon)
        code, out, errors = restored.run("audit")
        check("audit says for ever that it was not compared", code == 0 and "not compared with a witness" in out, (code, out))
        check("a station that is not held is not released", restored.run("restore", "--unwitnessed", "--why", "x")[0] == 2)
        code, _, errors = restored.run("restore", place("backup"), "--key", key)
        check("nor is a root written over", code not in (0, 70) and "not empty" in errors, (code, errors))

        # Every byte is verified on the way back.
        item = next(name for name in files(place("backup")) if name.startswith("vault/footage"))
        before = read(place("backup", item))
        with open(place("backup", item), "r+b") as file:
            file.write(b"X")
        spoiled = Restored(station, "spoiled")
        code, out, errors = spoiled.run("restore", place("backup"), "--key", key, "--json")
        check("a spoiled file of the backup is named and not put back",
              code == 1 and len(json.loads(out)["lostItems"]) == 1 and item not in files(spoiled.root), (code, out, errors))
        os.chmod(place("backup", item), 0o644)
        with open(place("backup", item), "wb") as file:
            file.write(before)
        tile = next(name for name in files(place("backup")) if name.startswith("log/tile/entries"))
        data = bytearray(read(place("backup", tile)))
        data[50] ^= 1
        os.chmod(place("backup", tile), 0o644)
        with open(place("backup", tile), "wb") as file:
            file.write(data)
        code, _, errors = Restored(station, "forged").run("restore", place("backup"), "--key", key)
        check("a forged entry of the backup refuses all of it", code not in (0, 1, 70) and
              not os.path.exists(place("forged", "station.json")), (code, errors))
        other = Station(place, "other")
        code, _, errors = other.run("backup", "--out", place("backup"))
        check("another station's backup is not written over", code == 2, (code, errors))

        # A log whose files are damaged is fetched whole from wherever a copy is.
        shutil.copytree(os.path.join(restored.root, "log"), place("copy"))
        size = restored.size()
        for name in files(os.path.join(restored.root, "log/tile")):
            path = os.path.join(restored.root, "log/tile", name)
            data = bytearray(read(path))
            data[len(data) // 2] ^= 1
            os.chmod(path, 0o644)
            with open(path, "wb") as file:
                file.write(data)
        check("a damaged log stops everything", restored.ingest()[0] == 5)
        code, out, errors = restored.run("log", "recover", "--from", place("copy"))
        check("it is fetched from a copy", code == 0 and restored.size() == size, (code, out, errors))
        check("and the station works again", restored.ingest()[0] == 0)
        code, out, _ = restored.run("audit")
        check("with an audit that finds nothing but what was put aside", code == 1 and out.count("!") == 1
              and "vault/damaged/log-" in out, out)


if __name__ == "__main__":
    sys.exit(run_parts(witnessed, alone))
