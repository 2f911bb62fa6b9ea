"""An inspector that crashes, hangs, lies or eats memory changes no sealing.

That the real one is ended at 10 s of CPU and 512 MiB is shown in Tests/InspectionTests.
"""

import contextlib
import os
import signal
import subprocess
import sys

import bench

# Each leaves a mark that it ran: the file $0.ran.
STAND_INS = {
    "absent": None,
    "exits": "exit 1\n",
    "crashes": "kill -SEGV $$\n",
}
ENDLESS = {
    "hangs": "exec sleep 1000\n",
    "babbles": "exec yes '{\"status\":\"sound\"}'\n",
    "floods": "exec cat /dev/zero\n",
    "spins": "while :; do :; done\n",
    "eats memory": f"exec {sys.executable} -c 'h = []\nwhile 1: h.append(bytearray(1 << 24))'\n",
}


def inspector(work):
    """Experiment 23: something else in the inspector's place, which ends at once."""
    _stand_ins(work, STAND_INS)


def endless(work):
    """Experiment 23: something in the inspector's place that never ends by itself: it waits out
    the same time limit, whatever it does meanwhile."""
    _stand_ins(work, ENDLESS if work.full else {"hangs": ENDLESS["hangs"]})


def _stand_ins(work, scripts):
    card = os.path.join(work.place, "card")
    known = bench.small_card(card)
    for name, script in scripts.items():
        program = os.path.join(work.place, name.replace(" ", "-"))
        if script is not None:
            bench.write_file(program, b"#!/bin/sh\n: > $0.ran\n" + script.encode())
            os.chmod(program, 0o755)
        root = work.fresh_root()
        run = work.ingest(root, card, timeout=150, EVIDOCK_INSPECTOR=program)
        work.fault(name, script is None or os.path.exists(program + ".ran"))
        work.note(f"{name}: exit code {run.code}, {run.seconds:.1f} s")
        work.expect(run.code in (0, 3), f"{name}: {run}")
        if run.code not in (0, 3):
            work.judge(root, name, run.files, known)
            continue
        work.expect(run.summary.get("ingested") == 5, f"{name}: {run.summary}")
        work.judge(root, name, run.files, known, whole=True)
        work.completes(root, card, name, known)


def _inspectors(parent):
    """The inspectors that a process started, and their children."""
    found = {}
    for entry in os.listdir("/proc"):
        with contextlib.suppress(OSError, ValueError, IndexError):
            with open(f"/proc/{int(entry)}/stat") as file:
                name, rest = file.read().rsplit(")", 1)
            found[int(entry)] = (name.split("(", 1)[1], int(rest.split()[1]))
    first = {pid for pid, (_, above) in found.items() if above == parent}
    ours = first | {pid for pid, (_, above) in found.items() if above in first}
    return [pid for pid in ours if found[pid][0].startswith("evidock-inspect")]


def killed(work):
    """Experiment 23: the real inspector is killed again and again while it works."""
    program = os.path.join(os.path.dirname(bench.PROGRAM), "evidock-inspector")
    if not os.path.exists(program):
        raise bench.Skipped("no inspector beside the program: build it first")
    card = os.path.join(work.place, "card")
    known = bench.small_card(card)
    for number in range(40):
        path = f"DCIM/100MEDIA/{number:04}.JPG"
        bench.write_file(os.path.join(card, path), b"\xff\xd8\xff" + bench.made_bytes(number, 5000))
    known = bench.digests(card)
    for turn in range(10 if work.full else 3):
        root = work.fresh_root()
        out = os.path.join(work.place, "out")
        with open(out, "wb") as file:
            process = work.start(
                [bench.PROGRAM, "--root", root, "ingest", "--json", card], stdout=file,
                stderr=subprocess.DEVNULL, EVIDOCK_INSPECTOR=program)
        kills = 0

        def over():
            nonlocal kills
            if kills < 5:
                for pid in _inspectors(process.pid):
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)
                        kills += 1
            return process.poll() is not None
        done = bench.wait_until(over, 60, work.random.uniform(0.003, 0.03))
        where = f"inspector killed {kills} times"
        work.fault(where, kills > 0)
        work.expect(done and process.returncode == 0, f"{where}: exit code {process.returncode}")
        work.end(process)
        work.processes.remove(process)
        with open(out, "rb") as file:
            run = bench.Run(0, file.read().decode(), "", 0)
        work.expect(len(run.files) == len(known), f"{where}: {len(run.files)} files told")
        work.judge(root, where, run.files, known, whole=True)
        work.completes(root, card, where, known)


EXPERIMENTS = [("inspector", inspector), ("inspector-hangs", endless),
               ("inspector-killed", killed)]
