"""Benchmarks, and the guard of what the hot paths cost in instructions."""

import json
import pathlib
import re
import shutil
import subprocess
import tempfile

import project
import tests

GUARD = "counted_paths"
BASELINE = project.ROOT / "tools" / "bench" / "guard" / "baseline.json"
TOLERANCE = 0.10


def run(name, arguments):
    """Builds and runs the benchmarks whose name contains this."""
    project.build("bench")
    programs = sorted((project.build_dir("bench") / "bin").glob("*_benchmark"))
    programs += sorted((project.build_dir("bench") / "bin").glob("*_bench"))
    chosen = [path for path in programs if name in path.name]
    if not chosen:
        names = ", ".join(path.name for path in programs) or "none was built"
        raise project.Failed(f"no benchmark is named like '{name}'; there are: {names}")
    for path in chosen:
        print(f"==> {path.name}", flush=True)
        project.run([path, *arguments], path.name)


def count():
    """Instructions and allocations of one run of each path, by callgrind and by operator new."""
    if shutil.which("valgrind") is None:
        raise project.Failed("counting instructions needs valgrind: run tools/dev setup")
    project.build("release", [GUARD])
    with tempfile.TemporaryDirectory(prefix="colibri-guard-") as scratch:
        done = subprocess.run(
            ["valgrind", "--tool=callgrind", "-q", "--collect-atstart=no",
             f"--callgrind-out-file={scratch}/out",
             str(project.build_dir("release") / "bin" / GUARD)],
            cwd=project.ROOT, text=True, check=False, capture_output=True)
        if done.returncode != 0 or done.stderr:
            raise project.Failed(f"{GUARD} ended with {done.returncode}:\n{done.stderr[:2000]}")
        lines = [line.split() for line in done.stdout.splitlines()]
        runs = {line[0]: line[1] for line in lines if len(line) == 2}
        allocations = {f"{line[1]}_allocations": int(line[2]) for line in lines if len(line) == 3}
        totals = {}
        for dump in pathlib.Path(scratch).glob("out.*"):
            text = dump.read_text(errors="replace")
            trigger = re.search(r"^desc: Trigger: Client Request: (\S+)", text, re.MULTILINE)
            total = re.search(r"^(?:totals|summary): (\d+)", text, re.MULTILINE)
            if trigger and total:
                totals[trigger.group(1)] = int(total.group(1))
    missing = sorted(set(runs) - set(totals))
    if missing:
        raise project.Failed(f"callgrind did not count {', '.join(missing)}")
    return {name: round(totals[name] / int(runs[name])) for name in runs} | allocations


def compare():
    """Fails for each path that costs a tenth more than the baseline says."""
    counts = count()
    baseline = json.loads(BASELINE.read_text()) if BASELINE.exists() else {}
    failures = []
    print(f"{'path':<28} {'baseline':>10} {'now':>10} {'change':>8}")
    for name in sorted(set(counts) | set(baseline)):
        if name not in counts or name not in baseline:
            where = "not counted any more" if name not in counts else "not in the baseline"
            failures.append(f"{name} is {where}: tools/dev bench --update")
            continue
        change = (counts[name] + 1) / (baseline[name] + 1) - 1
        print(f"{name:<28} {baseline[name]:>10} {counts[name]:>10} {change:>+8.1%}")
        if change > TOLERANCE:
            failures.append(f"{name}: {counts[name]}, and the baseline is {baseline[name]}: make "
                            f"it cheaper, or say why in the commit that runs "
                            f"tools/dev bench --update")
    return tests.Counts(passed=len(counts) - len(failures), failed=len(failures),
                        failures=tuple((GUARD, failure) for failure in failures))


def guard():
    """The counts against their baseline; and the benchmarks build, and those over sockets run."""
    counts = compare()
    project.build("bench")
    programs = project.build_dir("bench") / "bin"
    project.run_quietly([programs / "throughput_bench", "--rounds", "1", "--frames", "2000",
                         "--pairs", "2"], "throughput_bench")
    project.run_quietly([programs / "tick_to_order_bench", "--rounds", "1", "--ticks", "100"],
                        "tick_to_order_bench")
    return counts + tests.Counts(passed=2)


def update():
    """Writes what is counted now as the baseline."""
    counts = count()
    BASELINE.write_text(json.dumps(counts, indent=2, sort_keys=True) + "\n")
    for name, instructions in sorted(counts.items()):
        print(f"{name:<28} {instructions:>10}")
