"""Running seeds of the simulation, a process for each core."""

import re
import subprocess
import threading
import time

import project
import tests

PROGRAM = "colibri_simulation"
VENUES = ("binance", "binance_perpetual", "hyperliquid", "hyperliquid_perpetual")


def parse_seeds(text):
    """(first, last) of "7" or "1..500"."""
    match = re.fullmatch(r"(\d+)(?:\.\.(\d+))?", text)
    if match is None:
        raise project.Failed(f"--seeds {text}: give one number, or FIRST..LAST")
    first = int(match.group(1))
    last = int(match.group(2) or first)
    if last < first:
        raise project.Failed(f"--seeds {text}: the last seed comes before the first")
    return first, last


def run(seeds, minutes, extra=(), preset="release", jobs=project.JOBS, venue="binance"):
    """Runs all seeds; prints violations as they are found and the totals. Gives counts of seeds."""
    first, last = parse_seeds(seeds)
    project.build(preset, [PROGRAM])
    program = project.build_dir(preset) / "bin" / PROGRAM
    jobs = 1 if "--trace" in extra else max(1, min(jobs, last - first + 1))
    start = time.monotonic()
    next_seed = [first]
    lock = threading.Lock()
    totals = {}
    shown = []
    broken = []

    def work():
        # Small portions, so that no core waits for the others at the end.
        portion = max(1, min(25, (last - first + 1) // (4 * jobs)))
        while True:
            with lock:
                begin = next_seed[0]
                next_seed[0] = begin + portion
            if begin > last:
                return
            end = min(last, begin + portion - 1)
            command = [str(program), "--venue", venue, "--seeds", f"{begin}..{end}",
                       "--minutes", str(minutes), *extra]
            done = subprocess.run(command, cwd=project.ROOT, text=True, errors="replace",
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
            with lock:
                note(done, begin, end)

    def say(line):
        shown.append(line)
        print(line, flush=True)

    def note(done, begin, end):
        lines = done.stdout.splitlines()
        summary = lines[-1] if lines and " seeds of " in lines[-1] else ""
        for line in lines[:-1] if summary else lines:
            say(line)
        if done.returncode not in (0, 1) or not summary:
            broken.append(begin)
            say(f"seeds {begin}..{end} ended with exit code {done.returncode}")
            return
        for count, what in re.findall(r"(\d+) (seeds with violations|orders|fills|late|in doubt|"
                                      r"foreign|crashes|requests|socket calls|events)", summary):
            totals[what] = totals.get(what, 0) + int(count)

    threads = [threading.Thread(target=work) for _ in range(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.monotonic() - start
    count = last - first + 1
    counts = ", ".join(f"{totals.get(what, 0)} {what}" for what in
                       ("orders", "fills", "late", "in doubt", "foreign", "crashes", "requests",
                        "socket calls", "events"))
    failed = totals.get("seeds with violations", 0)
    print(f"simulation of {venue}: {count} seeds of {minutes} minutes: {counts}; "
          f"{seconds:.0f} s on {jobs} processes, {count / seconds:.1f} seeds/s; {failed} seeds with violations", flush=True)
    failures = ((f"simulation of {venue}", "\n".join(shown)),) if failed or broken else ()
    return tests.Counts(passed=count - failed - len(broken), failed=failed + len(broken),
                        failures=failures)
