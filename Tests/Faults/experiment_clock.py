"""Experiment 7: the station's clock moved: the order of leaves stands, and an event says so."""

import os

import bench


def clock(work):
    bench.need("faketime")
    truth = set()
    root = work.fresh_root()
    moves = ["+0", "-1y", "+1y", "-10s", "@2038-01-19 03:14:05", "@2026-10-25 00:59:58", "+0"]
    before = None
    for turn, move in enumerate(moves):
        card = os.path.join(work.place, f"card{turn}")
        truth.update(bench.small_card(card, seed=turn, large=5000).values())
        run = work.run(["--root", root, "ingest", "--json", card],
                       prefix=["faketime", "-f", move])
        work.fault()
        work.expect(run.code == 0, f"clock {move}: {run}")
        work.expect(run.seconds < 20, f"clock {move}: took {run.seconds:.1f} s")
        verdict = work.judge(root, f"clock {move}", run.files, whole=True)
        times = [leaf["time"] for leaf in verdict.leaves]
        if before is not None and times[before] < times[before - 1]:
            told = [leaf for leaf in verdict.leaves[before:] if leaf["event"] in
                    ("finding", "clock-measurement")]
            work.expect(told, f"clock {move}: the ledger's time goes back from "
                        f"{times[before - 1]} to {times[before]}, and no event says so")
        before = len(times)
    work.completes(root, card, "the clock as it is", bench.digests(card), truth=truth)


EXPERIMENTS = [("clock", clock)]
