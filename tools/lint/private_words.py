"""The project speaks of itself: no path of somebody's machine in it."""

import re

from tree import Finding, line_of

PATTERN = re.compile(r"(?<![\w.}])/(?:work|home|root|Users)/[\w.-]")


def check(tree):
    """Every text file."""
    findings = []
    for name in tree.names():
        if name in ("LICENSE",):
            continue
        text = tree.text(name)
        for match in PATTERN.finditer(text):
            findings.append(Finding(name, line_of(text, match.start()), (
                f"has a path of one machine: '{match.group(0)}...'")))
    return findings
