// A simulated Binance spot venue on simulated time, and a client that signs.
//
//   SimFixture sim;                                     // a quiet venue: no traders
//   HttpReply reply = sim.Signed("POST", "/api/v3/order", "symbol=BTCUSDT&side=BUY&...");
//   EXPECT_EQ(ErrorCode(reply), -2010);
//
// Includers that look into JSON include nlohmann/json.hpp themselves.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "core/decimal.h"
#include "core/simulated_clock.h"
#include "core/strings.h"
#include "tools/venue_sim/binance_sim.h"

namespace colibri::venue_sim {

using TestJson = nlohmann::ordered_json;

inline constexpr int64_t kStartMs = 1'700'000'000'000;
inline constexpr char kOtherKey[] = "other";
inline constexpr char kOtherSecret[] = "other-secret";

std::string HmacHex(std::string_view secret, std::string_view payload);
TestJson Body(const HttpReply& reply);
// 0 when the reply is no error.
int ErrorCode(const HttpReply& reply);
std::string ErrorMessage(const HttpReply& reply);
// Empty when there is none.
std::string HeaderOf(const HttpReply& reply, std::string_view name);
inline Decimal Dec(std::string_view text) {
  return *Decimal::Parse(text);
}

// Keeps what the venue sends, by session.
class RecordingSink final : public SessionSink {
 public:
  void SendText(SessionId session, std::string text) override;
  void CloseSession(SessionId session, int code, std::string_view reason) override;

  // Takes the texts of a session, parsed.
  std::vector<TestJson> Take(SessionId session);

  std::map<SessionId, std::vector<std::string>> texts;
  std::map<SessionId, int> closed;  // code
  std::vector<std::string> all;     // in order
};

// No traders, events before replies, and a second account.
BinanceSimOptions QuietOptions();

class SimFixture {
 public:
  explicit SimFixture(BinanceSimOptions options = QuietOptions());

  HttpReply Call(std::string method, std::string target);
  HttpReply Get(std::string target) { return Call("GET", std::move(target)); }

  // With the venue's own time; the parameters go into the query.
  HttpReply Signed(std::string method,
                   std::string_view path,
                   std::string_view params,
                   std::string_view api_key = kTestApiKey,
                   std::string_view secret = kTestApiSecret);
  HttpReply SignedAt(int64_t time_ms,
                     std::string method,
                     std::string_view path,
                     std::string_view params,
                     std::string_view api_key = kTestApiKey,
                     std::string_view secret = kTestApiSecret);
  HttpReply Order(std::string_view params) { return Signed("POST", "/api/v3/order", params); }
  HttpReply OtherOrder(std::string_view params) {
    return Signed("POST", "/api/v3/order", params, kOtherKey, kOtherSecret);
  }

  SimBalance Balance(const std::string& asset, std::string_view api_key = kTestApiKey);

  // A session of the WebSocket API, subscribed to the account's events.
  SessionId SubscribeUser(std::string_view api_key = kTestApiKey,
                          std::string_view secret = kTestApiSecret);

  SimulatedClock clock;
  RecordingSink sink;
  BinanceSim venue;
};

}  // namespace colibri::venue_sim
