"""What the benchmarks share: running a command, caches, medians, goals."""
import json
import os
import signal
import statistics
import subprocess
import sys
import time

PACKAGE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

# What was made is removed when somebody ends the run, too.
signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended"))


def program(variable, name):
    """The path of one of our programs; it is built where it is not there. Ends with what was the matter."""
    path = os.path.abspath(os.environ.get(variable) or f"{PACKAGE}/.build/release/{name}")
    if not os.access(path, os.X_OK) and not os.environ.get(variable):
        done = subprocess.run(["bash", "-c", "source samples/packages.sh && build_release"], cwd=PACKAGE, capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(done.stdout[-2000:] + done.stderr[-2000:])
    if not os.access(path, os.X_OK):
        sys.exit(f"{path} is missing")
    return path


def build(name):
    """Builds what is timed from inside, the package of that name beside us, as a release; the program's path."""
    scratch = f"{PACKAGE}/.build/{name.lower()}-bench"
    done = subprocess.run(
        ["swift", "build", "-c", "release", "--package-path", f"{PACKAGE}/Tests/Benchmarks/{name}",
         "--scratch-path", scratch], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(done.stdout[-2000:] + done.stderr[-2000:])
    return f"{scratch}/release/{name}Bench"


def run(program, *words):
    """Runs it; what it printed, a value for each line of JSON. Ends with what it said where it fails."""
    done = subprocess.run([program, *map(str, words)], capture_output=True, text=True, env=environment())
    if done.returncode != 0:
        sys.exit(f"{words}: {done.stderr[-2000:]}")
    return [json.loads(line) for line in done.stdout.splitlines()]


def number(variable, default):
    """A positive whole number out of the environment."""
    text = os.environ.get(variable) or str(default)
    if not text.isdigit() or int(text) < 1:
        sys.exit(f"{variable}: a whole number from 1 on")
    return int(text)


def folder():
    """Where to work; made where it is missing."""
    path = os.path.abspath(os.environ.get("BENCHMARK_DIR") or f"{PACKAGE}/.build/benchmarks")
    os.makedirs(path, exist_ok=True)
    return path


def environment():
    """The environment without what would change the programs' settings or their sorting."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("EVIDOCK_")}
    return kept | {"LC_ALL": "C.UTF-8"}


def drop_caches():
    """Writes out what is dirty and, where root, forgets what is cached. True where it did."""
    os.sync()
    try:
        with open("/proc/sys/vm/drop_caches", "w") as file:
            file.write("3\n")
        return True
    except OSError:
        return False


def seconds(command, **options):
    """Runs a command; the seconds it took. Ends with its output where it fails."""
    begin = time.monotonic()
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        env=environment(), **options)
    took = time.monotonic() - begin
    if done.returncode != 0:
        text = done.stdout.decode(errors="replace")[-2000:]
        sys.exit(f"{command}: exit code {done.returncode}\n{text}")
    return took


def machine():
    """A line about the machine, for whoever reads the figures later."""
    model = "unknown processor"
    with open("/proc/cpuinfo") as file:
        for line in file:
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
                break
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    load = os.getloadavg()[0]
    return (f"{os.cpu_count()} x {model}, {memory:.0f} GiB, Linux {os.uname().release}, "
            f"load {load:.1f}")


def spread(values, form="{:.2f}"):
    """Median, smallest and largest as text."""
    return [form.format(v) for v in (statistics.median(values), min(values), max(values))]


def table(rows):
    """Prints rows in columns, the first to the left and the rest to the right."""
    widths = [max(len(str(row[i])) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        cells = [str(row[0]).ljust(widths[0])]
        cells += [str(c).rjust(w) for c, w in zip(row[1:], widths[1:])]
        print("  " + "  ".join(cells).rstrip(), flush=True)


def goal(text, value, limit, form="{:.2f}", at_least=False):
    """Prints whether a goal is reached. `value` is None where it was not measured."""
    if value is None:
        print(f"  not measured  {text}", flush=True)
        return
    reached = value >= limit if at_least else value <= limit
    sign = ">=" if at_least else "<="
    print(f"  {'reached    ' if reached else 'NOT REACHED'}   {text}: {form.format(value)} "
          f"(goal {sign} {limit:g})", flush=True)
