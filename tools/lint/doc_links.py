"""Links and names in *.md exist: relative links, their anchors, files and functions in backticks."""

import posixpath
import re

from tree import Finding, blank_comments, line_of

LINK = re.compile(r"(?<!!)\[[^\]\n]*\]\(([^)\s]+)\)|!\[[^\]\n]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
TICKED = re.compile(r"`([^`\n]+)`")
METHOD = re.compile(r"^((?:\w+::)*)(\w+)::(~?\w+)(?:\(.*\))?$")
FOLDERS = ("core", "auth", "connector", "exchanges", "strategies", "tools", "tests", "docs")
WALKTHROUGH = "docs/walkthrough.md"


def check(tree):
    """Links of every page; ticked paths of every page; ticked methods of the walkthrough."""
    findings = []
    for name in tree.names(".md"):
        text = FENCE.sub(lambda match: re.sub(r"[^\n]", " ", match.group(0)), tree.text(name))
        for match in LINK.finditer(text):
            message = broken(tree, name, match.group(1) or match.group(2))
            if message:
                findings.append(Finding(name, line_of(text, match.start()), message))
        for match in TICKED.finditer(text):
            if is_missing_path(tree, match.group(1)):
                findings.append(Finding(name, line_of(text, match.start()), (
                    f"names `{match.group(1)}`, which is not in the tree")))
    return findings + check_walkthrough(tree)


def broken(tree, page, target):
    """Why a link does not lead anywhere, or None."""
    if re.match(r"[a-z]+:", target):
        return None
    path, _, anchor = target.partition("#")
    resolved = posixpath.normpath(posixpath.join(posixpath.dirname(page), path)) if path else page
    if resolved != "." and not tree.exists(resolved):
        return f"links to {target}: there is no {resolved}"
    if anchor and resolved.endswith(".md") and anchor not in anchors(tree.text(resolved)):
        return f"links to {target}: {resolved} has no heading for #{anchor}"
    return None


def anchors(text):
    """The anchors that headings give, as GitHub spells them."""
    headings = re.findall(r"^#+\s+(.+?)\s*$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def is_missing_path(tree, ticked):
    """Whether a ticked word reads as a file of ours that does not exist."""
    if not re.fullmatch(r"[\w./-]+\.\w+", ticked) or ticked.split("/")[0] not in FOLDERS:
        return False
    return "/" in ticked and not tree.exists(ticked)


def check_walkthrough(tree):
    """Each `Class::Method` of the walkthrough is declared in that class."""
    page = tree.text(WALKTHROUGH)
    if page is None:
        return []
    code = {name: blank_comments(tree.text(name)) for name in tree.cpp()}
    findings = []
    for match in TICKED.finditer(page):
        method = METHOD.match(match.group(1))
        if method and not is_declared(code, method[2], method[3]):
            findings.append(Finding(WALKTHROUGH, line_of(page, match.start()), (
                f"names `{match.group(1)}`, which the code does not have")))
    return findings


def is_declared(code, owner, member):
    """A definition Owner::Member, a member in the class's body, or in a namespace of that name."""
    definition = re.compile(rf"\b{re.escape(owner)}::{re.escape(member)}\b")
    opened = re.compile(rf"\b(?:class|struct|namespace|enum class)\s+(?:\w+::)*{re.escape(owner)}\b"
                        r"[^;{]*\{")
    used = re.compile(rf"(?<!\w){re.escape(member)}\b")
    for name, text in code.items():
        if name.startswith("tests/"):
            continue
        if definition.search(text):
            return True
        for match in opened.finditer(text):
            if used.search(body_of(text, match.end())):
                return True
    return False


def body_of(text, start):
    """The text from an opened brace to the one that closes it."""
    depth = 1
    for offset in range(start, len(text)):
        depth += text[offset] == "{"
        depth -= text[offset] == "}"
        if depth == 0:
            return text[start:offset]
    return text[start:]
