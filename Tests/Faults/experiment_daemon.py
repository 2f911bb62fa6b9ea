"""The daemon: a second one, a disk that is not there, stops and kills at random moments."""

import os
import signal
import subprocess
import time

import bench
import oracle


class Daemon:
    """`evidock serve` on a root, with a dock root whose folders are bind mounts of cards."""

    def __init__(self, work, root, name="docks", **environment):
        bench.need_root()
        self.work, self.root = work, root
        self.docks = os.path.join(work.place, name)
        os.makedirs(self.docks, exist_ok=True)
        self.errors = open(os.path.join(work.place, "serve.log"), "wb")
        begin = time.monotonic()
        self.process = work.start(
            [bench.PROGRAM, "--root", root, "serve", "--dock-root", self.docks],
            stdout=subprocess.PIPE, stderr=self.errors, **environment)
        self.first = self.process.stdout.readline().decode()
        self.seconds = time.monotonic() - begin
        work.expect(self.first.startswith("listening on"), f"serve says {self.first!r}, "
                    f"{self.log()[-300:]}")

    def log(self):
        self.errors.flush()
        with open(self.errors.name, errors="replace") as file:
            return file.read()

    def stop(self, number=signal.SIGTERM, within=20):
        """Signals it and waits; the exit code, or None where it did not end in time."""
        self.process.send_signal(number)
        try:
            return self.process.wait(within)
        except subprocess.TimeoutExpired:
            return None
        finally:
            self.work.end(self.process)
            self.process.stdout.close()
            self.errors.close()
            self.work.processes.remove(self.process)


def dock(work, daemon, card, name):
    """Puts a card into the dock: a read-only bind mount, as a recorder's volume is one."""
    place = os.path.join(daemon.docks, name)
    os.makedirs(place, exist_ok=True)
    bench.call("mount", "--bind", card, place)
    bench.call("mount", "-o", "remount,bind,ro", place)
    work.cleaning.callback(undock, place)
    return place


def undock(place):
    bench.call("umount", "-l", place, check=False)


def docked(work, root, name):
    """The slots as `docks --json` tells them whose mount point ends in the name."""
    run = work.run(["--root", root, "docks", "--json"])
    return [line for line in run.lines if name in str(line)]


def undockings(root):
    """How many visits the published ledger calls ended; read without judging."""
    size = (oracle.seen_checkpoint(root) or (0,))[0]
    verdict = oracle.Verdict()
    return sum(b'"event":"undocking"' in e for e in oracle._entries(root, size, verdict))


def second(work):
    """Experiment 8: the second writer leaves with 6 within a second; the first goes on."""
    root = work.fresh_root()
    daemon = Daemon(work, root)
    other = dict(EVIDOCK_CONTROL_SOCKET=os.path.join(work.place, "other.sock"))
    for _ in range(3):
        run = work.run(["--root", root, "serve", "--dock-root", daemon.docks], **other)
        work.fault()
        work.expect(run.code == 6, f"a second serve: {run}")
        work.expect(run.seconds < 1, f"a second serve leaves after {run.seconds:.2f} s")
    card = os.path.join(work.place, "card")
    known = bench.small_card(card)
    # Through the socket, while the daemon holds the root.
    run = work.ingest(root, card)
    work.expect(run.code == 0, f"ingest through the socket: {run}")
    code = daemon.stop()
    work.expect(code == 0, f"SIGTERM: exit code {code}")
    work.judge(root, "after the second daemon", (), known, whole=True)


def not_mounted(work):
    """The vault's disk is not there: code 5, and nothing is written."""
    root = os.path.join(work.place, "absent")
    os.makedirs(root)
    for arguments in (["serve", "--no-init", "--dock-root", work.place],):
        run = work.run(["--root", root, *arguments])
        work.fault()
        work.expect(run.code == 5, f"{arguments}: {run}")
        work.expect(os.listdir(root) == [], f"{arguments}: wrote {os.listdir(root)}")
    run = work.run(["--root", root + "/none", "serve", "--no-init", "--dock-root", work.place])
    work.expect(run.code == 5 and not os.path.exists(root + "/none"), f"no directory: {run}")
    # Only the mount point's parts are there: an empty vault below a station.json that is gone.
    root = work.fresh_root()
    os.remove(root + "/station.json")
    before = sorted(os.listdir(root))
    run = work.run(["--root", root, "serve", "--no-init", "--dock-root", work.place])
    work.expect(run.code == 5 and sorted(os.listdir(root)) == before, f"no station.json: {run}")
    root = work.fresh_root()
    bench.write_file(root + "/format", b"2\n")
    run = work.ingest(root, work.place)
    work.expect(run.code == 5, f"a newer format: {run}")
    root = work.fresh_root()
    os.remove(root + "/keys/log.key")
    run = work.run(["--root", root, "serve", "--no-init", "--dock-root", work.place])
    work.expect(run.code == 5, f"no key: {run}")


def ends(number):
    def experiment(work):
        """Experiment 1: `serve` ended at random moments while recorders are docked."""
        card, more = (os.path.join(work.place, n) for n in ("card", "more"))
        known = bench.small_card(card, large=12 * bench.MIB)
        truth = {*known.values(), *bench.small_card(more, seed=2).values()}
        starts = []
        for turn in work.sample(range(100 if work.full else 10), 10, 50):
            where = f"{number.name} of serve, turn {turn}"
            root = work.fresh_root()
            daemon = Daemon(work, root)
            places = [dock(work, daemon, card, "card")]
            time.sleep(work.random.uniform(0, 0.25))
            places.append(dock(work, daemon, more, "more"))
            time.sleep(work.random.uniform(0, 0.4))
            seen = oracle.seen_checkpoint(root)
            begin = time.monotonic()
            code = daemon.stop(number)
            work.fault()
            if number == signal.SIGTERM:
                work.expect(code == 0, f"{where}: exit code {code} after "
                            f"{time.monotonic() - begin:.1f} s: {daemon.process}")
            verdict = work.judge(root, where, truth=truth)
            work.expect(seen is None or verdict.roots[seen[0]:seen[0] + 1] == [seen[1]],
                        f"{where}: what was published is no prefix")
            if number == signal.SIGTERM:
                work.expect(not verdict.staged, f"{where}: left in staging: {verdict.staged}")
            # The cards are still in the dock: a new start takes them up by itself.
            daemon = Daemon(work, root)
            starts.append(daemon.seconds)
            work.expect(daemon.seconds < 5, f"{where}: starts again in {daemon.seconds:.1f} s")

            def taken():
                found = {line["sha256"] for line in work.run(
                    ["--root", root, "list", "--all", "--limit", "0", "--json"]).lines}
                return found >= truth
            work.expect(bench.wait_until(taken, 30, 0.1), f"{where}: not all taken in 30 s")
            daemon.stop()
            for place in places:
                undock(place)
            work.completes(root, card, where, known, truth=truth)
        work.note(f"starts again in {max(starts):.2f} s at most")
    return experiment


EXPERIMENTS = [("daemon-second", second), ("daemon-not-mounted", not_mounted),
               ("daemon-SIGTERM", ends(signal.SIGTERM)), ("daemon-SIGKILL", ends(signal.SIGKILL))]
