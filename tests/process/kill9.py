"""kill -9 at random moments: nothing is lost, nothing is doubled, and a restart looks first."""

import collections
import random
import time

from processes import Failure, Trader, Venue, require
from truth import JournalReader, Truth, check_life, unresolved_of

# Answers that come late or never make it likely that a kill finds requests under way.
FAULTS = """every 700ms jitter 50% orders late 20ms..500ms
every 5s jitter 50% orders hang_up_after
every 7s jitter 50% orders fail_after 503
every 11s jitter 50% user cut
every 13s jitter 50% orders swallow_after
"""
TRADING, START_UP, RECOVERY, GAVE_UP = ("in trading", "in start-up", "in recovery",
                                        "without a kill: no room in the rate limit")


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


def live_and_die(trader, rng, longest):
    """A life that is killed; gives the kind of its end."""
    trader.start()
    try:
        kind = wait_for_moment(trader, rng, longest)
        trader.kill()
        return kind
    except Failure:
        if not trader.gave_up_for_limits():
            raise
    time.sleep(20)
    return GAVE_UP


def live_and_finish(trader):
    """A life to its orderly end; gives its report, or None when it gave up."""
    trader.start()
    try:
        trader.wait_ready()
    except Failure:
        if not trader.gave_up_for_limits():
            raise
        time.sleep(30)
        return None
    time.sleep(2)
    return trader.finish()


class Record:
    """What the lives so far have shown."""

    def __init__(self, venue, trader, reader):
        self.venue, self.trader, self.reader = venue, trader, reader
        self.placed_lives = self.doubts = self.lives_before = self.since = 0
        self.unresolved = {}

    def begin(self):
        """Before a life: how it finds the journal, and where the venue's list of calls stands."""
        self.unresolved = unresolved_of(self.reader.orders())
        self.lives_before = len(self.reader.lives())
        self.since = self.venue.call_count()
        self.doubts += sum(order["state"] == "pending_create"
                           for order in self.unresolved.values())

    def end(self):
        """After it: it looked before it placed."""
        lives = self.reader.lives()
        new = len(lives) - self.lives_before  # none when it was killed before it wrote a word
        require(new in (0, 1), f"one process, and {new} sessions in the journal")
        if new:
            self.placed_lives += check_life(lives[-1], self.unresolved,
                                            self.venue.traffic(self.since)["calls"],
                                            self.trader.settings["restart"])
        return lives


def run(options, directory):
    """The scenario; raises Failure. Gives the summary."""
    rng = random.Random(options.seed)
    faults = None if options.no_faults else FAULTS
    venue = Venue(options.program, directory, options.seed, faults=faults)
    trader = Trader(options.program, directory, venue)
    reader = JournalReader(options.program, trader.journal())
    kinds = collections.Counter()
    begun = time.monotonic()
    report = None
    try:
        record = Record(venue, trader, reader)
        while report is None:
            require(kinds[GAVE_UP] < 5 + options.kills // 10, "too many lives gave up")
            trader.settings = draw_settings(rng)
            record.begin()
            killed = kinds.total() - kinds[GAVE_UP]
            if killed < options.kills:
                kinds[live_and_die(trader, rng, options.longest)] += 1
            else:
                report = live_and_finish(trader)
                kinds[GAVE_UP] += report is None
            lives = record.end()
            if kinds.total() % 10 == 0:
                print(f"kill9: {killed} of {options.kills} kills, "
                      f"{sum(len(life.intents) for life in lives)} orders", flush=True)
        truth = Truth(venue, reader, report)
        truth.check()
    finally:
        if trader.program and trader.program.is_running():
            trader.program.process.kill()
        venue.stop()
    return (f"{options.kills} kills ({', '.join(f'{n} {k}' for k, n in kinds.items() if n)}), "
            f"{record.placed_lives} lives that placed, {record.doubts} orders in doubt at a "
            f"restart; {truth.summary()}; {time.monotonic() - begun:.0f} s")
