"""A venue is tables, pure parsers and request builders; the engine holds no venue's name."""

import re

from tree import Finding, blank_comments, line_of

VENUE = re.compile(r"^exchanges/(?P<venue>[^/]+)/")

FORBIDDEN = (
    (r"\bboost/beast\b|\bbeast::", "uses Beast: transports are the connector's"),
    (r"#\s*include\s*<openssl/", "uses OpenSSL: signing is auth's"),
    (r"\b(?:steady_timer|system_timer|deadline_timer|high_resolution_timer)\b",
     "has a timer: keepers and deadlines are the connector's"),
    (r"\b(?:std::)?(?:recursive_|shared_|timed_)*mutex\b|\babsl::Mutex\b",
     "has a mutex: everything runs on the loop"),
    (r"\bstd::j?thread\b|\bstd::async\b|\bsleep_for\b", "has a thread, or sleeps"),
    (r"\b(?:while|for)\s*\([^;{}]*(?:;[^;{}]*;[^;{}]*)?\)\s*\{(?:[^{}]|\{[^{}]*\})*"
     r"\bco_await\b[^;]*\b(?:Read|ReadFrame|Receive)\s*\(",
     "has a read loop: OrderBookDataSource::Run and UserStreamDataSource::Run read"),
    (r"\b(?:flat_hash_map|node_hash_map|btree_map|unordered_map|std::map)\s*<[^;{}]*"
     r"\b(?:InFlightOrder|TrackedOrder|Order)\b[^;{}]*>",
     "keeps a map of orders: ClientOrderTracker is the only one"),
    (r"\b[Rr]etry(?!_?[Aa]fter)\w*\s*\(|\bBackoff\b", "retries: outcomes are classified, the connector retries"),
)

KNOWN_VENUES = ("binance", "bitget", "bitmart", "bybit", "coinbase", "cryptocom", "deribit",
                "dydx", "gateio", "htx", "hyperliquid", "kraken", "kucoin", "mexc", "okx")


def check(tree):
    """Forbidden machinery in venues; venues' names in the layers below."""
    findings = []
    for name in tree.cpp():
        venue = VENUE.match(name)
        if venue and venue["venue"] != "paper":
            code = blank_comments(tree.text(name))
            for pattern, message in FORBIDDEN:
                for match in re.finditer(pattern, code):
                    findings.append(Finding(name, line_of(code, match.start()), message))
    return findings + venue_names(tree)


def venue_names(tree):
    """Names of venues in core, auth and connector (comments may give examples)."""
    present = {re.sub("_(?:perpetual|common)$", "", VENUE.match(name)["venue"])
               for name in tree.names() if VENUE.match(name)} - {"paper"}
    pattern = re.compile("|".join(sorted(present | set(KNOWN_VENUES))), re.IGNORECASE)
    findings = []
    for name in tree.cpp():
        if name.split("/")[0] in ("core", "auth", "connector"):
            code = blank_comments(tree.text(name))
            for match in pattern.finditer(code):
                findings.append(Finding(name, line_of(code, match.start()), (
                    f"names the venue {match.group(0)}: what differs belongs in "
                    "exchanges/<venue> or its VenueSpec")))
    return findings
