#!/usr/bin/env python3
"""The digest worker in Chromium: NIST's vectors, hashlib, more than 4 GiB, files spoilt meanwhile.
Needs Python's playwright; CHROMIUM names the browser. Closes with: N passed, N failed, N skipped.
"""

import contextlib
import hashlib
import http.server
import os
import random
import sys
import tempfile
import threading

try:
    from playwright.sync_api import sync_playwright
except ImportError:
    sync_playwright = None

PACKAGE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CHROMIUM = os.environ.get("CHROMIUM") or "/usr/bin/chromium"
POLICY = "default-src 'none'; script-src 'self'; worker-src 'self'; connect-src 'self'"
SLICE = 4 << 20

# The page loads the worker's script as well, for Sha256 alone.
PAGE = """<!doctype html><title>digests</title><input type=file multiple id=files>
<script src=digest-worker.js></script><script src=page.js></script>"""

SCRIPT = """
const heard = [], listeners = new Set(), refused = [];
const worker = new Worker('digest-worker.js');
function hear(message) {
    heard.push(message);
    for (const look of listeners) if (look()) listeners.delete(look);
}
worker.onmessage = ({ data }) => hear(data);
worker.onerror = event => hear({ broken: event.message });
document.addEventListener('securitypolicyviolation', event => refused.push(event.violatedDirective));

const input = document.getElementById('files');
const start = first => Array.from(input.files, (file, n) => worker.postMessage({ id: first + n, file }));

// The first message that fits, heard already or still to come.
const message = fits => new Promise((resolve, reject) => {
    const look = () => heard.some(m => (fits(m) || 'broken' in m) && (resolve(m), true));
    if (!look()) listeners.add(look);
    setTimeout(reject, 120000, new Error('nothing heard'));
});
const progress = id => message(m => m.id === id && 'done' in m);
const answer = id => message(m => m.id === id && ('sha256' in m || 'error' in m));
const answers = (first, count) => Promise.all(Array.from({ length: count }, (_, n) => answer(first + n)));

function inPieces(bytes, ends) {
    const whole = Uint8Array.from(bytes), hash = new Sha256();
    ends.forEach((end, n) => hash.update(whole.subarray(n ? ends[n - 1] : 0, end)));
    return hash.hex();
}
"""

VECTORS = [
    ("no bytes", b"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", b"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    ("448 bits", b"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
     "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"),
    ("896 bits", b"".join(b"abcdefghijklmnopqrstu"[n:n + 8] for n in range(14)),
     "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"),
    ("a million a", b"a" * 1000000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"),
]

counts = {"passed": 0, "failed": 0, "skipped": 0}


def check(name, holds, found=""):
    counts["passed" if holds else "failed"] += 1
    print(("ok   " if holds else "FAIL ") + name + ("" if holds else f": {found}"), flush=True)


def sha256(content):
    return hashlib.sha256(content).hexdigest()


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        kind, body = self.server.bodies.get(self.path, ("text/plain", b""))
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Security-Policy", POLICY)
        self.end_headers()
        self.wfile.write(body)

    def log_request(self, *_):
        self.server.asked.add(self.requestline)

    def log_message(self, *_):
        pass


def can_run():
    return sync_playwright is not None and os.access(CHROMIUM, os.X_OK)


@contextlib.contextmanager
def opened():
    with open(f"{PACKAGE}/Sources/Portal/Assets/digest-worker.js", "rb") as file:
        bodies = {"/": ("text/html", PAGE.encode()), "/page.js": ("text/javascript", SCRIPT.encode()),
                  "/digest-worker.js": ("text/javascript", file.read())}
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server, sync_playwright() as playwright:
        server.asked, server.bodies = set(), bodies
        threading.Thread(target=server.serve_forever).start()
        try:
            page = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"]).new_page()
            page.goto(f"http://127.0.0.1:{server.server_address[1]}/")
            yield page, server
        finally:
            server.shutdown()


class Desk:
    """Chooses files in the page and hears what the worker says of them."""

    def __init__(self, page, folder):
        self.page, self.folder, self.used = page, folder, 0

    def make(self, name, content):
        path = os.path.join(self.folder, name)
        with open(path, "wb") as file:
            file.write(content)
        return path

    def choose(self, *paths):
        self.page.set_input_files("#files", paths)

    def start(self, count=1):
        first, self.used = self.used, self.used + count
        self.page.evaluate("first => start(first)", first)
        return first

    def answers(self, first, count=1):
        return self.page.evaluate("range => answers(...range)", [first, count])

    def digests(self, contents):
        self.choose(*(self.make(f"file{n}", content) for n, content in enumerate(contents)))
        first = self.start(len(contents))
        return [answer.get("sha256", answer) for answer in self.answers(first, len(contents))]


def vectors(desk, _):
    found = desk.digests([content for _, content, _ in VECTORS])
    for (name, _, expected), digest in zip(VECTORS, found):
        check(f"NIST: {name}", digest == expected, digest)


def lengths(desk, _):
    edges = [SLICE * n + more for n in (1, 2) for more in (-1, 0, 1, 55, 56, random.randint(-9999, 9999))]
    for name, sizes in ("every length from 0 to 300", range(301)), ("lengths about the ends of slices", edges):
        contents = [random.randbytes(size) for size in sizes]
        wrong = [len(c) for c, digest in zip(contents, desk.digests(contents), strict=True) if digest != sha256(c)]
        check(name, not wrong, wrong)
    wrong = []
    for content in map(random.randbytes, range(0, 3000, 30)):
        ends = sorted(random.choices(range(len(content) + 1), k=40)) + [len(content)]
        if desk.page.evaluate("pieces => inPieces(...pieces)", [[*content], ends]) != sha256(content):
            wrong.append(ends)
    check("in pieces of any length", not wrong, wrong)


def beyond_4_gib(desk, big):
    desk.choose(big)
    first = desk.start()
    with open(big, "rb") as file:
        expected = hashlib.file_digest(file, "sha256").hexdigest()
    answer, size = desk.answers(first)[0], os.path.getsize(big)
    check("more than 4 GiB", (answer.get("sha256"), answer.get("size")) == (expected, size), answer)
    said = desk.page.evaluate("id => heard.filter(m => m.id === id && 'done' in m)", first)
    done = [m["done"] for m in said]
    check("its progress grows and knows the size", len(done) > 1 and done == sorted(set(done))
          and done[-1] <= size and all(m["size"] == size for m in said), said[-3:])
    check("and is told ten times a second at most", len(done) <= 10.1 * answer["seconds"], answer)


def cancelling(desk, big):
    desk.choose(big, big, desk.make("third", b"third"))
    first = desk.start(3)
    desk.page.evaluate("""async first => {
        worker.postMessage({ id: first + 1, cancel: true });
        await progress(first);
        worker.postMessage({ id: first, cancel: true });
    }""", first)
    answer = desk.answers(first + 2)[0]
    check("after two cancelled the third has its turn", answer.get("sha256") == sha256(b"third"), answer)
    said = desk.page.evaluate("first => heard.filter(m => m.id === first || m.id === first + 1)", first)
    check("one stopped where it was, one never began", said and all(
        m["id"] == first and m.get("done", m["size"]) < m["size"] for m in said), said)


def refusals(desk, big):
    def spoilt(name, spoil, old_time=None, posted=True):
        path = desk.make("spoilt", random.randbytes(2 * SLICE + 99))
        os.utime(path, (1e9, 1e9))
        desk.choose(big, path, desk.make("next", b"next"))
        first = desk.start(3) if posted else None
        spoil(path)
        if old_time:
            os.utime(path, (old_time, old_time))
        first = desk.start(3) if first is None else first
        desk.page.evaluate("id => worker.postMessage({ id, cancel: true })", first)
        answer, following = desk.answers(first + 1, 2)
        right = answer.get("error") in ("changed", "unreadable") and following.get("sha256") == sha256(b"next")
        check(f"{name}: an error, and the next has its turn", right, (answer, following))

    spoilt("truncated once chosen", lambda path: os.truncate(path, SLICE), posted=False)
    spoilt("gone once chosen", os.remove, posted=False)
    spoilt("truncated as it waits", lambda path: os.truncate(path, SLICE))
    spoilt("truncated, its time as before", lambda path: os.truncate(path, SLICE + 5), 1e9)
    spoilt("emptied, its time as before", lambda path: os.truncate(path, 0), 1e9)
    spoilt("written anew at the same length", lambda path: desk.make("spoilt", bytes(2 * SLICE + 99)))
    spoilt("gone as it waits", os.remove)
    desk.choose(big)
    first = desk.start()
    desk.page.evaluate("id => progress(id)", first)
    os.truncate(big, os.path.getsize(big) // 2)
    answer = desk.answers(first)[0]
    check("truncated while it is read", answer.get("error") in ("changed", "unreadable"), answer)


def main():
    if not can_run():
        print("SKIP  digest: no Chromium here\n0 passed, 0 failed, 1 skipped")
        return 0
    with tempfile.TemporaryDirectory(prefix="digest-") as folder, opened() as (page, server):
        desk = Desk(page, folder)
        big = desk.make("big", b"")
        os.truncate(big, (4 << 30) + 5 * SLICE)
        with open(big, "ab") as file:
            file.write(random.randbytes(12345))
        for part in vectors, lengths, beyond_4_gib, cancelling, refusals:
            try:
                part(desk, big)
            except Exception as error:  # the next part still says something
                check(f"{part.__name__} runs to its end", False, repr(error))
        broken = page.evaluate("[...refused, ...heard.filter(m => 'broken' in m)]")
        check("nothing goes against the page's policy", broken == [], broken)
        check("nothing is sent", all(asked.startswith("GET /") for asked in server.asked), server.asked)
    print(f"{counts['passed']} passed, {counts['failed']} failed, {counts['skipped']} skipped")
    return 1 if counts["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
