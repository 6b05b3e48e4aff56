"""The comparison of tests/process sees what it is there to see."""

import copy
import pathlib
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "process"))

import processes  # pylint: disable=wrong-import-position
import truth  # pylint: disable=wrong-import-position

ID = "clbone"
FILL = {"kind": "fill", "client_order_id": ID, "trade_id": "7", "side": "buy", "quantity": "0.5",
        "price": "100", "fees": ["0.0005 BTC"]}
RECORDS = [{"kind": "intent", "client_order_id": ID}, {"kind": "created", "client_order_id": ID},
           FILL, {"kind": "ended", "client_order_id": ID, "state": "filled"}]
ORDER = {"client_order_id": ID, "side": "buy", "state": "filled", "filled": "0.5",
         "filled_notional": "50", "fees": ["0.0005 BTC"], "trade_ids": ["7"]}
TRADE = {"id": 7, "orderId": 1, "price": "100.00000000", "qty": "0.50000000",
         "commission": "0.00050000", "commissionAsset": "BTC", "isBuyer": True}


class FakeVenue:
    """One filled order."""

    def __init__(self):
        self.about = {"balances": {"BTC": "10", "USDT": "1000"}}
        self.order = {"orderId": 1, "clientOrderId": ID, "status": "FILLED",
                      "executedQty": "0.50000000", "cummulativeQuoteQty": "50.00000000"}
        self.trade = dict(TRADE)
        self.account = {"BTC": ("10.49950000", "0.00000000"), "USDT": ("950.00000000", "0")}
        self.repeated = {}

    def all_orders(self):
        """As the real one's."""
        return {self.order["clientOrderId"]: self.order}

    def all_trades(self):
        """As the real one's."""
        return {(str(self.trade["id"]), "buy"): self.trade}

    def balances(self):
        """As the real one's."""
        return self.account

    def traffic(self, _since):
        """As the real one's."""
        return {"repeated_client_order_ids": self.repeated}


class FakeReader:
    """The journal of one life."""

    def __init__(self):
        self.life = truth.Life()
        self.life.records = copy.deepcopy(RECORDS)
        self.order = copy.deepcopy(ORDER)

    def orders(self):
        """As the real one's."""
        return {ID: self.order}

    def lives(self):
        """As the real one's."""
        return [self.life]


class TruthTest(unittest.TestCase):
    """Each difference is told, and no other."""

    def setUp(self):
        self.venue, self.reader = FakeVenue(), FakeReader()
        self.report = {"base_balance": "10.4995", "quote_balance": "950"}

    def check(self):
        """The comparison."""
        truth.Truth(self.venue, self.reader, self.report).check()

    def expect(self, pattern):
        """It fails, and says so."""
        with self.assertRaisesRegex(processes.Failure, pattern):
            self.check()

    def test_equal_is_equal(self):
        self.check()

    def test_fee_off_by_the_last_digit(self):
        self.venue.trade["commission"] = "0.00050001"
        self.expect("fees")

    def test_fill_twice_or_not_at_all(self):
        self.reader.life.records.insert(3, dict(FILL))
        self.expect("counted twice")
        self.reader.life.records = [record for record in RECORDS if record["kind"] != "fill"]
        self.expect("not in the journal")

    def test_fill_that_the_venue_does_not_know(self):
        self.reader.life.records.insert(3, dict(FILL, trade_id="8"))
        self.expect("unknown at the venue")

    def test_created_twice_and_ended_twice(self):
        self.reader.life.records += [dict(RECORDS[1]), dict(RECORDS[3])]
        self.expect("2 records created(.|\n)*2 records ended")

    def test_no_end(self):
        self.reader.life.records.pop()
        self.expect("has no end")

    def test_state_differs(self):
        self.reader.order["state"] = "canceled"
        self.expect("canceled, at the venue FILLED")

    def test_open_at_the_venue_and_unknown_here(self):
        self.venue.order.update(clientOrderId="clbother", status="NEW")
        self.expect("not in the journal(.|\n)*without an intent")

    def test_balance_off_by_the_last_digit(self):
        self.venue.account["USDT"] = ("950.00000001", "0")
        self.expect("balance of USDT(.|\n)*quote_balance")

    def test_placed_twice(self):
        self.venue.repeated = {ID: 2}
        self.expect("asked 2 times to place it")


class RestartTest(unittest.TestCase):
    """Nothing is placed before the venue was asked."""

    def setUp(self):
        self.life = truth.Life()
        self.life.records = [{"kind": "session"}, {"kind": "intent", "client_order_id": "new"}]
        self.life.intents = ["new"]
        self.doubt = {"old": {"state": "pending_create"}}

    @staticmethod
    def calls(*names):
        """Calls as the venue lists them."""
        return [{"name": name, "client_order_id": client_id} for name, client_id in names]

    GOOD = (("GET /api/v3/openOrders", ""), ("GET /api/v3/myTrades", ""),
            ("GET /api/v3/order", "old"), ("POST /api/v3/order", "new"))

    def test_asks_first(self):
        self.assertTrue(truth.check_life(self.life, self.doubt, self.calls(*self.GOOD), "adopt"))

    def test_each_question_is_missed(self):
        for missing in range(3):
            calls = self.calls(*self.GOOD[:missing], *self.GOOD[missing + 1:])
            with self.assertRaises(processes.Failure):
                truth.check_life(self.life, self.doubt, calls, "adopt")

    def test_a_request_of_the_dead_process_is_not_the_new_one_s(self):
        calls = self.calls(("POST /api/v3/order", "old"), *self.GOOD)
        truth.check_life(self.life, self.doubt, calls, "adopt")

    def test_cancel_means_before_anything_is_placed(self):
        with self.assertRaisesRegex(processes.Failure, "was open"):
            truth.check_life(self.life, self.doubt, self.calls(*self.GOOD), "cancel")
        self.life.records.insert(1, {"kind": "ended", "client_order_id": "old"})
        truth.check_life(self.life, self.doubt, self.calls(*self.GOOD), "cancel")


if __name__ == "__main__":
    unittest.main()
