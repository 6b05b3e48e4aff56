// The fixture itself, and what can be wrong with it.
#include "tests/tools/venue_sim/sim_fixture.h"

#include <utility>

#include "absl/strings/escaping.h"
#include "gtest/gtest.h"
#include <nlohmann/json.hpp>
#include <openssl/evp.h>
#include <openssl/hmac.h>

namespace colibri::venue_sim {

std::string HmacHex(std::string_view secret, std::string_view payload) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  HMAC(EVP_sha256(),
       secret.data(),
       static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(payload.data()),
       payload.size(),
       digest,
       &size);
  return absl::BytesToHexString(absl::string_view(reinterpret_cast<char*>(digest), size));
}

TestJson Body(const HttpReply& reply) {
  return TestJson::parse(reply.body, nullptr, false);
}

int ErrorCode(const HttpReply& reply) {
  const TestJson body = Body(reply);
  return body.is_object() ? body.value("code", 0) : 0;
}

std::string ErrorMessage(const HttpReply& reply) {
  const TestJson body = Body(reply);
  return body.is_object() ? body.value("msg", "") : "";
}

std::string HeaderOf(const HttpReply& reply, std::string_view name) {
  for (const auto& [key, value] : reply.headers) {
    if (key == name) {
      return value;
    }
  }
  return "";
}

void RecordingSink::SendText(SessionId session, std::string text) {
  all.push_back(text);
  texts[session].push_back(std::move(text));
}

void RecordingSink::CloseSession(SessionId session, int code, std::string_view) {
  closed[session] = code;
}

std::vector<TestJson> RecordingSink::Take(SessionId session) {
  std::vector<TestJson> taken;
  for (const std::string& text : std::exchange(texts[session], {})) {
    taken.push_back(TestJson::parse(text, nullptr, false));
  }
  return taken;
}

BinanceSimOptions QuietOptions() {
  BinanceSimOptions options;
  options.background_traders = false;
  options.user_event_timing = UserEventTiming::kBeforeReply;
  options.accounts.push_back({.api_key = kOtherKey, .api_secret = kOtherSecret});
  return options;
}

SimFixture::SimFixture(BinanceSimOptions options)
    : clock(absl::FromUnixMillis(kStartMs)), venue(clock, std::move(options)) {
  venue.set_sink(&sink);
  venue.Start();
}

HttpReply SimFixture::Call(std::string method, std::string target) {
  return venue.Handle({.method = std::move(method),
                       .target = std::move(target),
                       .headers = {},
                       .body = "",
                       .remote_ip = "10.0.0.1"});
}

HttpReply SimFixture::Signed(std::string method,
                             std::string_view path,
                             std::string_view params,
                             std::string_view api_key,
                             std::string_view secret) {
  return SignedAt(
      absl::ToUnixMillis(clock.now()), std::move(method), path, params, api_key, secret);
}

HttpReply SimFixture::SignedAt(int64_t time_ms,
                               std::string method,
                               std::string_view path,
                               std::string_view params,
                               std::string_view api_key,
                               std::string_view secret) {
  const std::string query = StrCat(params, params.empty() ? "" : "&", "timestamp=", time_ms);
  return venue.Handle({.method = std::move(method),
                       .target = StrCat(path,
                                        "?",
                                        std::string_view(query),
                                        "&signature=",
                                        std::string_view(HmacHex(secret, query))),
                       .headers = {{"X-MBX-APIKEY", std::string(api_key)}},
                       .body = "",
                       .remote_ip = "10.0.0.1"});
}

SimBalance SimFixture::Balance(const std::string& asset, std::string_view api_key) {
  return venue.account(api_key)->balances.at(asset);
}

SessionId SimFixture::SubscribeUser(std::string_view api_key, std::string_view secret) {
  const SessionId session = venue.Open("/ws-api/v3", "10.0.0.1");
  const int64_t time_ms = absl::ToUnixMillis(clock.now());
  const std::string payload = StrCat("apiKey=", api_key, "&timestamp=", time_ms);
  const TestJson request = {
      {"id", "sub"},
      {"method", "userDataStream.subscribe.signature"},
      {"params",
       {{"apiKey", api_key}, {"timestamp", time_ms}, {"signature", HmacHex(secret, payload)}}}};
  venue.OnText(session, request.dump());
  return session;
}

namespace {

TEST(SimFixtureTest, SignsAsThePublishedExample) {
  EXPECT_EQ(HmacHex("NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j",
                    "symbol=LTCBTC&side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=0.1"
                    "&recvWindow=5000&timestamp=1499827319559"),
            "c8db56825ae71d6d79447849e617115f4a920fa2acdcab2b053c4b2838bd6b71");
}

TEST(SimFixtureTest, TakesEachTextOnce) {
  RecordingSink sink;
  sink.SendText(3, R"({"id":1})");
  EXPECT_EQ(sink.Take(3).size(), 1u);
  EXPECT_TRUE(sink.Take(3).empty());
}

}  // namespace
}  // namespace colibri::venue_sim
