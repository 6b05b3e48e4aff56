// Signs actions for Hyperliquid with the key of a wallet or of its agent.
//
//   ASSIGN_OR_RETURN(auto auth, HyperliquidAuth::Make(credentials, {.is_mainnet = false}));
//   RestRequest request = {.method = HttpMethod::kPost, .path = "/exchange", .body = action};
//   RETURN_IF_ERROR(auth->SignRest(request, venue_now));   // the body is now the signed request
//
// A request builder puts the action alone into the body (hyperliquid_actions.h). Signing, which
// comes after the wait for the rate limit, draws the nonce, hashes the action's MessagePack, made
// of the body's own text, and wraps that text, unchanged, with nonce and signature. So a retry
// draws a new nonce, nothing has to carry bytes beside the request, and no field can be signed in
// one form and sent in another. The passage through JSON costs about a microsecond of some thirty.
//
// `receive_window`: the venue refuses the action once its clock is past venue_now plus it
// (expiresAfter), so that an answer that is lost can be waited for. Zero: no such bound.
// The streams of an account are public: there is no login frame. Reads (/info) are not signed.
// Thread: the loop's; signing draws a nonce. Errors: InvalidArgument, and they never quote a key.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "auth/auth.h"
#include "auth/credentials.h"
#include "auth/keccak256.h"
#include "auth/secp256k1_signer.h"
#include "auth/wallet_address.h"
#include "exchanges/hyperliquid_common/nonce_source.h"

namespace colibri::hyperliquid {

// What an action's hash depends on beside the action.
struct ActionTerms {
  int64_t nonce = 0;
  std::optional<WalletAddress> vault = std::nullopt;
  std::optional<int64_t> expires_after = std::nullopt;  // ms since the epoch
};

// The steps of the signature, each as the venue describes it: what is hashed to the connection id;
// the phantom agent's structure; the digest that is signed.
[[nodiscard]] std::string ActionPreimage(std::string_view msgpack, const ActionTerms& terms);
[[nodiscard]] Hash256 AgentStructHash(const Hash256& connection_id, bool is_mainnet);
[[nodiscard]] Hash256 AgentDigest(const Hash256& connection_id, bool is_mainnet);

// Whose orders, positions and balances the credentials mean: the vault's or sub-account's where one
// is named, otherwise the account's. Never the agent's: asked for that, the venue answers with an
// empty account.
[[nodiscard]] absl::StatusOr<WalletAddress> TradingAddress(const Credentials& credentials);

struct AuthOptions {
  bool is_mainnet = true;
  absl::Duration receive_window = absl::ZeroDuration();
  int64_t nonce_floor = 0;  // every nonce is above it
};

class HyperliquidAuth final : public Auth {
 public:
  static absl::StatusOr<std::unique_ptr<Auth>> Make(const Credentials& credentials,
                                                    const AuthOptions& options);

  absl::Status AddKey(RestRequest& request) const override;  // changes nothing: there is no key
  absl::Status SignRest(RestRequest& request, absl::Time venue_now) const override;
  absl::StatusOr<std::string> LoginFrame(std::string_view request_id,
                                         absl::Time venue_now) const override;
  // The one method is "post", its one parameter "action" (JSON); `request_id` is a number.
  absl::StatusOr<std::string> SignFrame(std::string_view method,
                                        const FrameParameters& parameters,
                                        std::string_view request_id,
                                        absl::Time venue_now) const override;

  absl::Time last_nonce() const override { return absl::FromUnixMillis(nonces_->last()); }
  bool uses_nonces() const override { return true; }
  void SkipNonces(absl::Time until) override { nonces_->Skip(absl::ToUnixMillis(until)); }

 private:
  HyperliquidAuth(Secp256k1Signer signer,
                  std::optional<WalletAddress> vault,
                  const AuthOptions& options);

  // {"action":...,"nonce":...,"signature":{...},"vaultAddress":...,"expiresAfter":...}
  absl::StatusOr<std::string> Payload(std::string_view action, absl::Time venue_now) const;

  Secp256k1Signer signer_;
  std::optional<WalletAddress> vault_;
  AuthOptions options_;
  std::unique_ptr<NonceSource> nonces_;  // beyond the const of Auth
};

}  // namespace colibri::hyperliquid
