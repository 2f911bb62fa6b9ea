"""Counts a program's file calls under strace, and fails or kills single ones of them.

The program runs in a PID namespace of its own, so that its staged files have the same names in
every run. An instance is named by the call, the path that it touches and its number on that path;
or, where the path is random (a record's), by its number in its thread, which is how strace counts.
"""

import os
import re

import bench

CALLS = ("openat", "openat2", "write", "pwrite64", "pwritev", "fsync", "fdatasync", "syncfs",
         "rename", "renameat", "renameat2", "unlink", "unlinkat", "mkdir", "mkdirat", "ftruncate",
         "fallocate", "linkat", "copy_file_range")
_LINE = re.compile(r"^(\d+) +(\w+)\((.*)$")
_ROOTED = re.compile(r'^(?:\d+|AT_FDCWD)<([^>]*)>')
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"(\.\.\.)?')
_RANDOM = re.compile(r"vault/records/[0-9a-f]{2}|/proc/|/sys/|/lib|/etc/")


class Instance:
    """One call of one run: `path` is None where it is found by its number in the thread."""

    def __init__(self, call, path, number):
        self.call, self.path, self.number = call, path, number

    @property
    def key(self):
        return (self.call, self.path or "", self.number)

    def __str__(self):
        where = f" on {self.path}" if self.path else " of a thread"
        return f"{self.call} #{self.number}{where}"

    @property
    def paths(self):
        return ["-P", self.path] if self.path else []


def wrapped(log, options):
    """The words before the program's: its own PID namespace, and strace in it."""
    return ["unshare", "--pid", "--fork", "--kill-child", "--mount-proc", "--propagation",
            "slave", "strace", "-f", "-qq", "-y", "-s", "96", "-o", log, *options]


def available(work):
    """Skips the experiment where strace cannot inject."""
    bench.need("strace", "unshare")
    bench.need_root()
    probe = bench.call("unshare", "--pid", "--fork", "--mount-proc", "strace", "-f", "-qq", "-o",
                       "/dev/null", "-e", "inject=fsync:error=EIO", "true", check=False)
    if probe.returncode != 0:
        raise bench.Skipped("strace may not trace here: " + probe.stdout.decode()[-100:])


def count(work, arguments, calls=CALLS, **environment):
    """Runs the program once, and returns the instances of its file calls."""
    log = os.path.join(work.place, "trace")
    run = work.run(arguments, prefix=wrapped(log, ["-e", "trace=" + ",".join(calls)]),
                   **environment)
    root = arguments[arguments.index("--root") + 1]
    found, on_path, in_thread = {}, {}, {}
    with open(log, errors="replace") as file:
        for line in file:
            match = _LINE.match(line)
            if not match or "resumed>" in line:
                continue
            thread, call, rest = match.groups()
            descriptor = _ROOTED.match(rest)
            place = descriptor.group(1) if descriptor else ""
            name = None
            if call not in ("write", "pwrite64", "pwritev"):
                quoted = _QUOTED.search(rest)
                name = quoted.group(1) if quoted and not quoted.group(2) else None
            path = name or place
            inside = path.startswith(root) or (place.startswith(root) and not path.startswith("/"))
            in_thread[thread, call] = in_thread.get((thread, call), 0) + 1
            if not inside:
                continue
            if _RANDOM.search(path.replace(root, "")):
                instance = Instance(call, None, in_thread[thread, call])
            else:
                key = (thread, call, path)
                on_path[key] = on_path.get(key, 0) + 1
                instance = Instance(call, path, on_path[key])
            found[instance.key] = instance
    return run, [found[key] for key in sorted(found)]


def inject(work, prepare, arguments, instance, what, **more):
    """Runs the program with that one instance failed (`what`: error=EIO, signal=KILL,
    retval=1). Returns the run, and whether the fault was seen to fire. Threads take turns, so
    that an instance may not come up: then once more, from the fresh start that `prepare` makes."""
    for _ in range(3):
        prepare()
        run, fired = _once(work, arguments, instance, what, **more)
        if fired:
            break
    return run, fired


def _once(work, arguments, instance, what, to="", **more):
    log = os.path.join(work.place, "trace")
    options = ["-e", "trace=" + instance.call, *instance.paths,
               "-e", f"inject={instance.call}:{what}:when={instance.number}{to}"]
    run = work.run(arguments, prefix=wrapped(log, options), **more)
    with open(log, errors="replace") as file:
        text = file.read()
    fired = "(INJECTED" in text or ("signal=KILL" in what and "killed by SIGKILL" in text)
    return run, fired
