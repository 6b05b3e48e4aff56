#include "exchanges/hyperliquid_common/hyperliquid_auth.h"

#include <algorithm>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "auth/eip712.h"
#include "auth/encoding.h"
#include "exchanges/hyperliquid_common/hyperliquid_actions.h"
#include "nlohmann/json.hpp"
#include "tests/exchanges/hyperliquid_common/signing_vectors.h"
#include "tests/support/status_matchers.h"

namespace colibri::hyperliquid {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
constexpr std::string_view kNoop = R"({"type":"noop"})";
const absl::Time kNow = absl::FromUnixMillis(1700000000000);

Credentials Wallet(std::string_view vault = "") {
  return {.wallet_key = Secret(kSampleKey),
          .account_address = std::string(kSampleAddress),
          .vault_address = std::string(vault)};
}

std::unique_ptr<Auth> MakeAuth(AuthOptions options = {}, std::string_view vault = "") {
  return HyperliquidAuth::Make(Wallet(vault), options).value();
}

RestRequest Request(std::string_view action) {
  return {.method = HttpMethod::kPost, .path = "/exchange", .body = std::string(action)};
}

nlohmann::json Signed(const Auth& auth, std::string_view action, absl::Time now) {
  RestRequest request = Request(action);
  EXPECT_THAT(auth.SignRest(request, now), IsOk());
  return nlohmann::json::parse(request.body);
}

Hash256 HashOf(std::string_view hex) {
  const std::string bytes = HexDecode(hex).value();
  Hash256 hash;
  std::copy(bytes.begin(), bytes.end(), hash.begin());
  return hash;
}

ActionTerms TermsOf(const SigningVector& vector) {
  ActionTerms terms = {.nonce = vector.nonce};
  if (!vector.vault.empty()) {
    terms.vault = WalletAddress::Parse(vector.vault).value();
  }
  if (vector.expires_after != 0) {
    terms.expires_after = vector.expires_after;
  }
  return terms;
}

TEST(HyperliquidAuthTest, RefusesCredentialsThatCannotSignAndQuotesNone) {
  Credentials credentials = Wallet();
  credentials.wallet_key = Secret();
  EXPECT_THAT(HyperliquidAuth::Make(credentials, {}), StatusIs(kInvalid, HasSubstr("_WALLET_KEY")));

  credentials = Wallet();
  credentials.wallet_key = Secret(kSampleKey.substr(0, 60));
  EXPECT_THAT(HyperliquidAuth::Make(credentials, {}),
              StatusIs(kInvalid, AllOf(HasSubstr("64 hex digits"), Not(HasSubstr("01234567")))));

  credentials = Wallet();
  credentials.account_address = "";
  EXPECT_THAT(HyperliquidAuth::Make(credentials, {}),
              StatusIs(kInvalid, HasSubstr("account address")));

  // The key where the address belongs.
  credentials = Wallet();
  credentials.account_address = std::string(kSampleKey);
  EXPECT_THAT(HyperliquidAuth::Make(credentials, {}),
              StatusIs(kInvalid, AllOf(HasSubstr("account address"), Not(HasSubstr("01234567")))));

  EXPECT_THAT(HyperliquidAuth::Make(Wallet("0x12"), {}),
              StatusIs(kInvalid, HasSubstr("vault address")));
}

TEST(HyperliquidAuthTest, RefusesWhatIsNoAction) {
  const auto auth = MakeAuth();
  for (const std::string_view body : {"", "[]", "1", "{\"type\":", "{\"a\":1}"}) {
    RestRequest request = Request(body);
    EXPECT_THAT(auth->SignRest(request, kNow), StatusIs(kInvalid)) << body;
    EXPECT_EQ(request.body, body);
  }
  RestRequest fraction = Request(R"({"type":"x","p":1.5})");
  EXPECT_THAT(auth->SignRest(fraction, kNow), StatusIs(kInvalid, HasSubstr("decimals are text")));
  RestRequest huge = Request(R"({"type":"x","o":99999999999999999999})");
  EXPECT_THAT(auth->SignRest(huge, kNow), StatusIs(kInvalid));
}

TEST(HyperliquidAuthTest, RefusesToSignTwice) {
  const auto auth = MakeAuth();
  RestRequest request = Request(kNoop);
  ASSERT_THAT(auth->SignRest(request, kNow), IsOk());

  EXPECT_THAT(auth->SignRest(request, kNow), StatusIs(kInvalid, HasSubstr("action alone")));
}

TEST(HyperliquidAuthTest, RefusesOtherPaths) {
  const auto auth = MakeAuth();
  RestRequest read = {.method = HttpMethod::kPost, .path = "/info", .body = std::string(kNoop)};
  RestRequest get = {.method = HttpMethod::kGet, .path = "/exchange", .body = std::string(kNoop)};

  EXPECT_THAT(auth->SignRest(read, kNow), StatusIs(kInvalid, HasSubstr("/info")));
  EXPECT_THAT(auth->SignRest(get, kNow), StatusIs(kInvalid, HasSubstr("GET")));
}

TEST(HyperliquidAuthTest, HoldsEveryIntermediateValueOfTheVectors) {
  for (const SigningVector& vector : kSigningVectors) {
    SCOPED_TRACE(vector.name);
    const auto msgpack = ActionMsgpack(vector.action);
    ASSERT_THAT(msgpack, IsOk());
    EXPECT_EQ(HexEncode(AsBytes(*msgpack)), vector.msgpack);

    const std::string preimage = ActionPreimage(*msgpack, TermsOf(vector));
    EXPECT_EQ(HexEncode(AsBytes(preimage)),
              std::string(vector.msgpack) + std::string(vector.preimage_tail));

    const Hash256 connection_id = Keccak256(preimage);
    EXPECT_EQ(HexEncode(connection_id), vector.connection_id);
    EXPECT_EQ(HexEncode(AgentStructHash(connection_id, vector.is_mainnet)), vector.struct_hash);

    const Hash256 digest = AgentDigest(connection_id, vector.is_mainnet);
    EXPECT_EQ(HexEncode(digest), vector.digest);

    const WalletSignature signature = Secp256k1Signer::FromHex(kSampleKey)->Sign(digest);
    EXPECT_EQ(HexEncode(signature.r), vector.r);
    EXPECT_EQ(HexEncode(signature.s), vector.s);
    EXPECT_EQ(signature.v, vector.v);
    EXPECT_EQ(RecoverAddress(digest, signature)->ToString(), kSampleAddress);
  }
}

// The nonce of a request comes from the clock, so the vectors of nonce 0 are signed at the epoch.
TEST(HyperliquidAuthTest, SignsRequestsAsInTheVectors) {
  for (const SigningVector& vector : kSigningVectors) {
    SCOPED_TRACE(vector.name);
    const auto auth =
        MakeAuth({.is_mainnet = vector.is_mainnet,
                  .receive_window = vector.expires_after == 0
                                        ? absl::ZeroDuration()
                                        : absl::Milliseconds(vector.expires_after - vector.nonce),
                  .nonce_floor = -1},
                 vector.vault);

    RestRequest request = Request(vector.action);
    ASSERT_THAT(auth->SignRest(request, absl::FromUnixMillis(vector.nonce)), IsOk());

    EXPECT_THAT(request.body, StartsWith("{\"action\":" + std::string(vector.action) + ","));
    const nlohmann::json body = nlohmann::json::parse(request.body);
    EXPECT_EQ(body["nonce"], vector.nonce);
    EXPECT_EQ(body["signature"]["r"], "0x" + std::string(vector.r));
    EXPECT_EQ(body["signature"]["s"], "0x" + std::string(vector.s));
    EXPECT_EQ(body["signature"]["v"], vector.v);
    if (vector.vault.empty()) {
      EXPECT_TRUE(body["vaultAddress"].is_null());
    } else {
      EXPECT_EQ(body["vaultAddress"], vector.vault);
    }
    if (vector.expires_after == 0) {
      EXPECT_TRUE(body["expiresAfter"].is_null());
    } else {
      EXPECT_EQ(body["expiresAfter"], vector.expires_after);
    }
    ASSERT_EQ(request.headers.size(), 1u);
    EXPECT_EQ(request.headers[0].first, "Content-Type");
    EXPECT_EQ(request.headers[0].second, "application/json");
  }
}

TEST(HyperliquidAuthTest, DrawsANewNonceForEachRequest) {
  const auto auth = MakeAuth({.nonce_floor = 1700000000005});

  EXPECT_EQ(Signed(*auth, kNoop, kNow)["nonce"], 1700000000006);
  EXPECT_EQ(Signed(*auth, kNoop, kNow)["nonce"], 1700000000007);
}

TEST(HyperliquidAuthTest, HasNoLogin) {
  EXPECT_THAT(MakeAuth()->LoginFrame("1", kNow), StatusIs(absl::StatusCode::kUnimplemented));
}

TEST(HyperliquidAuthTest, AddsNoKeyToReads) {
  RestRequest request = {.method = HttpMethod::kPost, .path = "/info", .body = "{}"};

  EXPECT_THAT(MakeAuth()->AddKey(request), IsOk());

  EXPECT_EQ(request.body, "{}");
  EXPECT_TRUE(request.headers.empty());
}

TEST(HyperliquidAuthTest, RefusesFramesOfAnotherForm) {
  const auto auth = MakeAuth();
  const std::string noop(kNoop);

  EXPECT_THAT(auth->SignFrame("subscribe", {{"action", noop}}, "1", kNow), StatusIs(kInvalid));
  EXPECT_THAT(auth->SignFrame("post", {}, "1", kNow), StatusIs(kInvalid));
  EXPECT_THAT(auth->SignFrame("post", {{"info", noop}}, "1", kNow), StatusIs(kInvalid));
  EXPECT_THAT(auth->SignFrame("post", {{"action", noop}}, "one", kNow),
              StatusIs(kInvalid, HasSubstr("number")));
}

TEST(HyperliquidAuthTest, SignsFramesLikeRequests) {
  const std::string noop(kNoop);

  const auto frame = MakeAuth()->SignFrame("post", {{"action", noop}}, "7", kNow);

  ASSERT_THAT(frame, IsOk());
  EXPECT_THAT(*frame,
              StartsWith(R"({"method":"post","id":7,"request":{"type":"action","payload":)"
                         R"({"action":{"type":"noop"},"nonce":1700000000000,)"));
  EXPECT_EQ(nlohmann::json::parse(*frame)["request"]["payload"], Signed(*MakeAuth(), kNoop, kNow));
}

TEST(HyperliquidAuthTest, TradesForTheVaultWhereOneIsNamed) {
  EXPECT_EQ(TradingAddress(Wallet())->ToString(), kSampleAddress);
  EXPECT_EQ(TradingAddress(Wallet(kSampleVault))->ToString(), kSampleVault);
}

// Actions that a user signs by themselves, such as transfers, go through another domain.
TEST(HyperliquidAuthTest, UserSignedActionsCanBeSigned) {
  const Hash256 digest = HashOf("cacf7585cc49ca60c6c5fb3001e226c0ca03c46252c893eea574c78907b7cebe");
  const WalletSignature signature = Secp256k1Signer::FromHex(kSampleKey)->Sign(digest);

  EXPECT_EQ(HexEncode(signature.r),
            "637b37dd731507cdd24f46532ca8ba6eec616952c56218baeff04144e4a77073");
  EXPECT_EQ(HexEncode(signature.s),
            "11a6a24900e6e314136d2592e2f8d502cd89b7c15b198e1bee043c9589f9fad7");
  EXPECT_EQ(signature.v, 27);
}

}  // namespace
}  // namespace colibri::hyperliquid
