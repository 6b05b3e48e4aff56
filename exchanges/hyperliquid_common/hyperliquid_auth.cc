#include "exchanges/hyperliquid_common/hyperliquid_auth.h"

#include <algorithm>

#include "absl/strings/numbers.h"

#include "auth/eip712.h"
#include "auth/encoding.h"
#include "core/status_macros.h"
#include "core/strings.h"
#include "exchanges/hyperliquid_common/hyperliquid_actions.h"

namespace colibri::hyperliquid {
namespace {

constexpr std::string_view kAgentType = "Agent(string source,bytes32 connectionId)";
constexpr std::string_view kActionPath = "/exchange";
constexpr std::string_view kFrameMethod = "post";

void AppendBigEndian(uint64_t value, std::string& out) {
  for (int shift = 56; shift >= 0; shift -= 8) {
    out.push_back(static_cast<char>(value >> shift & 0xff));
  }
}

absl::StatusOr<WalletAddress> ParseAddress(std::string_view part, std::string_view text) {
  absl::StatusOr<WalletAddress> address = WalletAddress::Parse(text);
  if (!address.ok()) {
    return absl::InvalidArgumentError(
        StrCat("the ", part, " of Hyperliquid: ", Std(address.status().message())));
  }
  return address;
}

absl::StatusOr<std::optional<WalletAddress>> ParseVault(const Credentials& credentials) {
  if (credentials.vault_address.empty()) {
    return std::nullopt;
  }
  return ParseAddress("vault address", credentials.vault_address);
}

std::string OrNull(const std::optional<std::string>& text) {
  return text.value_or("null");
}

}  // namespace

// connectionId = keccak256 of what this returns:
// 1. the action's MessagePack; 2. the nonce, 8 bytes; 3. 0x01 and the vault's 20 bytes, or 0x00;
// 4. where the action expires: 0x00 and the time, 8 bytes. All integers highest byte first.
std::string ActionPreimage(std::string_view msgpack, const ActionTerms& terms) {
  std::string preimage(msgpack);
  AppendBigEndian(static_cast<uint64_t>(terms.nonce), preimage);
  preimage.push_back(terms.vault.has_value() ? '\x01' : '\x00');
  if (terms.vault.has_value()) {
    preimage.append(terms.vault->bytes.begin(), terms.vault->bytes.end());
  }
  if (terms.expires_after.has_value()) {
    preimage.push_back('\x00');
    AppendBigEndian(static_cast<uint64_t>(*terms.expires_after), preimage);
  }
  return preimage;
}

Hash256 AgentStructHash(const Hash256& connection_id, bool is_mainnet) {
  return Eip712Struct(kAgentType)
      .AddString(is_mainnet ? "a" : "b")
      .AddBytes32(connection_id)
      .Hash();
}

Hash256 AgentDigest(const Hash256& connection_id, bool is_mainnet) {
  static const Hash256 kDomain =
      DomainSeparator({.name = "Exchange", .version = "1", .chain_id = 1337});
  return Eip712Digest(kDomain, AgentStructHash(connection_id, is_mainnet));
}

absl::StatusOr<WalletAddress> TradingAddress(const Credentials& credentials) {
  ASSIGN_OR_RETURN(const WalletAddress account,
                   ParseAddress("account address", credentials.account_address));
  ASSIGN_OR_RETURN(const std::optional<WalletAddress> vault, ParseVault(credentials));
  return vault.value_or(account);
}

HyperliquidAuth::HyperliquidAuth(Secp256k1Signer signer,
                                 std::optional<WalletAddress> vault,
                                 const AuthOptions& options)
    : signer_(std::move(signer)),
      vault_(vault),
      options_(options),
      nonces_(std::make_unique<NonceSource>(options.nonce_floor)) {}

absl::StatusOr<std::unique_ptr<Auth>> HyperliquidAuth::Make(const Credentials& credentials,
                                                            const AuthOptions& options) {
  if (credentials.wallet_key.empty()) {
    return absl::InvalidArgumentError(
        "Hyperliquid takes the private key of a wallet or of its agent; set "
        "COLIBRI_HYPERLIQUID_WALLET_KEY and _ACCOUNT_ADDRESS (of perpetuals "
        "COLIBRI_HYPERLIQUID_PERPETUAL_WALLET_KEY and so on), or wallet_key and account_address in "
        "the key file");
  }
  RETURN_IF_ERROR(TradingAddress(credentials).status());
  ASSIGN_OR_RETURN(const std::optional<WalletAddress> vault, ParseVault(credentials));
  ASSIGN_OR_RETURN(Secp256k1Signer signer,
                   Secp256k1Signer::FromHex(credentials.wallet_key.reveal()));
  return std::unique_ptr<Auth>(new HyperliquidAuth(std::move(signer), vault, options));
}

absl::Status HyperliquidAuth::AddKey(RestRequest&) const {
  return absl::OkStatus();
}

absl::Status HyperliquidAuth::SignRest(RestRequest& request, absl::Time venue_now) const {
  if (request.method != HttpMethod::kPost || request.path != kActionPath) {
    return absl::InvalidArgumentError(StrCat("Hyperliquid signs POST ",
                                             kActionPath,
                                             " alone, not ",
                                             ToString(request.method),
                                             " ",
                                             request.path));
  }
  ASSIGN_OR_RETURN(request.body, Payload(request.body, venue_now));
  request.AddHeader("Content-Type", "application/json");
  return absl::OkStatus();
}

absl::StatusOr<std::string> HyperliquidAuth::LoginFrame(std::string_view, absl::Time) const {
  return absl::UnimplementedError(
      "Hyperliquid has no login: its streams name the account, and anyone may read them");
}

absl::StatusOr<std::string> HyperliquidAuth::SignFrame(std::string_view method,
                                                       const FrameParameters& parameters,
                                                       std::string_view request_id,
                                                       absl::Time venue_now) const {
  if (method != kFrameMethod || parameters.size() != 1 || parameters[0].first != "action") {
    return absl::InvalidArgumentError(StrCat("a signed frame of Hyperliquid has the method \"",
                                             kFrameMethod,
                                             "\" and one parameter, \"action\""));
  }
  uint64_t id = 0;
  if (!absl::SimpleAtoi(Abs(request_id), &id)) {
    return absl::InvalidArgumentError(
        StrCat("the id of a frame of Hyperliquid is a number, \"", request_id, "\" is none"));
  }
  ASSIGN_OR_RETURN(const std::string payload, Payload(parameters[0].second, venue_now));
  return StrCat("{\"method\":\"post\",\"id\":",
                id,
                ",\"request\":{\"type\":\"action\",\"payload\":",
                payload,
                "}}");
}

absl::StatusOr<std::string> HyperliquidAuth::Payload(std::string_view action,
                                                     absl::Time venue_now) const {
  ASSIGN_OR_RETURN(const std::string msgpack, ActionMsgpack(action));
  ActionTerms terms = {.nonce = nonces_->Next(venue_now), .vault = vault_};
  if (options_.receive_window > absl::ZeroDuration()) {
    terms.expires_after = absl::ToUnixMillis(venue_now + options_.receive_window);
  }
  const Hash256 connection_id = Keccak256(ActionPreimage(msgpack, terms));
  const WalletSignature signature = signer_.Sign(AgentDigest(connection_id, options_.is_mainnet));
  std::optional<std::string> vault;
  if (vault_.has_value()) {
    vault = StrCat("\"", vault_->ToString(), "\"");
  }
  std::optional<std::string> expires;
  if (terms.expires_after.has_value()) {
    expires = StrCat(*terms.expires_after);
  }
  return StrCat("{\"action\":",
                action,
                ",\"nonce\":",
                terms.nonce,
                ",\"signature\":{\"r\":\"0x",
                HexEncode(signature.r),
                "\",\"s\":\"0x",
                HexEncode(signature.s),
                "\",\"v\":",
                signature.v,
                "},\"vaultAddress\":",
                OrNull(vault),
                ",\"expiresAfter\":",
                OrNull(expires),
                "}");
}

}  // namespace colibri::hyperliquid
