"""check_twins.py STEM COMPILER ARGS...: STEM_good.cc compiles, STEM_bad.cc fails as it says.

The bad twin says so in a comment: // expect-error: <regular expression of the diagnostic>
"""

import re
import subprocess
import sys


def compile_file(command, path):
    """(compiles, diagnostics)"""
    done = subprocess.run([*command, path], check=False, text=True, capture_output=True)
    return done.returncode == 0, done.stderr


def main(stem, *command):
    """Prints what is wrong; 0 when both twins behave."""
    with open(f"{stem}_bad.cc", encoding="utf-8") as file:
        expected = re.findall(r"// expect-error: (.+)", file.read())
    if not expected:
        print(f"{stem}_bad.cc has no '// expect-error: ...' line")
        return 1
    compiles, diagnostics = compile_file(command, f"{stem}_good.cc")
    if not compiles:
        print(f"{stem}_good.cc must compile, but:\n{diagnostics}")
        return 1
    compiles, diagnostics = compile_file(command, f"{stem}_bad.cc")
    if compiles:
        print(f"{stem}_bad.cc compiles, and must not")
        return 1
    errors = [line for line in diagnostics.splitlines() if "error:" in line]
    unexpected = [line for line in errors if not any(re.search(each, line) for each in expected)]
    missing = [each for each in expected if not any(re.search(each, line) for line in errors)]
    for line in unexpected:
        print(f"another error than expected: {line}")
    for each in missing:
        print(f"no error matches: {each}")
    return 1 if unexpected or missing else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
