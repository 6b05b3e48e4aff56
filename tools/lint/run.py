"""Runs the lints over the tree: python3 tools/lint/run.py [--only NAME] [--root DIR].

Prints file:line: message [lint] for each finding. Exit code: 0 none, 1 findings, 2 usage.
"""

import argparse
import pathlib
import sys

import coroutines
import doc_code
import doc_links
import layers
import lengths
import private_words
import readmes
import secrets_lint
import third_party
import venue_purity
from tree import Tree

LINTS = {"layers": layers, "third_party": third_party, "venue_purity": venue_purity,
         "coroutines": coroutines, "lengths": lengths, "secrets": secrets_lint,
         "private_words": private_words, "doc_links": doc_links, "doc_code": doc_code,
         "readmes": readmes}


def main(arguments):
    """Parses the command line and runs."""
    parser = argparse.ArgumentParser(prog="tools/lint/run.py", description=__doc__.split("\n")[0])
    parser.add_argument("--only", choices=sorted(LINTS), action="append", help="run this lint")
    parser.add_argument("--root", default=pathlib.Path(__file__).resolve().parents[2],
                        help="the tree to look at")
    args = parser.parse_args(arguments)
    tree = Tree.of_directory(args.root)
    total = 0
    for name in args.only or LINTS:
        for finding in LINTS[name].check(tree):
            print(f"{finding} [{name}]")
            total += 1
    count = len(args.only or LINTS)
    print(f"lint: {total} findings of {count} lints in {len(tree.names())} files")
    return 1 if total else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
