"""Counts a program's file calls under strace, and fails or kills single ones of them.

The program runs in a PID namespace of its own, so that its staged files have the same names in
every run. An instance is named by the call, the path that it touches and its number on that path,
in its thread, which is how strace counts. Where the path is random (a record's), it is the number
among the calls relative to the root, or among all of its thread. A fault has fired where strace
says so, in the root: a number that another thread reached first, say while the program was loaded,
is not that instance.
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
    """One call of one run: `path` is None where it is found by its number in the thread, among
    the calls relative to `base` where that is given."""

    def __init__(self, call, path, number, base=None):
        self.call, self.path, self.number, self.base = call, path, number, base

    @property
    def key(self):
        return (self.call, self.path or "", self.base or "", self.number)

    def __str__(self):
        where = f" on {self.path}" if self.path else " of a thread"
        return f"{self.call} #{self.number}{where}{' in ' + self.base if self.base else ''}"

    @property
    def paths(self):
        place = self.path or self.base
        return ["-P", place] if place else []


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
    found, on_path, in_thread, in_root = {}, {}, {}, {}
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
            if root in (place, name):
                in_root[thread, call] = in_root.get((thread, call), 0) + 1
            if not inside:
                continue
            if _RANDOM.search(path.replace(root, "")):
                if place == root:
                    instance = Instance(call, None, in_root[thread, call], base=root)
                else:
                    instance = Instance(call, None, in_thread[thread, call])
            else:
                key = (thread, call, path)
                on_path[key] = on_path.get(key, 0) + 1
                instance = Instance(call, path, on_path[key])
            found[instance.key] = instance
    return run, [found[key] for key in sorted(found)]


def sweep(work, cases, size, seconds, prepare, arguments, also=((), ()), **environment):
    """Runs the program once for every case (instance, what, to) of a sample, from the fresh start
    that `prepare` makes: that one instance fails (`what`: error=EIO, signal=KILL, retval=1), or
    all from it on (`to`: +). Gives (name of the case, instance, run, trace) for each that fired.

    Threads take turns, so that an instance may not come up: then again, and then another one of
    the same call in its place. Where that does not come up either, the fault counts as not fired.
    `also`: what else the trace is to tell of, calls and paths."""
    later = 0
    for case in work.sample(cases, size, seconds):
        same = [other for other in cases if other[0].call == case[0].call]
        for turn in range(16):
            instance, what, to = case if turn < 4 else work.random.choice(same)
            prepare()
            run, trace, fired = _once(work, arguments, instance, what, to, also, **environment)
            if fired:
                break
        where = f"{what}{to} at {instance}"
        work.fault(where, fired)
        later += fired and turn > 0
        if fired:
            yield where, instance, run, trace
    if later:
        work.note(f"{later} came up at a further try only")


def _once(work, arguments, instance, what, to, also, **environment):
    log = os.path.join(work.place, "trace")
    calls, paths = also
    options = ["-e", "trace=" + ",".join({instance.call, *calls}), *instance.paths]
    if instance.paths:
        options += [word for path in paths for word in ("-P", path)]
    options += ["-e", f"inject={instance.call}:{what}:when={instance.number}{to}"]
    run = work.run(arguments, prefix=wrapped(log, options), **environment)
    with open(log, errors="replace") as file:
        text = file.read()
    return run, text, _has_fired(run, text, what, instance, arguments)


def _has_fired(run, trace, what, instance, arguments):
    root = arguments[arguments.index("--root") + 1]
    if what.startswith("signal"):
        # The program is gone, and its last calls tell where.
        calls = [line for line in trace.splitlines() if "+++" not in line]
        at = instance.path or any(root in call for call in calls[-4:])
        return run.code in (-9, 137) and bool(at)
    hits = [line for line in trace.splitlines() if "(INJECTED)" in line]
    return bool(hits) and bool(instance.paths or root in hits[0])
