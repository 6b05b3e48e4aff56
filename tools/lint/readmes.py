"""Each folder of sources has a README.md that names each of its files."""

import posixpath
import re

from tree import Finding

FOLDERS = ("core", "auth", "connector", "exchanges", "strategies", "tools")
SUFFIXES = (".cc", ".h", ".py", ".sh")


def check(tree):
    """A missing README, and files that it does not name."""
    by_folder = {}
    for name in tree.names(*SUFFIXES):
        if name.split("/")[0] in FOLDERS:
            by_folder.setdefault(posixpath.dirname(name), set()).add(posixpath.basename(name))
    findings = []
    for folder, files in sorted(by_folder.items()):
        readme = f"{folder}/README.md"
        text = tree.text(readme)
        if text is None:
            findings.append(Finding(readme, 1, "is missing: a paragraph and a table of the files"))
            continue
        for stem in sorted({name.rsplit(".", 1)[0] for name in files}):
            if not re.search(rf"(?<![\w]){re.escape(stem)}(?![\w])", text):
                findings.append(Finding(readme, 1, f"does not name {stem}"))
    return findings
