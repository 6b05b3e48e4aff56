// A simulated Binance USD-M venue on simulated time, and a client that signs.
//
//   PerpetualFixture sim;                                // a quiet venue: no traders
//   HttpReply reply = sim.Order("symbol=BTCUSDT&side=BUY&...");
//   EXPECT_EQ(ErrorCode(reply), -2019);
//
// Includers that look into JSON include nlohmann/json.hpp themselves.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tests/tools/venue_sim/sim_fixture.h"
#include "tools/venue_sim/binance_perpetual_sim.h"

namespace colibri::venue_sim {

// No traders, events before replies, and a second account.
inline BinancePerpetualSimOptions QuietPerpetualOptions() {
  BinancePerpetualSimOptions options;
  options.background_traders = false;
  options.user_event_timing = UserEventTiming::kBeforeReply;
  options.accounts.push_back(
      {.api_key = kOtherKey, .api_secret = kOtherSecret, .balances = DefaultPerpetualBalances()});
  return options;
}

class PerpetualFixture {
 public:
  explicit PerpetualFixture(BinancePerpetualSimOptions options = QuietPerpetualOptions())
      : clock(absl::FromUnixMillis(kStartMs)), venue(clock, std::move(options)) {
    venue.set_sink(&sink);
    venue.Start();
  }

  HttpReply Get(std::string_view target) {
    return venue.Handle({.method = "GET", .target = std::string(target), .remote_ip = "127.0.0.1"});
  }
  HttpReply Signed(std::string method,
                   std::string_view path,
                   std::string_view params,
                   std::string_view api_key = kTestApiKey,
                   std::string_view secret = kTestApiSecret) {
    const std::string query =
        StrCat(params, params.empty() ? "" : "&", "timestamp=", absl::ToUnixMillis(clock.now()));
    return venue.Handle({.method = std::move(method),
                         .target = StrCat(path,
                                          "?",
                                          std::string_view(query),
                                          "&signature=",
                                          std::string_view(HmacHex(secret, query))),
                         .headers = {{"X-MBX-APIKEY", std::string(api_key)}},
                         .remote_ip = "127.0.0.1"});
  }
  HttpReply Keyed(std::string method, std::string_view path) {
    return venue.Handle({.method = std::move(method),
                         .target = std::string(path),
                         .headers = {{"X-MBX-APIKEY", kTestApiKey}},
                         .remote_ip = "127.0.0.1"});
  }
  HttpReply Order(std::string_view params) { return Signed("POST", "/fapi/v1/order", params); }
  HttpReply OtherOrder(std::string_view params) {
    return Signed("POST", "/fapi/v1/order", params, kOtherKey, kOtherSecret);
  }
  // The test account buys from the other one (or sells to it) at a price of BTCUSDT.
  void Trade(std::string_view side, std::string_view quantity, std::string_view price) {
    const std::string_view opposite = side == "BUY" ? "SELL" : "BUY";
    const auto limit = [&](std::string_view direction) {
      return StrCat("symbol=BTCUSDT&type=LIMIT&timeInForce=GTC&side=",
                    direction,
                    "&quantity=",
                    quantity,
                    "&price=",
                    price);
    };
    EXPECT_OK(OtherOrder(limit(opposite)));
    EXPECT_OK(Order(limit(side)));
  }
  // A session with the account's listen key.
  SessionId SubscribeUser() {
    const HttpReply reply = Keyed("POST", "/fapi/v1/listenKey");
    return venue.Open(StrCat("/private/ws/", std::string_view(KeyOf(reply))), "127.0.0.1");
  }
  static std::string KeyOf(const HttpReply& reply) {
    const size_t start = reply.body.find("\":\"") + 3;
    return reply.body.substr(start, reply.body.find('"', start) - start);
  }
  PerpetualAccountView Account(std::string_view api_key = kTestApiKey) {
    return *venue.account(api_key);
  }

  SimulatedClock clock;
  RecordingSink sink;
  BinancePerpetualSim venue;

 private:
  static void EXPECT_OK(const HttpReply& reply) { CHECK(reply.status == 200); }
};

}  // namespace colibri::venue_sim
