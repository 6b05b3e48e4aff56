"""Where things are, and running them: configure, build, step with a timing."""

import os
import pathlib
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
PRESETS = ("release", "debug", "asan", "tsan", "fuzz", "bench")
JOBS = os.cpu_count() or 2


class Failed(Exception):
    """A step failed; its message says what to do, and ends up on the last line."""


def build_dir(preset):
    """The build directory of a preset, as CMakePresets.json has it."""
    return ROOT / "build" / preset


def program():
    """The colibri executable of the release build."""
    return build_dir("release") / "bin" / "colibri"


def run(command, what, env=None, cwd=ROOT):
    """Runs a command with inherited output; raises Failed when it does not end with 0."""
    sys.stdout.flush()
    code = subprocess.run([str(part) for part in command], cwd=cwd, env=env, check=False).returncode
    if code != 0:
        raise Failed(f"{what} failed with exit code {code}")


def run_quietly(command, what, cwd=ROOT, env=None):
    """Runs a command and shows its output only when it fails."""
    done = subprocess.run([str(part) for part in command], cwd=cwd, env=env, check=False, text=True,
                          errors="replace", stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode != 0:
        sys.stdout.write(done.stdout)
        raise Failed(f"{what} failed with exit code {done.returncode}")


def configure(preset):
    """Configures a preset once; afterwards ninja itself runs cmake when a list changed."""
    if not (build_dir(preset) / "build.ninja").exists():
        run_quietly(["cmake", "--preset", preset], f"cmake --preset {preset}")


def build(preset, targets=()):
    """Builds targets of a preset (all of them by default)."""
    configure(preset)
    run(["ninja", "-C", build_dir(preset), f"-j{JOBS}", *targets], f"build of preset {preset}")


def has_target(preset, target):
    """Whether the preset's build has this target (a folder may still be empty)."""
    configure(preset)
    query = subprocess.run(["ninja", "-C", str(build_dir(preset)), "-t", "query", target],
                           check=False, capture_output=True)
    return query.returncode == 0


class Steps:
    """Runs named steps, keeps their timings, and prints them as a table at the end."""

    def __init__(self):
        self.rows = []

    def step(self, name, function, *arguments):
        """Runs function(*arguments); its duration and outcome are recorded either way. It fails by
        an exception, or by counts with failed tests in them."""
        print(f"==> {name}", flush=True)
        start = time.monotonic()
        outcome = "failed"
        try:
            result = function(*arguments)
            outcome = "failed" if getattr(result, "failed", 0) else "ok"
            return result
        finally:
            self.rows.append((name, time.monotonic() - start, outcome))

    def print_table(self):
        """One line per step: seconds, outcome, name."""
        print("--- timings")
        for name, seconds, outcome in self.rows:
            print(f"{seconds:8.1f} s  {outcome:6}  {name}")
        print(f"{sum(row[1] for row in self.rows):8.1f} s  total", flush=True)
