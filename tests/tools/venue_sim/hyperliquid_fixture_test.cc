// The fixture itself, and what can be wrong with it.
#include "tests/tools/venue_sim/hyperliquid_fixture.h"

#include <array>

#include "gtest/gtest.h"
#include <nlohmann/json.hpp>

#include "tools/venue_sim/hyperliquid/signature.h"
#include <secp256k1_recovery.h>

namespace colibri::venue_sim {
namespace {

const unsigned char* Bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

std::string AddressOfKey(std::string_view private_key) {
  secp256k1_context* context = secp256k1_context_create(SECP256K1_CONTEXT_SIGN);
  secp256k1_pubkey key;
  CHECK(secp256k1_ec_pubkey_create(context, &key, Bytes(*hyperliquid::FromHex(private_key, 32))) ==
        1);
  std::array<unsigned char, 65> bytes;
  size_t size = bytes.size();
  secp256k1_ec_pubkey_serialize(context, bytes.data(), &size, &key, SECP256K1_EC_UNCOMPRESSED);
  secp256k1_context_destroy(context);
  return hyperliquid::AddressOf(
      std::string_view(reinterpret_cast<const char*>(bytes.data()) + 1, 64));
}

}  // namespace

bool IsAllowedPrice(std::string_view text) {
  std::string digits;
  for (const char c : text) {
    if (c != '.') {
      digits += c;
    }
  }
  if (text.ends_with(".0")) {
    return true;
  }
  return digits.substr(digits.find_first_not_of('0')).size() <= 5;
}

TestJson SignDigest(std::string_view digest, std::string_view private_key) {
  secp256k1_context* context = secp256k1_context_create(SECP256K1_CONTEXT_SIGN);
  const std::string key = *hyperliquid::FromHex(private_key, 32);
  secp256k1_ecdsa_recoverable_signature signature;
  CHECK(secp256k1_ecdsa_sign_recoverable(
            context, &signature, Bytes(digest), Bytes(key), nullptr, nullptr) == 1);
  std::string compact(64, '\0');
  int recovery_id = 0;
  secp256k1_ecdsa_recoverable_signature_serialize_compact(
      context, reinterpret_cast<unsigned char*>(compact.data()), &recovery_id, &signature);
  secp256k1_context_destroy(context);
  return {{"r", hyperliquid::ToHex(std::string_view(compact).substr(0, 32))},
          {"s", hyperliquid::ToHex(std::string_view(compact).substr(32))},
          {"v", 27 + recovery_id}};
}

HyperliquidFixture::HyperliquidFixture(HyperliquidSimOptions options)
    : clock(absl::FromUnixMillis(kStartMs)), venue(clock, std::move(options)) {
  venue.set_sink(&sink);
  venue.Start();
}

HttpReply HyperliquidFixture::Post(std::string_view path, std::string_view body) {
  return venue.Handle({.method = "POST",
                       .target = std::string(path),
                       .body = std::string(body),
                       .remote_ip = "127.0.0.1"});
}

TestJson HyperliquidFixture::Info(std::string_view body) {
  return Body(Post("/info", body));
}

std::string HyperliquidFixture::Signed(std::string_view action, const ActOptions& options) {
  const TestJson read = TestJson::parse(action);
  const uint64_t nonce = options.nonce.has_value() ? *options.nonce : next_nonce_++;
  const std::string id =
      hyperliquid::ConnectionId(read, nonce, options.vault, options.expires_after);
  TestJson request = {
      {"action", read},
      {"nonce", nonce},
      {"signature",
       SignDigest(hyperliquid::AgentDigest(id, /*is_testnet=*/false), options.wallet->private_key)},
      {"vaultAddress", options.vault.empty() ? TestJson() : TestJson(options.vault)}};
  if (options.expires_after.has_value()) {
    request["expiresAfter"] = *options.expires_after;
  }
  return request.dump();
}

TestJson HyperliquidFixture::Act(std::string_view action, const ActOptions& options) {
  return Body(Post("/exchange", Signed(action, options)));
}

std::string HyperliquidFixture::OrderAction(int asset,
                                            bool is_buy,
                                            std::string_view price,
                                            std::string_view size,
                                            std::string_view type,
                                            bool is_reduce_only,
                                            std::string_view cloid) {
  TestJson order = {{"a", asset},
                    {"b", is_buy},
                    {"p", price},
                    {"s", size},
                    {"r", is_reduce_only},
                    {"t", {{"limit", {{"tif", type}}}}}};
  if (!cloid.empty()) {
    order["c"] = cloid;
  }
  return TestJson{
      {"type", "order"}, {"orders", TestJson::array({std::move(order)})}, {"grouping", "na"}}
      .dump();
}

TestJson HyperliquidFixture::Order(int asset,
                                   bool is_buy,
                                   std::string_view price,
                                   std::string_view size,
                                   std::string_view type,
                                   const ActOptions& options) {
  return Act(OrderAction(asset, is_buy, price, size, type),
             options)["response"]["data"]["statuses"][0];
}

void HyperliquidFixture::Trade(bool is_buy, std::string_view price, std::string_view size) {
  CHECK(Order(0, !is_buy, price, size, "Gtc", {.wallet = &kSecondWallet}).contains("resting"));
  CHECK(Order(0, is_buy, price, size).contains("filled"));
}

SessionId HyperliquidFixture::Subscribe(std::string_view subscription) {
  const SessionId session = venue.Open("/ws", "127.0.0.1");
  venue.OnText(session, StrCat(R"({"method":"subscribe","subscription":)", subscription, "}"));
  return session;
}

std::vector<TestJson> HyperliquidFixture::Take(SessionId session, std::string_view channel) {
  std::vector<TestJson> found;
  for (TestJson& frame : sink.Take(session)) {
    if (frame.is_object() && frame["channel"] == channel) {
      found.push_back(std::move(frame["data"]));
    }
  }
  return found;
}

namespace {

TEST(HyperliquidFixtureTest, KnowsTheAddressesOfItsWallets) {
  for (const HyperliquidWallet& wallet : {kTestWallet, kSecondWallet, kTestAgent}) {
    EXPECT_EQ(AddressOfKey(wallet.private_key), wallet.address);
  }
}

}  // namespace
}  // namespace colibri::venue_sim
