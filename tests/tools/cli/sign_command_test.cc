#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include <nlohmann/json.hpp>

#include "auth/encoding.h"
#include "core/strings.h"
#include "tests/auth/test_keys.h"
#include "tests/tools/cli/cli_fixture.h"

namespace colibri::cli {
namespace {

using nlohmann::json;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

// Samples of the venue's public documentation.
// Discarded when it printed no JSON.
json Json(const CliRun& run) {
  return json::parse(run.out, nullptr, /*allow_exceptions=*/false);
}

constexpr char kKey[] = "vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A";
constexpr char kHmac[] = "NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j";

CliRun Sign(std::vector<std::string> arguments,
            const std::string& key = kKey,
            const std::string& hmac = kHmac) {
  arguments.insert(arguments.begin(), "sign");
  const std::string prefix = arguments.size() > 1 && arguments[1] == "binance_perpetual"
                                 ? "COLIBRI_BINANCE_PERPETUAL_"
                                 : "COLIBRI_BINANCE_";
  return RunColibri(arguments, {{prefix + "API_KEY", key}, {prefix + "API_SECRET", hmac}});
}

TEST(SignCommandTest, NamesTheVariableOfAMissingKey) {
  const CliRun none = RunColibri({"sign", "binance", "GET", "/api/v3/account"});
  EXPECT_NE(none.exit_code, kExitOk);
  EXPECT_THAT(none.err, HasSubstr("COLIBRI_BINANCE_API_KEY"));
  const CliRun half =
      RunColibri({"sign", "binance", "GET", "/api/v3/account"}, {{"COLIBRI_BINANCE_API_KEY", "k"}});
  EXPECT_NE(half.exit_code, kExitOk);
  EXPECT_THAT(half.err, HasSubstr("COLIBRI_BINANCE_API_SECRET"));
}

TEST(SignCommandTest, RefusesWhatItCannotSign) {
  EXPECT_THAT(Sign({"binance", "FETCH", "/x"}).err, HasSubstr("unknown method \"FETCH\""));
  EXPECT_THAT(Sign({"binance", "GET", "/x", "novalue"}).err, HasSubstr("key=value"));
  EXPECT_THAT(Sign({"binance", "GET", "/x", "--domain", "testnt"}).err,
              HasSubstr("did you mean testnet"));
  EXPECT_EQ(Sign({"binance", "GET", "/x", "--time-ms", "-5"}).exit_code, kExitUsage);
}

TEST(SignCommandTest, PrintsTheRequestAndNeverTheSecret) {
  const CliRun run = Sign({"binance",
                           "POST",
                           "/api/v3/order",
                           "symbol=LTCBTC",
                           "side=BUY",
                           "type=LIMIT",
                           "timeInForce=GTC",
                           "quantity=1",
                           "price=0.1",
                           "recvWindow=5000",
                           "--time-ms",
                           "1499827319559"});
  EXPECT_EQ(run.exit_code, kExitOk) << run.err;
  EXPECT_EQ(run.out,
            StrCat("POST https://api.binance.com/api/v3/order?symbol=LTCBTC&side=BUY&type=LIMIT&"
                   "timeInForce=GTC&quantity=1&price=0.1&recvWindow=5000&timestamp=1499827319559&"
                   "signature=c8db56825ae71d6d79447849e617115f4a920fa2acdcab2b053c4b2838bd6b71\n"
                   "X-MBX-APIKEY: ",
                   kKey,
                   "\n\n\n"));
  EXPECT_THAT(run.out + run.err, Not(HasSubstr(kHmac)));
}

TEST(SignCommandTest, SignsQueryAndBodyTogether) {
  const CliRun run = Sign({"binance",
                           "POST",
                           "/api/v3/order",
                           "symbol=LTCBTC",
                           "side=BUY",
                           "type=LIMIT",
                           "timeInForce=GTC",
                           "--body",
                           "quantity=1",
                           "--body",
                           "price=0.1",
                           "--body",
                           "recvWindow=5000",
                           "--time-ms",
                           "1499827319559",
                           "--json"});
  ASSERT_EQ(run.exit_code, kExitOk) << run.err;
  EXPECT_EQ(Json(run)["body"],
            "quantity=1&price=0.1&recvWindow=5000&timestamp=1499827319559&signature="
            "0fd168b8ddb4876a0358a8d14d0c9f3da0e9b20c5d52b2a00fcf7d1c602f9a77");
  EXPECT_EQ(Json(run)["headers"]["X-MBX-APIKEY"], kKey);
}

TEST(SignCommandTest, AddsNoSecondTimestamp) {
  const CliRun run =
      Sign({"binance", "GET", "/api/v3/account", "timestamp=1499827319559", "recvWindow=5000"});
  EXPECT_EQ(run.exit_code, kExitOk) << run.err;
  EXPECT_THAT(run.out, HasSubstr("/account?timestamp=1499827319559&recvWindow=5000&signature="));
}

TEST(SignCommandTest, SignsAFrame) {
  const CliRun run = Sign({"binance",
                           "WS",
                           "order.place",
                           "symbol=BTCUSDT",
                           "side=SELL",
                           "type=LIMIT",
                           "timeInForce=GTC",
                           "quantity=0.01000000",
                           "price=52000.00",
                           "recvWindow=100",
                           "--time-ms",
                           "1645423376532"});
  ASSERT_EQ(run.exit_code, kExitOk) << run.err;
  EXPECT_THAT(run.out, StartsWith("WS wss://ws-api.binance.com:443/ws-api/v3\n"));
  EXPECT_THAT(run.out,
              HasSubstr("aa1b5712c094bc4e57c05a1a5c1fd8d88dcd628338ea863fec7b88e59fe2db24"));
}

// "a=1&b=%20" to words, without the key, which is the program's to add.
std::vector<std::string> WordsOf(std::string_view payload, bool is_decoded) {
  std::vector<std::string> words;
  while (!payload.empty()) {
    const size_t end = std::min(payload.find('&'), payload.size());
    const std::string word(payload.substr(0, end));
    payload.remove_prefix(std::min(end + 1, payload.size()));
    if (!word.starts_with("apiKey=")) {
      words.push_back(is_decoded ? *PercentDecode(word) : word);
    }
  }
  return words;
}

struct Vector {
  std::string venue;
  std::string name;
  std::string payload;
  std::string secret;
  std::string signature;

  bool is_frame() const { return name.starts_with("wsapi"); }
  // Where the body begins, for those that sign query and body as one.
  size_t body() const {
    const size_t seam = payload.find("GTCquantity");
    return seam == std::string::npos ? payload.size() : seam + 3;
  }
};

CliRun SignVector(const Vector& vector) {
  std::vector<std::string> arguments = {
      vector.venue == "binance_spot" ? "binance" : "binance_perpetual",
      vector.is_frame() ? "WS" : "POST",
      vector.is_frame() ? "some.method" : "/api/v3/order",
      "--json"};
  for (std::string& word :
       WordsOf(vector.payload.substr(0, vector.body()), /*is_decoded=*/!vector.is_frame())) {
    arguments.push_back(std::move(word));
  }
  if (vector.body() < vector.payload.size()) {
    arguments.insert(arguments.end(), {"--raw-body", vector.payload.substr(vector.body())});
  }
  const size_t key = vector.payload.find("apiKey=");
  return Sign(arguments,
              key == std::string::npos
                  ? kKey
                  : vector.payload.substr(key + 7, vector.payload.find('&', key) - key - 7),
              vector.secret);
}

void ExpectSignature(const Vector& vector, const json& request) {
  if (vector.is_frame()) {
    EXPECT_EQ(json::parse(request["frame"].get<std::string>())["params"]["signature"],
              vector.signature)
        << vector.name;
    return;
  }
  const bool is_mixed = vector.body() < vector.payload.size();
  const std::string signed_part = request[is_mixed ? "body" : "url"];
  EXPECT_THAT(signed_part,
              EndsWith(StrCat(is_mixed ? vector.payload.substr(vector.body()) : vector.payload,
                              "&signature=",
                              PercentEncode(vector.signature))))
      << vector.name;
}

TEST(SignCommandTest, HoldsForEveryVectorOfTheReference) {
  const char* const folder = std::getenv("COLIBRI_REFERENCE");
  const std::string text = ReadText(StrCat(folder != nullptr ? folder : "../shared/reference",
                                           "/venues/vectors/signature_vectors.json"));
  if (text.empty()) {
    GTEST_SKIP() << "no signature vectors; set COLIBRI_REFERENCE";
  }
  int checked = 0;
  for (const json& entry : json::parse(text)) {
    const std::string venue = entry["venue"];
    const std::string algorithm = entry["algo"];
    const std::string name = entry["name"];
    // The reference holds no private key for RSA: nobody can sign that one.
    if (!venue.starts_with("binance") || algorithm.starts_with("RSA")) {
      continue;
    }
    const bool is_hmac = algorithm.starts_with("HMAC");
    const Vector vector{
        .venue = venue,
        .name = name,
        .payload = entry["payload"],
        .secret = is_hmac ? entry["secret_or_key"].get<std::string>() : std::string(kEd25519Pem),
        .signature = entry["signature"]};
    const CliRun run = SignVector(vector);
    ASSERT_EQ(run.exit_code, kExitOk) << vector.name << ": " << run.err;
    ExpectSignature(vector, Json(run));
    ++checked;
  }
  EXPECT_EQ(checked, 16);
}

// A sample of the venue's SDK.
constexpr char kWalletKey[] = "0x0123456789012345678901234567890123456789012345678901234567890123";
constexpr char kNoop[] = R"({"type":"noop"})";

CliRun SignByWallet(std::vector<std::string> arguments, const std::string& key = kWalletKey) {
  arguments.insert(arguments.begin(), {"sign", "hyperliquid_perpetual"});
  const std::string prefix = "COLIBRI_HYPERLIQUID_PERPETUAL_";
  return RunColibri(arguments,
                    {{prefix + "WALLET_KEY", key},
                     {prefix + "ACCOUNT_ADDRESS", "0x14791697260e4c9a71f18484c9f997b308e59325"}});
}

TEST(SignCommandTest, NamesTheVariablesOfAMissingWallet) {
  const CliRun run = RunColibri({"sign", "hyperliquid_perpetual", "POST", "/exchange"});

  EXPECT_NE(run.exit_code, kExitOk);
  EXPECT_THAT(run.err, HasSubstr("COLIBRI_HYPERLIQUID_PERPETUAL_WALLET_KEY"));
  EXPECT_THAT(run.err, HasSubstr("COLIBRI_HYPERLIQUID_PERPETUAL_ACCOUNT_ADDRESS"));
}

TEST(SignCommandTest, NeverQuotesAWalletsKey) {
  const CliRun run = SignByWallet({"POST", "/exchange", "--raw-body", kNoop}, "0x0123456789xyz");

  EXPECT_NE(run.exit_code, kExitOk);
  EXPECT_THAT(run.err, HasSubstr("64 hex digits"));
  EXPECT_THAT(run.err, Not(HasSubstr("0123456789")));
}

TEST(SignCommandTest, SignsAnActionWithAWalletsKey) {
  const CliRun run = SignByWallet(
      {"POST",
       "/exchange",
       "--json",
       "--time-ms",
       "1677777606040",
       "--raw-body",
       R"({"type":"order","orders":[{"a":4,"b":true,"p":"1670.1","s":"0.0147","r":false,)"
       R"("t":{"limit":{"tif":"Ioc"}}}],"grouping":"na"})"});

  ASSERT_EQ(run.exit_code, kExitOk) << run.err;
  EXPECT_EQ(Json(run)["url"], "https://api.hyperliquid.xyz/exchange");
  const json body = json::parse(Json(run)["body"].get<std::string>());
  EXPECT_EQ(body["nonce"], 1677777606040);
  EXPECT_EQ(body["signature"]["r"],
            "0xe302c107c0048633293299b066317048f69f685aa4f536fe56c050efaf04996c");
  EXPECT_EQ(body["signature"]["s"],
            "0x70e01d4d26e3d724fb8f8ab54b3f2544a37ea1b092f83532349405274f3f3962");
  EXPECT_EQ(body["signature"]["v"], 28);
  EXPECT_THAT(run.out, Not(HasSubstr(kWalletKey)));
}

TEST(SignCommandTest, SignsForTheTestnetAnotherWay) {
  const std::vector<std::string> arguments = {
      "POST", "/exchange", "--time-ms", "1677777606040", "--raw-body", kNoop};
  std::vector<std::string> testnet = arguments;
  testnet.insert(testnet.end(), {"--domain", "testnet"});

  const CliRun live = SignByWallet(arguments);
  const CliRun test = SignByWallet(testnet);

  EXPECT_THAT(test.out, HasSubstr("https://api.hyperliquid-testnet.xyz/exchange"));
  const auto signature = [](const CliRun& run) { return run.out.substr(run.out.find("\"r\":")); };
  EXPECT_NE(signature(test), signature(live));
}

}  // namespace
}  // namespace colibri::cli
