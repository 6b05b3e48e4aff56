// Whatever a client sends, the venue answers, keeps its money and lives on.
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include <nlohmann/json.hpp>

#include "core/random.h"
#include "tests/tools/venue_sim/sim_fixture.h"

namespace colibri::venue_sim {
namespace {

constexpr std::string_view kPieces[] = {"symbol",
                                        "BTCUSDT",
                                        "BUY",
                                        "SELL",
                                        "LIMIT",
                                        "MARKET",
                                        "price",
                                        "quantity",
                                        "99999999999999999999",
                                        "0.00000001",
                                        "-1",
                                        "1e9",
                                        "%",
                                        "%4",
                                        "%5B%22",
                                        "\xff\xfe",
                                        "&",
                                        "=",
                                        "&&",
                                        "==",
                                        "null",
                                        "{}",
                                        "[[[[[[",
                                        "\"",
                                        "timestamp",
                                        "limit",
                                        "orderId",
                                        "quoteOrderQty",
                                        "9223372036854775807",
                                        "newQty",
                                        "GTC",
                                        "stopPrice",
                                        "STOP_LOSS_LIMIT",
                                        "60000",
                                        "0"};

std::string Mutate(std::string text, Random& random) {
  for (uint64_t changes = 1 + random.Uniform(3); changes > 0; --changes) {
    const size_t at = random.Uniform(text.size() + 1);
    const std::string_view piece = kPieces[random.Uniform(std::size(kPieces))];
    switch (random.Uniform(4)) {
      case 0:
        text.insert(at, piece);
        break;
      case 1:
        text.erase(at, 1 + random.Uniform(8));
        break;
      case 2:
        text.replace(at, std::min(piece.size(), text.size() - at), piece);
        break;
      default:
        if (at < text.size()) {
          text[at] = static_cast<char>(random.Next());
        }
    }
  }
  return text;
}

TEST(BinanceRobustnessTest, AnswersMutatedSignedCalls) {
  struct Seed {
    const char* method;
    const char* path;
    const char* params;
  };
  constexpr Seed kSeeds[] = {
      {"POST",
       "/api/v3/order",
       "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.01&price=60000"},
      {"POST", "/api/v3/order", "symbol=BTCUSDT&side=SELL&type=MARKET&quantity=0.01"},
      {"POST", "/api/v3/order", "symbol=BTCUSDT&side=BUY&type=MARKET&quoteOrderQty=100"},
      {"POST",
       "/api/v3/order",
       "symbol=BTCUSDT&side=SELL&type=STOP_LOSS_LIMIT&timeInForce=GTC&quantity=0.01&price=50000"
       "&stopPrice=55000"},
      {"POST",
       "/api/v3/order/cancelReplace",
       "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.01&price=59000"
       "&cancelReplaceMode=ALLOW_FAILURE&cancelOrderId=3"},
      {"PUT", "/api/v3/order/amend/keepPriority", "symbol=BTCUSDT&orderId=1&newQty=0.005"},
      {"DELETE", "/api/v3/order", "symbol=BTCUSDT&orderId=2"},
      {"GET", "/api/v3/allOrders", "symbol=BTCUSDT&orderId=1&limit=5&startTime=1&endTime=2"},
      {"GET", "/api/v3/myTrades", "symbol=BTCUSDT&fromId=1&limit=5"},
      {"GET", "/api/v3/account", "omitZeroBalances=true&recvWindow=5000"},
  };
  BinanceSimOptions options;
  options.limits.request_weight_per_minute = 1'000'000'000;
  options.limits.orders_per_10_seconds = 1'000'000'000;
  SimFixture sim(options);
  const std::map<std::string, Decimal> supply = sim.venue.total_supply();
  Random random(21);
  std::map<int, int> statuses;
  for (int i = 0; i < 8000; ++i) {
    const Seed& seed = kSeeds[random.Uniform(std::size(kSeeds))];
    const std::string params =
        random.Uniform(5) == 0 ? std::string(seed.params) : Mutate(seed.params, random);
    const HttpReply reply = sim.Signed(seed.method, seed.path, params);
    ++statuses[reply.status];
    ASSERT_FALSE(Body(reply).is_discarded()) << params;
    if (i % 20 == 0) {
      sim.clock.AdvanceBy(absl::Milliseconds(40));
    }
  }
  EXPECT_GT(statuses[200], 500);
  EXPECT_GT(statuses[400], 1000);
  EXPECT_EQ(sim.venue.total_supply(), supply);
}

TEST(BinanceRobustnessTest, AnswersMutatedPublicCalls) {
  constexpr const char* kTargets[] = {
      "/api/v3/depth?symbol=BTCUSDT&limit=5",
      "/api/v3/klines?symbol=BTCUSDT&interval=1m&limit=5&startTime=1&endTime=9999999999999",
      "/api/v3/aggTrades?symbol=BTCUSDT&fromId=1&limit=5",
      "/api/v3/exchangeInfo?symbols=%5B%22BTCUSDT%22%5D",
      "/api/v3/ticker/24hr?symbols=%5B%22BTCUSDT%22%5D&type=MINI"};
  BinanceSimOptions options;
  options.limits.request_weight_per_minute = 1'000'000'000;
  SimFixture sim(options);
  Random random(22);
  for (int i = 0; i < 8000; ++i) {
    const std::string target = Mutate(kTargets[random.Uniform(std::size(kTargets))], random);
    const HttpReply reply = sim.Get(target);
    ASSERT_FALSE(Body(reply).is_discarded()) << target;
    ASSERT_THAT(reply.status, testing::AnyOf(200, 400, 404, 405)) << target;
  }
}

TEST(BinanceRobustnessTest, AnswersMutatedTexts) {
  BinanceSimOptions options = QuietOptions();
  options.limits.request_weight_per_minute = 1'000'000'000;
  options.limits.stream_messages_per_second = 1'000'000'000;
  SimFixture sim(options);
  const SessionId api = sim.venue.Open("/ws-api/v3", "10.0.0.1");
  const SessionId stream = sim.venue.Open("/ws", "10.0.0.1");
  constexpr const char* kApiTexts[] = {
      R"({"id":1,"method":"depth","params":{"symbol":"BTCUSDT","limit":5}})",
      R"({"id":"x","method":"order.place","params":{"symbol":"BTCUSDT","apiKey":"k"}})",
      R"({"id":null,"method":"userDataStream.unsubscribe","params":{"subscriptionId":3}})",
      R"({"id":2,"method":"session.status"})"};
  constexpr const char* kStreamTexts[] = {
      R"({"method":"SUBSCRIBE","params":["btcusdt@trade","btcusdt@depth@100ms"],"id":1})",
      R"({"method":"UNSUBSCRIBE","params":["btcusdt@trade"],"id":"u"})",
      R"({"method":"SET_PROPERTY","params":["combined",true],"id":3})",
      R"({"method":"LIST_SUBSCRIPTIONS","id":4})"};
  Random random(23);
  for (int i = 0; i < 8000; ++i) {
    sim.venue.OnText(api, Mutate(kApiTexts[random.Uniform(std::size(kApiTexts))], random));
    sim.venue.OnText(stream, Mutate(kStreamTexts[random.Uniform(std::size(kStreamTexts))], random));
    for (const SessionId session : {api, stream}) {
      const std::vector<TestJson> answers = sim.sink.Take(session);
      ASSERT_EQ(answers.size(), 1u);
      ASSERT_FALSE(answers[0].is_discarded());
    }
    sim.sink.all.clear();
  }
  EXPECT_EQ(sim.venue.session_count(), 2u);
}

TEST(BinanceRobustnessTest, SurvivesDeepJsonAndBytesThatAreNoText) {
  SimFixture sim;
  const SessionId api = sim.venue.Open("/ws-api/v3", "10.0.0.1");
  const SessionId stream = sim.venue.Open("/ws/%ff@trade", "10.0.0.1");
  const std::string deep = R"({"id":1,"method":"ping","params":)" + std::string(50'000, '[') +
                           std::string(50'000, ']') + "}";
  for (const SessionId session : {api, stream}) {
    sim.venue.OnText(session, deep);
    EXPECT_TRUE(sim.sink.Take(session)[0].contains("error"));
  }
  EXPECT_EQ(ErrorCode(sim.Get("/api/v3/ticker/price?symbols=" + std::string(60'000, '['))), -1100);
  sim.venue.OnText(stream, R"({"method":"LIST_SUBSCRIPTIONS","id":1})");
  EXPECT_EQ(sim.sink.Take(stream)[0]["result"].size(), 1u);
}

}  // namespace
}  // namespace colibri::venue_sim
