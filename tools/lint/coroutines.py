"""Parameters of coroutines outlive the first suspension: values, or T& to what the loop owns.

A reference to a caller's temporary dangles as soon as the coroutine suspends, so const T&, T&&,
string_view and Span are refused in every signature that returns Task<...>.
"""

import re

from tree import Finding, blank_comments, line_of

RETURNS_TASK = re.compile(r"\b(?:Task|awaitable)\s*<")
REFUSED = (
    (re.compile(r"\bstring_view\b"), "a string_view: take std::string by value"),
    (re.compile(r"\bSpan\s*<|\bstd::span\s*<"), "a span: take a container by value"),
    (re.compile(r"&&\s*\w*\s*(?:=.*)?$"), "an rvalue reference: take it by value"),
    (re.compile(r"\bconst\b(?:[^&]|&(?=[^&]*&))*&\s*\w*\s*(?:=.*)?$"),
     "a const reference: take it by value, or T& to what outlives the loop"),
)


def closing(text, start, opening, ending):
    """The offset after the bracket that closes the one at start, or -1."""
    depth = 0
    for offset in range(start, len(text)):
        if text[offset] == opening:
            depth += 1
        elif text[offset] == ending:
            depth -= 1
            if depth == 0:
                return offset + 1
        elif text[offset] in ";{" and opening == "<":
            return -1
    return -1


def split_parameters(text):
    """The parameters between the brackets, split at commas outside of inner brackets."""
    parts, depth, current = [], 0, ""
    for char in text:
        depth += char in "(<[{"
        depth -= char in ")>]}"
        if char == "," and depth == 0:
            parts.append(current)
            current = ""
        else:
            current += char
    return [part.strip() for part in parts + [current] if part.strip()]


def parameters_at(code, match):
    """The parameter list that belongs to a returned Task<...>, with its offset, or None."""
    end = closing(code, match.end() - 1, "<", ">")
    if end < 0:
        return None
    before = code[:match.start()].rstrip()
    before = re.sub(r"(?:boost::)?(?:asio::|colibri::|net::)+$", "", before).rstrip()
    if before.endswith("->"):  # a lambda, or a trailing return type
        before = re.sub(r"(?:\b(?:mutable|noexcept|const)\b\s*)*$", "", before[:-2].rstrip())
        before = before.rstrip()
        if not before.endswith(")"):
            return None
        depth = 0
        for offset in range(len(before) - 1, -1, -1):
            depth += before[offset] == ")"
            depth -= before[offset] == "("
            if depth == 0:
                return before[offset + 1:-1], offset
        return None
    name = re.match(r"\s*(?:[A-Za-z_]\w*\s*(?:<[^<>;(){}]*>)?\s*(?:::\s*)?)*\(", code[end:])
    if name is None:
        return None
    start = end + name.end() - 1
    stop = closing(code, start, "(", ")")
    return None if stop < 0 else (code[start + 1:stop - 1], start)


def check(tree):
    """Every signature in C++ files that returns a task."""
    findings = []
    for name in tree.cpp():
        code = blank_comments(tree.text(name), blank_strings=True)
        for match in RETURNS_TASK.finditer(code):
            found = parameters_at(code, match)
            if found is None:
                continue
            for parameter in split_parameters(found[0]):
                for pattern, message in REFUSED:
                    if pattern.search(parameter):
                        findings.append(Finding(name, line_of(code, found[1]), (
                            f"coroutine takes '{' '.join(parameter.split())}', {message}")))
                        break
    return findings
