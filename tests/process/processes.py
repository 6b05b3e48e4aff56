"""Starting the real programs, reading what they say, and ending them.

    venue = Venue(program, directory, seed=7)
    trader = Trader(program, directory, venue.urls())
    trader.start()
    trader.wait_for("ready", 60)
    trader.kill()
"""

import collections
import hashlib
import hmac
import http.client
import json
import os
import re
import signal
import subprocess
import threading
import time
import urllib.parse

SYMBOL = "BTCUSDT"
OUR_PREFIX = "clb"

LogLine = collections.namedtuple("LogLine", "at level event text")


class Failure(Exception):
    """What was promised does not hold."""


def require(holds, message):
    """Raises Failure unless it holds."""
    if not holds:
        raise Failure(message)


class Program:
    """One process; its standard error is read by a thread, and each line stamped on arrival."""

    LINES_KEPT = 20_000

    def __init__(self, command, log_path, env=None):
        self.lines = collections.deque(maxlen=self.LINES_KEPT)
        self.changed = threading.Condition()
        self.is_closed = False
        self.started = time.monotonic()
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                        text=True, errors="replace", env=env,
                                        restore_signals=False)
        self.output = []
        self.threads = [threading.Thread(target=self._read_errors, args=(log_path,), daemon=True),
                        threading.Thread(target=self._read_output, daemon=True)]
        for thread in self.threads:
            thread.start()

    def _read_output(self):
        for line in self.process.stdout:
            with self.changed:
                self.output.append(line)
                self.changed.notify_all()

    def _read_errors(self, log_path):
        with open(log_path, "a", encoding="utf-8") as log:
            for text in self.process.stderr:
                log.write(text)
                log.flush()
                match = re.match(r"\S+ (\w+) event=(\S+)", text)
                level, event = match.groups() if match else ("", "")
                with self.changed:
                    self.lines.append(LogLine(time.monotonic(), level, event, text.rstrip()))
                    self.changed.notify_all()
        with self.changed:
            self.is_closed = True
            self.changed.notify_all()

    def find(self, matches, since=0.0):
        """The first line that arrived at or after a moment and matches, or None."""
        with self.changed:
            return next((line for line in self.lines if line.at >= since and matches(line)), None)

    def wait_until(self, matches, timeout, since=0.0):
        """Likewise, waiting for it; None when the time has passed or the process ended."""
        deadline = time.monotonic() + timeout
        with self.changed:
            while True:
                for line in self.lines:
                    if line.at >= since and matches(line):
                        return line
                left = deadline - time.monotonic()
                if left <= 0 or self.is_closed:
                    return None
                self.changed.wait(left)

    def wait_for_output(self, timeout):
        """The first line of standard output."""
        deadline = time.monotonic() + timeout
        with self.changed:
            while not self.output:
                left = deadline - time.monotonic()
                require(left > 0 and not self.is_closed, "the program said nothing on its output")
                self.changed.wait(left)
            return self.output[0]

    def is_running(self):
        """Whether the process is there."""
        return self.process.poll() is None

    def send(self, number):
        """A signal to this very process."""
        if self.is_running():
            self.process.send_signal(number)

    def wait(self, timeout):
        """The exit code, once all output has been read."""
        try:
            code = self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.send(signal.SIGKILL)
            self.process.wait()
            raise Failure(f"process {self.process.pid} did not end in {timeout} s") from None
        for thread in self.threads:
            thread.join(10)
        return code


class Venue:
    """`colibri sim binance` as a process, and its truth by signed REST."""

    def __init__(self, program, directory, seed, faults=None, fault_seed=None, seconds=None):
        command = [program, "sim", "binance", "--port", "0", "--seed", str(seed), "--json"]
        if faults:
            path = os.path.join(directory, "faults.txt")
            with open(path, "w", encoding="utf-8") as file:
                file.write(faults)
            command += ["--faults", path]
        if fault_seed is not None:
            command += ["--fault-seed", str(fault_seed)]
        if seconds:
            command += ["--seconds", str(seconds)]
        self.program = Program(command, os.path.join(directory, "venue.log"))
        self.about = json.loads(self.program.wait_for_output(60))
        self.port = self.about["port"]
        self.key, self.secret = self.about["api_key"], self.about["api_secret"]

    def urls(self):
        """Where a client finds it."""
        return {"rest_url": self.about["rest_url"], "market_stream_url": self.about["stream_url"],
                "private_stream_url": self.about["websocket_api_url"]}

    def get(self, target):
        """The JSON answer to an unsigned GET."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("GET", target, headers={"X-MBX-APIKEY": self.key})
            response = connection.getresponse()
            body = response.read()
        finally:
            connection.close()
        require(response.status == 200,
                f"the venue answered {response.status} to {target.split('?')[0]}: {body[:200]!r}")
        return json.loads(body)

    def ask(self, path, **params):
        """The JSON answer to a signed GET; waits when the weight of the minute is used up."""
        for _ in range(8):
            params["timestamp"] = self.get("/api/v3/time")["serverTime"]
            params["recvWindow"] = 60000
            query = urllib.parse.urlencode(params)
            signature = hmac.new(self.secret.encode(), query.encode(), hashlib.sha256).hexdigest()
            try:
                return self.get(f"{path}?{query}&signature={signature}")
            except Failure as failure:
                if "answered 429" not in str(failure):
                    raise
                time.sleep(10)
        raise Failure(f"the venue keeps on refusing {path} with 429")

    def all_orders(self):
        """Every order of the account on the symbol, by client order id."""
        orders, from_id = {}, 1
        while True:
            page = self.ask("/api/v3/allOrders", symbol=SYMBOL, orderId=from_id, limit=1000)
            for order in page:
                orders[order["clientOrderId"]] = order
            if len(page) < 1000:
                return orders
            from_id = page[-1]["orderId"] + 1

    def all_trades(self):
        """Every own trade on the symbol, by trade id and side: a self-trade has two of an id."""
        trades, from_id = {}, 0
        while True:
            page = self.ask("/api/v3/myTrades", symbol=SYMBOL, fromId=from_id, limit=1000)
            for trade in page:
                trades[str(trade["id"]), "buy" if trade["isBuyer"] else "sell"] = trade
            if len(page) < 1000:
                return trades
            from_id = page[-1]["id"]  # again: the other half of a self-trade may be cut off

    def balances(self):
        """(free, locked) by asset, as texts."""
        account = self.ask("/api/v3/account")
        return {entry["asset"]: (entry["free"], entry["locked"]) for entry in account["balances"]}

    def traffic(self, since=0):
        """What has come in: the calls from number `since` on, and counts."""
        return self.get(f"/colibri-sim/traffic?since={since}")

    def call_count(self):
        """The number that the next call gets."""
        return self.traffic(2**62)["call_count"]

    def wait_for_call(self, matches, timeout, since):
        """The first call from number `since` on that matches; None when the time has passed."""
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            found = next((c for c in self.traffic(since)["calls"] if matches(c)), None)
            if found:
                return found
            time.sleep(0.1)
        return None

    def stop(self):
        """Ends it; it is nobody's truth any more."""
        self.program.send(signal.SIGINT)
        return self.program.wait(30)


STRATEGY = """
strategy:
  name: simple_market_maker
  levels: 3
  bid_spread: 0.00005
  ask_spread: 0.00005
  level_spacing: 0.0001
  quantity: 0.002
  reference_tolerance: 0.00001
  price_tolerance: 0.00002
  refresh_interval: 200ms
  order_age_max: 2s
  requests_per_second: 50
  balance_settle_delay: 50ms
  retry_delay_min: 50ms
  retry_delay_max: 1s
"""


class Trader:
    """`colibri run` with a market maker, life after life on one state directory."""

    def __init__(self, program, directory, venue, urls=None, state=None, settings=None):
        self.program_path = program
        self.directory = directory
        self.state = state or os.path.join(directory, "state")
        self.urls = urls or venue.urls()
        self.settings = dict(settings or {})
        self.env = dict(os.environ, COLIBRI_LOG="info", COLIBRI_BINANCE_API_KEY=venue.key,
                        COLIBRI_BINANCE_API_SECRET=venue.secret)
        self.lives = 0
        self.program = None
        self.command_prefix = []

    def journal(self):
        """The path of the journal."""
        return os.path.join(self.state, "binance-local.journal")

    def write_config(self):
        """The configuration of the next life."""
        exchange = {"venue": "binance", "domain": "local", "pairs": "[BTC-USDT]", **self.urls}
        for key in ("market_silence_max", "private_silence_max", "order_entry"):
            if key in self.settings:
                exchange[key] = self.settings[key]
        journal = {key: self.settings[key] for key in
                   ("sync", "sync_interval", "rotate_size", "archives_max") if key in self.settings}
        text = "exchange:\n" + "".join(f"  {key}: {value}\n" for key, value in exchange.items())
        text += f"state: {self.state}\nrestart: {self.settings.get('restart', 'adopt')}\n"
        if journal:
            text += "journal:\n" + "".join(f"  {key}: {value}\n" for key, value in journal.items())
        path = os.path.join(self.directory, "run.yaml")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text + STRATEGY)
        return path

    def start(self):
        """A new life."""
        self.lives += 1
        log = os.path.join(self.directory, f"life{self.lives:04d}.log")
        self.program = Program([*self.command_prefix, self.program_path, "run", self.write_config(),
                                "--json"], log, env=self.env)

    def wait_ready(self, timeout=120):
        """Until it trades."""
        line = self.program.wait_until(lambda l: l.event == "ready", timeout)
        require(line is not None, f"life {self.lives} was not ready to trade in {timeout} s"
                if self.program.is_running() else
                f"life {self.lives} ended by itself with {self.program.process.poll()} before it "
                f"was ready: {self.last_words()}")
        return line

    def gave_up_for_limits(self):
        """Whether it ended by itself because the venue's limit left no room to start in time.

        Many restarts use up the weight of a minute; whoever supervises the process tries later.
        """
        if self.program.is_running():
            return False
        code = self.program.wait(30)
        return code == 1 and any("is not ready after" in line.text and "rate limit" in line.text
                                 for line in self.program.lines)

    def last_words(self):
        """The end of what it said."""
        return " | ".join(line.text for line in list(self.program.lines)[-3:])

    def kill(self):
        """SIGKILL: no destructor, no flush."""
        require(self.program.is_running(),
                f"life {self.lives} ended by itself with {self.program.process.poll()}: "
                f"{self.last_words()}")
        self.program.send(signal.SIGKILL)
        self.program.wait(30)

    def finish(self, timeout=90):
        """SIGINT, exit code 0, and the final report."""
        self.program.send(signal.SIGINT)
        code = self.program.wait(timeout)
        require(code == 0, f"the orderly end has exit code {code}: {self.last_words()}")
        return json.loads("".join(self.program.output))
