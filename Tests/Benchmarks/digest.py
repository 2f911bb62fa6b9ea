"""Times the digest worker in Chromium over a file of 512 MiB against crypto.subtle. See portal.sh.

The worker reads the file, from the page cache, while it digests. crypto.subtle cannot: it has the
whole content in memory before the clock starts. ROUNDS of each in turn (default 5), medians.
"""
import importlib.util
import os
import statistics
import sys
import tempfile

import bench

MIB, GOAL = 512, 150

# The test of the worker knows how to serve it and to open a page with it; its name is ours too.
spec = importlib.util.spec_from_file_location("digest_test", f"{bench.PACKAGE}/Tests/Portal/digest.py")
test = importlib.util.module_from_spec(spec)
spec.loader.exec_module(test)

SUBTLE = """async () => {
    const bytes = await document.getElementById('files').files[0].arrayBuffer();
    const begun = performance.now();
    const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
    return { seconds: (performance.now() - begun) / 1000,
             sha256: Array.from(digest, b => b.toString(16).padStart(2, '0')).join('') };
}"""


def main():
    if not test.can_run():
        print("SKIP  browser digest: no Chromium here")
        return
    rounds = bench.number("ROUNDS", 5)
    print(bench.machine())
    ours, theirs = [], []
    with tempfile.TemporaryDirectory(dir=bench.folder()) as folder, test.opened() as (page, _):
        path = os.path.join(folder, "big")
        with open(path, "wb") as file:
            for _ in range(MIB):
                file.write(os.urandom(1 << 20))
        os.sync()
        desk = test.Desk(page, folder)
        desk.choose(path)
        for _ in range(rounds):
            mine = desk.answers(desk.start())[0]
            peer = page.evaluate(SUBTLE)
            if mine.get("sha256") != peer["sha256"]:
                sys.exit(f"digests differ: {mine} {peer}")
            ours.append(MIB * 1.048576 / mine["seconds"])
            theirs.append(MIB * 1.048576 / peer["seconds"])
    mine, peer = statistics.median(ours), statistics.median(theirs)
    print(f"browser digest: {mine:.0f} MB/s, crypto.subtle {peer:.0f} MB/s, {mine / peer:.2f} of it "
          f"(from {min(ours):.0f} to {max(ours):.0f}, {rounds} rounds)")
    print(f"  goal, {GOAL} MB/s: {'met' if mine >= GOAL else 'MISSED'}", flush=True)


main()
