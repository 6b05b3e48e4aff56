"""Includes follow the table in layers.txt, which docs/architecture.md prints."""

import pathlib

from tree import Finding, includes

TABLE = pathlib.Path(__file__).with_name("layers.txt").read_text(encoding="utf-8")
DOCUMENT = "docs/architecture.md"


def read_table(table):
    """[(folder, [what it may include])], the more particular folder first."""
    rows = []
    for line in table.splitlines():
        folder, _, allowed = line.partition("->")
        rows.append((folder.strip(), allowed.split()))
    return rows


def rule_for(name, rows):
    """The allowed prefixes for a file, or None where the table does not speak."""
    parts = name.split("/")
    for folder, allowed in rows:
        if folder.endswith("/<venue>"):
            if len(parts) > 2 and parts[0] == folder.split("/")[0]:
                family = parts[1].split("_")[0]
                return [item.replace("<venue>", parts[1]).replace("<family>", family)
                        for item in allowed]
        elif parts[0] == folder:
            return allowed
    return None


def is_allowed(include, allowed):
    """A prefix of folders, or one header."""
    return any(item in ("everything", include) or include.startswith(item + "/")
               for item in allowed)


def check(tree):
    """Includes against the table, and the document against the table."""
    rows = read_table(TABLE)
    ours = {folder.split("/")[0] for folder, _ in rows}
    findings = []
    for name in tree.cpp():
        allowed = rule_for(name, rows)
        if allowed is None:
            continue
        for line, include in includes(tree.text(name)):
            if include.split("/")[0] in ours and not is_allowed(include, allowed):
                findings.append(Finding(name, line, (
                    f"includes {include}; {name.rsplit('/', 1)[0]} may include only: "
                    f"{', '.join(allowed)} (tools/lint/layers.txt)")))
    document = tree.text(DOCUMENT)
    if document is not None and TABLE.strip() not in document:
        findings.append(Finding(DOCUMENT, 1, "does not print the table of tools/lint/layers.txt "
                                             "word for word: paste it in a code block"))
    return findings
