"""Experiment 23: an inspector that crashes, hangs, lies or eats memory changes no sealing."""

import os
import sys

import bench

# Those that run in every test run; each of the others only waits out the same time limit.
QUICK = ["absent", "exits", "crashes", "hangs"]

STAND_INS = {
    "absent": None,
    "exits": "#!/bin/sh\nexit 1\n",
    "crashes": "#!/bin/sh\nkill -SEGV $$\n",
    "hangs": "#!/bin/sh\nexec sleep 1000\n",
    "babbles": "#!/bin/sh\nexec yes '{\"status\":\"sound\"}'\n",
    "floods": "#!/bin/sh\nexec cat /dev/zero\n",
    "spins": "#!/bin/sh\nwhile :; do :; done\n",
    "eats memory": f"#!{sys.executable}\nhoard = []\n"
                   "while True: hoard.append(bytearray(1 << 24))\n",
}


def inspector(work):
    card = os.path.join(work.place, "card")
    known = bench.small_card(card)
    for name, script in STAND_INS.items():
        if not work.full and name not in QUICK:
            continue
        program = os.path.join(work.place, name.replace(" ", "-"))
        if script is not None:
            bench.write_file(program, script.encode())
            os.chmod(program, 0o755)
        root = work.fresh_root()
        run = work.ingest(root, card, timeout=150, EVIDOCK_INSPECTOR=program)
        work.fault()
        work.note(f"{name}: exit code {run.code}, {run.seconds:.1f} s")
        work.expect(run.code in (0, 3), f"{name}: {run}")
        if run.code not in (0, 3):
            work.judge(root, name, run.files, known)
            continue
        work.expect(run.summary.get("ingested") == 5, f"{name}: {run.summary}")
        work.judge(root, name, run.files, known, whole=True)
        work.completes(root, card, name, known)


EXPERIMENTS = [("inspector", inspector)]
