// The WebSocket API: user events, orders, and its refusals.
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include <nlohmann/json.hpp>

#include "tests/tools/venue_sim/sim_fixture.h"

namespace colibri::venue_sim {
namespace {

using testing::ElementsAre;

constexpr char kBuy[] =
    "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=50000"
    "&newClientOrderId=mine";
constexpr char kSellPart[] =
    "symbol=BTCUSDT&side=SELL&type=LIMIT&timeInForce=GTC&quantity=0.4&price=50000";

// "NEW/NEW", "TRADE/FILLED", "balances": the kinds of events, in order.
std::vector<std::string> Kinds(const std::vector<TestJson>& texts) {
  std::vector<std::string> kinds;
  for (const TestJson& text : texts) {
    const TestJson& event = text["event"];
    kinds.push_back(event["e"] == "executionReport"
                        ? event["x"].get<std::string>() + "/" + event["X"].get<std::string>()
                        : event["e"].get<std::string>());
  }
  return kinds;
}

// A request signed as the WebSocket API wants it: all parameters sorted by name.
std::string ApiRequest(std::string_view method,
                       std::map<std::string, std::string> params,
                       std::string_view secret = kTestApiSecret) {
  params.try_emplace("apiKey", kTestApiKey);
  params.try_emplace("timestamp", std::to_string(kStartMs));
  std::string payload;
  for (const auto& [name, value] : params) {
    payload += (payload.empty() ? "" : "&") + name + "=" + value;
  }
  TestJson json = {{"id", 1}, {"method", method}, {"params", params}};
  json["params"]["signature"] = HmacHex(secret, payload);
  return json.dump();
}

TestJson Ask(SimFixture& sim, SessionId session, const std::string& request) {
  sim.sink.texts.clear();
  sim.venue.OnText(session, request);
  const std::vector<TestJson> answers = sim.sink.Take(session);
  return answers.empty() ? TestJson() : answers.back();
}

TEST(BinanceUserTest, RefusesWhatItCannotReadOrDoesNotKnow) {
  SimFixture sim;
  const SessionId session = sim.venue.Open("/ws-api/v3", "10.0.0.1");
  EXPECT_EQ(Ask(sim, session, "{")["error"]["code"], -1135);
  EXPECT_EQ(Ask(sim, session, "[]")["error"]["code"], -1135);
  EXPECT_EQ(Ask(sim, session, R"({"id":1})")["error"]["code"], -1135);
  EXPECT_EQ(Ask(sim, session, R"({"id":1,"method":"ping","params":[]})")["error"]["code"], -1135);
  EXPECT_EQ(Ask(sim, session, R"({"id":1,"method":"dance"})")["error"]["code"], -1020);
  EXPECT_EQ(Ask(sim, session, ApiRequest("order.status", {}, "wrong"))["error"]["code"], -1022);
  EXPECT_EQ(Ask(sim, session, ApiRequest("account.status", {{"apiKey", "nobody"}}))["status"], 401);
  EXPECT_EQ(Ask(sim, session, ApiRequest("account.status", {{"timestamp", "1"}}))["error"]["code"],
            -1021);
  EXPECT_EQ(Ask(sim, session, R"({"id":1,"method":"userDataStream.subscribe"})")["status"], 401);
  EXPECT_EQ(Ask(sim, session, R"({"id":1,"method":"userDataStream.unsubscribe"})")["error"]["code"],
            -2036);
  EXPECT_EQ(Ask(sim, session, ApiRequest("session.logon", {}))["error"]["code"], -4056);
}

TEST(BinanceUserTest, SubscribesOnceAnAccountAndConnection) {
  SimFixture sim;
  const SessionId session = sim.SubscribeUser();
  const TestJson answer = sim.sink.Take(session)[0];
  EXPECT_EQ(answer["status"], 200);
  EXPECT_EQ(answer["result"].dump(), R"({"subscriptionId":0})");
  EXPECT_EQ(answer["rateLimits"][0]["rateLimitType"], "REQUEST_WEIGHT");
  EXPECT_EQ(answer["rateLimits"][0]["count"], 4);
  EXPECT_EQ(
      Ask(sim, session, ApiRequest("userDataStream.subscribe.signature", {}))["error"]["code"],
      -2035);
}

TEST(BinanceUserTest, TellsTheLifeOfAnOrderInOrder) {
  SimFixture sim;
  const SessionId session = sim.SubscribeUser();
  sim.sink.texts.clear();
  sim.Order(kBuy);
  EXPECT_EQ(sim.sink.texts[session][0],
            R"({"subscriptionId":0,"event":{"e":"executionReport","E":1700000000000,)"
            R"("s":"BTCUSDT","c":"mine","S":"BUY","o":"LIMIT","f":"GTC","q":"1.00000000",)"
            R"("p":"50000.00000000","P":"0.00000000","F":"0.00000000","g":-1,"C":"","x":"NEW",)"
            R"("X":"NEW","r":"NONE","i":1,"l":"0.00000000","z":"0.00000000","L":"0.00000000",)"
            R"("n":"0","N":null,"T":1700000000000,"t":-1,"I":1,"w":true,"m":false,"M":false,)"
            R"("O":1700000000000,"Z":"0.00000000","Y":"0.00000000","Q":"0.00000000",)"
            R"("W":1700000000000,"V":"NONE"}})");
  EXPECT_EQ(sim.sink.texts[session][1],
            R"({"subscriptionId":0,"event":{"e":"outboundAccountPosition","E":1700000000000,)"
            R"("u":1700000000000,"B":[{"a":"USDT","f":"950000.00000000","l":"50000.00000000"}]}})");
  sim.sink.texts.clear();
  sim.OtherOrder(kSellPart);
  const std::vector<TestJson> filled = sim.sink.Take(session);
  EXPECT_THAT(Kinds(filled), ElementsAre("TRADE/PARTIALLY_FILLED", "outboundAccountPosition"));
  EXPECT_EQ(filled[0]["event"]["l"], "0.40000000");
  EXPECT_EQ(filled[0]["event"]["n"], "0.00040000");
  EXPECT_EQ(filled[0]["event"]["N"], "BTC");
  EXPECT_EQ(filled[0]["event"]["m"], true);
  sim.Signed("DELETE", "/api/v3/order", "symbol=BTCUSDT&orderId=1&newClientOrderId=stop");
  const std::vector<TestJson> canceled = sim.sink.Take(session);
  EXPECT_THAT(Kinds(canceled), ElementsAre("CANCELED/CANCELED", "outboundAccountPosition"));
  EXPECT_EQ(canceled[0]["event"]["c"], "stop");
  EXPECT_EQ(canceled[0]["event"]["C"], "mine");
  EXPECT_EQ(canceled[0]["event"]["z"], "0.40000000");
}

TEST(BinanceUserTest, TellsTakersExpiriesAndPreventedTrades) {
  SimFixture sim;
  const SessionId session = sim.SubscribeUser();
  sim.OtherOrder(kSellPart);
  sim.sink.texts.clear();
  sim.Order("symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=IOC&quantity=1&price=50000");
  const std::vector<TestJson> taken = sim.sink.Take(session);
  EXPECT_THAT(
      Kinds(taken),
      ElementsAre(
          "NEW/NEW", "TRADE/PARTIALLY_FILLED", "EXPIRED/EXPIRED", "outboundAccountPosition"));
  EXPECT_EQ(taken[2]["event"]["eR"], "UNFILLED_IOC_QUANTITY_EXPIRED");
  sim.Order(kSellPart);
  sim.sink.texts.clear();
  sim.Order(
      "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=50000"
      "&selfTradePreventionMode=EXPIRE_BOTH");
  EXPECT_THAT(Kinds(sim.sink.Take(session)),
              ElementsAre("NEW/NEW",
                          "TRADE_PREVENTION/EXPIRED_IN_MATCH",
                          "TRADE_PREVENTION/EXPIRED_IN_MATCH",
                          "outboundAccountPosition"));
}

TEST(BinanceUserTest, TellsAmendmentsAndTransfers) {
  SimFixture sim;
  const SessionId session = sim.SubscribeUser();
  sim.Order(kBuy);
  sim.sink.texts.clear();
  sim.Signed("PUT",
             "/api/v3/order/amend/keepPriority",
             "symbol=BTCUSDT&orderId=1&newQty=0.5&newClientOrderId=less");
  const std::vector<TestJson> amended = sim.sink.Take(session);
  EXPECT_EQ(amended[0]["event"]["x"], "REPLACED");
  EXPECT_EQ(amended[0]["event"]["q"], "0.50000000");
  EXPECT_EQ(amended[0]["event"]["c"], "less");
  EXPECT_EQ(amended[0]["event"]["C"], "mine");
  EXPECT_FALSE(sim.venue.Deposit(kTestApiKey, "BTC", Dec("-11")));
  EXPECT_TRUE(sim.venue.Deposit(kTestApiKey, "BTC", Dec("2.5")));
  const std::vector<TestJson> deposited = sim.sink.Take(session);
  EXPECT_THAT(Kinds(deposited), ElementsAre("balanceUpdate", "outboundAccountPosition"));
  EXPECT_EQ(deposited[0]["event"]["d"], "2.50000000");
}

TEST(BinanceUserTest, TellsBeforeOrAfterTheReply) {
  BinanceSimOptions options = QuietOptions();
  options.user_event_timing = UserEventTiming::kAfterReply;
  SimFixture sim(options);
  const SessionId session = sim.SubscribeUser();
  sim.sink.texts.clear();
  sim.Order(kBuy);
  sim.OtherOrder(kSellPart);
  EXPECT_TRUE(sim.sink.texts[session].empty());
  sim.clock.AdvanceBy(absl::Milliseconds(10));
  EXPECT_THAT(Kinds(sim.sink.Take(session)),
              ElementsAre("NEW/NEW",
                          "outboundAccountPosition",
                          "TRADE/PARTIALLY_FILLED",
                          "outboundAccountPosition"));
}

TEST(BinanceUserTest, LosesEventsInAListenGapAndGoesOnAfterIt) {
  SimFixture sim;
  const SessionId session = sim.SubscribeUser();
  sim.sink.texts.clear();
  sim.venue.faults().WithholdUserEvents(absl::Seconds(2));
  sim.Order(kBuy);
  sim.clock.AdvanceBy(absl::Seconds(3));
  EXPECT_TRUE(sim.sink.texts[session].empty());
  sim.OtherOrder(kSellPart);
  EXPECT_THAT(Kinds(sim.sink.Take(session)),
              ElementsAre("TRADE/PARTIALLY_FILLED", "outboundAccountPosition"));
}

TEST(BinanceUserTest, CutsUserConnectionsOnly) {
  SimFixture sim;
  const SessionId market = sim.venue.Open("/ws/btcusdt@trade", "10.0.0.1");
  const SessionId user = sim.SubscribeUser();
  sim.venue.faults().CutUserStreams();
  EXPECT_EQ(sim.sink.closed.at(user), 0);
  EXPECT_EQ(sim.venue.session_count(), 1u);
  sim.venue.faults().CutMarketStreams();
  EXPECT_EQ(sim.sink.closed.at(market), 0);
  EXPECT_EQ(sim.venue.session_count(), 0u);
}

TEST(BinanceUserTest, PlacesQueriesAndCancelsOverTheSocket) {
  SimFixture sim;
  const SessionId session = sim.venue.Open("/ws-api/v3?returnRateLimits=false", "10.0.0.1");
  const TestJson placed = Ask(sim,
                              session,
                              ApiRequest("order.place",
                                         {{"symbol", "BTCUSDT"},
                                          {"side", "BUY"},
                                          {"type", "LIMIT"},
                                          {"timeInForce", "GTC"},
                                          {"quantity", "1"},
                                          {"price", "50000"},
                                          {"newClientOrderId", "ws"}}));
  EXPECT_EQ(placed["status"], 200);
  EXPECT_EQ(placed["result"]["status"], "NEW");
  EXPECT_FALSE(placed.contains("rateLimits"));
  EXPECT_EQ(Ask(sim, session, ApiRequest("openOrders.status", {}))["result"].size(), 1u);
  EXPECT_EQ(
      Ask(sim,
          session,
          ApiRequest("order.status",
                     {{"symbol", "BTCUSDT"}, {"origClientOrderId", "ws"}}))["result"]["orderId"],
      1);
  EXPECT_EQ(Ask(sim, session, ApiRequest("account.status", {}))["result"]["accountType"], "SPOT");
  EXPECT_EQ(Ask(sim,
                session,
                ApiRequest("order.cancel",
                           {{"symbol", "BTCUSDT"}, {"orderId", "1"}}))["result"]["status"],
            "CANCELED");
  EXPECT_EQ(
      Ask(sim,
          session,
          ApiRequest("order.cancel", {{"symbol", "BTCUSDT"}, {"orderId", "1"}}))["error"]["code"],
      -2011);
  EXPECT_EQ(
      Ask(sim,
          session,
          R"({"id":"d","method":"depth","params":{"symbol":"BTCUSDT"}})")["result"]["lastUpdateId"],
      1000002);
}

TEST(BinanceUserTest, LetsALoggedOnEd25519SessionLeaveOutSignatures) {
  BinanceSimOptions options = QuietOptions();
  options.accounts.push_back(
      {.api_key = "vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A",
       .ed25519_public_key = "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8"});
  SimFixture sim(options);
  sim.clock.StepWallClock(absl::FromUnixMillis(1649729878532) - sim.clock.now());
  const SessionId session = sim.venue.Open("/ws-api/v3", "10.0.0.1");
  const TestJson logon = {
      {"id", "l"},
      {"method", "session.logon"},
      {"params",
       {{"apiKey", options.accounts.back().api_key},
        {"timestamp", 1649729878532},
        {"signature",
         "OIe2IwMR3NP+oRgf/Hbo4Wf1DQyOmGvT5NrO+vm69t5WJn7jxvFQvS6nRtYpyFgebeGilE89v0rBSxL5N7Eh"
         "CA=="}}}};
  const TestJson answer = Ask(sim, session, logon.dump());
  EXPECT_EQ(answer["status"], 200) << answer;
  EXPECT_EQ(answer["result"]["authorizedSince"], 1649729878532);
  EXPECT_EQ(Ask(sim, session, R"({"id":2,"method":"userDataStream.subscribe"})")["result"].dump(),
            R"({"subscriptionId":0})");
  EXPECT_EQ(
      Ask(sim,
          session,
          R"({"id":3,"method":"account.status","params":{"timestamp":1649729878532}})")["status"],
      200);
  // The same client order id from this session and, refused, by REST: one account's, twice.
  Ask(sim,
      session,
      R"({"id":5,"method":"order.place","params":{"symbol":"BTCUSDT","side":"BUY",)"
      R"("type":"LIMIT","timeInForce":"GTC","quantity":"1","price":"50000",)"
      R"("newClientOrderId":"twice","timestamp":1649729878532}})");
  sim.Signed("POST",
             "/api/v3/order",
             "symbol=BTCUSDT&newClientOrderId=twice",
             options.accounts.back().api_key);
  EXPECT_EQ(sim.venue.traffic().repeated_client_order_ids.count("twice"), 1u);
  EXPECT_EQ(Ask(sim, session, R"({"id":4,"method":"session.logout"})")["result"]["apiKey"],
            nullptr);
}

}  // namespace
}  // namespace colibri::venue_sim
