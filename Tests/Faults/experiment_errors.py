"""Failing, short and lying file calls: never a wrong object, and the next docking completes."""

import contextlib
import os
import re
import shutil
import subprocess

import bench
import injection
from experiment_daemon import Daemon, dock, docked, taken, undock
from loop_disk import LoopDisk

WRITES = ("write", "pwrite64", "pwritev")
SYNCS = ("fsync", "fdatasync", "syncfs")
NAMES = ("rename", "renameat", "renameat2", "linkat")


def errors_of(instance):
    """With what a call of that kind can fail."""
    if instance.call in WRITES:
        return ["EIO", "ENOSPC", "EDQUOT", "EROFS", "EINTR"]
    if instance.call in SYNCS:
        return ["EIO", "ENOSPC", "EINTR"]
    if instance.call in ("openat", "openat2"):
        return ["EIO", "ENOSPC", "EROFS", "EMFILE", "ENOMEM"]
    return ["EIO", "ENOSPC", "EROFS"]


def _sweep(work, wanted, size, seconds, check=lambda *_: None, also=()):
    """`check`: what one experiment looks at besides; `also`: the calls that it has to see."""
    injection.available(work)
    card = os.path.join(work.place, "card")
    known = bench.small_card(card)
    single = {"EVIDOCK_SINGLE_THREADED": "true"}
    root = work.fresh_root()
    arguments = ["--root", root, "ingest", "--json", card]
    run, instances = injection.count(work, arguments, **single)
    work.expect(run.code == 0, f"the run that is counted: {run}")
    cases = [case for instance in instances for case in wanted(instance)]
    # As openat and rename have them; by its whole path a file would be counted as well.
    staged = {i.path.removeprefix(root + "/") for i in instances if "/staging/" in (i.path or "")}
    codes = {}
    for where, instance, run, trace in injection.sweep(
            work, cases, size, seconds, work.fresh_root, arguments,
            (also, sorted(staged) if also else ()), **single):
        codes[run.code] = codes.get(run.code, 0) + 1
        work.expect(run.code in bench.SENSIBLE, f"{where}: {run}")
        # Whoever is told that it did not go well is told why.
        why = run.err.strip() or any(line.get("reason") for line in run.files)
        work.expect(run.code in (0, 3) or why, f"{where}: exit code {run.code}, and no word")
        check(where, instance, run, trace)
        if work.judge(root, where, run.files, known).violations:
            continue
        if run.code == 0:
            got = {line["path"] for line in run.files if line["outcome"] in
                   ("ingested", "duplicate")}
            work.expect(got == set(known), f"{where}: exit code 0, without {set(known) - got}")
        # An object of the vault that could not be opened counts as damaged.
        aside = os.path.basename(instance.path or "") if instance.call.startswith("openat") else ""
        work.completes(
            root, card, where, known, aside=aside if len(aside) == 64 else None,
            is_index_doubted="retval" in where and "index.sqlite" in (instance.path or ""))
    work.note("exit codes " + ", ".join(f"{code}: {n}" for code, n in sorted(codes.items())))


def errors(work):
    """Experiment 2: one call fails, once, with each error that it can have."""
    _sweep(work, lambda i: [(i, f"error={e}", "") for e in errors_of(i)], 60, 70)


def lies(work):
    """Experiment 2: short writes, and writes that say they wrote and did not."""
    def cases(instance):
        if instance.call not in WRITES:
            return []
        # strace leaves the call out and answers with the value: a byte that was never written.
        if "index.sqlite" in (instance.path or ""):
            return [] if instance.number % 8 else [(instance, "retval=24", "")]
        return [(instance, what, "") for what in ("retval=1", "retval=0")]
    _sweep(work, cases, 60, 50)


def syncs(work):
    """Experiment 3: a sync fails once, then succeeds: never sealed from that file."""
    opened = re.compile(r'^(\d+) .*openat2?\(.*"staging/([^"]*)".*O_CREAT')
    named = re.compile(r'^(\d+) .*renameat2?\(.*?"staging/([^"]*)"')

    def check(where, instance, run, trace):
        """No name is given to what was staged, by that thread, before the sync that failed."""
        if "/log" in (instance.path or ""):
            work.expect(run.code in (4, 5), f"{where}: the ledger goes on, exit code {run.code}")
        lines = trace.splitlines()
        failed = next(n for n, line in enumerate(lines) if "(INJECTED)" in line)
        staged = [found.groups() for line in lines[:failed] if (found := opened.search(line))]
        thread = lines[failed].split()[0]
        if "/staging/" in (instance.path or ""):
            doubted = {(thread, os.path.basename(instance.path))}
        elif instance.call == "syncfs":
            doubted = {one for one in staged if one[0] == thread}
        else:
            return
        for line in lines[failed:]:
            if found := opened.search(line):
                doubted.discard(found.groups())
            if found := named.search(line):
                work.expect(found.groups() not in doubted, f"{where}: sealed all the same: {line}")

    def cases(instance):
        return [(instance, "error=EIO", "")] if instance.call in SYNCS else []
    _sweep(work, cases, 30, 35, check, ("openat", "openat2", "renameat", "renameat2"))


def full_disk(work):
    """Experiment 2: from one call on there is no room at all; it goes on when there is again."""
    def cases(instance):
        if instance.call not in WRITES + ("openat", "fallocate", "ftruncate") + NAMES:
            return []
        # A number of any thread would, from there on, hit the loading of the program too.
        if "staging" not in (instance.path or "") and "index" not in (instance.path or ""):
            return []
        return [(instance, f"error={error}", "+") for error in ("ENOSPC", "EDQUOT", "EROFS")]
    _sweep(work, cases, 16, 25)


def _fill(path, leave):
    """Takes the room of a file system but for so many bytes."""
    status = os.statvfs(path)
    free = status.f_bavail * status.f_frsize
    with open(path + "/filler", "wb", buffering=0) as file:
        if leave:
            os.posix_fallocate(file.fileno(), 0, free - leave)
        with contextlib.suppress(OSError):
            while not leave:
                file.write(bytes(1 << 16))


def _room(work, leave, held):
    disk = LoopDisk(work, "ext4", megabytes=96)
    root = os.path.join(disk.path, "root")
    subprocess.run(["cp", "-a", work.template(), root], check=True)
    card = os.path.join(work.place, "card")
    known = bench.small_card(card, large=24 * bench.MIB)
    daemon = Daemon(work, root, EVIDOCK_RESERVE_BYTES=str(8 * bench.MIB))
    _fill(disk.path, leave)
    free = os.statvfs(disk.path)
    is_full = free.f_bavail * free.f_frsize <= max(leave, 1 << 16)
    place = dock(work, daemon, card, "full")

    def state():
        return next((line.get("state") for line in docked(work, root, "full")), None)
    fired = bench.wait_until(lambda: state() in ("held", "failed"), 20, 0.1)
    said = state()
    work.fault(f"no room, {leave} bytes left", fired and is_full)
    where = f"{leave} bytes left"
    work.expect(said in held, f"{where}: the slot is {said}")
    work.expect(daemon.process.poll() is None, f"{where}: serve ended: {daemon.process.poll()}")
    if leave:
        verdict = work.judge(root, where, truth=set(known.values()))
        events = [leaf["event"] for leaf in verdict.leaves]
        work.expect("docking" in events, f"{where}: the ledger could not write: {events}")
        work.expect(len(verdict.items) == 4, f"{where}: {len(verdict.items)} of the 4 files that "
                    "there is room for were taken")
    os.remove(disk.path + "/filler")
    begin = bench.time.monotonic()
    goes_on = bench.wait_until(lambda: taken(work, root) >= set(known.values()), 60, 0.2)
    work.note(f"{where}: {said}; with room again all was taken after "
              f"{bench.time.monotonic() - begin:.1f} s")
    work.expect(goes_on, f"{where}: with room again, not all taken in 60 s: {state()}, "
                f"{daemon.log()[-500:]}")
    code = daemon.stop()
    work.expect(code == 0, f"{where}: stop: exit code {code}")
    undock(place)
    work.completes(root, card, where, known, EVIDOCK_RESERVE_BYTES=str(8 * bench.MIB))
    shutil.rmtree(root)
    disk.discard()


def no_room(work):
    """Experiment 2: the vault's disk is full to the last byte, by another's doing, when a recorder
    is docked: the slot is held or has failed, `serve` lives, and goes on within 60 s of there
    being room again."""
    _room(work, 0, ("held", "failed"))


def room(work):
    """Experiment 2: the vault's disk fills up while `serve` runs: the slot is held, the reserve
    lets the ledger write, and it goes on by itself within 60 s of there being room again."""
    _room(work, 16 * bench.MIB, ("held",))


EXPERIMENTS = [("errors", errors), ("errors-lies", lies), ("errors-syncs", syncs),
               ("errors-full-disk", full_disk), ("errors-room", room), ("errors-no-room", no_room)]
