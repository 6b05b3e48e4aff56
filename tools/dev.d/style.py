"""Format check, the lints of tools/lint, and clang-tidy on request."""

import concurrent.futures
import hashlib
import json
import subprocess
import sys

import project

FORMATTER = "clang-format-19"
TIDY = "clang-tidy-19"


def sources():
    """The C++ files that git knows or would add; without git, all outside of build folders."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--",
         "*.cc", "*.h"], cwd=project.ROOT, check=False, capture_output=True)
    if listed.returncode == 0:
        names = [name.decode() for name in listed.stdout.split(b"\0") if name]
        paths = [project.ROOT / name for name in names]
    else:
        paths = [path for path in project.ROOT.rglob("*") if path.suffix in (".cc", ".h")
                 and not {"build", "node_modules"} & set(path.relative_to(project.ROOT).parts)]
    return sorted(path for path in paths if path.exists())


class Cache:
    """Remembers which file contents passed a check, so that a warm check reads and hashes only."""

    def __init__(self, name, seed):
        self.path = project.ROOT / "build" / f"{name}.cache.json"
        self.seed = seed
        try:
            self.passed = set(json.loads(self.path.read_text(encoding="utf-8")))
        except (OSError, ValueError):
            self.passed = set()
        self.seen = set()

    def key(self, path):
        """A digest of the check's configuration and the file's contents."""
        return hashlib.sha256(self.seed + path.read_bytes()).hexdigest()

    def save(self):
        """Keeps only what was seen in this run."""
        self.path.parent.mkdir(exist_ok=True)
        self.path.write_text(json.dumps(sorted(self.seen)), encoding="utf-8")


def check_format():
    """Raises Failed with the names of files that tools/dev fmt would change."""
    cache = Cache("format", (project.ROOT / ".clang-format").read_bytes())
    pending = []
    for path in sources():
        key = cache.key(path)
        if key in cache.passed:
            cache.seen.add(key)
        else:
            pending.append((path, key))
    badly_formatted = []
    with concurrent.futures.ThreadPoolExecutor(project.JOBS) as pool:
        results = pool.map(lambda item: is_formatted(item[0]), pending)
        for (path, key), formatted in zip(pending, results):
            if formatted:
                cache.seen.add(key)
            else:
                badly_formatted.append(path)
    cache.save()
    for path in badly_formatted:
        print(f"{path.relative_to(project.ROOT)}: not formatted")
    if badly_formatted:
        raise project.Failed(f"{len(badly_formatted)} files are not formatted: run tools/dev fmt")


def is_formatted(path):
    """Whether clang-format would leave the file as it is."""
    return subprocess.run([FORMATTER, "--dry-run", "-Werror", str(path)], check=False,
                          capture_output=True).returncode == 0


def format_all(names):
    """Formats the named files, or all."""
    paths = [str(project.ROOT / name) for name in names] or [str(path) for path in sources()]
    for start in range(0, len(paths), 50):
        project.run([FORMATTER, "-i", *paths[start:start + 50]], "clang-format")


def lint():
    """The scripts of tools/lint over the tree."""
    project.run([sys.executable, project.ROOT / "tools" / "lint" / "run.py"], "lint")


def tidy(names):
    """clang-tidy over the named sources (all by default), with the release build's flags."""
    project.configure("release")
    paths = [project.ROOT / name for name in names] or [
        path for path in sources() if path.suffix == ".cc" and in_build(path)]
    cache = Cache("tidy", (project.ROOT / ".clang-tidy").read_bytes())
    cache.seen = set(cache.passed)
    pending = [path for path in paths if cache.key(path) not in cache.passed]
    failures = 0
    with concurrent.futures.ThreadPoolExecutor(project.JOBS) as pool:
        for path, done in zip(pending, pool.map(tidy_one, pending)):
            if done.returncode == 0:
                cache.seen.add(cache.key(path))
            else:
                failures += 1
                print(done.stdout, flush=True)
    cache.save()
    if failures:
        raise project.Failed(f"clang-tidy has findings in {failures} files")


def in_build(path):
    """Fuzzers, benchmarks and bad twins have no entry in the release build's database."""
    return not any(part in ("fuzz", "bench", "compile_fail", "example_project")
                   for part in path.parts)


def tidy_one(path):
    """One file; its findings are on stdout."""
    return subprocess.run(
        [TIDY, "--quiet", "-p", str(project.build_dir("release")), str(path)], check=False,
        text=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
