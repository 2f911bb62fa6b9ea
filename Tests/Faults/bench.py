"""What an experiment works with: a place of its own, the program, counts, and a clean end."""

import contextlib
import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import time

import oracle

PACKAGE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
# Debug, where no release has been built.
PROGRAM = next(
    (p for p in (os.environ.get("EVIDOCK_PROGRAM", ""),
                 os.path.join(PACKAGE, ".build/release/evidock"),
                 os.path.join(PACKAGE, ".build/debug/evidock")) if p and os.path.exists(p)), None)
MIB = 1 << 20
# Codes that say: done, partly taken, again, stopped, in use. Never a crash or a defect.
SENSIBLE = (0, 3, 4, 5, 6)


class Skipped(Exception):
    """The experiment cannot run on this machine; the text is the reason."""


class Run:
    """One finished run of the program."""

    def __init__(self, code, out, err, seconds):
        self.code, self.out, self.err, self.seconds = code, out, err, seconds
        self.lines = []
        for line in out.splitlines():
            # A killed program may leave half a line.
            with contextlib.suppress(ValueError):
                value = json.loads(line)
                if isinstance(value, dict):
                    self.lines.append(value)

    @property
    def files(self):
        return [line for line in self.lines if "outcome" in line and "path" in line]

    @property
    def summary(self):
        return next((line["summary"] for line in self.lines if "summary" in line), {})

    def __str__(self):
        return f"exit code {self.code}: {self.err.strip()[-300:]}"


class Bench:
    """The place and the counts of one experiment."""

    def __init__(self, place, seed, full, points=None):
        self.place, self.full, self.seed = place, full, seed
        self.points = points  # how many cases to take where they are samples; None: as usual
        self.random = random.Random(seed)
        self.injected = self.fired = self.checks = 0
        self.unfired = []  # what was injected and never seen to fire
        self.violations, self.notes = [], []
        self.said = None  # a list, where what is said is to be printed later
        self.stranded = []  # (where, records that no leaf will ever name)
        self.cleaning = contextlib.ExitStack()
        self.processes = []
        self.pulls = []  # what frees a process that a stuck recorder holds
        os.makedirs(place)

    # MARK: counts

    def expect(self, condition, text):
        """One check: the text is the violation where the condition does not hold."""
        self.checks += 1
        if not condition:
            self.violations.append(str(text))
            self.say(f"    VIOLATION {text}")
        return bool(condition)

    def say(self, text):
        if self.said is None:
            print(text, flush=True)
        else:
            self.said.append(text)

    def note(self, text):
        self.notes.append(text)

    def fault(self, where, fired):
        """One injected fault, and whether it was seen to fire: finish() wants every one."""
        self.injected += 1
        if fired:
            self.fired += 1
        else:
            self.unfired.append(str(where))

    def sample(self, cases, count, seconds):
        """A seeded sample of the cases, in random order, and no more than fit the time; all of
        them with --full, as many as --points says. Without either, at least ten are given."""
        total, end = len(cases), time.monotonic() + seconds
        whole = self.full or self.points is not None
        count = total if self.full else min(self.points or count, total)
        cases = list(cases) if count == total else self.random.sample(cases, count)
        given = 0
        for case in cases:
            if not whole and given >= 10 and time.monotonic() > end:
                break
            given += 1
            yield case
        self.note(f"{given} of {total} cases")

    # MARK: the program

    def environment(self, **more):
        env = {k: v for k, v in os.environ.items() if not k.startswith("EVIDOCK_")}
        env.update(
            EVIDOCK_PUBLISH_EVERY="0", EVIDOCK_INTEGRATE_EVERY="0",
            EVIDOCK_RESERVE_BYTES=str(1 << 20), EVIDOCK_RESERVE_PERMILLE="0",
            EVIDOCK_CONTROL_SOCKET=os.path.join(self.place, "control.sock"), TZ="UTC",
            SWIFT_BACKTRACE="enable=no")
        env.update(more)
        return env

    def start(self, command, **more):
        """Starts a process of this experiment, which ends with it at the latest."""
        keywords = {k: more.pop(k) for k in ("stdout", "stderr", "preexec_fn", "cwd")
                    if k in more}
        env = more.pop("env", None) or self.environment(**more)
        process = subprocess.Popen(
            command, env=env, stdin=subprocess.DEVNULL, start_new_session=True, **keywords)
        self.processes.append(process)
        return process

    def run(self, arguments, timeout=60, prefix=(), **more):
        """Runs the program to its end. One that hangs is a violation, and is killed."""
        begin = time.monotonic()
        process = self.start(
            [*prefix, PROGRAM, *map(os.fspath, arguments)], stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, **more)
        try:
            out, err = process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            for pull in self.pulls:
                pull()
            self.end(process)
            out, err = process.communicate(timeout=10)
            self.expect(False, f"hangs for {timeout} s: {' '.join(map(str, arguments))[-200:]}")
        self.processes.remove(process)
        return Run(process.returncode, out.decode(errors="replace"),
                   err.decode(errors="replace"), time.monotonic() - begin)

    def end(self, process, number=signal.SIGKILL):
        """Kills a process that was started here, with all that it started."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(10)

    def ingest(self, root, *cards, **more):
        return self.run(["--root", root, "ingest", "--json", *cards], **more)

    # MARK: roots

    def template(self):
        """A fresh station, made once and copied for every run of the experiment."""
        path = os.path.join(self.place, "template")
        if not os.path.exists(path):
            made = self.run(["--root", path, "init", "--station", "Faults"])
            if made.code != 0:
                raise RuntimeError(f"init: {made}")
        return path

    def fresh_root(self, name="root"):
        path = os.path.join(self.place, name)
        shutil.rmtree(path, ignore_errors=True)
        subprocess.run(["cp", "-a", self.template(), path], check=True)
        return path

    def judge(self, root, where, lines=(), known=None, listed=True, whole=False, truth=None):
        """The oracle's verdict on a root at rest; every violation is counted. `known`: the
        SHA-256 of the card's files by path; `truth`: all that any recorder ever had."""
        verdict = oracle.judge(root)
        oracle.check_sealed(verdict, lines, known)
        truth = truth or (known and set(known.values()))
        if truth is not None:
            for row in (*verdict.items.values(), *verdict.quarantined):
                if row.get("sha256", "") not in {"", *truth} and not row.get("unreadable"):
                    verdict.fault(f"sealed bytes that the recorder never had: {row['path']}")
        if listed and os.path.exists(os.path.join(root, "index.sqlite")):
            run = self.run(["--root", root, "list", "--all", "--limit", "0", "--json"])
            if run.code in (0, 1):
                # The first look after a crash may adopt a checkpoint that was durable, but not
                # yet shown: what is listed must be in the ledger as it stands after it.
                after = oracle.judge(root)
                oracle.check_listed(after, run.lines, whole)
                verdict.violations += after.violations
            elif whole:
                verdict.fault(f"list: {run}")
        for violation in verdict.violations[:2]:
            self.expect(False, f"{where}: {violation}"
                        + f" ({len(verdict.violations)} in all)" * (len(verdict.violations) > 2))
        self.checks += 1
        return verdict

    def completes(self, root, card, where, known, code=0, truth=None, within=None, aside=None,
                  is_index_doubted=False, **more):
        """Docks the card again: it must end well (in so many seconds), adopt every orphan, and
        leave a clean audit, but for the object `aside` that could not be read when it was asked
        for: that one is kept as damaged, and the audit goes on saying so. A doubted index, to
        which a write lied, is a view: it is enough that the audit finds it, and that it is made
        anew."""
        again = self.ingest(root, card, **more)
        self.expect(within is None or again.seconds < within,
                    f"{where}: docked again, it takes {again.seconds:.1f} s")
        if again.code == 4 and "index rebuild" in again.err:
            # It says what to do about a damaged index, which is only a view.
            rebuilt = self.run(["--root", root, "index", "rebuild"])
            self.expect(rebuilt.code == 0, f"{where}: index rebuild: {rebuilt}")
            again = self.ingest(root, card, **more)
        if not self.expect(again.code == code, f"{where}: docked again: {again}"):
            return None
        if is_index_doubted:
            audit, findings = self.audit(root)
            subjects = {finding["subject"] for finding in findings}
            if "index rebuild" in audit.err or subjects == {"index.sqlite"}:
                self.note(f"{where}: the audit says that the index is damaged")
                rebuilt = self.run(["--root", root, "index", "rebuild"])
                self.expect(rebuilt.code == 0, f"{where}: index rebuild: {rebuilt}")
        verdict = self.judge(root, f"{where}, docked again", again.files, known, whole=True,
                             truth=truth)
        paths = {line["path"]: line.get("outcome") for line in again.files}
        if code == 0:
            for path in known:
                self.expect(paths.get(path) in ("ingested", "duplicate"),
                            f"{where}: docked again, {path} is {paths.get(path)}")
        self.expect(not verdict.orphans, f"{where}: orphans not adopted: {verdict.orphans}")
        self.expect(not verdict.staged, f"{where}: rubbish in staging: {verdict.staged}")
        audit, findings = self.audit(root)
        if aside and findings:
            self.expect([(f["code"], f["subject"]) for f in findings]
                        == [("damaged-kept", f"vault/damaged/{aside}.1")], f"{where}: {findings}")
            return verdict
        codes = [finding["code"] for finding in findings]
        left = codes.count("orphan-record")
        if left and left == len(codes):
            # Told once for the whole experiment: see close().
            self.stranded.append((where, left))
        else:
            self.expect(audit.code == 0, f"{where}: audit after docking again: exit code "
                        f"{audit.code}: {audit.lines} {audit.err[-200:]}")
        return verdict

    def audit(self, root):
        run = self.run(["--root", root, "audit", "--json"])
        return run, [line["finding"] for line in run.lines if "finding" in line]

    def finish(self):
        """The checks that are told once for an experiment."""
        self.expect(self.injected > 0, "no fault was injected")
        # Threads take turns: of many, a few instances may not come up again on a busy machine.
        unfired = f"{len(self.unfired)} of {self.injected} faults were not seen to fire: " \
                  f"{self.unfired[:5]}"
        if self.expect(len(self.unfired) <= self.injected // 20, unfired) and self.unfired:
            self.note(unfired)
        if self.stranded:
            where, count = self.stranded[0]
            self.expect(False, f"audit never comes clean again after {len(self.stranded)} of the "
                        f"faults: only orphan records are left, {count} where {where}")

    def close(self):
        for process in list(self.processes):
            self.end(process)
        self.cleaning.close()
        shutil.rmtree(self.place, ignore_errors=True)


# MARK: cards

def write_file(path, data):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(data)


def made_bytes(seed, size):
    """The same bytes for the same seed."""
    return random.Random(f"footage {seed}").randbytes(size)


def digests(folder):
    """The SHA-256 of every file of a card by its path."""
    known = {}
    for base, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(base, name)
            with open(path, "rb") as file:
                known[os.path.relpath(path, folder)] = hashlib.file_digest(
                    file, "sha256").hexdigest()
    return known


def small_card(folder, seed=1, large=3 * MIB + 4711):
    """Six files: one of 3 MiB, two small ones, a sidecar, a log, one content twice."""
    movie = folder + "/DCIM/100MEDIA/"
    write_file(movie + "20260101_080000.MP4", made_bytes((seed, 1), large))
    write_file(movie + "20260101_081000.MP4", made_bytes((seed, 2), 70_001))
    write_file(movie + "20260101_081000.LOG", b"seed %d\n" % seed)
    write_file(movie + "20260101_082000.JPG", made_bytes((seed, 3), 4096))
    write_file(movie + "20260101_083000.JPG", made_bytes((seed, 3), 4096))
    write_file(movie + "20260101_084000.WAV", made_bytes((seed, 4), 1))
    return digests(folder)


def need(*programs):
    """Skips the experiment where one of the programs is missing."""
    for program in programs:
        if shutil.which(program) is None:
            raise Skipped(f"{program} is not installed")


def need_root():
    if os.geteuid() != 0:
        raise Skipped("needs root")


def call(*command, check=True, **keywords):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **keywords)
    if check and done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}: {done.stdout.decode(errors='replace')[-300:]}")
    return done


def wait_until(condition, seconds, step=0.01):
    """Polls; whether it became true in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(step)
    return bool(condition())
