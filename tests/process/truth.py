"""What the journal says, life by life, against what the venue says, to the last digit."""

import collections
import json
import os
import subprocess
from decimal import Decimal

from processes import OUR_PREFIX, Failure, require

PLACING = ("POST /api/v3/order", "WS order.place", "POST /api/v3/order/cancelReplace",
           "WS order.cancelReplace")
OPEN_ORDERS = ("GET /api/v3/openOrders", "WS openOrders.status")
QUERY = ("GET /api/v3/order", "WS order.status")
OPEN_STATES = ("pending_create", "open", "partially_filled")

# What an order's end is called here and there.
ENDS = {"filled": {"FILLED"}, "canceled": {"CANCELED"}, "rejected": {"REJECTED"},
        "expired": {"EXPIRED", "EXPIRED_IN_MATCH"}}


class Life:
    """The journal's records of one process, in their order."""

    def __init__(self):
        self.records = []
        self.intents = []  # client order ids


def colibri_json(program, *arguments):
    """The lines of a command that prints an object per line."""
    done = subprocess.run([program, *arguments, "--json"], check=False, capture_output=True,
                          text=True)
    require(done.returncode == 0, f"colibri {' '.join(arguments)} ended with {done.returncode}: "
                                  f"{done.stderr.strip()}")
    return [json.loads(line) for line in done.stdout.splitlines()]


def journal_files(journal):
    """Archives from the oldest on, then the journal; a file with two names counts once."""
    directory, name = os.path.split(journal)
    numbers = [int(entry[len(name) + 1:]) for entry in os.listdir(directory)
               if entry.startswith(name + ".") and entry[len(name) + 1:].isdigit()]
    paths = [f"{journal}.{number}" for number in sorted(numbers, reverse=True)] + [journal]
    # A kill within a rotation may leave a second name of the journal itself, which goes on growing.
    files, seen = [], set()
    current = os.stat(journal).st_ino
    for path in paths:
        inode = os.stat(path).st_ino
        if inode not in seen and (path == journal or inode != current):
            seen.add(inode)
            files.append(path)
    return files


class JournalReader:
    """Reads archives once, and the current file each time."""

    def __init__(self, program, journal):
        self.program = program
        self.journal = journal
        self.archives = {}  # records by inode, once the file has become an archive

    def lives(self):
        """The records by process. A file begins with a session of the process that rotated."""
        lives = []
        if not os.path.exists(self.journal):
            return lives
        for file in journal_files(self.journal):
            begins = True
            for record in self.records_of(file):
                if record["kind"] == "session" and not (begins and lives):
                    lives.append(Life())
                begins = False
                if record["kind"] == "intent":
                    lives[-1].intents.append(record["client_order_id"])
                lives[-1].records.append(record)
        return lives

    def records_of(self, file):
        """The records of a file, without the summary."""
        inode = os.stat(file).st_ino
        if inode in self.archives:
            return self.archives[inode]
        records = [record for record in colibri_json(self.program, "journal", file)
                   if record["kind"] != "summary"]
        if file != self.journal:
            self.archives[inode] = records
        return records

    def orders(self):
        """The orders as they stand at the end, by client order id."""
        if not os.path.exists(self.journal):
            return {}
        return {record["client_order_id"]: record for record in
                colibri_json(self.program, "journal", self.journal, "--orders")
                if record["kind"] == "order"}


def check_life(life, unresolved, calls, restart):
    """A restart looked before it placed: by the venue's list of calls, and by the journal.

    `unresolved`: what had not ended when the process began, as the journal stood then; `calls`:
    what the venue got since. Gives whether anything was placed.
    """
    ours = set(life.intents)
    first = next((i for i, call in enumerate(calls)
                  if call["name"] in PLACING and call["client_order_id"] in ours), None)
    if first is not None:
        before = calls[:first]
        require(any(call["name"] in OPEN_ORDERS for call in before),
                "an order was placed before the open orders were asked for")
        require(any(call["name"].endswith("myTrades") for call in before),
                "an order was placed before the trades were asked for")
        asked = {call["client_order_id"] for call in before if call["name"] in QUERY}
        told = told_before_first_intent(life)
        for client_id, order in unresolved.items():
            require(client_id in asked or client_id in told or order["state"] != "pending_create",
                    f"order {client_id} was in doubt, and another was placed before it was asked "
                    "for")
            require(restart != "cancel" or client_id in told,
                    f"restart: cancel, and an order was placed while {client_id} was open")
    return first is not None


def told_before_first_intent(life):
    """Of which orders the process learned something before it placed."""
    told = set()
    for record in life.records:
        if record["kind"] == "intent":
            break
        if record["kind"] in ("created", "fill", "ended"):
            told.add(record["client_order_id"])
    return told


def unresolved_of(orders):
    """Those that had not ended."""
    return {client_id: order for client_id, order in orders.items()
            if order["state"] in OPEN_STATES}


def amounts(texts):
    """["0.1 BTC", ...] as sums by asset."""
    sums = collections.defaultdict(Decimal)
    for text in texts:
        amount, asset = text.split()
        sums[asset] += Decimal(amount)
    return {asset: amount for asset, amount in sums.items() if amount}


class Truth:
    """Compares at the end.

    `may_miss_records`: the disk was full, so fills may stand only in the sums of their orders.
    """

    def __init__(self, venue, reader, report, may_miss_records=False):
        self.differences = []
        self.may_miss_records = may_miss_records
        self.orders = venue.all_orders()
        self.trades = venue.all_trades()
        self.balances = venue.balances()
        self.start = venue.about["balances"]
        self.traffic = venue.traffic(2**62)
        self.journal_orders = reader.orders()
        self.records = [record for life in reader.lives() for record in life.records]
        self.report = report

    def differ(self, text):
        """Notes a difference."""
        self.differences.append(text)

    def check(self):
        """All of it; raises Failure with the first few differences."""
        self.check_events()
        self.check_orders()
        self.check_fills()
        self.check_balances()
        self.check_traffic()
        if self.differences:
            shown = "\n  ".join(self.differences[:12])
            raise Failure(f"{len(self.differences)} differences from the venue:\n  {shown}")

    def check_events(self):
        """One intent, at most one creation, exactly one end, over all lives."""
        counts = collections.Counter((record["kind"], record["client_order_id"])
                                     for record in self.records
                                     if record["kind"] in ("intent", "created", "ended"))
        # What could not be written on a full disk stands in the file that begins anew.
        ended = {record["client_order_id"] for record in self.records
                 if record["kind"] == "order" and record["state"] in ENDS}
        for (kind, client_id), count in counts.items():
            if count > 1:
                self.differ(f"order {client_id}: {count} records {kind}")
            if kind == "intent" and not counts["ended", client_id] and client_id not in ended:
                self.differ(f"order {client_id}: has no end")
            if kind != "intent" and not counts["intent", client_id]:
                self.differ(f"order {client_id}: {kind} without an intent")

    def check_orders(self):
        """State, amounts and fees of each."""
        fees = collections.defaultdict(list)
        for trade in self.trades.values():
            fees[trade["orderId"]].append(f"{trade['commission']} {trade['commissionAsset']}")
        for client_id, theirs in self.orders.items():
            ours = self.journal_orders.get(client_id)
            if ours is None:
                self.differ(f"order {client_id}: {theirs['status']} at the venue, not in the "
                            "journal")
                continue
            if theirs["status"] not in ENDS.get(ours["state"], ()):
                self.differ(f"order {client_id}: {ours['state']}, at the venue "
                            f"{theirs['status']}")
            for name, key in (("filled", "executedQty"),
                              ("filled_notional", "cummulativeQuoteQty")):
                if Decimal(ours.get(name, "0")) != Decimal(theirs[key]):
                    self.differ(f"order {client_id}: {name} {ours.get(name, '0')}, at the venue "
                                f"{theirs[key]}")
            if amounts(ours.get("fees", [])) != amounts(fees[theirs["orderId"]]):
                self.differ(f"order {client_id}: fees {ours.get('fees')}, at the venue "
                            f"{fees[theirs['orderId']]}")
        for client_id, ours in self.journal_orders.items():
            if client_id not in self.orders and ours["state"] != "rejected":
                self.differ(f"order {client_id}: {ours['state']}, unknown at the venue")

    def check_fills(self):
        """Each trade of the venue is one fill of the journal, digit by digit."""
        fills = {}
        by_order_id = {theirs["orderId"]: client_id for client_id, theirs in self.orders.items()}
        for record in self.records:
            if record["kind"] == "fill":
                key = record["trade_id"], record["side"]
                if key in fills:
                    self.differ(f"trade {key}: counted twice")
                fills[key] = record
        for key, theirs in self.trades.items():
            ours = fills.pop(key, None)
            if ours is None:
                order = self.journal_orders.get(by_order_id.get(theirs["orderId"]), {})
                if not self.may_miss_records or key[0] not in order.get("trade_ids", []):
                    self.differ(f"trade {key}: not in the journal")
                continue
            fee = amounts([f"{theirs['commission']} {theirs['commissionAsset']}"])
            if (Decimal(ours["price"]), Decimal(ours["quantity"])) != (
                    Decimal(theirs["price"]), Decimal(theirs["qty"])) or amounts(
                        ours.get("fees", [])) != fee:
                self.differ(f"trade {key}: {ours}, at the venue {theirs}")
            if ours["client_order_id"] != by_order_id.get(theirs["orderId"]):
                self.differ(f"trade {key}: of {ours['client_order_id']}, at the venue of "
                            f"{by_order_id.get(theirs['orderId'])}")
        for key in fills:
            self.differ(f"trade {key}: unknown at the venue")

    def check_balances(self):
        """The start plus all that the journal has filled, and the last process's report."""
        sums = collections.defaultdict(Decimal)
        for order in self.journal_orders.values():
            sign = 1 if order["side"] == "buy" else -1
            sums["BTC"] += sign * Decimal(order.get("filled", "0"))
            sums["USDT"] -= sign * Decimal(order.get("filled_notional", "0"))
            for asset, amount in amounts(order.get("fees", [])).items():
                sums[asset] -= amount
        for asset, start in self.start.items():
            free, locked = self.balances[asset]
            if Decimal(locked) != 0:
                self.differ(f"balance of {asset}: {locked} are locked at the end")
            if Decimal(start) + sums[asset] != Decimal(free) + Decimal(locked):
                self.differ(f"balance of {asset}: {Decimal(start) + sums[asset]} by the journal, "
                            f"at the venue {free} + {locked}")
        for key, asset in (("base_balance", "BTC"), ("quote_balance", "USDT")):
            free, locked = self.balances[asset]
            if Decimal(self.report[key]) != Decimal(free) + Decimal(locked):
                self.differ(f"the report's {key} is {self.report[key]}, at the venue "
                            f"{free} + {locked}")

    def check_traffic(self):
        """No client order id came twice, and every one that came was in the journal before."""
        for client_id, count in self.traffic["repeated_client_order_ids"].items():
            self.differ(f"order {client_id}: the venue was asked {count} times to place it")
        intents = {record["client_order_id"] for record in self.records
                   if record["kind"] == "intent"}
        for client_id in self.orders:
            if client_id.startswith(OUR_PREFIX) and client_id not in intents:
                self.differ(f"order {client_id}: placed without an intent in the journal")

    def summary(self):
        """Counts for the last line."""
        return (f"{len(self.orders)} orders, {len(self.trades)} fills and {len(self.start)} "
                "balances equal to the venue's")
