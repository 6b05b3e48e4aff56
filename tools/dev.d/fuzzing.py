"""Building the fuzzers and running each for a while."""

import pathlib
import re
import subprocess
import time

import project
import tests


def names():
    """The fuzzers of tests/fuzz, by file."""
    return sorted(path.stem for path in (project.ROOT / "tests" / "fuzz").glob("*_fuzz.cc"))


def run(wanted, seconds):
    """Runs those whose name contains `wanted`, `seconds` each; the first finding stops."""
    chosen = [name for name in names() if wanted in name]
    if not chosen:
        known = ", ".join(names()) or "none"
        raise project.Failed(f"no fuzzer is named like '{wanted}'; there are: {known}")
    project.build("fuzz", chosen)
    for name in chosen:
        run_one(name, seconds)
    return len(chosen)


def run_one(name, seconds):
    """One fuzzer: what it learns stays in the build directory, its seeds are in the tree."""
    directory = project.build_dir("fuzz")
    learned = directory / "corpus" / name
    findings = directory / "findings"
    learned.mkdir(parents=True, exist_ok=True)
    findings.mkdir(exist_ok=True)
    seeds = project.ROOT / "tests" / "fuzz" / "corpus" / name
    command = [directory / "bin" / name, f"-max_total_time={seconds}", "-timeout=10",
               "-rss_limit_mb=2048", "-print_final_stats=1", "-print_funcs=0",
               f"-artifact_prefix={findings}/{name}-", learned]
    if seeds.is_dir():
        command.append(seeds)
    start = time.time()
    log = directory / "findings" / f"{name}.log"
    with log.open("w", encoding="utf-8") as output:
        done = subprocess.run([str(part) for part in command], cwd=project.ROOT, check=False,
                              env=tests.sanitizer_env("fuzz"), stdout=output,
                              stderr=subprocess.STDOUT)
    text = log.read_text(encoding="utf-8", errors="replace")
    if done.returncode != 0:
        print(text[-8000:])
        raise project.Failed(f"{name} found an input that breaks: "
                             f"{reproduction(name, findings, start)}")
    runs = re.search(r"number_of_executed_units:\s*(\d+)", text)
    print(f"{name}: {runs.group(1) if runs else '?'} runs in {time.time() - start:.0f} s, clean",
          flush=True)


def reproduction(name, findings: pathlib.Path, start):
    """The command that repeats the newest finding of this run."""
    found = [path for path in findings.glob(f"{name}-*") if path.stat().st_mtime >= start - 1]
    if not found:
        return "it left no input"
    newest = max(found, key=lambda path: path.stat().st_mtime)
    return f"repeat it with: build/fuzz/bin/{name} {newest.relative_to(project.ROOT)}"
