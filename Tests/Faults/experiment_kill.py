"""SIGKILL at every file call: the disk is never wrong, and docking again completes."""

import json
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


def kill_keys(work):
    """A change of the log's key, its end, and the replacement of a lost key, killed at each of their
    file calls: the same again ends well or says that it is done, and the station works."""
    injection.available(work)
    card = os.path.join(work.place, "card")
    known = bench.small_card(card, large=5000)
    base = work.fresh_root("base")
    work.ingest(base, card)
    root = os.path.join(work.place, "root")

    def run(*words):
        return work.run(["--root", root, "log", *words])

    def begun():
        _copy(base, root)
        work.expect(run("rotate", "--why", "test").code == 0, "a change is begun")

    def lost():
        _copy(base, root)
        os.remove(os.path.join(root, "keys/log.key"))

    steps = [("rotate --why", lambda: _copy(base, root), ["rotate", "--why", "test"]),
             ("rotate --finish", begun, ["rotate", "--finish"]),
             ("replace-key", lost, ["replace-key", "--why", "test"])]
    for name, prepare, words in steps:
        prepare()
        arguments = ["--root", root, "log", *words]
        whole, instances = injection.count(work, arguments)
        work.expect(whole.code == 0, f"the run that is counted: {whole}")
        instances = [i for i in instances if "index.sqlite" not in (i.path or "")]
        cases = [(instance, KILL, "") for instance in instances]
        for where, _, _, _ in injection.sweep(work, cases, 12, 15, prepare, arguments):
            again = work.run(arguments)
            is_done = again.code == 2 and any(
                words in again.err for words in ("under way", "the key is there"))
            work.expect(again.code == 0 or is_done, f"{name}, {where}: again: {again}")
            work.completes(root, card, f"{name}, {where}", known)
            keys = json.loads(run("vkey", "--json").out)
            told = [row for row in _rows(work, root) if row["kind"] == "key-change"]
            expected = {"rotate --why": ("next", "begun"), "rotate --finish": ("vkey", "finished"),
                        "replace-key": ("vkey", "lost")}[name]
            work.expect(any(row["step"] == expected[1] and row["key"] == keys.get(expected[0])
                            for row in told), f"{name}, {where}: {keys}, told: {told}")


def _copy(source, target):
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target, symlinks=True)


def _rows(work, root):
    with open(os.path.join(root, "log/checkpoint")) as file:
        size = int(file.read().split("\n")[1])
    for leaf in range(size):
        yield from json.loads(work.run(["--root", root, "log", "entry", str(leaf), "--json"]).out)["rows"]


EXPERIMENTS = [("kill-ingest", kill_ingest), ("kill-init", kill_init), ("kill-keys", kill_keys)]
