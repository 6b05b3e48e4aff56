"""Files up to 500 lines, functions up to 70; a longer file says why: // Long because: ..."""

import ast
import re

from tree import Finding, blank_comments, line_of

FILE_LIMIT = 500
FUNCTION_LIMIT = 70
EXCUSE = re.compile(r"^\s*(?://|#) Long because: \S", re.MULTILINE)
TOP_LINES = 40

_SCOPE = re.compile(
    r"(?:^|[;}\s])(?:inline\s+)?(?:namespace\b|extern\s*$|extern\s*\"|enum\b|"
    r"(?:class|struct|union)\b(?![^{]*\)\s*$))[^;()]*$|(?:class|struct|union)\s[^()]*$")
_FUNCTION = re.compile(
    r"\)\s*(?:(?:const|noexcept(?:\([^)]*\))?|override|final|mutable|try|&&?)\s*|"
    r"requires\b[^{]*|->[^{;]*|:\s[^{;]*)*$")


def check(tree):
    """Lengths in C++ and Python."""
    findings = []
    for name in tree.names(".cc", ".h", ".py"):
        text = tree.text(name)
        top = "\n".join(text.splitlines()[:TOP_LINES])
        if EXCUSE.search(top):
            continue
        lines = text.count("\n")
        if lines > FILE_LIMIT:
            findings.append(Finding(name, FILE_LIMIT + 1, (
                f"the file has {lines} lines of {FILE_LIMIT}: split it, or say at its top "
                "'// Long because: ...'")))
        functions = python_functions(text) if name.endswith(".py") else cpp_functions(text)
        for line, length, title in functions:
            if length > FUNCTION_LIMIT:
                findings.append(Finding(name, line, (
                    f"{title} has {length} lines of {FUNCTION_LIMIT}: split it")))
    return findings


def python_functions(text):
    """(line, length, name) of every function."""
    try:
        module = ast.parse(text)
    except SyntaxError:
        return []
    return [(node.lineno, node.end_lineno - node.lineno + 1, node.name)
            for node in ast.walk(module)
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]


def cpp_functions(text):
    """(line, length, title) of every function outside of other functions."""
    code = blank_comments(text, blank_strings=True)
    code = re.sub(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", lambda m: re.sub(r"[^\n]", " ", m.group(0)),
                  code, flags=re.MULTILINE)
    found, stack, start = [], [], 0  # start: where the current declaration began
    for match in re.finditer(r"[{};]", code):
        offset, char = match.start(), match.group(0)
        in_scopes = all(kind == "scope" for kind, _, _ in stack)
        if char == "{":
            header = code[start:offset].strip()
            kind = classify(header) if in_scopes else "inner"
            stack.append((kind, offset, header))
            if kind == "scope":
                start = offset + 1
        elif char == "}" and stack:
            kind, opened, header = stack.pop()
            if kind == "function":
                length = line_of(code, offset) - line_of(code, opened) + 1
                found.append((line_of(code, opened), length, title_of(header)))
            if kind in ("function", "scope"):
                start = offset + 1
        elif char == ";" and in_scopes:
            start = offset + 1
    return found


def classify(header):
    """What a brace at namespace or class level opens."""
    header = re.sub(r"\[\[[^\]]*\]\]", "", header).strip()
    header = re.sub(r"\btemplate\s*<[^{};]*?>\s*(?=\w)", "", header)
    if header.endswith("=") or header.endswith(","):
        return "inner"
    if _FUNCTION.search(header):
        return "function"
    if _SCOPE.search(header):
        return "scope"
    return "inner"


def title_of(header):
    """The name before the first bracket."""
    name = re.search(r"([\w:~]+|operator\s*\S+)\s*\(", header)
    if name and name.group(1).startswith("TEST"):
        return " ".join(header.split())
    return name.group(1) if name else "a function"
