// A simulated Binance spot venue on simulated time, and a client that signs.
//
//   SimFixture sim;                                     // a quiet venue: no traders
//   HttpReply reply = sim.Signed("POST", "/api/v3/order", "symbol=BTCUSDT&side=BUY&...");
//   EXPECT_EQ(ErrorCode(reply), -2010);
#pragma once

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "core/simulated_clock.h"
#include "core/strings.h"
#include "nlohmann/json.hpp"
#include "tools/venue_sim/binance_sim.h"

namespace colibri::venue_sim {

using TestJson = nlohmann::ordered_json;

inline constexpr int64_t kStartMs = 1'700'000'000'000;
inline constexpr char kOtherKey[] = "other";
inline constexpr char kOtherSecret[] = "other-secret";

inline std::string HmacHex(std::string_view secret, std::string_view payload) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(payload.data()), payload.size(), digest, &size);
  return absl::BytesToHexString(absl::string_view(reinterpret_cast<char*>(digest), size));
}

inline TestJson Body(const HttpReply& reply) { return TestJson::parse(reply.body, nullptr, false); }

// 0 when the reply is no error.
inline int ErrorCode(const HttpReply& reply) {
  const TestJson body = Body(reply);
  return body.is_object() ? body.value("code", 0) : 0;
}

inline std::string ErrorMessage(const HttpReply& reply) {
  const TestJson body = Body(reply);
  return body.is_object() ? body.value("msg", "") : "";
}

inline std::string HeaderOf(const HttpReply& reply, std::string_view name) {
  for (const auto& [key, value] : reply.headers) {
    if (key == name) {
      return value;
    }
  }
  return "";
}

// Keeps what the venue sends, by session.
class RecordingSink final : public SessionSink {
 public:
  void SendText(SessionId session, std::string text) override {
    all.push_back(text);
    texts[session].push_back(std::move(text));
  }
  void CloseSession(SessionId session, int code, std::string_view) override {
    closed[session] = code;
  }

  // Takes the texts of a session, parsed.
  std::vector<TestJson> Take(SessionId session) {
    std::vector<TestJson> taken;
    for (const std::string& text : std::exchange(texts[session], {})) {
      taken.push_back(TestJson::parse(text, nullptr, false));
    }
    return taken;
  }

  std::map<SessionId, std::vector<std::string>> texts;
  std::map<SessionId, int> closed;  // code
  std::vector<std::string> all;     // in order
};

inline BinanceSimOptions QuietOptions() {
  BinanceSimOptions options;
  options.background_traders = false;
  options.user_event_timing = UserEventTiming::kBeforeReply;
  options.accounts.push_back({.api_key = kOtherKey, .api_secret = kOtherSecret});
  return options;
}

class SimFixture {
 public:
  explicit SimFixture(BinanceSimOptions options = QuietOptions())
      : clock(absl::FromUnixMillis(kStartMs)), venue(clock, std::move(options)) {
    venue.set_sink(&sink);
    venue.Start();
  }

  HttpReply Call(std::string method, std::string target) {
    return venue.Handle({.method = std::move(method),
                         .target = std::move(target),
                         .headers = {},
                         .body = "",
                         .remote_ip = "10.0.0.1"});
  }
  HttpReply Get(std::string target) { return Call("GET", std::move(target)); }

  // With the venue's own time; the parameters go into the query.
  HttpReply Signed(std::string method, std::string_view path, std::string_view params,
                   std::string_view api_key = kTestApiKey,
                   std::string_view secret = kTestApiSecret) {
    return SignedAt(absl::ToUnixMillis(clock.now()), std::move(method), path, params, api_key,
                    secret);
  }
  HttpReply SignedAt(int64_t time_ms, std::string method, std::string_view path,
                     std::string_view params, std::string_view api_key = kTestApiKey,
                     std::string_view secret = kTestApiSecret) {
    const std::string query =
        StrCat(params, params.empty() ? "" : "&", "timestamp=", time_ms);
    return venue.Handle({.method = std::move(method),
                         .target = StrCat(path, "?", std::string_view(query), "&signature=",
                                          std::string_view(HmacHex(secret, query))),
                         .headers = {{"X-MBX-APIKEY", std::string(api_key)}},
                         .body = "",
                         .remote_ip = "10.0.0.1"});
  }
  HttpReply Order(std::string_view params) { return Signed("POST", "/api/v3/order", params); }
  HttpReply OtherOrder(std::string_view params) {
    return Signed("POST", "/api/v3/order", params, kOtherKey, kOtherSecret);
  }

  SimBalance Balance(const std::string& asset, std::string_view api_key = kTestApiKey) {
    return venue.account(api_key)->balances.at(asset);
  }

  // A session of the WebSocket API, subscribed to the account's events.
  SessionId SubscribeUser(std::string_view api_key = kTestApiKey,
                          std::string_view secret = kTestApiSecret) {
    const SessionId session = venue.Open("/ws-api/v3", "10.0.0.1");
    const int64_t time_ms = absl::ToUnixMillis(clock.now());
    const std::string payload = StrCat("apiKey=", api_key, "&timestamp=", time_ms);
    const TestJson request = {{"id", "sub"},
                              {"method", "userDataStream.subscribe.signature"},
                              {"params",
                               {{"apiKey", api_key},
                                {"timestamp", time_ms},
                                {"signature", HmacHex(secret, payload)}}}};
    venue.OnText(session, request.dump());
    return session;
  }

  SimulatedClock clock;
  RecordingSink sink;
  BinanceSim venue;
};

inline Decimal Dec(std::string_view text) { return *Decimal::Parse(text); }

}  // namespace colibri::venue_sim
