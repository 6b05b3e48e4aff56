"""A full disk under the journal: no new orders, an alarm, cancels go out, and it recovers.

The state directory is a small tmpfs of a mount namespace of our own (`unshare -rm`, no rights
needed); where that is not allowed, the process's own limit on the size of files (RLIMIT_FSIZE).
"""

import os
import resource
import shutil
import signal
import subprocess
import sys
import time

from processes import Trader, Venue, require
from truth import PLACING, JournalReader, Truth

INSIDE = "COLIBRI_TEST_IN_NAMESPACE"
CANCELING = ("DELETE /api/v3/order", "WS order.cancel", "DELETE /api/v3/openOrders",
             "WS openOrders.cancelAll")


class SmallDisk:
    """A tmpfs that a ballast fills."""

    def __init__(self, directory):
        self.state = os.path.join(directory, "state")
        self.ballast = os.path.join(self.state, "ballast")
        os.mkdir(self.state)
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", self.state], check=True)

    def fill(self, _trader):
        """Not a byte is left."""
        with open(self.ballast, "wb", buffering=0) as file:
            try:
                while True:
                    file.write(b"x" * 4096)
            except OSError:
                pass

    def make_room(self, _trader):
        """All of it again."""
        os.unlink(self.ballast)

    def close(self):
        """Nothing is left mounted; what was there is kept beside it."""
        shutil.copytree(self.state, f"{self.state}-kept", ignore=lambda *_: ["ballast"])
        subprocess.run(["umount", "-l", self.state], check=False)

    name = "tmpfs"


class SmallFiles:
    """No file of the process may grow."""

    def __init__(self, directory):
        self.state = os.path.join(directory, "state")

    def fill(self, trader):
        """Every write to a file fails."""
        resource.prlimit(trader.program.process.pid, resource.RLIMIT_FSIZE,
                         (0, resource.RLIM_INFINITY))

    def make_room(self, trader):
        """No limit again."""
        resource.prlimit(trader.program.process.pid, resource.RLIMIT_FSIZE,
                         (resource.RLIM_INFINITY, resource.RLIM_INFINITY))

    def close(self):
        """Nothing to do."""

    name = "RLIMIT_FSIZE"


def can_mount():
    """Whether a mount namespace of our own is allowed here."""
    if shutil.which("unshare") is None:
        return False
    return subprocess.run(["unshare", "-rm", "mount", "-t", "tmpfs", "tmpfs", "/mnt"], check=False,
                          capture_output=True).returncode == 0


def run(options, directory):
    """The scenario; raises Failure. Gives the summary."""
    if options.limit != "files" and INSIDE not in os.environ:
        if can_mount():
            sys.stdout.flush()
            os.rmdir(directory)
            os.environ[INSIDE] = "1"
            os.execvp("unshare", ["unshare", "-rm", sys.executable, *sys.argv])
        require(options.limit != "disk", "no mount namespace is allowed here: use --limit files")
    disk = (SmallDisk if INSIDE in os.environ else SmallFiles)(directory)
    # A write beyond RLIMIT_FSIZE is an error only for who ignores this signal, as children inherit.
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    venue = Venue(options.program, directory, options.seed)
    trader = Trader(options.program, directory, venue, state=disk.state,
                    settings={"sync": options.sync or "every_intent",
                              "archives_max": 1000})
    try:
        trader.start()
        trader.wait_ready()
        times = [fill_and_make_room(disk, venue, trader) for _ in range(options.times)]
        report = trader.finish()
        truth = Truth(venue, JournalReader(options.program, trader.journal()), report,
                      may_miss_records=True)
        truth.check()
    finally:
        if trader.program and trader.program.is_running():
            trader.program.process.kill()
        venue.stop()
        disk.close()
    told = "; ".join(f"alarm after {alarm:.2f} s, {cancels} cancels while full, trades {again:.1f} "
                     "s after there is room" for alarm, cancels, again in times)
    return f"full {len(times)} times ({disk.name}): {told}; {truth.summary()}"


def fill_and_make_room(disk, venue, trader):
    """Gives (seconds to the alarm, cancels while full, seconds until it trades again)."""
    since = venue.call_count()
    require(venue.wait_for_call(lambda call: call["name"] in PLACING, 60, since),
            "it does not trade before the disk is full")
    begun = time.monotonic()
    since = venue.call_count()
    disk.fill(trader)
    alarm = trader.program.wait_until(
        lambda line: line.level == "error" and line.event == "journal_failed", 30, since=begun)
    require(alarm is not None, "the disk is full for 30 s, and there is no alarm")
    require(trader.program.wait_until(
        lambda line: line.event == "health" and "capability=journal healthy=no" in line.text, 10,
        since=begun), "the health does not say that the journal is down")
    time.sleep(3)  # open orders are canceled meanwhile
    calls = venue.traffic(since)["calls"]
    cancels = sum(call["name"] in CANCELING for call in calls)
    require(cancels > 0, "no cancel went out while the disk was full")
    require(not venue.ask("/api/v3/openOrders", symbol="BTCUSDT"),
            "orders are still open, though the journal can't be written")
    since = venue.call_count()
    time.sleep(3)
    placed = [call for call in venue.traffic(since)["calls"] if call["name"] in PLACING]
    require(not placed, f"{len(placed)} orders were placed on a full disk")
    roomy = time.monotonic()
    since = venue.call_count()
    disk.make_room(trader)
    require(venue.wait_for_call(lambda call: call["name"] in PLACING, 60, since),
            "there is room for 60 s, and it does not trade")
    return alarm.at - begun, cancels, time.monotonic() - roomy
