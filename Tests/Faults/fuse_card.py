"""A recorder that misbehaves: a read-only FUSE file system spoken straight to /dev/fuse.

    python3 fuse_card.py MOUNTPOINT CARD.json

CARD.json: {"files": {"DCIM/A.MP4": {"size": 4096, "seed": 1, ...}}}. What a file may also have:
  "bad": [[from, to], …]   EIO for every read that touches such a range
  "from": offset, "what": "EIO" | "ENODEV" | "ENOTCONN" | "stall" | "exit"
                           what every read beyond that offset gets; `stall` answers never, `exit`
                           ends the file system as if the cable were pulled
  "slow": seconds          before each answer
  "grows": bytes           the size grows by so much at every reading
  "becomes": seed, "at": offset   at the first reading beyond it, once: other bytes, a later time
Every fault that was answered is a line in CARD.json.fired: the path, what, and the offset.
Sources: Linux' include/uapi/linux/fuse.h, protocol 7.31.
"""

import ctypes
import errno
import hashlib
import json
import os
import random
import signal
import stat
import struct
import subprocess
import sys
import time

(LOOKUP, FORGET, GETATTR, OPEN, READ, STATFS, RELEASE, FLUSH, INIT, OPENDIR, READDIR, RELEASEDIR,
 INTERRUPT, DESTROY, BATCH_FORGET) = (1, 2, 3, 14, 15, 17, 18, 25, 26, 27, 28, 29, 36, 38, 42)
AUTO_INVAL_DATA = 1 << 12  # a later time or another size empties the kernel's cache
MIB = 1 << 20
MODIFIED = 1_767_225_600


def content(seed, offset, size):
    """The bytes of a made file: the same for the same seed, however long the file."""
    base = _base(seed)
    out = bytearray()
    while size > 0:
        block, inside = divmod(offset, MIB)
        head = block.to_bytes(8, "big")
        length = min(size, MIB - inside)
        out += (head[inside:] + base[max(inside, 8):])[:length]
        offset, size = offset + length, size - length
    return bytes(out)


_BASES = {}


def _base(seed):
    if seed not in _BASES:
        _BASES[seed] = random.Random(f"footage {seed}").randbytes(MIB)
    return _BASES[seed]


def digest(seed, size, gaps=()):
    """The SHA-256 of a made file, with zeros in the gaps."""
    data = bytearray(content(seed, 0, size))
    for start, end in gaps:
        data[start:end] = bytes(min(end, size) - start)
    return hashlib.sha256(data).hexdigest()


class Card:
    """Mounts and unmounts the file system; the server is a process of its own."""

    def __init__(self, work, name="card"):
        if os.geteuid() != 0 or not os.path.exists("/dev/fuse"):
            import bench
            raise bench.Skipped("needs root and /dev/fuse")
        self.work, self.path = work, os.path.join(work.place, name)
        os.makedirs(self.path, exist_ok=True)
        self.server = None
        self.trace = self.path + ".json.fired"
        work.cleaning.callback(self.pull)
        work.pulls.append(self.pull)

    def insert(self, files):
        """Mounts it with those files; returns when it can be read."""
        spec = self.path + ".json"
        with open(spec, "w") as file:
            json.dump({"files": files}, file)
        open(self.trace, "w").close()
        self.server = self.work.start([sys.executable, os.path.abspath(__file__), self.path, spec],
                                      stdout=subprocess.PIPE)
        if self.server.stdout.readline() != b"ready\n":
            import bench
            raise bench.Skipped("cannot mount FUSE here")

    def fired(self):
        """The faults that were really answered since it was inserted: [path, what, offset]."""
        with open(self.trace) as file:
            return [(path, what, int(offset)) for path, what, offset in
                    (line.rstrip("\n").rsplit("\t", 2) for line in file)]

    def pull(self):
        """The file system is gone at once (readers get ENOTCONN), and so is the mount."""
        if self.server is not None:
            self.server.kill()
            self.server.wait()
            self.server.stdout.close()
            self.work.processes.remove(self.server)
            self.server = None
        subprocess.run(["umount", "-l", self.path], stderr=subprocess.DEVNULL, check=False)


class Server:
    """Answers the kernel's requests until the device is closed."""

    def __init__(self, files, trace):
        self.trace = os.open(trace, os.O_WRONLY | os.O_APPEND)
        self.nodes = {1: ("", None)}
        self.names, self.children = {"": 1}, {1: []}
        for path, facts in sorted(files.items()):
            parent = ""
            facts["path"] = path
            parts = path.split("/")
            for depth, part in enumerate(parts):
                whole = "/".join(parts[:depth + 1])
                if whole not in self.names:
                    number = len(self.nodes) + 1
                    self.names[whole] = number
                    self.children[self.names[parent]].append((part, number))
                    self.children[number] = []
                    self.nodes[number] = (part, facts if depth == len(parts) - 1 else None)
                parent = whole

    def attributes(self, number):
        facts = self.nodes[number][1]
        if facts is None:
            mode, size = stat.S_IFDIR | 0o555, 4096
        else:
            mode, size = stat.S_IFREG | 0o444, facts["size"] + facts.get("grown", 0)
        facts = facts or {}
        at = MODIFIED + facts.get("grown", 0) + facts.get("later", 0)
        return struct.pack("<6Q10I", number, size, (size + 511) // 512, at, at, at, 0, 0, 0,
                           mode, 1, 0, 0, 0, 4096, 0)

    def answer(self, opcode, node, body):
        """The bytes of the answer, an errno, or None for none at all."""
        if opcode == INIT:
            flags = struct.unpack("<4I", body[:16])[3] & AUTO_INVAL_DATA
            return struct.pack("<4I2H2I2H8I", 7, 31, 65536, flags, 12, 9, 65536, 1, 16, 0, *[0] * 8)
        if opcode == LOOKUP:
            name = body.rstrip(b"\0").decode(errors="surrogateescape")
            for child, number in self.children[node]:
                if child == name:
                    return struct.pack("<4Q2I", number, 0, 0, 0, 0, 0) + self.attributes(number)
            return errno.ENOENT
        if opcode == GETATTR:
            return struct.pack("<Q2I", 0, 0, 0) + self.attributes(node)
        if opcode in (OPEN, OPENDIR):
            return struct.pack("<Q2I", 0, 0, 0)
        if opcode == READDIR:
            return self.listing(node, body)
        if opcode == READ:
            _, offset, size = struct.unpack("<2QI", body[:20])
            return self.reading(self.nodes[node][1], offset, size)
        if opcode == STATFS:
            return struct.pack("<5Q4I24x", 1 << 20, 0, 0, 100, 0, 4096, 255, 4096, 0)
        if opcode in (RELEASE, RELEASEDIR, FLUSH, DESTROY):
            return b""
        if opcode in (FORGET, BATCH_FORGET, INTERRUPT):
            return None
        return errno.ENOSYS

    def listing(self, node, body):
        _, offset, size = struct.unpack("<2QI", body[:20])
        out = b""
        entries = [(".", node), ("..", 1)] + self.children[node]
        for place, (name, number) in list(enumerate(entries))[offset:]:
            raw = name.encode(errors="surrogateescape")
            kind = 4 if self.nodes[number][1] is None else 8
            entry = struct.pack("<2Q2I", number, place + 1, len(raw), kind) + raw
            entry += b"\0" * (-len(entry) % 8)
            if len(out) + len(entry) > size:
                break
            out += entry
        return out

    def reading(self, facts, offset, size):
        end = min(offset + size, facts["size"] + facts.get("grown", 0))
        if facts.get("slow"):
            time.sleep(facts["slow"])
        if "becomes" in facts and end > facts["at"]:
            self.fire(facts, "becomes", offset)
            facts["seed"] = facts.pop("becomes")
            facts["later"] = 2
        if "from" in facts and end > facts["from"]:
            self.fire(facts, facts["what"], offset)
            if facts["what"] == "stall":
                return None
            if facts["what"] == "exit":
                os._exit(0)
            return getattr(errno, facts["what"])
        bad = [start for start, to in facts.get("bad", []) if offset < to and start < end]
        for start in bad:
            self.fire(facts, "bad", start)
        if bad:
            return errno.EIO
        if "grows" in facts:
            self.fire(facts, "grows", offset)
            facts["grown"] = facts.get("grown", 0) + facts["grows"]
        return content(facts["seed"], offset, max(0, end - offset))

    def fire(self, facts, what, offset):
        os.write(self.trace, f"{facts['path']}\t{what}\t{offset}\n".encode())

    def serve(self, device):
        while True:
            try:
                request = os.read(device, MIB + 4096)
            except OSError as error:
                if error.errno in (errno.EINTR, errno.ENOENT, errno.EAGAIN):
                    continue
                return
            _, opcode, unique, node = struct.unpack("<2I2Q", request[:24])
            answer = self.answer(opcode, node, request[40:])
            if opcode == INTERRUPT:
                # A reader that is being killed may go, as it may on a disk that times out.
                unique, answer = struct.unpack("<Q", request[40:48])[0], errno.EINTR
            if answer is None:
                continue
            error, data = (-answer, b"") if isinstance(answer, int) else (0, answer)
            try:
                os.write(device, struct.pack("<IiQ", 16 + len(data), error, unique) + data)
            except OSError as gone:
                if gone.errno not in (errno.ENOENT, errno.EINVAL):
                    return


def main():
    mountpoint, spec = sys.argv[1:3]
    with open(spec) as file:
        server = Server(json.load(file)["files"], spec + ".fired")
    device = os.open("/dev/fuse", os.O_RDWR | os.O_CLOEXEC)
    libc = ctypes.CDLL(None, use_errno=True)
    read_only = 1 | 2 | 4 | 8  # MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC
    options = f"fd={device},rootmode=40555,user_id=0,group_id=0,allow_other"
    if libc.mount(b"recorder", os.fsencode(mountpoint), b"fuse", read_only, options.encode()):
        print(os.strerror(ctypes.get_errno()), flush=True)
        sys.exit(1)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    print("ready", flush=True)
    server.serve(device)


if __name__ == "__main__":
    main()
