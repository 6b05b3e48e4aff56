"""The whole gate, in the order of what fails fastest."""

import os
import shutil
import subprocess
import sys
import tempfile

import benching
import fuzzing
import new_venue_trial
import project
import simulating
import style
import tests

STEP_NAMES = ("format", "lint", "release", "install", "new_venue", "interop", "process",
              "simulation", "instructions", "asan", "tsan", "fuzz")

# ThreadSanitizer looks at what has threads; the rest runs on one loop.
TSAN_TARGETS = ("connector_test",)
FUZZ_SECONDS = 5
SIMULATED_SEEDS = 500
SEEDS_RUN_TWICE = 50
PERPETUAL_SEEDS = 200
HYPERLIQUID_SEEDS = 100
HYPERLIQUID_SPOT_SEEDS = 50
SIMULATED_MINUTES = 20
SHOWN_AGAIN = 4000


def run(skipped):
    """Runs the steps; a failed build stops, failed tests are counted and reported at the end."""
    steps = project.Steps()
    counts = tests.Counts()
    functions = {"format": style.check_format, "lint": style.lint, "release": release,
                 "install": install, "new_venue": new_venue_trial.run, "interop": interop,
                 "process": process, "simulation": simulation,
                 "instructions": benching.guard, "asan": asan, "tsan": tsan, "fuzz": fuzz}
    failure = None
    try:
        for name in STEP_NAMES:
            if name not in skipped:
                counts += steps.step(name, functions[name]) or tests.Counts()
    except project.Failed as failed:
        failure = failed
    steps.print_table()
    tests.print_failures(counts, SHOWN_AGAIN)  # the end of a log is what is kept of it
    print(counts)
    if failure is not None:
        raise failure
    return 1 if counts.failed else 0


def release():
    """The build that users get, every header alone, and all tests."""
    project.build("release", ["all", "header_check"])
    return tests.run_ctest("release")


def install():
    """Installs, then builds and runs a project that only knows the installation."""
    with tempfile.TemporaryDirectory(prefix="colibri-install-") as scratch:
        prefix, directory = f"{scratch}/prefix", f"{scratch}/build"
        project.run_quietly(["cmake", "--install", project.build_dir("release"), "--prefix",
                             prefix], "cmake --install")
        project.run_quietly(
            ["cmake", "-G", "Ninja", "-S", project.ROOT / "tests" / "example_project", "-B",
             directory, f"-DCMAKE_PREFIX_PATH={prefix}", "-DCMAKE_CXX_COMPILER=clang++-19"],
            "configuring the example project against the installation")
        project.run_quietly(["ninja", "-C", directory], "building the example project")
        project.run_quietly(["ctest", "--test-dir", directory, "--output-on-failure"],
                            "the example project's test")
    return tests.Counts(passed=1)


def interop():
    """The independent client against the simulated venue."""
    script = project.ROOT / "tests" / "interop" / "run"
    if not script.exists():
        print("interop: tests/interop/run is not there: skipped")
        return tests.Counts(skipped=1)
    if shutil.which("node") is None:
        raise project.Failed("interop needs node: run tools/dev setup")
    return run_counted([str(script)], "tests/interop/run",
                       dict(os.environ, COLIBRI=str(project.program())))


def process():
    """Real processes, killed, cut off and starved, against the simulated venue."""
    script = project.ROOT / "tests" / "process" / "main.py"
    return run_counted([sys.executable, str(script), "--program", str(project.program()), "ci"],
                       "tests/process/main.py ci")


def run_counted(command, what, env=None):
    """Runs what ends with a line of counts, and gives them."""
    counts = None
    output = []
    with subprocess.Popen(command, cwd=project.ROOT, env=env, text=True,
                          stdout=subprocess.PIPE) as running:
        for line in running.stdout:
            print(line, end="", flush=True)
            output.append(line)
            counts = tests.parse_counts(line) or counts
    if running.returncode != 0 and not (counts and counts.failed):
        raise project.Failed(f"{what} ended with {running.returncode}")
    counts = counts or tests.Counts(passed=1)
    if counts.failed:
        counts.failures += ((what, "".join(output).strip()),)
    return counts


def simulation():
    """Seeds of the simulation; some run twice, and must give the same events."""
    return (simulating.run(f"1..{SIMULATED_SEEDS}", SIMULATED_MINUTES) +
            simulating.run(f"1..{SEEDS_RUN_TWICE}", SIMULATED_MINUTES, ["--twice"]) +
            simulating.run(f"1..{PERPETUAL_SEEDS}", SIMULATED_MINUTES, venue="binance_perpetual") +
            simulating.run(f"1..{HYPERLIQUID_SEEDS}", SIMULATED_MINUTES,
                           venue="hyperliquid_perpetual") +
            simulating.run(f"1..{HYPERLIQUID_SPOT_SEEDS}", SIMULATED_MINUTES,
                           venue="hyperliquid"))


def asan():
    """AddressSanitizer and UndefinedBehaviorSanitizer over all tests."""
    project.build("asan")
    return tests.run_ctest("asan", ["-LE", "^(lint|compile_fail)$"])


def tsan():
    """ThreadSanitizer over the tests of what has threads."""
    targets = [target for target in TSAN_TARGETS if project.has_target("tsan", target)]
    if not targets:
        return tests.Counts(skipped=1)
    project.build("tsan", targets)
    labels = "|".join(target.removesuffix("_test") for target in targets)
    return tests.run_ctest("tsan", ["-L", f"^({labels})$"])


def fuzz():
    """A short run of each fuzzer: enough to see that seeds and regressions hold."""
    if not fuzzing.names():
        return tests.Counts(skipped=1)
    return tests.Counts(passed=fuzzing.run("", FUZZ_SECONDS))
