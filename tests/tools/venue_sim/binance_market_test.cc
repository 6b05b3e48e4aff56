// The living market: determinism, conservation, traders, and the public calls.
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include <nlohmann/json.hpp>

#include "core/random.h"
#include "tests/tools/venue_sim/sim_fixture.h"

namespace colibri::venue_sim {
namespace {

BinanceSimOptions LivelyOptions(uint64_t seed) {
  BinanceSimOptions options;
  options.seed = seed;
  options.accounts.push_back({.api_key = kOtherKey, .api_secret = kOtherSecret});
  return options;
}

// A busy client whose every choice is the seed's; returns all that it and its streams were told.
std::string Transcript(uint64_t seed) {
  SimFixture sim(LivelyOptions(seed));
  sim.SubscribeUser();
  sim.venue.Open("/stream?streams=btcusdt@depth@100ms/btcusdt@trade/ethbtc@bookTicker", "ip");
  std::string transcript;
  Random random(5);
  for (int i = 0; i < 60; ++i) {
    const std::string price = absl::StrCat(59'990 + random.Uniform(20));
    const char* side = random.Uniform(2) == 0 ? "BUY" : "SELL";
    transcript +=
        sim.Order("symbol=BTCUSDT&type=LIMIT&timeInForce=GTC&quantity=0.01&price=" + price +
                  "&side=" + side)
            .body;
    sim.clock.AdvanceBy(absl::Milliseconds(50));
  }
  for (const std::string& text : sim.sink.all) {
    transcript += text;
  }
  return transcript;
}

TEST(BinanceMarketTest, GivesTheSameBytesForTheSameSeedAndCalls) {
  const std::string first = Transcript(1);
  EXPECT_GT(first.size(), 50'000u);
  EXPECT_TRUE(first == Transcript(1));
  EXPECT_FALSE(first == Transcript(2));
}

TEST(BinanceMarketTest, ConservesEveryAssetToTheLastDigit) {
  for (const bool fees_in_bnb : {false, true}) {
    BinanceSimOptions options = LivelyOptions(3);
    options.fees_in_bnb = fees_in_bnb;
    SimFixture sim(options);
    const std::map<std::string, Decimal> supply = sim.venue.total_supply();
    Random random(9);
    constexpr const char* kTypes[] = {"LIMIT&timeInForce=GTC",
                                      "LIMIT&timeInForce=IOC",
                                      "LIMIT&timeInForce=FOK",
                                      "LIMIT_MAKER",
                                      "MARKET"};
    constexpr const char* kModes[] = {"NONE", "EXPIRE_TAKER", "EXPIRE_MAKER", "EXPIRE_BOTH"};
    int trades = 0;
    for (int i = 0; i < 3000; ++i) {
      const uint64_t type = random.Uniform(5);
      std::string order = StrCat("symbol=BTCUSDT&side=",
                                 random.Uniform(2) == 0 ? "BUY" : "SELL",
                                 "&type=",
                                 kTypes[type],
                                 "&selfTradePreventionMode=",
                                 kModes[random.Uniform(4)]);
      if (type == 4 && random.Uniform(2) == 0) {
        order += absl::StrCat("&quoteOrderQty=", 10 + random.Uniform(5000), ".37");
      } else {
        order += absl::StrCat("&quantity=0.0", 1001 + random.Uniform(8999));
      }
      if (type != 4) {
        order += absl::StrCat("&price=", 59'900 + random.Uniform(200), ".13");
      }
      const std::string key = random.Uniform(2) == 0 ? kTestApiKey : kOtherKey;
      const HttpReply reply = sim.venue.AdminCall(key, "POST", "/api/v3/order?" + order);
      trades += Body(reply).value("executedQty", "0") != "0.00000000" && reply.status == 200;
      if (random.Uniform(40) == 0) {
        sim.venue.AdminCall(key, "DELETE", "/api/v3/openOrders?symbol=BTCUSDT");
      }
      if (random.Uniform(10) == 0) {
        sim.clock.AdvanceBy(absl::Milliseconds(40));
      }
    }
    EXPECT_GT(trades, 500);
    EXPECT_EQ(sim.venue.total_supply(), supply);
    for (const char* key : {kTestApiKey, kOtherKey}) {
      sim.venue.AdminCall(key, "DELETE", "/api/v3/openOrders?symbol=BTCUSDT");
      const SimAccountView account = *sim.venue.account(key);
      for (const auto& [asset, balance] : account.balances) {
        EXPECT_EQ(balance.locked, Decimal()) << asset;
      }
    }
  }
}

TEST(BinanceMarketTest, KeepsBooksFullAndPricesInTheBand) {
  SimFixture sim(LivelyOptions(11));
  for (int second = 0; second < 120; ++second) {
    sim.clock.AdvanceBy(absl::Seconds(1));
    for (const SimSymbol& symbol : DefaultBinanceSymbols()) {
      const SimBookView book = *sim.venue.book(symbol.symbol);
      ASSERT_GE(book.bids.size(), 120u) << symbol.symbol;
      ASSERT_GE(book.asks.size(), 120u) << symbol.symbol;
      ASSERT_LT(book.bids.front().first, book.asks.front().first);
      ASSERT_LT(Abs(book.bids.front().first - symbol.start_price).ToDouble(),
                symbol.start_price.ToDouble() * 0.26);
    }
  }
  const TestJson trades = Body(sim.Get("/api/v3/trades?symbol=BTCUSDT&limit=1000"));
  EXPECT_GT(trades.size(), 400u);
}

TEST(BinanceMarketTest, FillsAMakerNearTheTopWithinSeconds) {
  SimFixture sim(LivelyOptions(13));
  for (const char* side : {"BUY", "SELL"}) {
    const SimBookView book = *sim.venue.book("BTCUSDT");
    const Decimal price = side[0] == 'B' ? book.bids.front().first : book.asks.front().first;
    sim.Order(StrCat("symbol=BTCUSDT&type=LIMIT_MAKER&quantity=0.01&price=",
                     std::string_view(price.ToString()),
                     "&side=",
                     side));
  }
  sim.clock.AdvanceBy(absl::Seconds(10));
  EXPECT_GE(sim.venue.account(kTestApiKey)->trades.size(), 2u);
}

TEST(BinanceMarketTest, ListsItsSymbolsAndTheirFilters) {
  SimFixture sim;
  const TestJson one = Body(sim.Get("/api/v3/exchangeInfo?symbol=ETHBTC"));
  ASSERT_EQ(one["symbols"].size(), 1u);
  EXPECT_EQ(one["symbols"][0]["filters"][0].dump(),
            R"({"filterType":"PRICE_FILTER","minPrice":"0.00001000",)"
            R"("maxPrice":"1000.00000000","tickSize":"0.00001000"})");
  EXPECT_EQ(Body(sim.Get("/api/v3/exchangeInfo"))["symbols"].size(), 4u);
  EXPECT_EQ(
      Body(sim.Get("/api/v3/exchangeInfo?symbols=%5B%22BTCUSDT%22,%22ETHBTC%22%5D"))["symbols"]
          .size(),
      2u);
  EXPECT_EQ(ErrorCode(sim.Get("/api/v3/exchangeInfo?symbols=BTCUSDT")), -1100);
  EXPECT_EQ(ErrorCode(sim.Get("/api/v3/exchangeInfo?symbol=NOPE")), -1121);
}

TEST(BinanceMarketTest, AnswersPublicQueries) {
  SimFixture sim(LivelyOptions(17));
  sim.clock.AdvanceBy(absl::Seconds(65));
  EXPECT_EQ(Body(sim.Get("/api/v3/depth?symbol=BTCUSDT&limit=5"))["bids"].size(), 5u);
  EXPECT_EQ(ErrorCode(sim.Get("/api/v3/depth?symbol=BTCUSDT&limit=0")), -1130);
  const TestJson candles = Body(sim.Get("/api/v3/klines?symbol=BTCUSDT&interval=1m"));
  ASSERT_EQ(candles.size(), 2u);
  EXPECT_EQ(candles[0].size(), 12u);
  EXPECT_EQ(candles[1][0], candles[0][6].get<int64_t>() + 1);
  EXPECT_EQ(ErrorCode(sim.Get("/api/v3/klines?symbol=BTCUSDT&interval=7m")), -1120);
  const TestJson all = Body(sim.Get("/api/v3/aggTrades?symbol=BTCUSDT&limit=1000"));
  EXPECT_EQ(Body(sim.Get("/api/v3/aggTrades?symbol=BTCUSDT&fromId=1&limit=3"))[2]["a"], 3);
  EXPECT_EQ(Body(sim.Get("/api/v3/ticker/price?symbol=BTCUSDT"))["price"], all.back()["p"]);
  EXPECT_EQ(Body(sim.Get("/api/v3/ticker/bookTicker")).size(), 4u);
  EXPECT_GT(Body(sim.Get("/api/v3/ticker/24hr?symbol=ETHBTC"))["count"], 50);
  EXPECT_FALSE(Body(sim.Get("/api/v3/ticker/24hr?symbol=ETHBTC&type=MINI")).contains("bidPrice"));
  EXPECT_EQ(Body(sim.Get("/api/v3/avgPrice?symbol=BTCUSDT"))["mins"], 5);
  EXPECT_EQ(Body(sim.Get("/fapi/v1/exchangeInfo"))["symbols"].size(), 0u);
  EXPECT_EQ(Body(sim.Signed("GET", "/sapi/v1/capital/config/getall", "")).size(), 4u);
}

}  // namespace
}  // namespace colibri::venue_sim
