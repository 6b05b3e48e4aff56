"""No key-like literals outside of tests, but for those that venues publish as samples."""

import math
import pathlib
import re

from tree import Finding, line_of

ALLOWED = pathlib.Path(__file__).with_name("secrets_allowed.txt")
SUFFIXES = (".cc", ".h", ".py", ".sh", ".md", ".yaml", ".yml", ".json", ".js", ".mjs", ".ts",
            ".txt", ".cmake", ".toml", ".env")
PEM = re.compile(r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----\s*\\?n?[\"']?\s*[A-Za-z0-9+/]{16}")
LITERAL = re.compile(r"[\"'`=:\s]((?:0x)?[A-Za-z0-9+/_-]{32,}={0,2})(?=[\"'`\s,;)]|$)",
                     re.MULTILINE)
ASSIGNED = re.compile(
    r"(?i)(?:api_?key|secret|passphrase|password|token)\w*[\"']?\s*[:=]\s*[\"']"
    r"([A-Za-z0-9+/_-]{16,})[\"']")
# A line that says what its digits are: checksums of books, logs and files.
CHECKSUM = re.compile(r"(?i)sha-?(?:256|384|512)|hash|digest|checksum")


def allowed_literals():
    """Published samples, one per line; what follows a blank says where it is published."""
    lines = ALLOWED.read_text(encoding="utf-8").splitlines()
    return {line.split()[0] for line in lines if line.strip() and not line.startswith("#")}


def looks_random(literal):
    """Digits and letters mixed as chance would: words, paths and repeated digits are not."""
    body = literal.removeprefix("0x").rstrip("=")
    if len(set(body)) < 12 or not re.search(r"\d", body) or not re.search(r"[A-Za-z]", body):
        return False
    if re.fullmatch(r"[0-9a-f]+|[0-9A-F]+", body):
        return len(body) in (32, 40, 48, 64, 96, 128)
    counts = [body.count(char) / len(body) for char in set(body)]
    entropy = -sum(share * math.log2(share) for share in counts)
    changes = len(re.findall(r"[a-z](?=[A-Z0-9])|[0-9](?=[A-Za-z])|[A-Z](?=[0-9])", body))
    return entropy > 4.0 and changes > len(body) / 5


def line_text(text, offset):
    """The line at an offset."""
    end = text.find("\n", offset)
    return text[text.rfind("\n", 0, offset) + 1:end if end >= 0 else len(text)]


def check(tree):
    """Literals of every text file outside tests/."""
    allowed = allowed_literals()
    findings = []
    for name in tree.names(*SUFFIXES):
        if name.startswith("tests/") or name.endswith("package-lock.json"):
            continue
        text = tree.text(name)
        for match in PEM.finditer(text):
            findings.append(Finding(name, line_of(text, match.start()), "holds a private key"))
        for pattern in (LITERAL, ASSIGNED):
            for match in pattern.finditer(text):
                literal = match.group(1)
                if literal in allowed or not looks_random(literal):
                    continue
                if CHECKSUM.search(line_text(text, match.start(1))):
                    continue
                findings.append(Finding(name, line_of(text, match.start(1)), (
                    f"'{literal[:6]}...' looks like a key: read it from the environment, or, if a "
                    "venue publishes it as a sample, list it in tools/lint/secrets_allowed.txt")))
    return sorted({str(finding): finding for finding in findings}.values(), key=str)
