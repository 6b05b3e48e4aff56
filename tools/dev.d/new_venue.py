"""Writes every file of a new venue from templates/venue: its connector, its simulated twin and their
tests, and enters it in the lists. Nothing is written unless all of it can be."""

import concurrent.futures
import dataclasses
import json
import pathlib
import re
import subprocess
import sys

import project
import style

TEMPLATES = pathlib.Path(__file__).resolve().parent / "templates" / "venue"
LIKES = ("binance", "hyperliquid")
NAME = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")
NAME_LENGTH_MAX = 32
TOKEN = re.compile(r"@(if(?: not)? (\w+)|else|end)@")

KEYWORDS = frozenset(
    "alignas alignof and and_eq asm auto bitand bitor bool break case catch char char8_t char16_t "
    "char32_t class co_await co_return co_yield compl concept const const_cast consteval constexpr "
    "constinit continue decltype default delete do double dynamic_cast else enum explicit export "
    "extern false float for friend goto if import inline int long module mutable namespace new "
    "noexcept not not_eq nullptr operator or or_eq private protected public register "
    "reinterpret_cast requires return short signed sizeof static static_assert static_cast struct "
    "switch template this thread_local throw true try typedef typeid typename union unsigned using "
    "virtual void volatile wchar_t while xor xor_eq".split())
# Namespaces, libraries and programs that there are beside the folders of venues.
TAKEN = frozenset(
    "absl asio boost cli colibri conformance core auth connector exchanges strategies tools tests "
    "testing nlohmann simdjson std venue_sim support scripts simulation integration interop lint "
    "live local testnet template templates example internal main test all".split())


@dataclasses.dataclass
class Venue:
    """What is asked for."""
    name: str
    like: str = "binance"
    is_perpetual: bool = False

    @property
    def flags(self):
        """The conditions that are true in the templates."""
        return {"keys" if self.like == "binance" else "wallet",
                "perpetual" if self.is_perpetual else "spot"} | (
                    {"whole_book"} if self.like == "hyperliquid" else {"numbered_book"})

    @property
    def words(self):
        """What stands for @word@ in the templates."""
        parts = self.name.split("_")
        quote = "USD" if self.like == "hyperliquid" else "USDT"
        return {"name": self.name, "NAME": self.name.upper(),
                "Name": "".join(part.capitalize() for part in parts),
                "display": " ".join(part.capitalize() for part in parts),
                "quote": quote, "pair": f"BTC-{quote}", "symbol": f"BTC-{quote}",
                "Base": "PerpetualBase" if self.is_perpetual else "ExchangeBase"}


class UsageError(Exception):
    """The name is none; its message says what would be."""


def check_name(name, root):
    """Raises UsageError unless the name can become one of a folder, a namespace and a program."""
    if not NAME.fullmatch(name) or len(name) > NAME_LENGTH_MAX:
        raise UsageError(f"'{name}' is no name of a venue: lower case letters, digits and single "
                         f"underscores, a letter first, {NAME_LENGTH_MAX} characters at most, such "
                         "as acme or acme_perpetual")
    if name in KEYWORDS:
        raise UsageError(f"'{name}' is a word of C++, and a namespace is to be called so: "
                         f"take another, such as {name}_exchange")
    registry = (root / "exchanges" / "registry.cc").read_text(encoding="utf-8")
    folders = [folder for folder in (f"exchanges/{name}", f"tools/venue_sim/{name}",
                                     f"tests/exchanges/{name}", f"tests/conformance/{name}")
               if any(path.is_file() for path in (root / folder).rglob("*"))]
    if folders:
        raise UsageError(f"{folders[0]} exists already: take another name, or remove what an "
                         f"earlier run left (git status)")
    if f'"exchanges/{name}/' in registry:
        raise UsageError(f"exchanges/registry.cc has a {name} already: take another name")
    if name in TAKEN or (root / name).exists():
        raise UsageError(f"'{name}' is the name of a part of the project: take another, such as "
                         f"{name}_exchange")
    # tools/lint/venue_purity.py looks for names of venues below exchanges/.
    stem = re.sub("_perpetual$", "", name)
    for layer in ("core", "auth", "connector"):
        for path in sorted((root / layer).rglob("*")):
            if path.suffix in (".h", ".cc") and occurs(stem, path):
                raise UsageError(
                    f"'{stem}' occurs in {path.relative_to(root).as_posix()}, where no venue may "
                    f"be named and the lint looks for it: take another, such as {stem}_exchange")


def occurs(stem, path):
    """Whether a file's code, comments left out, has the word."""
    sys.path.insert(0, str(project.ROOT / "tools" / "lint"))
    try:
        from tree import blank_comments  # pylint: disable=import-outside-toplevel
    finally:
        sys.path.pop(0)
    text = path.read_text(encoding="utf-8", errors="replace")
    return stem in text.lower() and stem in blank_comments(text).lower()


def fill(text, venue, where):
    """A template's text with its conditions decided and its words filled in."""
    out = []
    for line in text.split("\n"):
        whole = TOKEN.fullmatch(line)
        out.append((whole, line))
    lines = select(out, venue.flags, where)
    joined = "\n".join(select_inline(line, venue.flags, where) for line in lines)

    def word(match):
        if match[1] not in venue.words:
            raise project.Failed(f"{where}: there is no word @{match[1]}@")
        return venue.words[match[1]]
    return re.sub(r"@(\w+)@", word, joined)


def holds(token, flags):
    """Whether the condition of an @if@ holds."""
    return (token[2] in flags) != token[1].startswith("if not")


def select(lines, flags, where):
    """The lines whose conditions hold."""
    kept = []
    stack = []
    for token, line in lines:
        if token is None:
            if all(stack):
                kept.append(line)
        elif token[1].startswith("if"):
            stack.append(holds(token, flags))
        elif not stack:
            raise project.Failed(f"{where}: {line} without an @if@")
        elif token[1] == "else":
            stack[-1] = not stack[-1]
        else:
            stack.pop()
    if stack:
        raise project.Failed(f"{where}: an @if@ has no @end@")
    return kept


def select_inline(line, flags, where):
    """The same within a line."""
    if not TOKEN.search(line):
        return line
    parts = []
    position = 0
    for token in TOKEN.finditer(line):
        parts.append((None, line[position:token.start()]))
        parts.append((token, token[0]))
        position = token.end()
    return "".join(select(parts + [(None, line[position:])], flags, where))


def write_from_templates(venue):
    """{path: text} of the new files, not formatted yet."""
    files = {}
    for template in sorted(TEMPLATES.rglob("*.in")):
        relative = template.relative_to(TEMPLATES).as_posix().removesuffix(".in")
        path = relative.replace("NAME", venue.name)
        files[path] = fill(template.read_text(encoding="utf-8"), venue, relative)
    return files


def insert_before(text, line, marker, path):
    """The text with a line before the first line that begins with the marker."""
    found = re.search(rf"^[ \t]*{re.escape(marker)}", text, re.MULTILINE)
    if not found:
        raise project.Failed(f"{path} has no line that begins with '{marker}': was it rearranged? "
                             "tools/dev.d/new_venue.py enters the venue there")
    return text[:found.start()] + line + "\n" + text[found.start():]


def enter_in_lists(venue, root):
    """{path: text} of the files that name every venue, with this one."""
    def read(path):
        return (root / path).read_text(encoding="utf-8")
    words = venue.words
    path = "exchanges/registry.cc"
    # The formatter sorts the includes.
    registry = insert_before(read(path), f'#include "exchanges/{venue.name}/{venue.name}_venue.h"',
                             '#include "exchanges/binance/', path)
    registry = insert_before(registry, f"  registry.Add({venue.name}::{words['Name']}Venue());",
                             "return registry;", path)
    kind = "perpetuals" if venue.is_perpetual else "spot"
    changed = {path: registry}
    path = "exchanges/README.md"
    changed[path] = insert_before(
        read(path), f"| [`{venue.name}/`]({venue.name}/README.md) | {words['display']}, {kind} |",
        "| [`paper/`]", path)
    path = "tools/venue_sim/README.md"
    changed[path] = insert_before(
        read(path),
        f"| [`{venue.name}/`]({venue.name}/README.md) | {words['display']}, begun: time and rules |",
        "| [`margin/`]", path)
    return changed


def formatted(path, text, root):
    """The text as tools/dev fmt would leave it."""
    if not path.endswith((".h", ".cc")):
        return text
    try:
        done = subprocess.run(
            [style.FORMATTER, "--style=file", f"--assume-filename={root / path}"], input=text,
            cwd=root, check=False, capture_output=True, text=True)
    except FileNotFoundError as missing:
        raise project.Failed(
            f"{style.FORMATTER} is not installed: run tools/dev setup") from missing
    if done.returncode != 0:
        raise project.Failed(f"{style.FORMATTER} refused {path}: {done.stderr.strip()}")
    return done.stdout


def plan(venue, root=project.ROOT):
    """({path: text} of the new files, {path: text} of the changed ones), all formatted."""
    check_name(venue.name, root)
    new = write_from_templates(venue)
    changed = enter_in_lists(venue, root)
    for path, text in new.items():
        if (root / path).exists():
            raise UsageError(f"{path} exists already: take another name")
        if path.endswith(".json"):
            json.loads(text)
    with concurrent.futures.ThreadPoolExecutor(project.JOBS) as pool:
        for files in (new, changed):
            texts = pool.map(lambda item: formatted(*item, root), list(files.items()))
            files.update(zip(list(files), texts))
    return new, changed


def write(new, changed, root=project.ROOT):
    """Writes all of it; takes back what it has written when something cannot be."""
    before = {path: (root / path).read_bytes() for path in changed}
    written = []
    folders = []
    try:
        for path, text in {**new, **changed}.items():
            target = root / path
            for parent in reversed(target.relative_to(root).parents):
                folder = root / parent
                if not folder.exists():
                    folder.mkdir()
                    folders.append(folder)
            written.append(path)
            target.write_text(text, encoding="utf-8")
    except (OSError, KeyboardInterrupt) as why:
        for path in written:
            if path in before:
                (root / path).write_bytes(before[path])
            else:
                (root / path).unlink(missing_ok=True)
        for folder in reversed(folders):
            folder.rmdir()
        if isinstance(why, KeyboardInterrupt):
            raise
        raise project.Failed(f"nothing was written: {why}") from why


def next_words(name, new, changed):
    """What to do after the files are there."""
    commands = ((f"tools/dev build {name}_test conformance_test venue_sim_test colibri", ""),
                (f"build/release/bin/{name}_test", "green"),
                (f"build/release/bin/conformance_test --gtest_filter='*/{name}_*'",
                 "red: what is to be done"),
                (f"grep -rni unwritten exchanges/{name}", "the same, in the code"))
    width = max(len(command) for command, why in commands if why)
    lines = [f"  {command:{width}}  # {why}" if why else f"  {command}" for command, why in commands]
    return (f"\n{len(new)} files written, {len(changed)} changed. Next:\n\n" + "\n".join(lines)
            + "\n\ndocs/adding_a_venue.md goes on from here, with step 2.")


def run(name, like, is_perpetual, only_lists, root=project.ROOT):
    """Makes the venue (or, with only_lists, says what it would make); gives the exit code."""
    venue = Venue(name, like, like == "hyperliquid" if is_perpetual is None else is_perpetual)
    try:
        new, changed = plan(venue, root)
    except UsageError as wrong:
        print(f"tools/dev new-venue: {wrong}", file=sys.stderr)
        return 2
    if not only_lists:
        write(new, changed, root)
    for path, text in new.items():
        lines = text.count("\n")
        print(f"{path} ({lines} lines)")
    for path in changed:
        print(f"{path} (changed)")
    if not only_lists:
        print(next_words(name, new, changed))
    return 0
