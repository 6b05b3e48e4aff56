"""Finds tools/lint, and makes trees out of literals."""

import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools" / "lint"))
sys.path.insert(0, str(ROOT / "tools" / "dev.d"))

from tree import Tree  # noqa: E402


def found(lint, **files):
    """Findings of a lint as strings; a name such as core__a_h is the path core/a.h."""
    named = {}
    for key, text in files.items():
        folder, _, suffix = key.rpartition("_")
        named[folder.replace("__", "/") + "." + suffix] = text
    return [str(finding) for finding in lint.check(Tree(named))]
