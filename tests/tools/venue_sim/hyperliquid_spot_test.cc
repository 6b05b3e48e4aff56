// Spot of the simulated Hyperliquid: tokens and pairs, rules of orders, balances, transfers.
#include "gtest/gtest.h"
#include <nlohmann/json.hpp>

#include "core/random.h"
#include "tests/tools/venue_sim/hyperliquid_fixture.h"

namespace colibri::venue_sim {
namespace {

// Assets of the default pairs.
constexpr int kPurr = 10000;   // PURR/USDC
constexpr int kUbtc = 10007;   // @7
constexpr int kHype = 10004;   // @4
constexpr int kOther = 10006;  // @6: the first PIP, in USDH

TestJson SpotState(HyperliquidFixture& sim, const HyperliquidWallet& wallet = kTestWallet) {
  return sim.Info(StrCat(R"({"type":"spotClearinghouseState","user":")", wallet.address, R"("})"));
}

TestJson BalanceOf(HyperliquidFixture& sim,
                   int token,
                   const HyperliquidWallet& wallet = kTestWallet) {
  const TestJson state = SpotState(sim, wallet);
  for (const TestJson& balance : state["balances"]) {
    if (balance["token"] == token) {
      return balance;
    }
  }
  return {};
}

std::string ErrorOf(const TestJson& status) {
  return status.value("error", "");
}

const ActOptions kBySecond = {.wallet = &kSecondWallet};

TEST(HyperliquidSpotTest, RefusesWhatTheAccountDoesNotHave) {
  HyperliquidFixture sim;

  EXPECT_EQ(ErrorOf(sim.Order(kUbtc, false, "61000", "2.00001")),
            "Insufficient spot balance asset=10007");
  EXPECT_EQ(ErrorOf(sim.Order(kUbtc, true, "60000", "1.66667")),
            "Insufficient spot balance asset=10007");
  EXPECT_EQ(ErrorOf(sim.Order(kOther, false, "3", "10")), "Insufficient spot balance asset=10006");

  EXPECT_EQ(sim.Account().orders.front().status, "insufficientSpotBalanceRejected");
  EXPECT_EQ(SpotState(sim)["balances"].size(), 4u);
  EXPECT_EQ(BalanceOf(sim, 2)["hold"], "0.0");
}

TEST(HyperliquidSpotTest, CountsWhatOtherOrdersHold) {
  HyperliquidFixture sim;
  EXPECT_TRUE(sim.Order(kUbtc, false, "61000", "1.5").contains("resting"));

  EXPECT_EQ(ErrorOf(sim.Order(kUbtc, false, "61000", "0.50001")),
            "Insufficient spot balance asset=10007");
  EXPECT_TRUE(sim.Order(kUbtc, false, "61000", "0.5").contains("resting"));
  EXPECT_EQ(BalanceOf(sim, 2)["total"], "2.0");
  EXPECT_EQ(BalanceOf(sim, 2)["hold"], "2.0");
}

TEST(HyperliquidSpotTest, RefusesPricesAndSizesByTheRulesOfSpot) {
  HyperliquidFixture sim;

  // HYPE has 2 decimals of size, so 6 of price; and five figures.
  EXPECT_EQ(ErrorOf(sim.Order(kHype, true, "40.0001", "1")),
            "Price must be divisible by tick size. asset=10004");
  EXPECT_TRUE(sim.Order(kHype, true, "38.001", "1").contains("resting"));
  EXPECT_EQ(ErrorOf(sim.Order(kHype, true, "38", "1.001")), "Order has invalid size.");
  // PURR has whole sizes, so 8 decimals of price, of which five figures.
  EXPECT_TRUE(sim.Order(kPurr, true, "0.19999", "51").contains("resting"));
  EXPECT_EQ(ErrorOf(sim.Order(kPurr, true, "0.199991", "60")),
            "Price must be divisible by tick size. asset=10000");
  EXPECT_EQ(ErrorOf(sim.Order(kPurr, true, "0.2", "60.5")), "Order has invalid size.");
  // Whole prices are always allowed.
  EXPECT_TRUE(sim.Order(kUbtc, false, "100001", "0.1").contains("resting"));
  EXPECT_EQ(ErrorOf(sim.Order(kUbtc, false, "61000.5", "0.1")),
            "Price must be divisible by tick size. asset=10007");
}

TEST(HyperliquidSpotTest, RefusesOrdersOfLessThanTenOfTheQuote) {
  HyperliquidFixture sim;
  EXPECT_TRUE(sim.venue.DepositSpot(kTestWallet.address, 4, Dec("100")));

  EXPECT_EQ(ErrorOf(sim.Order(kPurr, true, "0.19999", "50")),
            "Order must have minimum value of 10 USDC. asset=10000");
  EXPECT_EQ(ErrorOf(sim.Order(kOther, true, "3", "3")),
            "Order must have minimum value of 10 USDH. asset=10006");
  EXPECT_TRUE(sim.Order(kOther, true, "3", "4").contains("resting"));
}

TEST(HyperliquidSpotTest, HasNoReduceOnlyAndNoLeverage) {
  HyperliquidFixture sim;

  const TestJson reduce = sim.Act(
      HyperliquidFixture::OrderAction(kHype, false, "41", "1", "Gtc", /*is_reduce_only=*/true));
  EXPECT_EQ(ErrorOf(reduce["response"]["data"]["statuses"][0]),
            "Reduce only order would increase position. asset=10004");
  EXPECT_EQ(
      sim.Act(R"({"type":"updateLeverage","asset":10004,"isCross":true,"leverage":1})")["status"],
      "err");
  EXPECT_EQ(sim.Post("/info", R"({"type":"fundingHistory","coin":"@4","startTime":0})").status,
            500);
}

TEST(HyperliquidSpotTest, KnowsNoPairByItsPlaceInTheList) {
  HyperliquidFixture sim;

  // The list has six pairs, and none of these indices.
  for (const int asset : {10001, 10003, 10005}) {
    EXPECT_EQ(ErrorOf(sim.Order(asset, true, "40", "1")),
              StrCat("Order has invalid asset or type. asset=", asset));
  }
  EXPECT_EQ(sim.Post("/info", R"({"type":"l2Book","coin":"@1"})").status, 500);
  EXPECT_EQ(sim.Post("/info", R"({"type":"l2Book","coin":"HYPE/USDC"})").status, 500);
}

TEST(HyperliquidSpotTest, TakesNoMoreOutOfAnAccountThanItHas) {
  HyperliquidFixture sim;

  const auto transfer = [&](std::string_view amount, bool to_perp) {
    return sim.venue.AdminAction(
        kTestWallet.address,
        StrCat(R"({"type":"usdClassTransfer","hyperliquidChain":"Mainnet",)",
               R"("signatureChainId":"0x66eee","amount":")",
               amount,
               R"(","toPerp":)",
               to_perp ? "true" : "false",
               R"(,"nonce":1700000000000})"));
  };
  for (const char* amount : {"0",
                             "-1",
                             "1.0000001",
                             "x",
                             "100000.01",
                             "1 subaccount:0x19e7e376e7c213b7e7e7e46cc70a5dd086daff2a"}) {
    EXPECT_NE(transfer(amount, true).find(R"("status":"err")"), std::string::npos) << amount;
  }
  EXPECT_TRUE(sim.Order(kHype, true, "38", "1000").contains("resting"));  // holds 38,000
  EXPECT_NE(transfer("62000.01", true).find("Insufficient balance"), std::string::npos);

  EXPECT_EQ(transfer("62000", true), R"({"status":"ok","response":{"type":"default"}})");
  EXPECT_EQ(BalanceOf(sim, 0)["total"], "38000.0");
  EXPECT_EQ(sim.Account().figures.wallet, Dec("162000"));
  EXPECT_EQ(transfer("0.5", false), R"({"status":"ok","response":{"type":"default"}})");
  EXPECT_EQ(BalanceOf(sim, 0)["total"], "38000.5");
}

TEST(HyperliquidSpotTest, SendsTokensByTheirIdAlone) {
  HyperliquidFixture sim;
  const auto send = [&](std::string_view token, std::string_view amount) {
    const TestJson answer =
        TestJson::parse(sim.venue.AdminAction(kTestWallet.address,
                                              StrCat(R"({"type":"spotSend","destination":")",
                                                     kSecondWallet.address,
                                                     R"(","token":")",
                                                     token,
                                                     R"(","amount":")",
                                                     amount,
                                                     R"("})")));
    return answer["status"];
  };
  constexpr char kOther[] = "PIP:0x000000000000000000000000000000c5";
  EXPECT_TRUE(sim.venue.DepositSpot(kTestWallet.address, 5, Dec("7")));

  EXPECT_EQ(send("PIP", "1"), "err");
  EXPECT_EQ(send(kOther, "7.00000001"), "err");
  EXPECT_EQ(send(kOther, "0.000000001"), "err");  // finer than its wei
  EXPECT_EQ(send(kOther, "-1"), "err");

  EXPECT_EQ(send(kOther, "2.5"), "ok");
  EXPECT_EQ(BalanceOf(sim, 5)["total"], "4.5");
  EXPECT_EQ(BalanceOf(sim, 5, kSecondWallet)["total"], "2.5");
  EXPECT_TRUE(BalanceOf(sim, 6, kSecondWallet).is_null());  // of the same name
}

TEST(HyperliquidSpotTest, TradesWithoutCollateral) {
  HyperliquidSimOptions options = QuietHyperliquidOptions();
  options.accounts[0].balance = Decimal();
  HyperliquidFixture sim(options);

  EXPECT_TRUE(sim.Order(kHype, true, "38", "1").contains("resting"));
  EXPECT_EQ(ErrorOf(sim.Order(0, true, "50000", "0.1")),
            "Insufficient margin to place order. asset=0");
}

TEST(HyperliquidSpotTest, CancelsSpotAtTheScheduledTime) {
  HyperliquidSimOptions options = QuietHyperliquidOptions();
  options.accounts[0].volume_before = Dec("1000000");
  HyperliquidFixture sim(options);
  sim.Order(kHype, true, "38", "1");

  EXPECT_EQ(sim.Act(StrCat(R"({"type":"scheduleCancel","time":)", kStartMs + 6000, "}"))["status"],
            "ok");
  sim.Advance(absl::Seconds(7));

  EXPECT_EQ(sim.Account().orders[0].status, "scheduledCancel");
  EXPECT_EQ(BalanceOf(sim, 0)["hold"], "0.0");
}

TEST(HyperliquidSpotTest, FiresATriggerOnlyWithTheBalanceForIt) {
  HyperliquidFixture sim;
  const auto stop = [&](std::string_view size) {
    sim.Act(StrCat(R"({"type":"order","orders":[{"a":10004,"b":false,"p":"30","s":")",
                   size,
                   R"(","r":false,"t":{"trigger":{"isMarket":true,"triggerPx":"39",)"
                   R"("tpsl":"sl"}}}],"grouping":"na"})"));
  };
  sim.Order(kHype, true, "35", "10", "Gtc", kBySecond);
  stop("4");
  stop("999");
  EXPECT_EQ(BalanceOf(sim, 3)["hold"], "0.0");

  sim.venue.SetPrices("@4", Decimal(), Dec("38.5"));
  sim.Advance(absl::Milliseconds(100));

  const HyperliquidAccountView account = sim.Account();
  EXPECT_EQ(account.orders[0].status, "filled");
  EXPECT_EQ(account.orders[1].status, "insufficientSpotBalanceRejected");
  EXPECT_EQ(BalanceOf(sim, 3)["total"], "996.0");
}

TEST(HyperliquidSpotTest, TellsTransfersInTheLedger) {
  HyperliquidFixture sim;
  const SessionId session = sim.Subscribe(
      StrCat(R"({"type":"userNonFundingLedgerUpdates","user":")", kTestWallet.address, R"("})"));
  sim.Take(session, "");

  sim.venue.AdminAction(kTestWallet.address,
                        R"({"type":"usdClassTransfer","hyperliquidChain":"Mainnet",)"
                        R"("signatureChainId":"0x66eee","amount":"12","toPerp":false,"nonce":1})");

  const std::vector<TestJson> told = sim.Take(session, "userNonFundingLedgerUpdates");
  const TestJson rows =
      sim.Info(StrCat(R"({"type":"userNonFundingLedgerUpdates","startTime":0,"user":")",
                      kTestWallet.address,
                      "\"}"));
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0]["nonFundingLedgerUpdates"][0]["delta"].dump(),
            R"({"type":"accountClassTransfer","usdc":"12.0","toPerp":false})");
  EXPECT_EQ(rows, told[0]["nonFundingLedgerUpdates"]);
}

TEST(HyperliquidSpotTest, ListsTokensOfOneNameAndPairsOutOfOrder) {
  HyperliquidFixture sim;

  const TestJson meta = sim.Info(R"({"type":"spotMeta"})");

  EXPECT_EQ(meta["universe"][0].dump(),
            R"({"tokens":[1,0],"name":"PURR/USDC","index":0,"isCanonical":true})");
  EXPECT_EQ(meta["universe"][1].dump(),
            R"({"tokens":[2,0],"name":"@7","index":7,"isCanonical":false})");
  EXPECT_EQ(meta["tokens"][5]["name"], "PIP");
  EXPECT_EQ(meta["tokens"][6]["name"], "PIP");
  EXPECT_EQ(meta["tokens"][5]["szDecimals"], 0);
  EXPECT_EQ(meta["tokens"][6]["szDecimals"], 2);
  EXPECT_EQ(meta["tokens"][1]["weiDecimals"], 5);
}

TEST(HyperliquidSpotTest, PutsTheContextOfAPairAtItsIndex) {
  HyperliquidFixture sim;

  const TestJson answer = sim.Info(R"({"type":"spotMetaAndAssetCtxs"})");

  ASSERT_EQ(answer[1].size(), 10u);
  for (const TestJson& pair : answer[0]["universe"]) {
    EXPECT_EQ(answer[1][pair["index"].get<size_t>()]["coin"], pair["name"]);
  }
  EXPECT_EQ(answer[1][7]["markPx"], "60000.0");
  EXPECT_TRUE(answer[1][6]["midPx"].is_null());
}

TEST(HyperliquidSpotTest, PaysTheFeeOfABuyInTheBaseAndOfASaleInTheQuote) {
  HyperliquidFixture sim;
  EXPECT_TRUE(sim.Order(kHype, false, "40.5", "10", "Gtc", kBySecond).contains("resting"));

  const TestJson bought = sim.Order(kHype, true, "41", "4", "Ioc");

  EXPECT_EQ(bought["filled"]["totalSz"], "4.0");
  EXPECT_EQ(bought["filled"]["avgPx"], "40.5");
  // 4 less 0.07 %; 162 less 0.04 %.
  EXPECT_EQ(BalanceOf(sim, 3)["total"], "1003.9972");
  EXPECT_EQ(BalanceOf(sim, 0)["total"], "99838.0");
  EXPECT_EQ(BalanceOf(sim, 3, kSecondWallet)["total"], "996.0");
  EXPECT_EQ(BalanceOf(sim, 3, kSecondWallet)["hold"], "6.0");
  EXPECT_EQ(BalanceOf(sim, 0, kSecondWallet)["total"], "100161.9352");
  const HyperliquidFillView bid = sim.Account().fills.back();
  const HyperliquidFillView ask = sim.Account(kSecondWallet).fills.back();
  EXPECT_EQ(bid.fee_token, "HYPE");
  EXPECT_EQ(bid.fee, Dec("0.0028"));
  EXPECT_EQ(ask.fee_token, "USDC");
  EXPECT_EQ(ask.fee, Dec("0.0648"));
  EXPECT_EQ(bid.tid, ask.tid);
}

TEST(HyperliquidSpotTest, RoundsAFeeDownToTheWeiOfItsToken) {
  HyperliquidSimOptions options = QuietHyperliquidOptions();
  options.spot_taker_fee = Dec("0.000355");
  HyperliquidFixture sim(options);
  EXPECT_TRUE(sim.Order(kPurr, false, "0.21003", "53", "Gtc", kBySecond).contains("resting"));

  EXPECT_TRUE(sim.Order(kPurr, true, "0.21003", "53", "Ioc").contains("filled"));

  // 53 * 0.000355 = 0.018815 of PURR, which has 5 decimals.
  EXPECT_EQ(sim.Account().fills.back().fee, Dec("0.01881"));
  // 11.13159 * 0.0004 = 0.004452636 of USDC, which has 8.
  EXPECT_EQ(sim.Account(kSecondWallet).fills.back().fee, Dec("0.00445263"));
}

TEST(HyperliquidSpotTest, HoldsAndReleasesWhatOrdersWouldPay) {
  HyperliquidFixture sim;
  const TestJson bid = sim.Order(kHype, true, "39", "10");
  EXPECT_EQ(BalanceOf(sim, 0)["hold"], "390.0");

  // A part fills at its own price, the rest goes on being held.
  EXPECT_TRUE(sim.Order(kHype, false, "38", "4", "Ioc", kBySecond).contains("filled"));
  EXPECT_EQ(BalanceOf(sim, 0)["hold"], "234.0");
  EXPECT_EQ(BalanceOf(sim, 0)["total"], "99844.0");

  const TestJson canceled = sim.Act(StrCat(R"({"type":"cancel","cancels":[{"a":10004,"o":)",
                                           bid["resting"]["oid"].get<int64_t>(),
                                           "}]}"));
  EXPECT_EQ(canceled["response"]["data"]["statuses"][0], "success");
  EXPECT_EQ(BalanceOf(sim, 0)["hold"], "0.0");
}

TEST(HyperliquidSpotTest, ChangesAnOrderAndItsHold) {
  HyperliquidFixture sim;
  constexpr char kCloid[] = "0x000000000000000000000000000000ab";
  const TestJson placed =
      sim.Act(HyperliquidFixture::OrderAction(kHype, true, "39", "10", "Gtc", false, kCloid));
  const int64_t first = placed["response"]["data"]["statuses"][0]["resting"]["oid"].get<int64_t>();

  const TestJson changed = sim.Act(StrCat(
      R"({"type":"batchModify","modifies":[{"oid":)",
      first,
      R"(,"order":{"a":10004,"b":true,"p":"38.5","s":"12","r":false,"t":{"limit":{"tif":"Alo"}},)",
      R"("c":")",
      kCloid,
      R"("}}]})"));

  const TestJson status = changed["response"]["data"]["statuses"][0];
  EXPECT_NE(status["resting"]["oid"].get<int64_t>(), first);
  EXPECT_EQ(BalanceOf(sim, 0)["hold"], "462.0");
  const TestJson asked = sim.Info(StrCat(
      R"({"type":"orderStatus","oid":")", kCloid, R"(","user":")", kTestWallet.address, "\"}"));
  EXPECT_EQ(asked["order"]["order"]["coin"], "@4");
  EXPECT_EQ(asked["order"]["order"]["limitPx"], "38.5");
  EXPECT_EQ(sim.Act(StrCat(R"({"type":"cancelByCloid","cancels":[{"asset":10004,"cloid":")",
                           kCloid,
                           R"("}]})"))["response"]["data"]["statuses"][0],
            "success");
  EXPECT_EQ(BalanceOf(sim, 0)["hold"], "0.0");
}

TEST(HyperliquidSpotTest, KeepsTheCostOfWhatIsHeld) {
  HyperliquidFixture sim;
  EXPECT_EQ(BalanceOf(sim, 3)["entryNtl"], "40000.0");  // 1000 at the mark of 40
  sim.Order(kHype, true, "42", "100", "Gtc", kBySecond);

  EXPECT_TRUE(sim.Order(kHype, false, "42", "100", "Ioc").contains("filled"));

  EXPECT_EQ(BalanceOf(sim, 3)["entryNtl"], "36000.0");
  EXPECT_EQ(sim.Account().fills.back().closed_profit, Dec("200"));
  EXPECT_EQ(BalanceOf(sim, 0)["entryNtl"], "0.0");
}

TEST(HyperliquidSpotTest, TellsFillsInTheWordsOfSpot) {
  HyperliquidFixture sim;
  sim.Order(kHype, false, "40", "1", "Gtc", kBySecond);
  sim.Order(kHype, true, "40", "1", "Ioc");

  const TestJson fill =
      sim.Info(StrCat(R"({"type":"userFills","user":")", kTestWallet.address, R"("})"))[0];
  const TestJson sale =
      sim.Info(StrCat(R"({"type":"userFills","user":")", kSecondWallet.address, R"("})"))[0];

  EXPECT_EQ(fill["coin"], "@4");
  EXPECT_EQ(fill["dir"], "Buy");
  EXPECT_EQ(fill["startPosition"], "1000.0");
  EXPECT_EQ(fill["closedPnl"], "0.0");
  EXPECT_EQ(fill["fee"], "0.0007");
  EXPECT_EQ(fill["feeToken"], "HYPE");
  EXPECT_EQ(fill["crossed"], true);
  EXPECT_EQ(sale["dir"], "Sell");
  EXPECT_EQ(sale["startPosition"], "1000.0");
  EXPECT_EQ(sale["feeToken"], "USDC");
}

TEST(HyperliquidSpotTest, TellsTheRatesOfSpot) {
  HyperliquidFixture sim;

  const TestJson fees =
      sim.Info(StrCat(R"({"type":"userFees","user":")", kTestWallet.address, R"("})"));

  EXPECT_EQ(fees["userCrossRate"], "0.00045");
  EXPECT_EQ(fees["userSpotCrossRate"], "0.0007");
  EXPECT_EQ(fees["userSpotAddRate"], "0.0004");
  EXPECT_EQ(fees["feeSchedule"]["spotCross"], "0.0007");
}

TEST(HyperliquidSpotTest, ListsOpenOrdersOfSpotBesidePerpetuals) {
  HyperliquidFixture sim;
  sim.Order(0, true, "50000", "0.1");
  sim.Order(kUbtc, false, "61000", "0.1");

  const TestJson orders =
      sim.Info(StrCat(R"({"type":"openOrders","user":")", kTestWallet.address, R"("})"));
  const TestJson full =
      sim.Info(StrCat(R"({"type":"frontendOpenOrders","user":")", kTestWallet.address, R"("})"));

  ASSERT_EQ(orders.size(), 2u);
  EXPECT_EQ(orders[0]["coin"], "BTC");
  EXPECT_EQ(orders[1]["coin"], "@7");
  EXPECT_EQ(full[1]["orderType"], "Limit");
  EXPECT_EQ(sim.Account().figures.order_margin, Dec("250"));  // of BTC alone, at 20 times
}

TEST(HyperliquidSpotTest, NeverMakesOrLosesTokens) {
  HyperliquidSimOptions options = QuietHyperliquidOptions();
  options.background_traders = true;
  HyperliquidFixture sim(options);
  const std::map<int, Decimal> before = sim.venue.spot_supply();
  EXPECT_EQ(before.at(3), Dec("2000"));

  for (int i = 0; i < 20; ++i) {
    sim.Order(kHype, i % 2 == 0, i % 2 == 0 ? "44" : "36", "7.77", "Ioc");
    sim.Order(kPurr, i % 2 == 1, i % 2 == 1 ? "0.22" : "0.18", "777", "Ioc");
    sim.Advance(absl::Milliseconds(700));
  }

  EXPECT_EQ(sim.venue.spot_supply(), before);
  EXPECT_GE(sim.Account().fills.size(), 40u);
  EXPECT_EQ(sim.Account().SpotBalance(0).hold, Decimal());
}

// What the account's fills and open orders come to, computed from nothing else.
TEST(HyperliquidSpotTest, KeepsBalancesAndHoldsThroughLivelyTrading) {
  HyperliquidSimOptions options = QuietHyperliquidOptions();
  options.background_traders = true;
  options.limits.initial_actions = 100'000;
  HyperliquidFixture sim(options);
  Random random(5);

  for (int i = 0; i < 300; ++i) {
    const bool is_buy = random.Uniform(2) == 0;
    const HyperliquidBookView book = *sim.venue.book("@4");
    const Decimal price = (is_buy ? book.bids : book.asks)[random.Uniform(3)].first;
    const char* tif = random.Uniform(3) == 0 ? "Ioc" : random.Uniform(2) == 0 ? "Alo" : "Gtc";
    const std::string size = StrCat(1 + random.Uniform(60), ".", 1 + random.Uniform(9));
    const TestJson status = sim.Order(kHype, is_buy, price.ToString(), size, tif);
    if (status.contains("resting") && random.Uniform(3) == 0) {
      sim.Act(StrCat(R"({"type":"cancel","cancels":[{"a":10004,"o":)",
                     status["resting"]["oid"].get<int64_t>(),
                     "}]}"));
    }
    sim.Advance(absl::Milliseconds(50 * random.Uniform(20)));
  }

  const HyperliquidAccountView account = sim.Account();
  Decimal hype = Dec("1000");
  Decimal usdc = Dec("100000");
  for (const HyperliquidFillView& fill : account.fills) {
    const Decimal value = *Multiply(fill.price, fill.size, Rounding::kDown);
    hype += fill.is_buy ? fill.size - fill.fee : -fill.size;
    usdc += fill.is_buy ? -value : value - fill.fee;
  }
  Decimal held_hype;
  Decimal held_usdc;
  for (const HyperliquidOrderView& order : account.orders) {
    if (order.is_open && order.is_buy) {
      held_usdc += *Multiply(order.price, order.size, Rounding::kDown);
    } else if (order.is_open) {
      held_hype += order.size;
    }
  }
  EXPECT_GT(account.fills.size(), 100u);
  EXPECT_GT(account.open_order_count(), 5u);
  EXPECT_EQ(account.SpotBalance(3).total, hype);
  EXPECT_EQ(account.SpotBalance(0).total, usdc);
  EXPECT_EQ(account.SpotBalance(3).hold, held_hype);
  EXPECT_EQ(account.SpotBalance(0).hold, held_usdc);
}

}  // namespace
}  // namespace colibri::venue_sim
