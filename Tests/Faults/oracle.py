"""The independent judge of a root on disk: shares no code with the program that wrote it.

    python3 oracle.py ROOT

Prints each violation, and a line of counts; exit code 1 where there is a violation. Sources: the
layout in the outward contract, RFC 6962 section 2.1, C2SP tlog-tiles, signed-note, RFC 8785.
"""

import base64
import hashlib
import json
import os
import re
import stat
import sys

import ed25519

BLOCK = 1 << 20
EMPTY_ROOT = hashlib.sha256(b"").digest()


class Verdict:
    """What the judge found: violations (text), and counts of what is no fault by itself."""

    def __init__(self):
        self.violations = []
        self.size = 0            # of the published checkpoint
        self.leaves = []         # decoded, in order
        self.roots = [EMPTY_ROOT]  # roots[n]: the root of the first n leaves
        self.items = {}          # item -> row of its ingestion
        self.quarantined = []    # quarantine rows
        self.refused = []        # refusal rows
        self.undockings = []     # undocking rows
        self.orphans = []        # sealed objects that no published leaf knows
        self.orphan_records = 0
        self.staged = []         # what lies in staging/
        self.objects = 0

    def fault(self, text):
        self.violations.append(text)

    @property
    def checkpoint(self):
        return self.size, self.roots[self.size] if self.size < len(self.roots) else None


def canonical(value):
    """RFC 8785 for what the contract allows: no floats, keys in ASCII."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def node(left, right):
    return hashlib.sha256(b"\x01" + left + right).digest()


def tile_name(level, number):
    groups = [f"{number % 1000:03}"]
    while number >= 1000:
        number //= 1000
        groups.insert(0, f"x{number % 1000:03}")
    return f"log/tile/{level}/" + "/".join(groups)


def read(path, limit=1 << 26):
    with open(path, "rb") as file:
        return file.read(limit)


def _levels(hashes):
    """The complete subtree hashes of every height: levels[h][i] covers leaves i<<h ..(i+1)<<h."""
    levels = [hashes]
    while len(levels[-1]) > 1:
        below = levels[-1]
        levels.append([node(below[i], below[i + 1]) for i in range(0, len(below) // 2 * 2, 2)])
    return levels


def _roots(hashes):
    roots, stack = [EMPTY_ROOT], []
    for index, leaf in enumerate(hashes):
        stack.append(leaf)
        count = index + 1
        while count % 2 == 0:
            right = stack.pop()
            stack.append(node(stack.pop(), right))
            count //= 2
        root = stack[-1]
        for left in reversed(stack[:-1]):
            root = node(left, root)
        roots.append(root)
    return roots


def _check_checkpoint(root, verdict):
    """Reads log/checkpoint: (size, root hash), or None where there is none yet."""
    path = os.path.join(root, "log/checkpoint")
    if not os.path.exists(path):
        return None
    note = read(path)
    try:
        text, signatures = note.rsplit(b"\n\n", 1)
        text += b"\n"
        origin, size, digest = text.decode().split("\n")[:3]
        size, digest = int(size), base64.b64decode(digest, validate=True)
    except ValueError:
        verdict.fault(f"checkpoint is no signed note: {note[:80]!r}")
        return None
    station = json.loads(read(os.path.join(root, "station.json")))
    if station["origin"] != origin:
        verdict.fault(f"checkpoint of {origin}, station of {station['origin']}")
    pem = read(os.path.join(root, "keys/log.key")).decode()
    der = base64.b64decode("".join(pem.split("\n")[1:-2]))
    public = ed25519.public_key(der[-32:])
    mode = os.stat(os.path.join(root, "keys/log.key")).st_mode & 0o777
    if mode != 0o600:
        verdict.fault(f"log.key has mode {mode:o}")
    key_id = hashlib.sha256(origin.encode() + b"\n\x01" + public).digest()[:4]
    good = False
    for line in signatures.decode().splitlines():
        dash, name, blob = line.split(" ")
        blob = base64.b64decode(blob)
        if dash == "\u2014" and name == origin and blob[:4] == key_id:
            good = ed25519.verify(public, text, blob[4:])
    if not good:
        verdict.fault("the checkpoint has no valid signature of the station's key")
    return size, digest


def _entries(root, size, verdict):
    """The raw entries of the first `size` leaves, from full bundles or wide enough partial ones."""
    entries = []
    for number in range((size + 255) // 256):
        width = min(256, size - 256 * number)
        base = os.path.join(root, tile_name("entries", number))
        places = [base] if width == 256 else [f"{base}.p/{width}", base]
        place = next((p for p in places if os.path.isfile(p)), None)
        if place is None:
            verdict.fault(f"entry bundle {number} of width {width} is lost")
            return entries
        data, found = read(place), []
        while data:
            length = int.from_bytes(data[:2], "big")
            if len(data) < 2 + length:
                verdict.fault(f"{place}: cut off")
                break
            found.append(data[2:2 + length])
            data = data[2 + length:]
        if len(found) < width or (place == places[0] and len(found) != width):
            verdict.fault(f"{place}: {len(found)} entries, not {width}")
        entries += found[:width]
    return entries


def _check_tiles(root, size, hashes, verdict):
    """Every hash tile on disk within the published tree, against the recomputed hashes; and every
    tile that a client of the published checkpoint asks for must be there."""
    levels = _levels(hashes)
    level = 0
    while size >> (8 * level):
        have = levels[8 * level] if 8 * level < len(levels) else []
        have = have[:size >> (8 * level)]
        for number in range((len(have) + 255) // 256):
            part = have[256 * number:256 * number + 256]
            base = os.path.join(root, tile_name(level, number))
            wanted = base if len(part) == 256 else f"{base}.p/{len(part)}"
            if not os.path.isfile(wanted) and not os.path.isfile(base):
                verdict.fault(f"tile {wanted} is lost")
            widths = []
            if os.path.isdir(base + ".p"):
                widths = [(os.path.join(base + ".p", w), w) for w in os.listdir(base + ".p")]
            for path, width in widths + [(base, "256")] * os.path.isfile(base):
                if not width.isdigit():
                    verdict.fault(f"{path}: a foreign name among the tiles")
                    continue
                data = read(path)
                whole = min(int(width), len(part))
                # What lies beyond the published size is not shown to anyone yet.
                if int(width) <= len(part) and len(data) != 32 * int(width):
                    verdict.fault(f"{path}: {len(data)} bytes")
                elif data[:32 * whole] != b"".join(part[:whole]):
                    verdict.fault(f"{path}: wrong hashes")
        level += 1


def _digests(path):
    """(sha256, sm3, size, [sha256 of every MiB]) of a file, by one reading."""
    whole, sm3, blocks, size = hashlib.sha256(), hashlib.new("sm3"), [], 0
    with open(path, "rb") as file:
        while block := file.read(BLOCK):
            whole.update(block)
            sm3.update(block)
            blocks.append(hashlib.sha256(block).digest())
            size += len(block)
    return whole.hexdigest(), sm3.hexdigest(), size, blocks


def _sealed(root, kind, verdict):
    """The files of vault/footage or vault/partial, each with its digests under its name."""
    found = {}
    base = os.path.join(root, "vault", kind)
    for folder, _, names in os.walk(base):
        for name in names:
            path = os.path.join(folder, name)
            status = os.lstat(path)
            if not stat.S_ISREG(status.st_mode):
                verdict.fault(f"{path}: not a regular file")
                continue
            facts = _digests(path)
            if facts[0] != name or os.path.basename(folder) != name[:2]:
                verdict.fault(f"{path}: holds {facts[2]} bytes with SHA-256 {facts[0]}")
            if status.st_mode & 0o222:
                verdict.fault(f"{path}: is writable ({status.st_mode & 0o777:o})")
            found[name] = facts
    return found


def _records(root, verdict):
    """The names of vault/records, each checked; the bytes are read again when they are needed."""
    names = set()
    for folder, _, files in os.walk(os.path.join(root, "vault/records")):
        for name in files:
            data = read(os.path.join(folder, name))
            if hashlib.sha256(data).hexdigest() != name:
                verdict.fault(f"record {name}: {len(data)} bytes with another SHA-256")
            names.add(name)
    return names


def _record(root, digest, where, verdict):
    path = os.path.join(root, "vault/records", digest[:2], digest)
    try:
        data = read(path)
    except FileNotFoundError:
        verdict.fault(f"{where}: record {digest} is lost")
        return None
    try:
        value = json.loads(data)
    except ValueError:
        verdict.fault(f"{where}: record {digest} is no JSON")
        return None
    if canonical(value) != data:
        verdict.fault(f"{where}: record {digest} is not canonical")
    return value


def _check_object(row, store, where, verdict):
    facts = store.get(row["sha256"])
    if facts is None:
        verdict.fault(f"{where}: the object {row['sha256']} is LOST")
        return
    _, sm3, size, blocks = facts
    if size != row["size"]:
        verdict.fault(f"{where}: {size} bytes stored, {row['size']} in the row")
    if row.get("sm3") not in (None, sm3):
        verdict.fault(f"{where}: SM3 {sm3} stored, {row['sm3']} in the row")
    if "blocks" in row and hashlib.sha256(b"".join(blocks)).hexdigest() != row["blocks"]:
        verdict.fault(f"{where}: the list of block digests differs")


def _check_partial(root, row, partial, where, verdict):
    facts = partial.get(row.get("sha256"))
    if facts is None:
        verdict.fault(f"{where}: the partial copy {row.get('sha256')} is LOST")
        return
    path = os.path.join(root, "vault/partial", row["sha256"][:2], row["sha256"])
    with open(path, "rb") as file:
        for gap in row.get("unreadable", []):
            if gap["from"] % 4096 or (gap["to"] % 4096 and gap["to"] != row["size"]):
                verdict.fault(f"{where}: gap {gap} not on 4 KiB")
            file.seek(gap["from"])
            if file.read(gap["to"] - gap["from"]).strip(b"\0"):
                verdict.fault(f"{where}: gap {gap} does not hold zeros")


def _check_leaf(root, index, leaf, verdict, footage, partial, used):
    where = f"leaf {index} ({leaf['event']})"
    if leaf.get("previous", -1) >= index:
        verdict.fault(f"{where}: previous {leaf['previous']}")
    basis = leaf.get("basis")
    if basis and (basis["size"] > index or verdict.roots[basis["size"]].hex() != basis["root"]):
        verdict.fault(f"{where}: basis is no earlier state of this log")
    if "record" not in leaf:
        return
    header = _record(root, leaf["record"], where, verdict)
    if header is None:
        return
    used["records"].update([leaf["record"], *header["rows"]])
    rows = [_record(root, digest, where, verdict) for digest in header["rows"]]
    for row in rows:
        if row is None:
            continue
        kind = row["kind"]
        if kind == "file":
            _check_object(row, footage, where, verdict)
            used["footage"].add(row["sha256"])
            if leaf["event"] == "ingestion":
                verdict.items[f"{leaf['station']}-{index}"] = row
                for key in ("sha256", "sm3", "size"):
                    if key in leaf and leaf[key] != row[key]:
                        verdict.fault(f"{where}: {key} of leaf and row differ")
            elif row.get("item") not in verdict.items:
                verdict.fault(f"{where}: names {row.get('item')}, which is no item before it")
        elif kind == "quarantine":
            verdict.quarantined.append(row)
            if row.get("item") or (row.get("sha256") and not row.get("unreadable")):
                _check_object(row, footage, where, verdict)
                used["footage"].add(row.get("sha256"))
            elif "sha256" in row:
                used["partial"].add(row["sha256"])
                _check_partial(root, row, partial, where, verdict)
        elif kind == "refusal":
            verdict.refused.append(row)
        elif kind == "undocking":
            verdict.undockings.append(row)
    if leaf["event"] == "ingestion":
        files = [r for r in rows if r and r["kind"] == "file"]
        if len(files) != 1:
            verdict.fault(f"{where}: {len(files)} file rows")
        for row in rows:
            if row and row["kind"] == "blocks" and files:
                joined = hashlib.sha256(b"".join(bytes.fromhex(d) for d in row["sha256"]))
                if joined.hexdigest() != files[0]["blocks"]:
                    verdict.fault(f"{where}: blocks row differs from the file row")


def judge(root):
    """Judges a root at rest. A root whose making was cut off has no leaves, and may have none."""
    verdict = Verdict()
    footage = _sealed(root, "footage", verdict)
    partial = _sealed(root, "partial", verdict)
    records = _records(root, verdict)
    verdict.objects = len(footage)
    used = {"records": set(), "footage": set(), "partial": set()}
    published = _check_checkpoint(root, verdict)
    if published:
        verdict.size, digest = published
        entries = _entries(root, verdict.size, verdict)
        hashes = [hashlib.sha256(b"\0" + entry).digest() for entry in entries]
        verdict.roots = _roots(hashes)
        if verdict.roots[-1] != digest or len(entries) != verdict.size:
            verdict.fault(f"the checkpoint of size {verdict.size} is not the root of the entries")
        _check_tiles(root, verdict.size, hashes, verdict)
        for index, entry in enumerate(entries):
            leaf = json.loads(entry)
            verdict.leaves.append(leaf)
            if canonical(leaf) != entry or len(entry) > 4096:
                verdict.fault(f"leaf {index} is not canonical")
            _check_leaf(root, index, leaf, verdict, footage, partial, used)
    verdict.orphans = sorted(set(footage) - used["footage"])
    verdict.orphans += sorted(set(partial) - used["partial"])
    verdict.orphan_records = len(records - used["records"])
    staging = os.path.join(root, "staging")
    verdict.staged = sorted(os.listdir(staging)) if os.path.isdir(staging) else []
    return verdict


def check_sealed(verdict, lines, known=None):
    """Whatever ingest had said is sealed (its --json lines) must be had back; `known` gives the
    true SHA-256 by path."""
    for line in lines:
        if line.get("outcome") not in ("ingested", "duplicate"):
            continue
        leaf = line.get("leaf")
        if leaf is None or leaf >= verdict.size:
            verdict.fault(f"said to be sealed, not in the ledger: {line}")
        elif line["item"] not in verdict.items:
            verdict.fault(f"said to be sealed, no such item: {line}")
        elif verdict.items[line["item"]]["sha256"] != line["sha256"]:
            verdict.fault(f"said to be sealed with other bytes: {line}")
        if known is not None and known.get(line["path"]) != line["sha256"]:
            verdict.fault(f"sealed under a digest that is not the file's: {line}")


def check_listed(verdict, lines, whole):
    """Every listed item is in the published ledger; with `whole`, each item is listed too."""
    listed = {}
    for line in lines:
        row = verdict.items.get(line["item"])
        if row is None:
            verdict.fault(f"listed, not in the published ledger: {line['item']}")
        elif row["sha256"] != line["sha256"] or row["size"] != line["size"]:
            verdict.fault(f"listed with other bytes: {line['item']}")
        listed[line["item"]] = True
    if whole:
        for item in verdict.items:
            if item not in listed:
                verdict.fault(f"sealed, not listed: {item}")


def check_prefix(verdict, size, root_hash):
    """A checkpoint seen before is a prefix of what is published now."""
    if size >= len(verdict.roots) or verdict.roots[size] != root_hash:
        verdict.fault(f"the checkpoint seen before, of size {size}, is no prefix any more")


def seen_checkpoint(root):
    """(size, root hash) of the published checkpoint now, without judging; None where none is."""
    try:
        lines = read(os.path.join(root, "log/checkpoint")).decode().split("\n")
        return int(lines[1]), base64.b64decode(lines[2])
    except (OSError, ValueError, IndexError):
        return None


def main():
    if len(sys.argv) != 2 or re.match("-", sys.argv[1]):
        sys.exit("usage: python3 oracle.py ROOT")
    verdict = judge(sys.argv[1])
    for violation in verdict.violations:
        print(violation)
    print(f"{verdict.size} leaves, {len(verdict.items)} items, {verdict.objects} objects, "
          f"{len(verdict.orphans)} orphans, {len(verdict.violations)} violations")
    sys.exit(1 if verdict.violations else 0)


if __name__ == "__main__":
    main()
