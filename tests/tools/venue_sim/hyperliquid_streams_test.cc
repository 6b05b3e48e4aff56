// The WebSocket: subscriptions, what they bring, posts and pings.
#include "gtest/gtest.h"
#include <nlohmann/json.hpp>

#include "tests/tools/venue_sim/hyperliquid_fixture.h"

namespace colibri::venue_sim {
namespace {

std::string OfUser(std::string_view type, const HyperliquidWallet& wallet = kTestWallet) {
  return StrCat(R"({"type":")", type, R"(","user":")", wallet.address, R"("})");
}

TEST(HyperliquidStreamTest, RefusesWhatThereIsNot) {
  HyperliquidFixture sim;

  EXPECT_EQ(sim.venue.Open("/stream", "127.0.0.1"), 0u);
  for (const char* subscription : {R"({"type":"unheardOf"})",
                                   R"({"type":"l2Book","coin":"NOSUCH"})",
                                   R"({"type":"candle","coin":"BTC"})",
                                   R"({"type":"candle","coin":"BTC","interval":"2m"})",
                                   R"({"type":"l2Book","coin":"BTC","nSigFigs":1})",
                                   R"({"type":"orderUpdates","user":"0x12"})"}) {
    const SessionId session = sim.Subscribe(subscription);
    EXPECT_EQ(sim.Take(session, "error").size(), 1u) << subscription;
  }
}

TEST(HyperliquidStreamTest, AcknowledgesAndBeginsWithTheWholeBook) {
  HyperliquidFixture sim;
  sim.Order(0, true, "59999", "0.1");
  sim.Order(0, true, "59999", "0.2");
  sim.Order(0, false, "60001", "0.3");

  const SessionId session = sim.Subscribe(R"({"type":"l2Book","coin":"BTC"})");

  EXPECT_EQ(sim.sink.texts[session].at(0),
            R"({"channel":"subscriptionResponse","data":{"method":"subscribe","subscription":)"
            R"({"type":"l2Book","coin":"BTC","nSigFigs":null,"mantissa":null}}})");
  EXPECT_EQ(sim.sink.texts[session].at(1),
            R"({"channel":"l2Book","data":{"coin":"BTC","time":1700000000000,"levels":)"
            R"([[{"px":"59999.0","sz":"0.3","n":2}],[{"px":"60001.0","sz":"0.3","n":1}]]}})");
  sim.Take(session, "");
  sim.Advance(absl::Milliseconds(1000));
  EXPECT_EQ(sim.Take(session, "l2Book").size(), 2u);
}

TEST(HyperliquidStreamTest, GroupsABookByFigures) {
  HyperliquidFixture sim;
  sim.Order(0, true, "59991", "0.1");
  sim.Order(0, true, "59951", "0.2");
  sim.Order(0, false, "60001", "0.3");

  const TestJson book = sim.Info(R"({"type":"l2Book","coin":"BTC","nSigFigs":3})");

  EXPECT_EQ(book["levels"].dump(),
            R"([[{"px":"59900.0","sz":"0.3","n":2}],[{"px":"60100.0","sz":"0.3","n":1}]])");
}

TEST(HyperliquidStreamTest, TellsTheTopWhenItChanges) {
  HyperliquidFixture sim;
  const SessionId session = sim.Subscribe(R"({"type":"bbo","coin":"BTC"})");
  EXPECT_EQ(sim.Take(session, "bbo")[0]["bbo"].dump(), "[null,null]");

  sim.Advance(absl::Milliseconds(500));
  EXPECT_EQ(sim.Take(session, "bbo").size(), 0u);
  sim.Order(0, true, "59999", "0.1");
  sim.Advance(absl::Milliseconds(100));
  EXPECT_EQ(
      sim.Take(session, "bbo")[0].dump(),
      R"({"coin":"BTC","time":1700000000600,"bbo":[{"px":"59999.0","sz":"0.1","n":1},null]})");
}

TEST(HyperliquidStreamTest, TellsTradesWithBothSides) {
  HyperliquidFixture sim;
  const SessionId session = sim.Subscribe(R"({"type":"trades","coin":"BTC"})");

  sim.Trade(true, "60000", "0.2");
  sim.Advance(absl::Milliseconds(100));

  const std::vector<TestJson> told = sim.Take(session, "trades");
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0][0]["side"], "B");
  EXPECT_EQ(told[0][0]["px"], "60000.0");
  EXPECT_EQ(told[0][0]["sz"], "0.2");
  EXPECT_EQ(told[0][0]["users"][0], kTestWallet.address);
  EXPECT_EQ(told[0][0]["users"][1], kSecondWallet.address);
}

TEST(HyperliquidStreamTest, TellsOrdersFromTheirBeginningToTheirEnd) {
  HyperliquidFixture sim;
  const SessionId session = sim.Subscribe(OfUser("orderUpdates"));
  EXPECT_EQ(sim.Take(session, "orderUpdates").size(), 0u);

  sim.Order(0, true, "60000", "0.3");
  const std::vector<TestJson> opened = sim.Take(session, "orderUpdates");
  sim.Order(0, false, "60000", "0.1", "Ioc", {.wallet = &kSecondWallet});
  const std::vector<TestJson> partial = sim.Take(session, "orderUpdates");
  sim.Order(0, false, "60000", "0.2", "Ioc", {.wallet = &kSecondWallet});
  const std::vector<TestJson> filled = sim.Take(session, "orderUpdates");

  ASSERT_EQ(opened.size(), 1u);
  EXPECT_EQ(opened[0][0]["status"], "open");
  EXPECT_EQ(opened[0][0]["order"]["origSz"], "0.3");
  ASSERT_EQ(partial.size(), 1u);
  EXPECT_EQ(partial[0][0]["status"], "open");
  EXPECT_EQ(partial[0][0]["order"]["sz"], "0.2");
  ASSERT_EQ(filled.size(), 1u);
  EXPECT_EQ(filled[0][0]["status"], "filled");
  EXPECT_EQ(filled[0][0]["order"]["sz"], "0.0");
}

TEST(HyperliquidStreamTest, RepeatsTheFillsThatWere) {
  HyperliquidFixture sim;
  const SessionId live = sim.Subscribe(OfUser("userFills"));
  EXPECT_EQ(sim.Take(live, "userFills")[0]["isSnapshot"], true);
  sim.Trade(true, "60000", "0.2");
  sim.Trade(false, "60100", "0.3");

  const std::vector<TestJson> told = sim.Take(live, "userFills");
  const SessionId late = sim.Subscribe(OfUser("userFills"));
  const TestJson snapshot = sim.Take(late, "userFills")[0];

  ASSERT_EQ(told.size(), 2u);
  EXPECT_FALSE(told[0].contains("isSnapshot"));
  EXPECT_EQ(told[0]["fills"][0]["dir"], "Open Long");
  EXPECT_EQ(told[1]["fills"][0]["dir"], "Long > Short");
  EXPECT_EQ(told[1]["fills"][0]["startPosition"], "0.2");
  EXPECT_EQ(told[1]["fills"][0]["closedPnl"], "20.0");
  ASSERT_EQ(snapshot["fills"].size(), 2u);
  EXPECT_EQ(snapshot["fills"][0], told[1]["fills"][0]);  // newest first
}

TEST(HyperliquidStreamTest, TellsStatesAndOpenOrdersWithTheNextBlock) {
  HyperliquidFixture sim;
  const SessionId states = sim.Subscribe(OfUser("clearinghouseState"));
  const SessionId orders = sim.Subscribe(OfUser("openOrders"));
  sim.Take(states, "");
  EXPECT_EQ(sim.Take(orders, "openOrders")[0]["orders"].size(), 0u);

  sim.Trade(true, "60000", "0.2");
  sim.Order(0, true, "50000", "0.1");
  sim.Advance(absl::Milliseconds(100));

  const TestJson state = sim.Take(states, "clearinghouseState").at(0);
  EXPECT_EQ(state["user"], kTestWallet.address);
  EXPECT_EQ(state["clearinghouseState"]["assetPositions"][0]["position"]["szi"], "0.2");
  EXPECT_EQ(sim.Take(orders, "openOrders").at(0)["orders"][0]["limitPx"], "50000.0");
}

TEST(HyperliquidStreamTest, AnswersPostsOfBothKinds) {
  HyperliquidFixture sim;
  const SessionId session = sim.venue.Open("/ws", "127.0.0.1");
  const auto post = [&](std::string_view type, std::string_view payload) {
    sim.venue.OnText(session,
                     StrCat(R"({"method":"post","id":7,"request":{"type":")",
                            type,
                            R"(","payload":)",
                            payload,
                            "}}"));
    return sim.Take(session, "post").at(0);
  };

  const TestJson info = post("info", R"({"type":"allMids"})");
  const TestJson action =
      post("action", sim.Signed(HyperliquidFixture::OrderAction(0, true, "50000", "0.1")));
  const TestJson unreadable = post("info", R"({"type":"unheardOf"})");

  EXPECT_EQ(info["id"], 7);
  EXPECT_EQ(info["response"]["payload"]["type"], "allMids");
  EXPECT_EQ(info["response"]["payload"]["data"]["BTC"], "60000.0");
  EXPECT_EQ(action["response"]["type"], "action");
  EXPECT_TRUE(action["response"]["payload"]["response"]["data"]["statuses"][0].contains("resting"));
  EXPECT_EQ(unreadable["response"]["type"], "error");
}

TEST(HyperliquidStreamTest, ClosesWhatItHasNotSentToForAMinute) {
  HyperliquidFixture sim;
  const SessionId silent = sim.venue.Open("/ws", "127.0.0.1");
  const SessionId pinging = sim.venue.Open("/ws", "127.0.0.1");

  sim.Advance(absl::Seconds(40));
  sim.venue.OnText(pinging, R"({"method":"ping"})");
  EXPECT_EQ(sim.sink.texts[pinging], std::vector<std::string>{R"({"channel":"pong"})"});
  sim.Advance(absl::Seconds(21));

  EXPECT_TRUE(sim.sink.closed.contains(silent));
  EXPECT_FALSE(sim.sink.closed.contains(pinging));
}

TEST(HyperliquidStreamTest, FollowsTenUsersAndNoMore) {
  HyperliquidFixture sim;
  const SessionId session = sim.venue.Open("/ws", "127.0.0.1");
  const auto subscribe = [&](int i) {
    sim.venue.OnText(
        session,
        StrCat(R"({"method":"subscribe","subscription":{"type":"userEvents","user":"0x)",
               std::string(39, '0'),
               i,
               R"("}})"));
  };

  for (int i = 0; i < 10; ++i) {
    subscribe(i);
  }
  EXPECT_EQ(sim.Take(session, "error").size(), 0u);
  sim.venue.OnText(session,
                   StrCat(R"({"method":"subscribe","subscription":)", OfUser("userEvents"), "}"));
  EXPECT_EQ(sim.Take(session, "error").at(0), "Cannot track more than 10 total users.");
}

TEST(HyperliquidStreamTest, StopsWhatIsUnsubscribed) {
  HyperliquidFixture sim;
  const SessionId session = sim.Subscribe(R"({"type":"allMids"})");
  sim.Take(session, "");

  const char kAction[] = R"({"method":"unsubscribe","subscription":{"type":"allMids"}})";
  sim.venue.OnText(session, kAction);
  EXPECT_EQ(sim.Take(session, "subscriptionResponse").at(0)["method"], "unsubscribe");
  sim.Advance(absl::Seconds(2));

  EXPECT_EQ(sim.Take(session, "allMids").size(), 0u);
  sim.venue.OnText(session, kAction);
  EXPECT_EQ(sim.Take(session, "error").size(), 1u);
}

TEST(HyperliquidStreamTest, GreetsWithABareText) {
  HyperliquidSimOptions options = QuietHyperliquidOptions();
  options.sends_greeting = true;
  HyperliquidFixture sim(options);

  const SessionId session = sim.venue.Open("/ws", "127.0.0.1");
  sim.Advance(absl::Milliseconds(1));

  EXPECT_EQ(sim.sink.texts[session].at(0), "Websocket connection established.");
}

}  // namespace
}  // namespace colibri::venue_sim
