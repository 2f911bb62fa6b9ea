"""SIGKILL at every file call: the disk is never wrong, and docking again completes."""

import os
import shutil

import bench
import injection


def kill_ingest(work):
    """Experiment 1: `ingest` of a small card, killed at each of its file calls."""
    injection.available(work)
    card = os.path.join(work.place, "card")
    known = bench.small_card(card)
    single = {"EVIDOCK_SINGLE_THREADED": "true"}
    root = work.fresh_root()
    arguments = ["--root", root, "ingest", "--json", card]
    run, instances = injection.count(work, arguments, **single)
    work.expect(run.code == 0, f"the run that is counted: {run}")
    work.judge(root, "uninjured", run.files, known, whole=True)
    for instance in work.sample(instances, 60, 100):
        run, fired = injection.inject(
            work, work.fresh_root, arguments, instance, "signal=KILL", **single)
        work.fault(fired=fired)
        where = f"killed at {instance}"
        work.judge(root, where, run.files, known)
        work.completes(root, card, where, known)


def kill_init(work):
    """The making of a station, killed at its file calls: made again, or clear words."""
    injection.available(work)
    root = os.path.join(work.place, "root")
    arguments = ["--root", root, "init", "--station", "Killed"]
    run, instances = injection.count(work, arguments)
    work.expect(run.code == 0, f"the run that is counted: {run}")
    if not work.full:
        # Most are directories alike: these once in a while, the others all.
        plain = [i for i in instances if i.call.startswith("mkdir") or "vault/" in (i.path or "")]
        rest = [i for i in instances if i not in plain]
        instances = work.random.sample(plain, min(6, len(plain))) + rest
    card = os.path.join(work.place, "card")
    known = bench.small_card(card, large=5000)
    for instance in work.sample(instances, 40, 60):
        run, fired = injection.inject(
            work, lambda: shutil.rmtree(root, ignore_errors=True), arguments, instance,
            "signal=KILL")
        work.fault(fired=fired)
        work.completes(root, card, f"init killed at {instance}", known)


EXPERIMENTS = [("kill-ingest", kill_ingest), ("kill-init", kill_init)]
