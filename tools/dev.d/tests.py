"""Running ctest and counting what it ran."""

import dataclasses
import os
import re
import subprocess
import sys
import xml.etree.ElementTree

import project

# A test above this is named, because the run is to stay short; it does not fail for it.
SLOW_SECONDS = 10


@dataclasses.dataclass
class Counts:
    """How many tests passed, failed and were skipped; of the failed, what is known to print."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0
    failures: tuple = ()  # (name, output), of those that ctest ran

    def __add__(self, other):
        return Counts(self.passed + other.passed, self.failed + other.failed,
                      self.skipped + other.skipped, self.failures + other.failures)

    def __str__(self):
        return f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"


def read_junit(path):
    """Counts, with the failures, from ctest's JUnit file."""
    counts = Counts()
    for case in xml.etree.ElementTree.parse(path).getroot().iter("testcase"):
        status = case.get("status")
        if case.find("failure") is not None or status == "fail":
            counts.failed += 1
            output = (case.findtext("system-out") or "").strip()
            counts.failures += ((case.get("name"), output),)
        elif case.find("skipped") is not None or status in ("notrun", "disabled"):
            counts.skipped += 1
        else:
            counts.passed += 1
    return counts


def slow_tests(path, limit):
    """(seconds, name) of the tests that took longer than the limit."""
    cases = xml.etree.ElementTree.parse(path).getroot().iter("testcase")
    taken = [(float(case.get("time") or 0), case.get("name")) for case in cases]
    return sorted((row for row in taken if row[0] > limit), reverse=True)


def parse_counts(line):
    """The counts in a line such as '3 passed, 0 failed, 1 skipped', or None."""
    match = re.search(r"(\d+) passed, (\d+) failed, (\d+) skipped", line)
    return Counts(*map(int, match.groups())) if match else None


def sanitizer_env(preset):
    """The environment of the tests: reports with symbols, the first finding ends the program."""
    env = dict(os.environ)
    env.setdefault("ASAN_SYMBOLIZER_PATH", "/usr/bin/llvm-symbolizer-19")
    env.setdefault("TSAN_OPTIONS", "halt_on_error=1:external_symbolizer_path="
                                   "/usr/bin/llvm-symbolizer-19")
    env.setdefault("UBSAN_OPTIONS", "print_stacktrace=1")
    env["COLIBRI_PRESET"] = preset
    return env


def run_ctest(preset, arguments=()):
    """Runs ctest, prints the failed tests' output, returns the counts."""
    directory = project.build_dir(preset)
    report = directory / "ctest.xml"
    report.unlink(missing_ok=True)
    command = ["ctest", "--test-dir", str(directory), f"-j{project.JOBS}", "--output-on-failure",
               "--no-tests=error", "--output-junit", str(report), "--progress", *arguments]
    if not sys.stdout.isatty():
        command.remove("--progress")
        command.append("--quiet")
    done = subprocess.run(command, cwd=project.ROOT, env=sanitizer_env(preset), check=False)
    if not report.exists():
        raise project.Failed(f"ctest of preset {preset} found no test to run")
    counts = read_junit(report)
    if "--quiet" in command:
        print_failures(counts)
    for seconds, name in slow_tests(report, SLOW_SECONDS) if preset == "release" else ():
        print(f"SLOW {seconds:.1f} s {name}")
    for name, _ in counts.failures:
        print(f"FAILED {name}")
    if done.returncode != 0 and counts.failed == 0:
        raise project.Failed(f"ctest of preset {preset} ended with {done.returncode}")
    return counts


def print_failures(counts, limit=None):
    """The output of each failed test; of a longer one than `limit` characters, its end."""
    for name, output in counts.failures:
        print(f"--- {name}\n{output[-limit:] if limit else output}", flush=True)
