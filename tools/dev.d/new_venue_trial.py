"""Tries tools/dev new-venue in a copy of the tree: what it writes compiles, its tests are green, and
its conformance is red for what is not written yet. The example of the guide, a diff, is green."""

import os
import re
import subprocess

import mutating
import project
import tests

# The build lies inside the copy as it does inside the project, so that ccache knows the objects.
SOURCE = project.ROOT / "build" / "new_venue" / "source"
BUILD = SOURCE / "build" / "release"
EXAMPLE = "docs/examples/adding_a_venue.diff"
SCRATCH = (("scratch_keys", ["--like", "binance"]), ("scratch_wallet", ["--like", "hyperliquid"]))
WRITTEN = re.compile(r"^\+\+\+ b/exchanges/(\w+)/\1_venue\.cc", re.MULTILINE)
MISSING = "it needs tests/conformance/{name}/"
COMPILER = "clang++-19"
SHOWN = 3000


def run():
    """The whole trial; gives its counts."""
    mutating.copy_tree(SOURCE)
    example = apply_example()
    for name, options in SCRATCH:
        run_in_copy(["python3", "tools/dev.d/main.py", "new-venue", name, *options],
                    f"tools/dev new-venue {name}")
    names = [name for name, _ in SCRATCH] + ([example] if example else [])
    build([f"{name}_test" for name in names] + ["venue_sim_test", "conformance_test"])
    counts = tests.Counts() if example else tests.Counts(skipped=1)
    for name in names:
        counts += check_fuzzers(name)
        counts += expect(f"{name}_test", [], f"the tests of {name}")
    counts += expect("venue_sim_test", [f"--gtest_filter={filter_of_twins(names)}"],
                     "the tests of the twins")
    for name, _ in SCRATCH:
        counts += expect_red(name)
    if example:
        counts += expect("conformance_test", [f"--gtest_filter=*/{example}_*"],
                         f"the conformance of {example}")
    return counts


def apply_example():
    """Applies the example of the guide to the copy; its venue's name, or None without the file."""
    diff = SOURCE / EXAMPLE
    if not diff.exists():
        print(f"new_venue: {EXAMPLE} is not there: skipped", flush=True)
        return None
    written = WRITTEN.search(diff.read_text(encoding="utf-8"))
    if written is None:
        raise project.Failed(f"{EXAMPLE} adds no exchanges/NAME/NAME_venue.cc")
    # The copy lies in a folder that git ignores: outside of the repository it is a tree like any.
    environment = dict(os.environ, GIT_CEILING_DIRECTORIES=str(SOURCE.parent))
    run_in_copy(["git", "apply", "--whitespace=nowarn", EXAMPLE],
                f"applying {EXAMPLE} (when the tree has moved on, mend it in a branch and write it "
                "anew with git diff)", environment)
    return written[1]


def run_in_copy(command, what, env=None):
    """Runs it quietly; raises Failed, with what it said, when it fails."""
    done = subprocess.run(command, cwd=SOURCE, check=False, text=True, errors="replace", env=env,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode != 0:
        raise project.Failed(f"{what} failed: {done.stdout.strip()[-SHOWN:]}")
    return done.stdout


def build(targets):
    """Builds the targets in the copy, as the release is built."""
    if not (BUILD / "build.ninja").exists():
        run_in_copy(["cmake", "--preset", "release"], "cmake --preset release")
    done = subprocess.run(["ninja", "-C", str(BUILD), f"-j{project.JOBS}", *targets], check=False,
                          text=True, errors="replace", stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT)
    if done.returncode != 0:
        errors = [line for line in done.stdout.splitlines() if "error" in line]
        raise project.Failed("what tools/dev new-venue writes does not build:\n"
                             + "\n".join(errors[:20] or done.stdout.splitlines()[-20:]))


def check_fuzzers(name):
    """The fuzzers of the venue compile; a build of the fuzz preset would take minutes."""
    fuzzers = sorted((SOURCE / "tests" / "fuzz").glob(f"{name}*_fuzz.cc"))
    for fuzzer in fuzzers:
        run_in_copy([COMPILER, "-std=c++20", "-Wall", "-Wextra", "-Werror", "-fsyntax-only", "-I.",
                     str(fuzzer)], f"compiling {fuzzer.name}")
    return tests.Counts(passed=len(fuzzers))


def filter_of_twins(names):
    """Of venue_sim_test: the suites whose files lie in the folder of one of the venues."""
    suites = []
    for name in names:
        for path in sorted((SOURCE / "tests" / "tools" / "venue_sim" / name).glob("*_test.cc")):
            suites += re.findall(r"^TEST(?:_F|_P)?\((\w+),", path.read_text(encoding="utf-8"),
                                 re.MULTILINE)
    return ":".join(f"{suite}.*" for suite in sorted(set(suites)))


def program(name, arguments):
    """Runs a test program of the copy; its exit code and output."""
    done = subprocess.run([str(BUILD / "bin" / name), "--gtest_brief=1", *arguments], cwd=SOURCE,
                          check=False, text=True, errors="replace", stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT)
    return done.returncode, done.stdout


def passed(output):
    """How many tests a program says have passed."""
    match = re.search(r"^\[  PASSED  \] (\d+) test", output, re.MULTILINE)
    return int(match[1]) if match else 0


def expect(name, arguments, what):
    """Counts a run that is to be green."""
    code, output = program(name, arguments)
    count = passed(output)
    if code == 0 and count > 0:
        print(f"new_venue: {what}: {count} passed", flush=True)
        return tests.Counts(passed=count)
    return tests.Counts(passed=count, failed=1, failures=(
        (f"new_venue: {what}", output[-SHOWN:] or "no test was run"),))


def expect_red(name):
    """The conformance of a new venue fails, without a crash, and names envelopes that it needs."""
    code, output = program("conformance_test", [f"--gtest_filter=*/{name}_*"])
    failed = len(set(re.findall(r"^\[  FAILED  \] (\S+), where", output, re.MULTILINE)))
    needed = output.count(MISSING.format(name=name))
    if code == 1 and needed > 0 and failed >= needed:
        print(f"new_venue: the conformance of {name} is red: {failed} cases, {needed} of them for "
              "an envelope that is missing", flush=True)
        return tests.Counts(passed=1)
    return tests.Counts(failed=1, failures=(
        (f"new_venue: the conformance of {name} should be red and is not", output[-SHOWN:]),))
