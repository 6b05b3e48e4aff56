#include "exchanges/binance_common/binance_auth.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include <nlohmann/json.hpp>

#include "auth/encoding.h"
#include "core/strings.h"
#include "tests/auth/test_keys.h"
#include "tests/exchanges/binance_common/reference_files.h"
#include "tests/support/status_matchers.h"

namespace colibri::binance {
namespace {

using absl::StatusCode;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;
using testing::UnorderedElementsAre;

// Samples of the venue's public documentation.
constexpr std::string_view kKey =
    "vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A";
constexpr std::string_view kHmacSecret =
    "NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j";

using Parameters = FrameParameters;

std::unique_ptr<Auth> MakeAuth(std::string_view secret,
                               absl::Duration receive_window = absl::ZeroDuration()) {
  Credentials credentials;
  credentials.api_key = Secret(kKey);
  credentials.api_secret = Secret(secret);
  absl::StatusOr<std::unique_ptr<Auth>> auth = BinanceAuth::Make(credentials, receive_window);
  EXPECT_OK(auth);
  return *std::move(auth);
}

RestRequest Signed(const Auth& auth, std::string query, std::string body, int64_t now_ms) {
  RestRequest request;
  request.method = HttpMethod::kPost;
  request.path = "/api/v3/order";
  request.query = std::move(query);
  request.body = std::move(body);
  EXPECT_OK(auth.SignRest(request, absl::FromUnixMillis(now_ms)));
  return request;
}

std::string SignatureOf(const Auth& auth,
                        std::string_view method,
                        const Parameters& parameters,
                        int64_t now_ms) {
  const absl::StatusOr<std::string> frame =
      auth.SignFrame(method, parameters, "1", absl::FromUnixMillis(now_ms));
  EXPECT_OK(frame);
  return nlohmann::json::parse(*frame)["params"]["signature"];
}

TEST(BinanceAuthTest, RefusesKeysThatCannotBeUsed) {
  Credentials credentials;
  credentials.api_secret = Secret(kHmacSecret);
  EXPECT_THAT(BinanceAuth::Make(credentials, absl::ZeroDuration()).status(),
              StatusIs(StatusCode::kInvalidArgument, HasSubstr("COLIBRI_BINANCE_API_KEY")));
  credentials.api_key = Secret("key with\r\nX-Other: header");
  EXPECT_THAT(BinanceAuth::Make(credentials, absl::ZeroDuration()).status(),
              StatusIs(StatusCode::kInvalidArgument, Not(HasSubstr("X-Other"))));
  credentials.api_key = Secret(kKey);
  credentials.api_secret = Secret("");
  EXPECT_THAT(BinanceAuth::Make(credentials, absl::ZeroDuration()).status(),
              StatusIs(StatusCode::kInvalidArgument));
}

TEST(BinanceAuthTest, RefusesWhatIsSignedAlready) {
  const std::unique_ptr<Auth> auth = MakeAuth(kHmacSecret);
  RestRequest request;
  request.path = "/api/v3/order";
  request.query = "symbol=X&signature=1";
  EXPECT_THAT(auth->SignRest(request, absl::UnixEpoch()),
              StatusIs(StatusCode::kInvalidArgument, HasSubstr("signed already")));
  EXPECT_EQ(request.query, "symbol=X&signature=1");
  EXPECT_THAT(auth->SignFrame("m", {{"signature", "1"}}, "1", absl::UnixEpoch()),
              StatusIs(StatusCode::kInvalidArgument));
  EXPECT_THAT(auth->SignFrame("m", {{"a", "1"}, {"a", "2"}}, "1", absl::UnixEpoch()),
              StatusIs(StatusCode::kInvalidArgument, HasSubstr("twice")));
}

TEST(BinanceAuthTest, SignsTheRestExampleOfTheDocumentation) {
  const RestRequest request = Signed(*MakeAuth(kHmacSecret),
                                     "symbol=LTCBTC&side=BUY&type=LIMIT&timeInForce=GTC&quantity=1"
                                     "&price=0.1&recvWindow=5000",
                                     "",
                                     1499827319559);
  EXPECT_EQ(request.query,
            "symbol=LTCBTC&side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=0.1"
            "&recvWindow=5000&timestamp=1499827319559&signature="
            "c8db56825ae71d6d79447849e617115f4a920fa2acdcab2b053c4b2838bd6b71");
  EXPECT_THAT(request.headers, ElementsAre(Pair("X-MBX-APIKEY", kKey)));
}

TEST(BinanceAuthTest, SignsAPercentEncodedSymbol) {
  RestRequest request;
  request.path = "/api/v3/order";
  request.AddParameter("symbol", "１２３４５６");
  request.query.append("&side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=0.1&recvWindow=5000");
  ASSERT_OK(MakeAuth(kHmacSecret)->SignRest(request, absl::FromUnixMillis(1499827319559)));
  EXPECT_THAT(request.query,
              EndsWith("&timestamp=1499827319559&signature="
                       "e1353ec6b14d888f1164ae9af8228a3dbd508bc82eb867db8ab6046442f33ef3"));
}

TEST(BinanceAuthTest, SignsQueryAndBodyTogether) {
  const RestRequest request = Signed(*MakeAuth(kHmacSecret),
                                     "symbol=LTCBTC&side=BUY&type=LIMIT&timeInForce=GTC",
                                     "quantity=1&price=0.1&recvWindow=5000",
                                     1499827319559);
  EXPECT_EQ(request.query, "symbol=LTCBTC&side=BUY&type=LIMIT&timeInForce=GTC");
  EXPECT_EQ(request.body,
            "quantity=1&price=0.1&recvWindow=5000&timestamp=1499827319559&signature="
            "0fd168b8ddb4876a0358a8d14d0c9f3da0e9b20c5d52b2a00fcf7d1c602f9a77");
  EXPECT_THAT(request.headers,
              UnorderedElementsAre(Pair("Content-Type", "application/x-www-form-urlencoded"),
                                   Pair("X-MBX-APIKEY", kKey)));
}

TEST(BinanceAuthTest, KeepsATimestampThatIsThere) {
  const RestRequest request =
      Signed(*MakeAuth(kEd25519Pem),
             "symbol=BTCUSDT&side=SELL&type=LIMIT&timeInForce=GTC"
             "&quantity=1&price=0.2&timestamp=1668481559918&recvWindow=5000",
             "",
             1);
  // Base64 has characters that a query can't hold.
  EXPECT_EQ(request.query,
            "symbol=BTCUSDT&side=SELL&type=LIMIT&timeInForce=GTC&quantity=1&price=0.2"
            "&timestamp=1668481559918&recvWindow=5000&signature="
            "m5loLRxgkb9HyW0wkZ4KNrpck881bx5D0OrKNnPklvk4tlGjEJkhiP9DoyC0sc1lXA%2FTWugjVPrMb"
            "%2FbfNdmdBw%3D%3D");
}

TEST(BinanceAuthTest, SignsAQueryThatIsEmpty) {
  const RestRequest request = Signed(*MakeAuth(kHmacSecret), "recvWindow=5000", "", 1499827319559);
  EXPECT_THAT(request.query,
              EndsWith("82f4e72e95e63d666b6da651e82a701722ad8a785a169318d91f36f279c55821"));
  const RestRequest bare = Signed(*MakeAuth(kHmacSecret), "", "", 1499827319559);
  EXPECT_THAT(bare.query, testing::StartsWith("timestamp=1499827319559&signature="));
}

TEST(BinanceAuthTest, AddsTheKeyAlone) {
  RestRequest request;
  ASSERT_OK(MakeAuth(kHmacSecret)->AddKey(request));
  EXPECT_EQ(request.query, "");
  EXPECT_THAT(request.headers, ElementsAre(Pair("X-MBX-APIKEY", kKey)));
}

TEST(BinanceAuthTest, SignsFramesWithSortedParameters) {
  const std::unique_ptr<Auth> auth = MakeAuth(kHmacSecret);
  const Parameters order = {{"symbol", "BTCUSDT"},
                            {"side", "SELL"},
                            {"type", "LIMIT"},
                            {"timeInForce", "GTC"},
                            {"quantity", "0.01000000"},
                            {"price", "52000.00"},
                            {"recvWindow", "100"},
                            {"timestamp", "1645423376532"}};
  EXPECT_EQ(SignatureOf(*auth, "order.place", order, 1),
            "aa1b5712c094bc4e57c05a1a5c1fd8d88dcd628338ea863fec7b88e59fe2db24");
  const Parameters wide = {{"symbol", "１２３４５６"},
                           {"side", "BUY"},
                           {"type", "LIMIT"},
                           {"timeInForce", "GTC"},
                           {"quantity", "1.00000000"},
                           {"price", "0.10000000"},
                           {"recvWindow", "5000"}};
  EXPECT_EQ(SignatureOf(*auth, "order.place", wide, 1645423376532),
            "b33892ae8e687c939f4468c6268ddd4c40ac1af18ad19a064864c47bae0752cd");
  EXPECT_EQ(SignatureOf(*auth, "session.logon", {}, 1649729878532),
            "1cf54395b336b0a9727ef27d5d98987962bc47aca6e13fe978612d0adee066ed");
  EXPECT_EQ(SignatureOf(*MakeAuth(kEd25519Pem), "session.logon", {}, 1649729878532),
            "OIe2IwMR3NP+oRgf/Hbo4Wf1DQyOmGvT5NrO+vm69t5WJn7jxvFQvS6nRtYpyFgebeGilE89v0rBSxL5N7EhCA"
            "==");
}

TEST(BinanceAuthTest, MakesTheLoginFrame) {
  EXPECT_THAT(
      MakeAuth(kHmacSecret)->LoginFrame("a1", absl::FromUnixMillis(1747385641636)),
      IsOkAndHolds(
          StrCat(R"({"id":"a1","method":"userDataStream.subscribe.signature","params":{"apiKey":")",
                 kKey,
                 R"(","timestamp":1747385641636,"signature":)"
                 R"("681110a6057ad58657af22f5640fab9dd17418834cdfccdc81be8b0f7b2cde3e"}})")));
  EXPECT_THAT(
      MakeAuth(kHmacSecret, absl::Seconds(5))
          ->LoginFrame("a1", absl::FromUnixMillis(1747385641636)),
      IsOkAndHolds(
          StrCat(R"({"id":"a1","method":"userDataStream.subscribe.signature","params":{"apiKey":")",
                 kKey,
                 R"(","recvWindow":5000,"timestamp":1747385641636,"signature":)"
                 R"("49601ffc5b0122c3c7ee3ea85ef7d6cd76256f5191a57c976418faa32e917653"}})")));
}

// "a=1&b=2" to pairs.
Parameters Split(std::string_view payload) {
  Parameters parameters;
  while (!payload.empty()) {
    const size_t end = std::min(payload.find('&'), payload.size());
    const std::string_view parameter = payload.substr(0, end);
    const size_t equals = parameter.find('=');
    parameters.emplace_back(parameter.substr(0, equals), parameter.substr(equals + 1));
    payload.remove_prefix(std::min(end + 1, payload.size()));
  }
  return parameters;
}

TEST(BinanceAuthTest, HoldsForEveryVectorOfTheReference) {
  const std::optional<std::string> text = ReadReferenceFile("vectors/signature_vectors.json");
  if (!text.has_value()) {
    GTEST_SKIP() << "no signature vectors; set COLIBRI_REFERENCE";
  }
  int checked = 0;
  for (const nlohmann::json& vector : nlohmann::json::parse(*text)) {
    const std::string venue = vector["venue"];
    const std::string algorithm = vector["algo"];
    const std::string name = vector["name"];
    if ((venue != "binance_spot" && venue != "binance_usdm") || algorithm.starts_with("RSA")) {
      continue;
    }
    const bool is_hmac = algorithm.starts_with("HMAC");
    Credentials credentials;
    credentials.api_secret =
        is_hmac ? Secret(std::string(vector["secret_or_key"])) : Secret(kEd25519Pem);
    const std::string payload = vector["payload"];
    Parameters parameters = Split(payload);
    std::string key(kKey);
    std::erase_if(parameters, [&key](const auto& parameter) {
      if (parameter.first == "apiKey") {
        key = parameter.second;
      }
      return parameter.first == "apiKey";
    });
    credentials.api_key = Secret(key);
    ASSERT_OK_AND_ASSIGN(const std::unique_ptr<Auth> auth,
                         BinanceAuth::Make(credentials, absl::ZeroDuration()));
    if (name.starts_with("wsapi")) {
      EXPECT_EQ(SignatureOf(*auth, "method", parameters, 1), std::string(vector["signature"]))
          << name;
    } else {
      const RestRequest request = Signed(*auth, payload, "", 1);
      EXPECT_EQ(request.query,
                StrCat(payload, "&signature=", PercentEncode(std::string(vector["signature"]))))
          << name;
    }
    ++checked;
  }
  EXPECT_EQ(checked, 16);
}

}  // namespace
}  // namespace colibri::binance
