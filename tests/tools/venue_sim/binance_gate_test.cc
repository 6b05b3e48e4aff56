// Keys, signatures, time windows and limits.
#include "absl/strings/ascii.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include <nlohmann/json.hpp>

#include "tests/tools/venue_sim/sim_fixture.h"
#include "tools/venue_sim/binance_common/request_auth.h"

namespace colibri::venue_sim {
namespace {

using testing::HasSubstr;

constexpr char kAccount[] = "/api/v3/account";

HttpReply Send(SimFixture& sim, std::string query, HeaderList headers, std::string body = "") {
  return sim.venue.Handle({.method = body.empty() ? "GET" : "POST",
                           .target = StrCat(body.empty() ? kAccount : "/api/v3/order/test",
                                            query.empty() ? "" : "?",
                                            std::string_view(query)),
                           .headers = std::move(headers),
                           .body = std::move(body),
                           .remote_ip = "10.0.0.1"});
}

TEST(BinanceGateTest, RefusesCallsWithoutKeyOrSignature) {
  SimFixture sim;
  const HttpReply keyless = Send(sim, "timestamp=1700000000000&signature=00", {});
  EXPECT_EQ(keyless.status, 401);
  EXPECT_EQ(ErrorCode(keyless), -2014);
  EXPECT_EQ(ErrorCode(Send(sim, "timestamp=1&signature=00", {{"X-MBX-APIKEY", "a b"}})), -2014);
  const HttpReply unknown = Send(sim, "timestamp=1&signature=00", {{"X-MBX-APIKEY", "nobody"}});
  EXPECT_EQ(unknown.status, 401);
  EXPECT_EQ(ErrorCode(unknown), -2015);
  const HeaderList key = {{"x-mbx-apikey", kTestApiKey}};
  EXPECT_EQ(ErrorMessage(Send(sim, "", key)),
            "Mandatory parameter 'timestamp' was not sent, was empty/null, or malformed.");
  EXPECT_EQ(ErrorMessage(Send(sim, "timestamp=1700000000000", key)),
            "Mandatory parameter 'signature' was not sent, was empty/null, or malformed.");
  const HttpReply wrong = Send(sim, "timestamp=1700000000000&signature=00", key);
  EXPECT_EQ(wrong.status, 400);
  EXPECT_EQ(ErrorCode(wrong), -1022);
}

TEST(BinanceGateTest, ChecksTheBytesOfQueryThenBody) {
  SimFixture sim;
  const HeaderList key = {{"X-MBX-APIKEY", kTestApiKey}};
  const std::string query = "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC";
  const std::string body = "quantity=1&price=50000&timestamp=1700000000000";
  const std::string signature = HmacHex(kTestApiSecret, query + body);
  EXPECT_EQ(Send(sim, query, key, body + "&signature=" + signature).body, "{}");
  EXPECT_EQ(ErrorCode(Send(sim, query, key, "signature=" + signature + "&" + body)), -1022);
  const std::string upper = absl::AsciiStrToUpper(signature);
  EXPECT_EQ(Send(sim, query, key, body + "&signature=" + upper).status, 200);
}

TEST(BinanceGateTest, AcceptsTimestampsWithinTheWindowOnly) {
  SimFixture sim;
  EXPECT_EQ(sim.SignedAt(kStartMs + 999, "GET", kAccount, "").status, 200);
  const HttpReply ahead = sim.SignedAt(kStartMs + 1000, "GET", kAccount, "");
  EXPECT_EQ(ErrorCode(ahead), -1021);
  EXPECT_THAT(ErrorMessage(ahead), HasSubstr("ahead of the server's time"));
  EXPECT_EQ(sim.SignedAt(kStartMs - 5000, "GET", kAccount, "").status, 200);
  const HttpReply late = sim.SignedAt(kStartMs - 5001, "GET", kAccount, "");
  EXPECT_EQ(ErrorCode(late), -1021);
  EXPECT_THAT(ErrorMessage(late), HasSubstr("outside of the recvWindow"));
  EXPECT_EQ(sim.SignedAt(kStartMs - 60'000, "GET", kAccount, "recvWindow=60000").status, 200);
  EXPECT_EQ(ErrorCode(sim.Signed("GET", kAccount, "recvWindow=60001")), -1131);
  EXPECT_EQ(ErrorCode(sim.SignedAt(kStartMs - 3, "GET", kAccount, "recvWindow=2.5")), -1021);
  sim.venue.faults().SkewClock(absl::Seconds(5));
  EXPECT_EQ(ErrorCode(sim.SignedAt(kStartMs - 1, "GET", kAccount, "")), -1021);
  EXPECT_EQ(Body(sim.Get("/api/v3/time"))["serverTime"], kStartMs + 5000);
}

TEST(BinanceGateTest, VerifiesPublishedSignatures) {
  const binance::AccountKeys hmac{
      .hmac_secret = "NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j"};
  const binance::SignedParts parts = binance::SplitSignature(
      "symbol=LTCBTC&side=BUY&type=LIMIT&timeInForce=GTC",
      "quantity=1&price=0.1&recvWindow=5000&timestamp=1499827319559&signature="
      "0fd168b8ddb4876a0358a8d14d0c9f3da0e9b20c5d52b2a00fcf7d1c602f9a77");
  EXPECT_TRUE(binance::VerifySignature(hmac, parts.payload, parts.signature));
  EXPECT_FALSE(binance::VerifySignature(hmac, parts.payload + "0", parts.signature));

  const binance::AccountKeys ed25519{
      .ed25519_public_key = "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8"};
  const std::string payload =
      "symbol=BTCUSDT&side=SELL&type=LIMIT&timeInForce=GTC&quantity=1&price=0.2"
      "&timestamp=1668481559918&recvWindow=5000";
  const std::string signature =
      "m5loLRxgkb9HyW0wkZ4KNrpck881bx5D0OrKNnPklvk4tlGjEJkhiP9DoyC0sc1lXA/"
      "TWugjVPrMb/bfNdmdBw==";
  EXPECT_TRUE(binance::VerifySignature(ed25519, payload, signature));
  EXPECT_FALSE(binance::VerifySignature(ed25519, payload + "0", signature));
  EXPECT_FALSE(binance::VerifySignature(ed25519, payload, "AAAA"));
}

TEST(BinanceGateTest, RefusesWhenTheWeightIsUsedUpAndBansWhoGoesOn) {
  BinanceSimOptions options = QuietOptions();
  options.limits.request_weight_per_minute = 25;
  options.limits.refusals_before_ban = 2;
  SimFixture sim(options);
  // The minute of the start is 20 s old.
  EXPECT_EQ(HeaderOf(sim.Get("/api/v3/exchangeInfo"), "x-mbx-used-weight-1m"), "20");
  EXPECT_EQ(HeaderOf(sim.Get("/api/v3/depth?symbol=BTCUSDT"), "x-mbx-used-weight-1m"), "25");
  const HttpReply refused = sim.Get("/api/v3/ping");
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(ErrorCode(refused), -1003);
  EXPECT_EQ(HeaderOf(refused, "Retry-After"), "40");
  EXPECT_EQ(sim.Get("/api/v3/ping").status, 429);
  const HttpReply banned = sim.Get("/api/v3/ping");
  EXPECT_EQ(banned.status, 418);
  EXPECT_EQ(HeaderOf(banned, "Retry-After"), "120");
  sim.clock.AdvanceBy(absl::Seconds(41));
  EXPECT_EQ(sim.Get("/api/v3/ping").status, 418);
  sim.clock.AdvanceBy(absl::Seconds(80));
  EXPECT_EQ(sim.Get("/api/v3/ping").status, 200);
}

TEST(BinanceGateTest, CountsUnfilledOrders) {
  BinanceSimOptions options = QuietOptions();
  options.limits.orders_per_10_seconds = 2;
  SimFixture sim(options);
  const std::string order =
      "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=50000";
  EXPECT_EQ(HeaderOf(sim.Order(order), "x-mbx-order-count-10s"), "1");
  EXPECT_EQ(HeaderOf(sim.Order(order), "x-mbx-order-count-10s"), "2");
  const HttpReply refused = sim.Order(order);
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(ErrorCode(refused), -1015);
  // The first fill of a maker gives five back.
  sim.OtherOrder("symbol=BTCUSDT&side=SELL&type=LIMIT&timeInForce=GTC&quantity=0.1&price=50000");
  EXPECT_EQ(HeaderOf(sim.Order(order), "x-mbx-order-count-10s"), "1");
  EXPECT_EQ(Body(sim.Signed("GET", "/api/v3/rateLimit/order", ""))[0]["count"], 1);
}

TEST(BinanceGateTest, ChargesFailedOrdersOnly) {
  SimFixture sim;
  const HttpReply taken =
      sim.Order("symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=50000");
  EXPECT_EQ(HeaderOf(taken, "x-mbx-used-weight-1m"), "0");
  EXPECT_EQ(HeaderOf(sim.Order("symbol=BTCUSDT"), "x-mbx-used-weight-1m"), "1");
}

TEST(BinanceGateTest, AnswersUnknownPathsAndMethods) {
  SimFixture sim;
  EXPECT_EQ(sim.Get("/api/v3/nothing").status, 404);
  EXPECT_EQ(sim.Call("PATCH", "/api/v3/order").status, 405);
  EXPECT_EQ(ErrorCode(sim.Get("/api/v3/ping?x=1")), -1101);
  EXPECT_EQ(sim.Get("/any.prefix/api/v3/ping").body, "{}");
}

}  // namespace
}  // namespace colibri::venue_sim
