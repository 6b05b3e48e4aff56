"""Scenarios with real processes. Exit code: 0 all hold, 1 one does not, 2 usage.

    python3 tests/process/main.py --program build/release/bin/colibri kill9 --kills 200 --seed 7
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
import traceback

import disk_full
import kill9
import partition
import soak
from processes import Failure

SCENARIOS = {"disk_full": disk_full, "kill9": kill9, "partition": partition, "soak": soak}

# What guards a change, within four minutes: what waits for its watchdogs runs beside the soak.
CI = (["soak", "--minutes", "2"],
      ["kill9", "--kills", "10", "--longest", "2.5"], ["disk_full"], ["partition"])


def run_one(options):
    """One scenario in a directory of its own, which stays when it fails. Gives the exit code."""
    directory = tempfile.mkdtemp(prefix=f"colibri-{options.scenario}-", dir=options.directory)
    try:
        summary = SCENARIOS[options.scenario].run(options, directory)
    except Failure as failure:
        what = str(failure)
    except Exception:  # pylint: disable=broad-except
        what = traceback.format_exc()
    else:
        print(f"{options.scenario}: {summary}", flush=True)
        shutil.rmtree(directory, ignore_errors=True)
        return 0
    words = " ".join(sys.argv[1:])
    print(f"{options.scenario}: FAILED: {what}\n  seed {options.seed}; logs, journal and "
          f"configuration are in {directory}\n  repeat it with: python3 tests/process/main.py "
          f"{words}{'' if '--seed' in words else f' --seed {options.seed}'}", flush=True)
    return 1


def run_ci(options):
    """The scenarios of CI; the last line says how many passed. Gives the exit code."""
    base = [sys.executable, os.path.abspath(__file__), "--program", options.program]
    if options.directory:
        base += ["--directory", options.directory]
    with subprocess.Popen([*base, *CI[0]]) as first:
        failed = sum(subprocess.run([*base, *words], check=False).returncode != 0
                     for words in CI[1:])
    failed += first.returncode != 0
    print(f"{len(CI) - failed} passed, {failed} failed, 0 skipped", flush=True)
    return 1 if failed else 0


def make_parser():
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", default="build/release/bin/colibri",
                        help="the colibri executable (default %(default)s)")
    parser.add_argument("--directory", help="where scenarios keep their files (default: /tmp)")
    commands = parser.add_subparsers(dest="scenario", required=True, metavar="SCENARIO")

    def add(name, text):
        command = commands.add_parser(name, help=text, description=text)
        command.add_argument("--seed", type=int, default=None,
                             help="of the market and of what is drawn (default: by the clock)")
        return command

    kill = add("kill9", "kill -9 at random moments, restart, and compare with the venue")
    kill.add_argument("--kills", type=int, default=10)
    kill.add_argument("--longest", type=float, default=8.0,
                      help="seconds of trading before a kill, at most (default %(default)s)")
    kill.add_argument("--no-faults", action="store_true", help="a venue that answers at once")
    soaking = add("soak", "a long run under faults drawn from the seed: nothing grows")
    soaking.add_argument("--minutes", type=float, default=20)
    parting = add("partition", "half-open sockets are noticed within the watchdog's time")
    parting.add_argument("--channel", action="append", choices=("market", "private", "rest"),
                         help="may be repeated (default: each in turn)")
    parting.add_argument("--netns", action="store_true", help="all of them at once, by a cable "
                         "between network namespaces (unshare -rn)")
    full = add("disk_full", "a full disk stops new orders, not cancels, and it recovers")
    full.add_argument("--limit", choices=("disk", "files"),
                      help="a small tmpfs, or a limit on the size of files (default: what is "
                      "allowed here)")
    full.add_argument("--sync", choices=("every_intent", "interval", "never"))
    full.add_argument("--times", type=int, default=2, help="how often (default %(default)s)")
    add("ci", "all of them, short: " + "; ".join(" ".join(words) for words in CI))
    return parser


def main():
    """Parses and runs."""
    options = make_parser().parse_args()
    options.program = os.path.abspath(options.program)
    if not os.access(options.program, os.X_OK):
        print(f"error: {options.program} is no program: build it with `tools/dev build`, or name "
              "another with --program", file=sys.stderr)
        return 2
    if options.seed is None:
        options.seed = int(time.time())
    return run_ci(options) if options.scenario == "ci" else run_one(options)


if __name__ == "__main__":
    sys.exit(main())
