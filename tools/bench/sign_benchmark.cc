// Signing an order, against OpenSSL's one-shot call in the same run: absolute times vary with the
// machine, the ratio does not.
#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/types/span.h"
#include "benchmark/benchmark.h"
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "auth/ed25519_signer.h"
#include "auth/encoding.h"
#include "auth/hmac_sha256.h"
#include "auth/rest_request.h"
#include "auth/secp256k1_signer.h"
#include "auth/signer.h"
#include "core/check.h"
#include "exchanges/hyperliquid_common/hyperliquid_auth.h"
#include "exchanges/hyperliquid_common/hyperliquid_requests.h"

namespace colibri {
namespace {

// As long as Binance's secrets are; its characters make no difference.
constexpr std::string_view kSecret =
    "a benchmark signs just as fast with these words as with the keys";
static_assert(kSecret.size() == 64);
constexpr std::string_view kPayload =
    "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.00100000&price=52000.00000000"
    "&newClientOrderId=x-colibri-0123456789abcdef&newOrderRespType=ACK&recvWindow=5000"
    "&timestamp=1645423376532";

void BM_HmacOneShot(benchmark::State& state) {
  std::array<uint8_t, 32> digest;
  for (auto _ : state) {
    unsigned size = 0;
    HMAC(EVP_sha256(),
         kSecret.data(),
         static_cast<int>(kSecret.size()),
         AsBytes(kPayload).data(),
         kPayload.size(),
         digest.data(),
         &size);
    benchmark::DoNotOptimize(digest);
  }
}
BENCHMARK(BM_HmacOneShot);

void BM_HmacSaved(benchmark::State& state) {
  const HmacSha256 hmac(kSecret);
  std::array<uint8_t, HmacSha256::kDigestSize> digest;
  for (auto _ : state) {
    hmac.Sign(kPayload, digest);
    benchmark::DoNotOptimize(digest);
  }
}
BENCHMARK(BM_HmacSaved);

void BM_HmacSavedHex(benchmark::State& state) {
  const HmacSha256 hmac(kSecret);
  char hex[HmacSha256::kHexSize];
  for (auto _ : state) {
    hmac.SignHex(kPayload, hex);
    benchmark::DoNotOptimize(hex);
  }
}
BENCHMARK(BM_HmacSavedHex);

// As a venue uses it: price, quantity, id and time into a warm query, then the signature after it.
void BM_BuildAndSignOrder(benchmark::State& state) {
  const auto signer = MakeSigner({.api_key = Secret("key"), .api_secret = Secret(kSecret)});
  CHECK(signer.ok());
  RestRequest request = {.method = HttpMethod::kPost, .path = "/api/v3/order"};
  char signature[Signer::kSizeMax];
  for (auto _ : state) {
    request.query.assign("symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC");
    request.AddParameter("quantity", "0.00100000");
    request.AddParameter("price", "52000.00000000");
    request.AddParameter("newClientOrderId", "x-colibri-0123456789abcdef");
    request.AddParameter("newOrderRespType", "ACK");
    request.AddParameter("recvWindow", "5000");
    request.AddParameter("timestamp", "1645423376532");
    const size_t size = (*signer)->SignTo(request.query, absl::MakeSpan(signature));
    request.AddParameter("signature", std::string_view(signature, size));
    benchmark::DoNotOptimize(request.query.data());
  }
}
BENCHMARK(BM_BuildAndSignOrder);

void BM_Ed25519Sign(benchmark::State& state) {
  const auto signer = Ed25519Signer::FromSeed(kSecret.substr(0, Ed25519Signer::kSeedSize));
  CHECK(signer.ok());
  char text[Ed25519Signer::kBase64Size];
  for (auto _ : state) {
    signer->SignBase64(kPayload, text);
    benchmark::DoNotOptimize(text);
  }
}
BENCHMARK(BM_Ed25519Sign);

void BM_Ed25519OpenSsl(benchmark::State& state) {
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(
      EVP_PKEY_new_raw_private_key(
          EVP_PKEY_ED25519, nullptr, AsBytes(kSecret).data(), Ed25519Signer::kSeedSize),
      EVP_PKEY_free);
  CHECK(key != nullptr);
  std::array<uint8_t, Ed25519Signer::kSignatureSize> signature;
  for (auto _ : state) {
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                          EVP_MD_CTX_free);
    size_t size = signature.size();
    CHECK(EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1);
    CHECK(EVP_DigestSign(
              context.get(), signature.data(), &size, AsBytes(kPayload).data(), kPayload.size()) ==
          1);
    benchmark::DoNotOptimize(signature);
  }
}
BENCHMARK(BM_Ed25519OpenSsl);

constexpr std::string_view kWalletKey =
    "0123456789012345678901234567890123456789012345678901234567890123";

void BM_Secp256k1Sign(benchmark::State& state) {
  const auto signer = Secp256k1Signer::FromHex(kWalletKey);
  CHECK(signer.ok());
  const Hash256 digest = Keccak256(kPayload);
  for (auto _ : state) {
    WalletSignature signature = signer->Sign(digest);
    benchmark::DoNotOptimize(signature);
  }
}
BENCHMARK(BM_Secp256k1Sign);

// From an order to the signed body: the action, its MessagePack, both hashes, the signature.
void BM_BuildAndSignAction(benchmark::State& state) {
  const auto auth = hyperliquid::HyperliquidAuth::Make(
      {.wallet_key = Secret(kWalletKey),
       .account_address = "0x0000000000000000000000000000000000000001"},
      {.receive_window = absl::Seconds(5)});
  CHECK(auth.ok());
  const hyperliquid::Requests requests("0x0000000000000000000000000000000000000001");
  Order order;
  order.client_order_id = ClientOrderId("clbm8r2k5w17f30001");
  order.quantity = Quantity::FromScaled(147, 4);
  order.price = Price::FromScaled(16701, 1);
  Instrument instrument;
  instrument.venue_id = 4;
  const absl::Time now = absl::FromUnixMillis(1700000000000);
  for (auto _ : state) {
    VenueCall call = requests.Place(order, instrument);
    CHECK((*auth)->SignRest(call.request, now).ok());
    benchmark::DoNotOptimize(call.request.body.data());
  }
}
BENCHMARK(BM_BuildAndSignAction);

}  // namespace
}  // namespace colibri
