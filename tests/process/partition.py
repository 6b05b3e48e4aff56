"""Half-open sockets: who is silent is given up within the watchdog's time, and found again."""

import os
import sys
import time

import netns
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


# A private stream that is silent may have nothing to say: it is given up, and trading stops, when a
# second connection fails.
GIVEN_UP = {"private": (REQUEST_TIMEOUT, lambda line: is_health(line, "user_stream", "no"))}
LOST = {"market_stream_lost": "market", "user_stream_lost": "private"}

# How the process says that a channel is gone, and within which time it must.
CHANNELS = {
    "market": (MARKET_SILENCE, lambda line: is_health(line, "book", "no")),
    "private": (PRIVATE_SILENCE, lambda line: line.event == "user_stream_renewal"),
    "rest": (REQUEST_TIMEOUT, lambda line: "time is up" in line.text and line.event in
             ("place_failed", "reconcile_failed", "balances_not_fetched")),
    # All of them at once; the shortest watchdog is the first to tell.
    "cable": (MARKET_SILENCE, lambda line: is_health(line, "book", "no")),
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
    if name in GIVEN_UP:
        limit, says_so = GIVEN_UP[name]
        require(trader.program.wait_until(says_so, limit + SLACK, since=begun),
                f"{name}: noticed, and not given up within {limit + SLACK} s")
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
    require(lost is None or name == "cable", f"{name} was away, but also: {lost and lost.text}")
    return noticed, time.monotonic() - healed


def urls_of(ports, host="127.0.0.1"):
    """Where the trader finds what."""
    return {"rest_url": f"http://{host}:{ports['rest']}",
            "market_stream_url": f"ws://{host}:{ports['market']}/stream",
            "private_stream_url": f"ws://{host}:{ports['private']}/ws-api/v3"}


def run(options, directory):
    """The scenario; raises Failure. Gives the summary."""
    if options.netns and not netns.is_inside():
        require(netns.is_possible(), "no network namespace is allowed here (unshare -rn, veth)")
        os.rmdir(directory)
        netns.enter(sys.argv)
    venue = Venue(options.program, directory, options.seed)
    settings = {"market_silence_max": f"{MARKET_SILENCE}s",
                "private_silence_max": f"{PRIVATE_SILENCE}s",
                "order_entry": "rest"}  # so that a cut of REST is noticed by orders, too
    if options.netns:
        cable = netns.Cable(venue.port)
        cuts = {"cable": cable}
        urls = urls_of(dict.fromkeys(("rest", "market", "private"), cable.proxy.port),
                       netns.OUR_ADDRESS)
    else:
        cuts = {name: Proxy(venue.port) for name in ("market", "private", "rest")}
        urls = urls_of({name: proxy.port for name, proxy in cuts.items()})
    trader = Trader(options.program, directory, venue, urls=urls, settings=settings)
    trader.command_prefix = cable.prefix() if options.netns else []
    told = []
    try:
        trader.start()
        trader.wait_ready()
        for name in options.channel or cuts:
            noticed, trading = cut_and_heal(name, cuts[name], venue, trader)
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
        for cut in cuts.values():
            cut.stop()
    return f"{'; '.join(told)}; {truth.summary()}"
