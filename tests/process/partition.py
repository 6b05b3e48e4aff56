"""Half-open sockets: who is silent is given up within the watchdog's time, and found again."""

import time

from processes import Trader, Venue, require
from proxy import Proxy
from truth import PLACING, JournalReader, Truth

MARKET_SILENCE = 5
PRIVATE_SILENCE = 25  # above the venue's ping every 20 s
REQUEST_TIMEOUT = 10
# What was swallowed is in doubt until it was not found twice, ten seconds apart.
DOUBT = 25
# A busy machine schedules late; the watchdogs themselves are exact on virtual time.
SLACK = 20


def is_health(line, capability, healthy):
    """Whether the line tells this of a capability whose name begins so."""
    return (line.event == "health" and f"capability={capability}" in line.text.replace('"', "")
            and f"healthy={healthy}" in line.text)


LOST = {"market_stream_lost": "market", "user_stream_lost": "private"}

# How the process says that a channel is gone, and within which time it must.
CHANNELS = {
    "market": (MARKET_SILENCE, lambda line: is_health(line, "book", "no")),
    "private": (PRIVATE_SILENCE + REQUEST_TIMEOUT,
                lambda line: is_health(line, "user_stream", "no")),
    "rest": (REQUEST_TIMEOUT, lambda line: "time is up" in line.text and line.event in
             ("place_failed", "reconcile_failed", "balances_not_fetched")),
}


def placements(venue, since):
    """The placing calls from number `since` on."""
    return [call for call in venue.traffic(since)["calls"] if call["name"] in PLACING]


def cut_and_heal(name, proxy, venue, trader):
    """One partition; gives (seconds until noticed, seconds until it trades after healing)."""
    limit, says_so = CHANNELS[name]
    since = venue.call_count()
    require(venue.wait_for_call(lambda call: call["name"] in PLACING, 60, since),
            f"{name}: it does not trade before the partition")
    begun = time.monotonic()
    proxy.cut_silently()
    line = trader.program.wait_until(says_so, limit + SLACK, since=begun)
    require(line is not None, f"{name}: half-open for {limit + SLACK} s, and nobody noticed")
    noticed = line.at - begun
    if name != "rest":
        time.sleep(1)  # for what was under way
        since = venue.call_count()
        time.sleep(3)
        placed = placements(venue, since)
        require(not placed, f"{name}: {len(placed)} orders were placed although it knew")
    since = venue.call_count()
    healed = time.monotonic()
    proxy.heal()
    require(venue.wait_for_call(lambda call: call["name"] in PLACING, 90, since),
            f"{name}: healed, and 90 s later it does not trade")
    # Other channels have no reason to reconnect.
    lost = trader.program.find(lambda line: line.event in LOST and LOST[line.event] != name, begun)
    require(lost is None, f"{name} was away, but also: {lost and lost.text}")
    return noticed, time.monotonic() - healed


def run(options, directory):
    """The scenario; raises Failure. Gives the summary."""
    venue = Venue(options.program, directory, options.seed)
    proxies = {name: Proxy(venue.port) for name in CHANNELS}
    urls = {"rest_url": f"http://127.0.0.1:{proxies['rest'].port}",
            "market_stream_url": f"ws://127.0.0.1:{proxies['market'].port}/stream",
            "private_stream_url": f"ws://127.0.0.1:{proxies['private'].port}/ws-api/v3"}
    trader = Trader(options.program, directory, venue, urls=urls,
                    settings={"market_silence_max": f"{MARKET_SILENCE}s",
                              "private_silence_max": f"{PRIVATE_SILENCE}s"})
    told = []
    try:
        trader.start()
        trader.wait_ready()
        for name in options.channel or CHANNELS:
            noticed, trading = cut_and_heal(name, proxies[name], venue, trader)
            told.append(f"{name} noticed after {noticed:.1f} s of {CHANNELS[name][0]} s, trades "
                        f"{trading:.1f} s after healing")
            print(f"partition: {told[-1]}", flush=True)
        calm = time.monotonic()
        time.sleep(DOUBT)
        lost = trader.program.find(lambda line: line.event in LOST, calm)
        require(lost is None, f"nothing was cut, but: {lost and lost.text}")
        report = trader.finish()
        truth = Truth(venue, JournalReader(options.program, trader.journal()), report)
        truth.check()
    finally:
        if trader.program and trader.program.is_running():
            trader.program.process.kill()
        venue.stop()
        for proxy in proxies.values():
            proxy.stop()
    return f"{'; '.join(told)}; {truth.summary()}"
