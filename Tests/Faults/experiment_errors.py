"""Failing, short and lying file calls: never a wrong object, and the next docking completes."""

import os

import bench
import injection

WRITES = ("write", "pwrite64", "pwritev")
SYNCS = ("fsync", "fdatasync", "syncfs")
NAMES = ("rename", "renameat", "renameat2", "linkat")


def faults_of(instance):
    """What can happen to a call of that kind."""
    if instance.call in WRITES:
        # 0: nothing written; 1: short; half a MiB for what was never written at all is a lie.
        return ["error=EIO", "error=ENOSPC", "error=EDQUOT", "error=EROFS", "error=EINTR",
                "retval=1", "retval=0"]
    if instance.call in SYNCS:
        return ["error=EIO", "error=ENOSPC", "error=EINTR"]
    if instance.call in NAMES:
        return ["error=EIO", "error=ENOSPC", "error=EROFS"]
    if instance.call in ("openat", "openat2"):
        return ["error=EIO", "error=ENOSPC", "error=EROFS", "error=EMFILE", "error=ENOMEM"]
    return ["error=EIO", "error=ENOSPC", "error=EROFS"]


def _sweep(work, wanted, sample):
    injection.available(work)
    card = os.path.join(work.place, "card")
    known = bench.small_card(card)
    single = {"EVIDOCK_SINGLE_THREADED": "true"}
    root = work.fresh_root()
    arguments = ["--root", root, "ingest", "--json", card]
    run, instances = injection.count(work, arguments, **single)
    work.expect(run.code == 0, f"the run that is counted: {run}")
    cases = [case for instance in instances for case in wanted(instance)]
    codes = {}
    for instance, what, to in work.sample(cases, sample, 2 * sample):
        run, fired = injection.inject(
            work, work.fresh_root, arguments, instance, what, to=to, **single)
        work.fault(fired=fired)
        where = f"{what}{to} at {instance}"
        codes[run.code] = codes.get(run.code, 0) + 1
        work.expect(run.code in bench.SENSIBLE, f"{where}: {run}")
        if work.judge(root, where, run.files, known).violations:
            continue
        if run.code == 0:
            got = {line["path"] for line in run.files if line["outcome"] in
                   ("ingested", "duplicate")}
            work.expect(got == set(known), f"{where}: exit code 0, without {set(known) - got}")
        work.completes(root, card, where, known)
    work.note("exit codes " + ", ".join(f"{code}: {n}" for code, n in sorted(codes.items())))


def errors(work):
    """Experiment 2: one call fails, once, with each error that it can have."""
    _sweep(work, lambda i: [(i, what, "") for what in faults_of(i) if what.startswith("error")],
           60)


def lies(work):
    """Experiment 2: short writes, and writes that say they wrote and did not."""
    def cases(instance):
        if instance.call not in WRITES:
            return []
        # strace skips the call and answers with the value: a byte that was never written.
        lengths = ["retval=1", "retval=0"]
        if "index.sqlite" in (instance.path or ""):
            return [] if instance.number % 8 else [(instance, "retval=24", "")]
        return [(instance, what, "") for what in lengths]
    _sweep(work, cases, 30)


def syncs(work):
    """Experiment 3: a sync fails once, then succeeds: never sealed from that file."""
    def cases(instance):
        return [(instance, "error=EIO", "")] if instance.call in SYNCS else []
    _sweep(work, cases, 30)


def full_disk(work):
    """Experiment 2: from one call on there is no room at all; it goes on when there is again."""
    def cases(instance):
        if instance.call not in WRITES + ("openat", "fallocate", "ftruncate") + NAMES:
            return []
        return [(instance, f"error={error}", "+") for error in ("ENOSPC", "EDQUOT", "EROFS")]
    _sweep(work, lambda i: [c for c in cases(i) if i.path is None or "staging" in i.path
                            or "index" in i.path], 16)


EXPERIMENTS = [("errors", errors), ("errors-lies", lies), ("errors-syncs", syncs),
               ("errors-full-disk", full_disk)]
