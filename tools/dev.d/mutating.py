"""Deliberate bugs: each is put into a copy of the tree, and the simulation has to find it."""

import dataclasses
import json
import re
import shutil
import subprocess
import threading
import time

import project

LIST = project.ROOT / "tests" / "simulation" / "mutations"
# The build lies inside the copy as it does inside the project, so that ccache knows the objects.
SOURCE = project.ROOT / "build" / "mutants" / "source"
BUILD = SOURCE / "build" / "release"
PROGRAM = "colibri_simulation"
CLEAN_SEEDS = 100
PORTION_SECONDS_MAX = 600


@dataclasses.dataclass
class Edit:
    """Text of one file, and what takes its place."""
    file: str
    old: str
    new: str


@dataclasses.dataclass
class Mutation:
    """A bug that somebody might write."""
    name: str
    breaks: str = ""
    edits: list = dataclasses.field(default_factory=list)


@dataclasses.dataclass
class Outcome:
    """What the simulation said of a mutation."""
    name: str
    breaks: str
    state: str  # caught, SURVIVED, does not build
    seed: int = 0
    violation: str = ""
    seconds: float = 0.0

    def sentence(self):
        """The outcome in words."""
        if self.state == "caught":
            return f"caught at seed {self.seed} by \"{self.violation}\""
        return self.state


def parse(text, name):
    """The mutations of one file of the list; raises Failed with the line that is wrong."""
    mutations = []
    file = ""
    part = None  # the lines of the old or the new text
    old = []
    for number, line in enumerate(text.splitlines(), 1):
        def wrong(why, number=number):
            return project.Failed(f"{name}:{number}: {why}")
        if part is not None and line == "+++ new":
            old, part = part, []
        elif part is not None and line == "--- end":
            mutations[-1].edits.append(Edit(file, "\n".join(old), "\n".join(part)))
            part = None
        elif part is not None:
            part.append(line)
        elif line == "--- old" and file:
            part = []
        elif line.startswith("mutation "):
            mutations.append(Mutation(line.split(" ", 1)[1]))
            file = ""
        elif line.startswith("breaks ") and mutations:
            mutations[-1].breaks = line.split(" ", 1)[1]
        elif line.startswith("in ") and mutations:
            file = line.split(" ", 1)[1]
        elif line and not line.startswith("#"):
            raise wrong(f"not understood: {line}")
    if part is not None:
        raise project.Failed(f"{name}: the last text has no \"--- end\"")
    return mutations


def read_list(folder=LIST):
    """All mutations, by file and in the order of each."""
    mutations = []
    for path in sorted(folder.glob("*.txt")):
        mutations += parse(path.read_text(encoding="utf-8"), path.name)
    return mutations


def apply(mutation, read):
    """{file: text} with the mutation; raises Failed when an old text is not there exactly once."""
    texts = {}
    for edit in mutation.edits:
        text = texts.get(edit.file)
        text = read(edit.file) if text is None else text
        count = text.count(edit.old) if edit.old else 0
        if count != 1:
            raise project.Failed(f"{mutation.name} has rotted: its old text occurs {count} times "
                                 f"in {edit.file}")
        texts[edit.file] = text.replace(edit.old, edit.new)
    return texts


def find_rotten(mutations, root=project.ROOT):
    """What is wrong with the list, a sentence each."""
    def read(file):
        path = root / file
        return path.read_text(encoding="utf-8") if path.is_file() else ""
    wrong = []
    seen = set()
    for mutation in mutations:
        if mutation.name in seen:
            wrong.append(f"{mutation.name} is there twice")
        seen.add(mutation.name)
        if not mutation.breaks or not mutation.edits:
            wrong.append(f"{mutation.name} does not say what it breaks, or changes nothing")
        try:
            apply(mutation, read)
        except project.Failed as failure:
            wrong.append(str(failure))
    return wrong


def copy_tree(source=SOURCE):
    """The tree as it is now, uncommitted changes and new files included, into `source`."""
    names = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
                           cwd=project.ROOT, check=True, capture_output=True, text=True).stdout
    wanted = set()
    for name in filter(None, names.split("\0")):
        path = project.ROOT / name
        if not path.is_file():
            continue  # deleted, and not committed yet
        wanted.add(name)
        content = path.read_bytes()
        target = source / name
        if target.is_file() and target.read_bytes() == content:
            continue  # keeps its time, so that it is not built again
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        shutil.copymode(path, target)
    for path in source.rglob("*"):
        name = path.relative_to(source).as_posix()
        if path.is_file() and not name.startswith("build/") and name not in wanted:
            path.unlink()


def build():
    """Builds the program from SOURCE; gives its output, or None when it was built."""
    if not (BUILD / "build.ninja").exists():
        project.run_quietly(["cmake", "--preset", "release"], "cmake --preset release", cwd=SOURCE)
    done = subprocess.run(["ninja", "-C", str(BUILD), f"-j{project.JOBS}", PROGRAM], check=False,
                          text=True, errors="replace", stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT)
    return None if done.returncode == 0 else done.stdout


def run_seeds(first, last, minutes):
    """(seed, violation) of the first seed in first..last that breaks a promise, or None."""
    command = [str(BUILD / "bin" / PROGRAM), "--seeds", f"{first}..{last}", "--minutes",
               str(minutes), "--stop"]
    try:
        done = subprocess.run(command, check=False, text=True, errors="replace",
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              timeout=PORTION_SECONDS_MAX)
    except subprocess.TimeoutExpired:
        code, how = -1, f"no end within {PORTION_SECONDS_MAX} s"
    else:
        match = re.search(r"^seed (\d+): (.*)$", done.stdout, re.MULTILINE)
        if match is not None:
            return int(match.group(1)), match.group(2)
        code, how = done.returncode, f"the program ended with {done.returncode}"
        lines = done.stdout.strip().splitlines()
        if code not in (0, 1) and lines:
            how += f": {lines[-1][:200]}"
    if code == 0:
        return None
    if first == last:
        return first, how
    middle = (first + last) // 2
    return run_seeds(first, middle, minutes) or run_seeds(middle + 1, last, minutes)


def search(seeds, minutes, jobs=project.JOBS):
    """(seed, violation) of the first of 1..seeds that breaks a promise, or None."""
    lock = threading.Lock()
    state = {"next": 1, "found": None}

    def work():
        while True:
            with lock:
                begin = state["next"]
                if begin > seeds or state["found"] is not None:
                    return
                # Most are found soon: small portions first.
                end = min(seeds, begin + (3 if begin <= 20 else 24))
                state["next"] = end + 1
            found = run_seeds(begin, end, minutes)
            with lock:
                if found is not None and (state["found"] is None or found < state["found"]):
                    state["found"] = found

    threads = [threading.Thread(target=work) for _ in range(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return state["found"]


def try_mutation(mutation, seeds, minutes):
    """Applies, builds, searches and reverts."""
    start = time.monotonic()
    before = {}

    def read(file):
        before[file] = (SOURCE / file).read_text(encoding="utf-8")
        return before[file]

    outcome = Outcome(mutation.name, mutation.breaks, "SURVIVED")
    try:
        for file, text in apply(mutation, read).items():
            (SOURCE / file).write_text(text, encoding="utf-8")
        errors = build()
        if errors is not None:
            print(errors)
            outcome.state = "does not build"
        else:
            found = search(seeds, minutes)
            if found is not None:
                outcome.state = "caught"
                outcome.seed, outcome.violation = found
    finally:
        for file, text in before.items():
            (SOURCE / file).write_text(text, encoding="utf-8")
    outcome.seconds = time.monotonic() - start
    return outcome


def choose(mutations, names):
    """Those that are named, or all."""
    known = [mutation.name for mutation in mutations]
    for name in names:
        if name not in known:
            raise project.Failed(f"no mutation is named {name}; there are: {', '.join(known)}")
    return [mutation for mutation in mutations if not names or mutation.name in names]


def run(names, seeds, minutes, as_json, only_lists):
    """Tries the mutations; gives how many the simulation does not find."""
    mutations = choose(read_list(), names)
    rotten = find_rotten(mutations)
    if rotten:
        raise project.Failed("\n  ".join(["the list has rotted:", *rotten]))
    if only_lists:
        width = max(len(mutation.name) for mutation in mutations)
        for mutation in mutations:
            print(f"{mutation.name:{width}}  {mutation.breaks}")
        return 0
    copy_tree()
    errors = build()
    if errors is not None:
        print(errors)
        raise project.Failed("the tree does not build without a mutation")
    found = search(min(seeds, CLEAN_SEEDS), minutes)
    if found is not None:
        raise project.Failed(f"without a mutation seed {found[0]} breaks a promise: {found[1]}")
    outcomes = []
    for mutation in mutations:
        outcomes.append(try_mutation(mutation, seeds, minutes))
        if not as_json:
            last = outcomes[-1]
            print(f"{last.name:34} {last.sentence()} ({last.seconds:.0f} s)", flush=True)
    missed = [outcome for outcome in outcomes if outcome.state != "caught"]
    if as_json:
        print(json.dumps([dataclasses.asdict(outcome) for outcome in outcomes], indent=2))
    else:
        print(f"mutants: {len(outcomes) - len(missed)} of {len(outcomes)} caught within {seeds} "
              f"seeds of {minutes} minutes")
    return len(missed)
