"""A long run under faults: memory, descriptors and threads stay flat, and the end is clean."""

import os
import re
import statistics
import time

from processes import Trader, Venue, require
from truth import JournalReader, Truth

MB = 1024.0
# An order that has ended is remembered for 24 h, so memory grows by design with the orders of a
# day: by this much at most.
KB_AN_ORDER = 1.5
# The pool of a host keeps as many as the load needed within the last 50 s.
CONNECTIONS = 8


def sample(pid):
    """(resident kB, descriptors, threads) of a process."""
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        text = file.read()
    resident = int(re.search(r"VmRSS:\s+(\d+)", text).group(1))
    threads = int(re.search(r"Threads:\s+(\d+)", text).group(1))
    return resident, len(os.listdir(f"/proc/{pid}/fd")), threads


def slope_per_minute(times, values):
    """Of the least-squares line, per minute."""
    return statistics.linear_regression(times, values).slope * 60


def quarters(values):
    """The first and the last quarter."""
    size = max(1, len(values) // 4)
    return values[:size], values[-size:]


def check_flat(samples, orders):
    """Gives the summary. `orders`: placed between the first and the last sample."""
    times = [at for at, _ in samples]
    resident, descriptors, threads = (list(column) for column in
                                      zip(*(values for _, values in samples)))
    first, last = (statistics.median(part) for part in quarters(resident))
    slope = slope_per_minute(times, resident)
    text = (f"RSS {first / MB:.1f} -> {last / MB:.1f} MB (slope {slope:+.0f} kB/min, "
            f"{(last - first) / max(orders, 1):.2f} kB an order), descriptors "
            f"{min(descriptors)}..{max(descriptors)}, threads {min(threads)}..{max(threads)}")
    print(f"soak: {text}", flush=True)
    require(last < first * 1.2 + 8 * MB + KB_AN_ORDER * orders, f"memory grows: {text}")
    # Kept connections come and go with the load; a leak shows in what the quiet moments have.
    begin, end = (min(part) for part in quarters(descriptors))
    require(end <= begin + CONNECTIONS, f"descriptors leak: {text}")
    begin, end = (min(part) for part in quarters(threads))
    require(end <= begin, f"threads pile up: {text}")
    return text


def run(options, directory):
    """The scenario; raises Failure. Gives the summary."""
    seconds = options.minutes * 60
    # The plan is drawn over all the time that the venue runs, and its last quarter (three minutes
    # at most) is without faults: time to end, and to be compared.
    quiet = min(180.0, seconds / 4)
    venue = Venue(options.program, directory, options.seed, fault_seed=options.seed,
                  seconds=seconds)
    trader = Trader(options.program, directory, venue,
                    settings={"sync": "interval", "archives_max": 1000, "rotate_size": "1MB"})
    begun = time.monotonic()
    warm_up = min(60.0, seconds * 0.25)
    samples = []
    try:
        trader.start()
        trader.wait_ready()
        while time.monotonic() - begun < seconds - quiet * 0.75:
            time.sleep(1)
            require(trader.program.is_running(), "the process ended by itself with "
                    f"{trader.program.process.poll()}: {trader.last_words()}")
            if time.monotonic() - begun >= warm_up:
                if not samples:
                    placed = venue.traffic(2**62)["requests"]
                samples.append((time.monotonic() - begun, sample(trader.program.process.pid)))
        placed_last = venue.traffic(2**62)["requests"]
        report = trader.finish()
        truth = Truth(venue, JournalReader(options.program, trader.journal()), report)
        truth.check()
        orders = sum(placed_last.get(name, 0) - placed.get(name, 0)
                     for name in ("POST /api/v3/order", "WS order.place"))
        flat = check_flat(samples, orders)
    finally:
        if trader.program and trader.program.is_running():
            trader.program.process.kill()
        venue.stop()
    return (f"{options.minutes:g} minutes under {len(venue.about['faults'])} faults: {flat}; "
            f"{truth.summary()}")
