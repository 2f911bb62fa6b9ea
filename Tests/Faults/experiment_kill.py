"""SIGKILL at every file call: the disk is never wrong, and docking again completes."""

import os
import shutil

import bench
import injection

KILL = "signal=KILL"


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
    cases = [(instance, KILL, "") for instance in instances]
    for where, _, run, _ in injection.sweep(
            work, cases, 60, 70, work.fresh_root, arguments, **single):
        work.judge(root, where, run.files, known)
        work.completes(root, card, where, known, within=5)


def kill_init(work):
    """Experiment 1: the making of a station, killed at its file calls: the next docking makes it
    again, and completes."""
    injection.available(work)
    root = os.path.join(work.place, "root")
    arguments = ["--root", root, "init", "--station", "Killed"]
    run, instances = injection.count(work, arguments)
    work.expect(run.code == 0, f"the run that is counted: {run}")
    # Most are directories alike: some of these, the others all.
    plain = [i for i in instances if i.call.startswith("mkdir") or "vault/" in (i.path or "")]
    rest = [i for i in instances if i not in plain]
    instances = work.random.sample(plain, min(100 if work.full else 6, len(plain))) + rest
    card = os.path.join(work.place, "card")
    known = bench.small_card(card, large=5000)
    cases = [(instance, KILL, "") for instance in instances]
    for where, _, _, _ in injection.sweep(
            work, cases, 30, 40, lambda: shutil.rmtree(root, ignore_errors=True), arguments):
        work.completes(root, card, f"init, {where}", known)


EXPERIMENTS = [("kill-ingest", kill_ingest), ("kill-init", kill_init)]
