"""Costly or impure includes and calls stay where they belong."""

import re

from tree import Finding, blank_comments, includes, line_of

# (include prefix, where it may be, why)
HOMES = (
    (r"boost/beast",
     r"^(connector/net|tools/venue_sim/net|tests)/[^.]*\.cc$"
     r"|^tools/venue_sim/net/(serve|socket_session)_(over|tls)\.h$|^tools/bench/wire/naive_client\.cc$",
     "Beast is compiled in connector/net/*.cc and tools/venue_sim/net/*.cc only: "
     "a file with it takes half a minute"),
    (r"boost/asio/ssl",
     r"^(connector/net|tools/venue_sim/net|tests)/[^.]*\.cc$|^tools/bench/wire/naive_client\.cc$",
     "Asio SSL is compiled in connector/net/*.cc and tools/venue_sim/net/*.cc only"),
    (r"boost/asio", r"^(connector|exchanges|tools|tests)/", "this layer has no Asio"),
    (r"openssl/", r"^(auth|connector/net|tools|tests)/", "this layer has no OpenSSL"),
    (r"cryptopp/|secp256k1", r"^(auth|tools|tests)/", "signing is auth's"),
    (r"nlohmann/json\.hpp", r"\.cc$", "a header takes nlohmann/json_fwd.hpp"),
    (r"(thread|mutex|shared_mutex|condition_variable|future)$",
     r"^(auth|connector/net|tools|tests)/", "threads and locks live in connector/net and tools"),
)

CLOCKS = re.compile(
    r"\babsl::Now\s*\(|\b(?:system|steady|high_resolution)_clock::now\s*\(|\bstd::time\s*\("
    r"|\bclock_gettime\s*\(|\bgettimeofday\s*\(")
RANDOMNESS = re.compile(r"\bstd::random_device\b|\b(?:std::)?s?rand\s*\(|\bRAND_bytes\s*\(")
DETERMINISTIC = re.compile(r"^(core|connector/(?!net/)|exchanges|strategies)/?")


def check(tree):
    """Includes by HOMES; the real clock and randomness only behind Environment."""
    findings = []
    for name in tree.cpp():
        text = tree.text(name)
        for line, include in includes(text):
            for prefix, home, reason in HOMES:
                if re.match(prefix, include) and not re.search(home, name):
                    findings.append(Finding(name, line, f"includes {include}: {reason}"))
                    break
        if DETERMINISTIC.match(name):
            code = blank_comments(text, blank_strings=True)
            for pattern, what in ((CLOCKS, "reads the real clock"),
                                  (RANDOMNESS, "draws real randomness")):
                for match in pattern.finditer(code):
                    findings.append(Finding(name, line_of(code, match.start()), (
                        f"{what} ({match.group(0).rstrip('( ')}): take it from Environment, or "
                        "the same seed no longer gives the same run")))
    return findings
