"""kill -9 at random moments: nothing is lost, nothing is doubled, and a restart looks first."""

import random
import time

from processes import Trader, Venue, require
from truth import JournalReader, Truth, check_life, unresolved_of

# Answers that come late or never make it likely that a kill finds requests under way.
FAULTS = """every 700ms jitter 50% orders late 20ms..500ms
every 5s jitter 50% orders hang_up_after
every 7s jitter 50% orders fail_after 503
every 11s jitter 50% user cut
every 13s jitter 50% orders swallow_after
"""
TRADING, START_UP, RECOVERY = "trading", "start-up", "recovery"


def draw_settings(rng):
    """Each life may be configured differently; what it finds on the disk is the same."""
    return {"sync": rng.choice(["every_intent", "interval", "never"]),
            "restart": rng.choice(["adopt", "adopt", "cancel"]),
            "rotate_size": "64KB", "archives_max": 100000}


def wait_for_moment(trader, rng, longest):
    """Waits for the moment of the kill; gives its kind."""
    kind = rng.choices([TRADING, START_UP, RECOVERY], [7, 2, 2])[0]
    if kind == START_UP:
        trader.program.wait_until(lambda line: False, rng.uniform(0, 1.0))
    elif kind == RECOVERY:
        trader.program.wait_until(lambda line: line.event in ("journal_restored", "ready"), 60)
        time.sleep(rng.uniform(0, 0.15))
    else:
        trader.wait_ready()
        time.sleep(rng.uniform(0.05, longest))
    return kind


def run(options, directory):
    """The scenario; raises Failure. Gives the summary."""
    rng = random.Random(options.seed)
    faults = None if options.no_faults else FAULTS
    venue = Venue(options.program, directory, options.seed, faults=faults)
    trader = Trader(options.program, directory, venue)
    reader = JournalReader(options.program, trader.journal())
    kinds = {TRADING: 0, START_UP: 0, RECOVERY: 0}
    placed_lives = doubts = 0
    begun = time.monotonic()
    try:
        for number in range(1, options.kills + 2):
            is_last = number > options.kills
            unresolved = unresolved_of(reader.orders())
            doubts += sum(order["state"] == "pending_create" for order in unresolved.values())
            lives_before = len(reader.lives())
            since = venue.call_count()
            trader.settings = draw_settings(rng)
            trader.start()
            if is_last:
                trader.wait_ready()
                time.sleep(2)
                report = trader.finish()
            else:
                kinds[wait_for_moment(trader, rng, options.longest)] += 1
                trader.kill()
            lives = reader.lives()
            require(len(lives) - lives_before in (0, 1), "a life has two sessions in the journal")
            if len(lives) > lives_before:
                placed_lives += check_life(lives[-1], unresolved, venue.traffic(since)["calls"],
                                           trader.settings["restart"])
            if number % 10 == 0:
                print(f"kill9: {number} of {options.kills} kills, "
                      f"{sum(len(life.intents) for life in lives)} orders", flush=True)
        truth = Truth(venue, reader, report)
        truth.check()
    finally:
        if trader.program and trader.program.is_running():
            trader.program.process.kill()
        venue.stop()
    return (f"{options.kills} kills ({', '.join(f'{n} in {k}' for k, n in kinds.items())}), "
            f"{placed_lives} lives that placed, {doubts} orders in doubt at a restart; "
            f"{truth.summary()}; {time.monotonic() - begun:.0f} s")
