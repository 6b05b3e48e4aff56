"""C++ in the pages of docs/ is text of a file that is compiled.

Above the block stands where it is from; its lines stand in that file, in one piece:

    <!-- from tests/example_project/main.cc -->
    ```cpp
"""

import re

from tree import Finding, line_of

BLOCK = re.compile(
    r"(?:^<!-- from (?P<path>\S+) -->\n+)?^```(?P<language>\w*)[^\n]*\n(?P<code>.*?)^```",
    re.MULTILINE | re.DOTALL)
COMPILED = ("cpp", "c++", "cc")


def squeezed(text):
    """Lines without what indentation and blank lines at the ends add."""
    return "\n".join(line.strip() for line in text.strip().splitlines())


def check(tree):
    """Blocks with a source against it; C++ blocks of docs/ must have one."""
    findings = []
    for name in tree.names(".md"):
        text = tree.text(name)
        for block in BLOCK.finditer(text):
            line = line_of(text, block.start("language"))
            path = block["path"]
            if path is None:
                if block["language"] in COMPILED and name.startswith("docs/"):
                    findings.append(Finding(name, line, (
                        "C++ that nothing compiles: write it in a file that is built, and put "
                        "<!-- from PATH --> above the block")))
            elif tree.text(path) is None:
                findings.append(Finding(name, line, f"is from {path}, which does not exist"))
            elif squeezed(block["code"]) not in squeezed(tree.text(path)):
                findings.append(Finding(name, line, f"differs from {path}: copy it again"))
    return findings
