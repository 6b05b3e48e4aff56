// Signed actions: who may, what is refused, and what comes of orders.
#include "gtest/gtest.h"
#include <nlohmann/json.hpp>

#include "tests/tools/venue_sim/hyperliquid_fixture.h"

namespace colibri::venue_sim {
namespace {

constexpr char kCloid[] = "0x000000000000000000000000000000aa";
constexpr char kOtherCloid[] = "0x000000000000000000000000000000bb";

std::string ErrorOf(const TestJson& status) {
  return status.value("error", "");
}

TEST(HyperliquidActionTest, NamesTheAddressThatAChangedByteRecovers) {
  HyperliquidFixture sim;
  std::string request = sim.Signed(HyperliquidFixture::OrderAction(0, true, "50000", "0.1"));
  request.replace(request.find("50000"), 5, "50001");

  const TestJson reply = Body(sim.Post("/exchange", request));

  EXPECT_EQ(reply["status"], "err");
  const std::string words = reply["response"].get<std::string>();
  EXPECT_EQ(words.find("User or API Wallet 0x"), 0u) << words;
  EXPECT_NE(words.find(" does not exist."), std::string::npos);
  EXPECT_EQ(words.find(kTestWallet.address), std::string::npos);
  EXPECT_EQ(sim.Account().orders.size(), 0u);
}

TEST(HyperliquidActionTest, TakesAnAmountThatIsNotCanonicalForAnother) {
  HyperliquidFixture sim;

  const TestJson reply = sim.Act(HyperliquidFixture::OrderAction(0, true, "50000.0", "0.1"));

  EXPECT_EQ(reply["status"], "err");
  EXPECT_NE(reply["response"].get<std::string>().find("does not exist"), std::string::npos);
}

TEST(HyperliquidActionTest, RefusesTheTestnetsSource) {
  HyperliquidSimOptions options = QuietHyperliquidOptions();
  options.is_testnet = true;
  HyperliquidFixture sim(options);

  EXPECT_EQ(sim.Act(R"({"type":"noop"})")["status"], "err");
}

TEST(HyperliquidActionTest, AnswersUnreadableBodiesWith422) {
  HyperliquidFixture sim;

  EXPECT_EQ(sim.Post("/exchange", "{").status, 422);
  EXPECT_EQ(sim.Post("/exchange", R"({"action":{"type":"noop"},"nonce":1})").status, 422);
  EXPECT_EQ(sim.Post("/exchange", sim.Signed(R"({"type":"unheardOf"})")).status, 422);
  EXPECT_EQ(sim.Post("/elsewhere", "{}").status, 404);
}

TEST(HyperliquidActionTest, UsesEachNonceOnce) {
  HyperliquidFixture sim;
  const auto noop = [&](uint64_t nonce) { return sim.Act(R"({"type":"noop"})", {.nonce = nonce}); };
  const auto now_ms = static_cast<uint64_t>(kStartMs);

  EXPECT_EQ(noop(now_ms)["status"], "ok");
  EXPECT_EQ(noop(now_ms)["response"], StrCat("Invalid nonce: duplicate nonce ", now_ms));
  EXPECT_EQ(noop(now_ms - 2 * 86'400'000)["status"], "err");
  EXPECT_EQ(noop(now_ms + 86'400'000)["status"], "err");
  for (uint64_t i = 1; i <= 100; ++i) {
    EXPECT_EQ(noop(now_ms + i)["status"], "ok");
  }
  EXPECT_EQ(noop(now_ms - 1)["response"].get<std::string>().find("Invalid nonce: nonce too low"),
            0u);
}

TEST(HyperliquidActionTest, LetsAnAgentSignForItsAccount) {
  HyperliquidFixture sim;

  EXPECT_TRUE(
      sim.Order(0, true, "50000", "0.1", "Gtc", {.wallet = &kTestAgent}).contains("resting"));

  EXPECT_EQ(sim.Account().open_order_count(), 1u);
  EXPECT_EQ(
      sim.Info(R"({"type":"userRole","user":"0x1563915e194d8cfba1943570603f7606a3115508"})").dump(),
      R"({"role":"agent","data":{"user":"0x14791697260e4c9a71f18484c9f997b308e59325"}})");
}

TEST(HyperliquidActionTest, ActsForAVaultOfItsMasterAlone) {
  constexpr char kVault[] = "0x1719884eb866cb12b2287399b15f7db5e7d775ea";
  HyperliquidSimOptions options = QuietHyperliquidOptions();
  options.accounts.push_back({.address = kVault, .master = kTestWallet.address});
  HyperliquidFixture sim(options);

  EXPECT_EQ(sim.Act(HyperliquidFixture::OrderAction(0, true, "50000", "0.1"),
                    {.wallet = &kSecondWallet, .vault = kVault})["response"],
            StrCat("Vault not registered: ", kVault));
  EXPECT_TRUE(sim.Order(0, true, "50000", "0.1", "Gtc", {.vault = kVault}).contains("resting"));

  EXPECT_EQ(sim.Account().orders.size(), 0u);
  EXPECT_EQ(sim.venue.account(kVault)->open_order_count(), 1u);
}

TEST(HyperliquidActionTest, RefusesWhatHasExpired) {
  HyperliquidFixture sim;
  const std::string action = HyperliquidFixture::OrderAction(0, true, "50000", "0.1");

  EXPECT_EQ(sim.Act(action, {.expires_after = kStartMs - 1})["status"], "err");
  EXPECT_EQ(sim.Account().actions_used, 5);
  EXPECT_EQ(sim.Act(action, {.expires_after = kStartMs + 1})["status"], "ok");
}

TEST(HyperliquidActionTest, AsksForADepositFirst) {
  HyperliquidSimOptions options = QuietHyperliquidOptions();
  options.accounts[0].balance = Decimal();
  options.accounts[0].spot_balances.clear();
  HyperliquidFixture sim(options);

  EXPECT_EQ(sim.Act(R"({"type":"noop"})")["response"].get<std::string>().find(
                "Must deposit before performing actions"),
            0u);
}

TEST(HyperliquidActionTest, SpendsTheBudgetOfTheAddress) {
  HyperliquidSimOptions options = QuietHyperliquidOptions();
  options.limits.initial_actions = 2;
  HyperliquidFixture sim(options);
  EXPECT_TRUE(sim.Order(0, true, "50000", "0.1").contains("resting"));
  EXPECT_TRUE(sim.Order(0, true, "50000", "0.1").contains("resting"));
  // One in ten seconds, beyond.
  EXPECT_TRUE(sim.Order(0, true, "50000", "0.1").contains("resting"));

  const TestJson refused = sim.Act(HyperliquidFixture::OrderAction(0, true, "50000", "0.1"));

  EXPECT_EQ(refused["response"].get<std::string>().find("Too many cumulative requests sent"), 0u);
  const int64_t oid = sim.Account().orders.front().oid;
  EXPECT_EQ(sim.Act(StrCat(R"({"type":"cancel","cancels":[{"a":0,"o":)",
                           oid,
                           "}]}"))["response"]["data"]["statuses"][0],
            "success");
  sim.Advance(absl::Seconds(10));
  EXPECT_TRUE(sim.Order(0, true, "50000", "0.1").contains("resting"));
}

TEST(HyperliquidActionTest, Answers429BeyondTheWeightOfAMinute) {
  HyperliquidFixture sim;
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(
        sim.Post("/info", StrCat(R"({"type":"userRole","user":")", kTestWallet.address, R"("})"))
            .status,
        200);
  }

  EXPECT_EQ(sim.Post("/info", R"({"type":"allMids"})").status, 429);
  sim.Advance(absl::Minutes(1));
  EXPECT_EQ(sim.Post("/info", R"({"type":"allMids"})").status, 200);
}

TEST(HyperliquidOrderTest, RefusesPricesAndSizesThatCannotBe) {
  HyperliquidFixture sim;
  constexpr char kTick[] = "Price must be divisible by tick size. asset=0";

  EXPECT_EQ(ErrorOf(sim.Order(0, true, "50000.1", "0.1")), kTick);  // six figures
  EXPECT_EQ(ErrorOf(sim.Order(0, true, "9999.91", "0.1")), kTick);  // two decimals
  EXPECT_EQ(ErrorOf(sim.Order(0, true, "0", "0.1")), "Order has invalid price.");
  EXPECT_EQ(ErrorOf(sim.Order(0, true, "50000", "0.000001")), "Order has invalid size.");
  EXPECT_EQ(ErrorOf(sim.Order(0, true, "50000", "0")), "Order has invalid size.");
  EXPECT_EQ(ErrorOf(sim.Order(0, true, "50000", "0.00019")),
            "Order must have minimum value of $10. asset=0");
  EXPECT_EQ(ErrorOf(sim.Order(4, true, "0.0123456", "1000")),
            "Price must be divisible by tick size. asset=4");
  EXPECT_EQ(ErrorOf(sim.Order(99, true, "50000", "1")),
            "Order has invalid asset or type. asset=99");
  // Whole numbers may have any number of figures.
  EXPECT_TRUE(sim.Order(0, false, "100001", "0.1").contains("resting"));
  EXPECT_TRUE(sim.Order(0, true, "9999.9", "0.1").contains("resting"));
}

TEST(HyperliquidOrderTest, RefusesABatchWithOneErrorForAll) {
  HyperliquidFixture sim;
  const std::string action =
      R"({"type":"order","orders":[)"
      R"({"a":0,"b":true,"p":"50000","s":"0.1","r":false,"t":{"limit":{"tif":"Gtc"}}},)"
      R"({"a":0,"b":true,"p":"50000.1","s":"0.1","r":false,"t":{"limit":{"tif":"Gtc"}}}],)"
      R"("grouping":"na"})";

  const TestJson reply = sim.Act(action);

  EXPECT_EQ(reply["response"]["data"]["statuses"].size(), 1u);
  EXPECT_EQ(sim.Account().orders.size(), 0u);
}

TEST(HyperliquidOrderTest, RefusesWhatTheAccountCannotBear) {
  HyperliquidFixture sim;

  // 100 * 50000 / 20 is more than 100000.
  EXPECT_EQ(ErrorOf(sim.Order(0, true, "50000", "100")),
            "Insufficient margin to place order. asset=0");
  EXPECT_EQ(ErrorOf(sim.Order(0, true, "1000", "1")),
            "Order price cannot be more than 95% away from the reference price. asset=0");
  EXPECT_EQ(ErrorOf(sim.Order(2, true, "0.4", "100")), "Trading is halted. asset=2");

  const std::vector<HyperliquidOrderView> orders = sim.Account().orders;
  ASSERT_EQ(orders.size(), 2u);
  EXPECT_EQ(orders[0].status, "perpMarginRejected");
  EXPECT_EQ(orders[1].status, "oracleRejected");
}

TEST(HyperliquidOrderTest, RestsAndFills) {
  HyperliquidFixture sim;

  const TestJson resting =
      sim.Act(HyperliquidFixture::OrderAction(0, false, "60100", "0.3", "Gtc", false, kCloid),
              {.wallet = &kSecondWallet})["response"]["data"]["statuses"][0]["resting"];
  const TestJson filled = sim.Order(0, true, "60200", "0.2")["filled"];

  EXPECT_GT(resting["oid"].get<int64_t>(), int64_t{1} << 32);
  EXPECT_EQ(resting["cloid"], kCloid);
  EXPECT_EQ(filled["totalSz"], "0.2");
  EXPECT_EQ(filled["avgPx"], "60100.0");
  const HyperliquidAccountView account = sim.Account();
  ASSERT_EQ(account.positions.size(), 1u);
  EXPECT_EQ(account.positions[0].size, Dec("0.2"));
  EXPECT_EQ(account.positions[0].entry_price, Dec("60100"));
  ASSERT_EQ(account.fills.size(), 1u);
  EXPECT_EQ(account.fills[0].fee, Dec("5.409"));  // 12020 * 0.00045
  EXPECT_TRUE(account.fills[0].is_taker);
  EXPECT_EQ(sim.Account(kSecondWallet).fills[0].fee, Dec("1.803"));
  EXPECT_EQ(sim.Account(kSecondWallet).orders[0].size, Dec("0.1"));
  EXPECT_EQ(sim.venue.total_supply(), Dec("10200000"));
}

TEST(HyperliquidOrderTest, TellsAPostOnlyOrderThatWouldMatch) {
  HyperliquidFixture sim;
  sim.Order(0, false, "60100", "0.3", "Gtc", {.wallet = &kSecondWallet});
  sim.Order(0, true, "60000", "0.3", "Gtc", {.wallet = &kSecondWallet});

  EXPECT_EQ(ErrorOf(sim.Order(0, true, "60100", "0.1", "Alo")),
            "Post only order would have immediately matched, bbo was 60000@60100. asset=0");
  EXPECT_EQ(sim.Account().orders[0].status, "badAloPxRejected");
  EXPECT_TRUE(sim.Order(0, true, "60099", "0.1", "Alo").contains("resting"));
}

TEST(HyperliquidOrderTest, EndsTheRestOfAnImmediateOrder) {
  HyperliquidFixture sim;

  EXPECT_EQ(ErrorOf(sim.Order(0, true, "60100", "0.1", "Ioc")),
            "Order could not immediately match against any resting orders. asset=0");
  sim.Order(0, false, "60100", "0.3", "Gtc", {.wallet = &kSecondWallet});
  EXPECT_EQ(sim.Order(0, true, "60100", "0.5", "Ioc")["filled"]["totalSz"], "0.3");

  const std::vector<HyperliquidOrderView> orders = sim.Account().orders;
  ASSERT_EQ(orders.size(), 2u);
  EXPECT_EQ(orders[0].status, "iocCancelRejected");
  EXPECT_EQ(orders[1].status, "canceled");
}

TEST(HyperliquidOrderTest, RefusesAReduceOnlyOrderThatWouldOpen) {
  HyperliquidFixture sim;
  const auto reduce = [&](bool is_buy, std::string_view size) {
    return sim.Act(HyperliquidFixture::OrderAction(
        0, is_buy, "60000", size, "Gtc", true))["response"]["data"]["statuses"][0];
  };

  EXPECT_EQ(ErrorOf(reduce(false, "0.1")), "Reduce only order would increase position. asset=0");
  sim.Trade(true, "60000", "0.2");
  EXPECT_EQ(ErrorOf(reduce(true, "0.1")), "Reduce only order would increase position. asset=0");
  EXPECT_TRUE(reduce(false, "0.1").contains("resting"));
}

TEST(HyperliquidOrderTest, KeepsACloidToOneOpenOrder) {
  HyperliquidFixture sim;
  const std::string action =
      HyperliquidFixture::OrderAction(0, true, "50000", "0.1", "Gtc", false, kCloid);
  sim.Act(action);

  EXPECT_EQ(ErrorOf(sim.Act(action)["response"]["data"]["statuses"][0]),
            "Cloid is already in use by an open order. asset=0");
  EXPECT_EQ(sim.Account().orders.size(), 1u);
}

TEST(HyperliquidOrderTest, CancelsByIdAndByCloidOnce) {
  HyperliquidFixture sim;
  const auto oid = sim.Order(0, true, "50000", "0.1")["resting"]["oid"].get<int64_t>();
  sim.Act(HyperliquidFixture::OrderAction(0, true, "50000", "0.1", "Gtc", false, kCloid));
  const std::string by_id = StrCat(R"({"type":"cancel","cancels":[{"a":0,"o":)", oid, "}]}");
  const std::string by_cloid =
      StrCat(R"({"type":"cancelByCloid","cancels":[{"asset":0,"cloid":")", kCloid, R"("}]})");
  const TestJson missing = {
      {"error", "Order was never placed, already canceled, or filled. asset=0"}};

  for (const std::string& action : {by_id, by_cloid}) {
    EXPECT_EQ(sim.Act(action)["response"]["data"]["statuses"][0], "success");
    EXPECT_EQ(sim.Act(action)["response"]["data"]["statuses"][0], missing);
  }
  EXPECT_EQ(sim.Account().open_order_count(), 0u);
}

TEST(HyperliquidOrderTest, GivesAModifiedOrderANewId) {
  HyperliquidFixture sim;
  const auto oid = sim.Act(HyperliquidFixture::OrderAction(
      0, true, "50000", "0.1", "Gtc", false, kCloid))["response"]["data"]["statuses"][0]["resting"]
                                                     ["oid"]
                                                         .get<int64_t>();
  const auto modify = [&](std::string_view price) {
    return sim.Act(StrCat(R"({"type":"batchModify","modifies":[{"oid":)",
                          oid,
                          R"(,"order":{"a":0,"b":true,"p":")",
                          price,
                          R"(","s":"0.2","r":false,"t":{"limit":{"tif":"Gtc"}},"c":")",
                          kCloid,
                          R"("}}]})"))["response"]["data"]["statuses"][0];
  };

  EXPECT_EQ(ErrorOf(modify("50000.1")), "Price must be divisible by tick size. asset=0");
  const TestJson resting = modify("50001")["resting"];
  EXPECT_NE(resting["oid"].get<int64_t>(), oid);
  EXPECT_EQ(resting["cloid"], kCloid);
  EXPECT_EQ(ErrorOf(modify("50002")), "Cannot modify canceled or filled order");

  const std::vector<HyperliquidOrderView> orders = sim.Account().orders;
  ASSERT_EQ(orders.size(), 2u);
  EXPECT_EQ(orders[0].status, "canceled");
  EXPECT_EQ(orders[1].price, Dec("50001"));
  EXPECT_EQ(orders[1].full_size, Dec("0.2"));
}

TEST(HyperliquidOrderTest, SchedulesACancelOfAll) {
  HyperliquidSimOptions options = QuietHyperliquidOptions();
  options.accounts[0].volume_before = Dec("1000000");
  HyperliquidFixture sim(options);
  const auto schedule = [&](int64_t time_ms, const HyperliquidWallet& wallet = kTestWallet) {
    return sim.Act(StrCat(R"({"type":"scheduleCancel","time":)", time_ms, "}"),
                   {.wallet = &wallet})["status"];
  };
  sim.Order(0, true, "50000", "0.1");

  EXPECT_EQ(schedule(kStartMs + 4999), "err");
  EXPECT_EQ(schedule(kStartMs + 6000, kSecondWallet), "err");  // has traded too little
  EXPECT_EQ(schedule(kStartMs + 6000), "ok");
  sim.Advance(absl::Milliseconds(5900));
  EXPECT_EQ(sim.Account().open_order_count(), 1u);
  sim.Advance(absl::Milliseconds(200));
  EXPECT_EQ(sim.Account().open_order_count(), 0u);
  EXPECT_EQ(sim.Account().orders[0].status, "scheduledCancel");
}

TEST(HyperliquidOrderTest, FiresATriggerAtTheMarkPrice) {
  HyperliquidFixture sim;
  sim.Trade(true, "60000", "0.2");
  sim.Order(0, true, "58000", "1", "Gtc", {.wallet = &kSecondWallet});
  const TestJson resting =
      sim.Act(StrCat(R"({"type":"order","orders":[{"a":0,"b":false,"p":"57000","s":"0.2","r":true,)"
                     R"("t":{"trigger":{"isMarket":true,"triggerPx":"59000","tpsl":"sl"}},"c":")",
                     kOtherCloid,
                     R"("}],"grouping":"na"})"))["response"]["data"]["statuses"][0]["resting"];
  ASSERT_TRUE(resting.contains("oid"));

  sim.venue.SetPrices("BTC", Dec("59001"), Dec("59001"));
  sim.Advance(absl::Milliseconds(200));
  EXPECT_EQ(sim.Account().open_order_count(), 1u);
  sim.venue.SetPrices("BTC", Dec("59000"), Dec("59000"));
  sim.Advance(absl::Milliseconds(200));

  EXPECT_EQ(sim.Account().open_order_count(), 0u);
  EXPECT_TRUE(sim.Account().positions.empty());
  EXPECT_EQ(sim.Account().fills.back().oid, resting["oid"].get<int64_t>());
  EXPECT_EQ(sim.Account().fills.back().price, Dec("58000"));
}

}  // namespace
}  // namespace colibri::venue_sim
