"""The daemon: a second one, a disk that is not there, stops and kills at random moments."""

import os
import signal
import subprocess
import time

import bench
import oracle
from loop_disk import LoopDisk


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
    # Read-only before it comes into the dock: there it appears by one mount, as a volume does.
    before, place = os.path.join(work.place, f"before-{name}"), os.path.join(daemon.docks, name)
    for path in (before, place):
        os.makedirs(path, exist_ok=True)
    bench.call("mount", "--bind", card, before)
    work.cleaning.callback(undock, before)
    bench.call("mount", "-o", "remount,bind,ro", before)
    work.cleaning.callback(undock, place)
    bench.call("mount", "--bind", before, place)
    undock(before)
    return place


def undock(place):
    bench.call("umount", "-l", place, check=False)


def docked(work, root, name):
    """The slots of that name, as `docks --json` tells them."""
    run = work.run(["--root", root, "docks", "--json"])
    return [line for line in run.lines if line.get("slot") == name]


def tree(root):
    """All that lies below a root, with sizes and bytes; not the lock, which holds nothing."""
    found = {}
    for base, folders, names in os.walk(root):
        for name in (*folders, *names):
            path = os.path.join(base, name)
            found[os.path.relpath(path, root)] = None if name in folders else oracle.read(path)
    found.pop("lock", None)
    return found


def taken(work, root):
    """The SHA-256 of everything that is listed."""
    run = work.run(["--root", root, "list", "--all", "--limit", "0", "--json"])
    return {line["sha256"] for line in run.lines}


def stored(root):
    """The bytes of footage in the vault."""
    return sum(os.path.getsize(os.path.join(base, name))
               for base, _, names in os.walk(root + "/vault/footage") for name in names)


def second(work):
    """Experiment 8: the second writer leaves with 6 within a second; the first goes on."""
    root = work.fresh_root()
    daemon = Daemon(work, root)
    other = dict(EVIDOCK_CONTROL_SOCKET=os.path.join(work.place, "other.sock"))
    card = os.path.join(work.place, "card")
    known = bench.small_card(card)
    runs = [work.run(["--root", root, "serve", "--dock-root", daemon.docks], **other)
            for _ in range(3)]
    for run in runs:
        work.fault("a second serve", daemon.process.poll() is None)
        work.expect(run.code == 6, f"a second serve: {run}")
    # The quickest says what the program needs, whatever else the machine was doing.
    best = min(run.seconds for run in runs)
    work.expect(best < 1, f"a second serve leaves after {best:.2f} s")
    # Through the socket, while the daemon holds the root.
    run = work.ingest(root, card)
    work.expect(run.code == 0, f"ingest through the socket: {run}")
    code = daemon.stop()
    work.expect(code == 0, f"SIGTERM: exit code {code}")
    work.judge(root, "after the second daemon", (), known, whole=True)
    # Both at the same moment: one of them is the first.
    for turn in range(3):
        pair = [work.start([bench.PROGRAM, "--root", root, "serve", "--dock-root", daemon.docks],
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                           EVIDOCK_CONTROL_SOCKET=os.path.join(work.place, f"{turn}{n}.sock"))
                for n in range(2)]
        one = bench.wait_until(lambda: any(p.poll() is not None for p in pair), 10)
        left = [p for p in pair if p.poll() is None]
        work.fault(f"two at once, turn {turn}", one)
        work.expect(len(left) == 1 and {p.returncode for p in pair if p not in left} == {6},
                    f"two at once: {[p.returncode for p in pair]}")
        for process in pair:
            process.terminate()
            process.wait(20)
            work.processes.remove(process)
    work.judge(root, "after two at once", (), known, whole=True)


def not_mounted(work):
    """The vault's disk is not there at start: exit code 5, nothing is written, no second station;
    when it is there again, the same station goes on."""
    disk = LoopDisk(work, "ext4", megabytes=64)
    root = os.path.join(disk.path, "evidock")
    subprocess.run(["cp", "-a", work.template(), root], check=True)
    station = oracle.read(root + "/station.json")

    def refuses(where, place):
        before = tree(place)
        run = work.run(["--root", place, "serve", "--no-init", "--dock-root", work.place])
        work.expect(run.code == 5, f"{where}: {run}")
        work.expect(run.err.strip(), f"{where}: without a word")
        changed = {path for path, data in {*tree(place).items()} ^ {*before.items()}}
        work.expect(not changed, f"{where}: touched {sorted(changed)[:5]}")

    disk.unmount()
    # The mount point is there and empty; so is the root's directory below it, or not.
    for where, place in (("no such root", root), ("the mount point", disk.path),
                         ("an empty root", root)):
        work.fault(where, not os.path.ismount(disk.path))
        refuses(f"not mounted, {where}", place)
        work.expect(os.path.exists(place) == (where != "no such root"), f"{where}: made")
        os.makedirs(root, exist_ok=True)
    disk.mount()
    daemon = Daemon(work, root)
    code = daemon.stop()
    work.expect(code == 0 and oracle.read(root + "/station.json") == station,
                f"mounted again: exit code {code}, or another station")
    # Only parts of it are there.
    for gone in ("station.json", "keys/log.key"):
        root = work.fresh_root()
        os.remove(os.path.join(root, gone))
        work.fault(f"no {gone}", not os.path.exists(os.path.join(root, gone)))
        refuses(f"no {gone}", root)
    root = work.fresh_root()
    bench.write_file(root + "/format", b"2\n")
    work.fault("a newer format", oracle.read(root + "/format") == b"2\n")
    refuses("a newer format", root)


def ends(number):
    def experiment(work):
        """Experiment 1: `serve` ended at random moments while recorders are docked."""
        card, more = (os.path.join(work.place, n) for n in ("card", "more"))
        known = bench.small_card(card, large=12 * bench.MIB)
        truth = {*known.values(), *bench.small_card(more, seed=2).values()}
        starts, at_work = [], 0
        whole = 200 if number == signal.SIGKILL else 50
        # How long both dockings take says where the random moments lie.
        daemon = Daemon(work, work.fresh_root())
        begin = time.monotonic()
        places = [dock(work, daemon, path, name) for path, name in ((card, "card"), (more, "more"))]
        bench.wait_until(lambda: daemon.log().count("the docking is over") == 2, 30)
        span = time.monotonic() - begin
        daemon.stop()
        for place in places:
            undock(place)
        for turn in work.sample(range(whole), 12, 25):
            where = f"{number.name} of serve, turn {turn}"
            root = work.fresh_root()
            daemon = Daemon(work, root)
            end = time.monotonic() + work.random.uniform(0, span)
            places = [dock(work, daemon, path, name)
                      for path, name in ((card, "card"), (more, "more"))]
            time.sleep(max(0, end - time.monotonic()))
            seen = oracle.seen_checkpoint(root)
            begin = time.monotonic()
            code = daemon.stop(number)
            work.fault(where, code == (0 if number == signal.SIGTERM else -number))
            if number == signal.SIGTERM:
                work.expect(code == 0, f"{where}: exit code {code} after "
                            f"{time.monotonic() - begin:.1f} s: {daemon.process}")
            verdict = work.judge(root, where, truth=truth)
            at_work += sum(row["outcome"] == "complete" for row in verdict.undockings) < 2
            work.expect(seen is None or verdict.roots[seen[0]:seen[0] + 1] == [seen[1]],
                        f"{where}: what was published is no prefix")
            if number == signal.SIGTERM:
                work.expect(not verdict.staged, f"{where}: left in staging: {verdict.staged}")
            # The cards are still in the dock: a new start takes them up by itself.
            daemon = Daemon(work, root)
            starts.append(daemon.seconds)
            work.expect(daemon.seconds < 5, f"{where}: starts again in {daemon.seconds:.1f} s")
            work.expect(bench.wait_until(lambda: taken(work, root) >= truth, 30, 0.1),
                        f"{where}: not all taken in 30 s")
            daemon.stop()
            for place in places:
                undock(place)
            work.completes(root, card, where, known, truth=truth)
        work.note(f"{at_work} while it still took; starts again in {max(starts):.2f} s at most")
    return experiment


EXPERIMENTS = [("daemon-second", second), ("daemon-not-mounted", not_mounted),
               ("daemon-SIGTERM", ends(signal.SIGTERM)), ("daemon-SIGKILL", ends(signal.SIGKILL))]
