// Checks signatures as the venue does: HMAC-SHA256 in hex, or Ed25519 in base64.
//
//   const SignedParts parts = SplitSignature(query, body);
//   if (!VerifySignature(keys, parts.payload, PercentDecode(parts.signature))) { ... -1022 ... }
//
// Stands on OpenSSL alone and shares nothing with the signers of the connectors.
#pragma once

#include <string>
#include <string_view>

namespace colibri::venue_sim::binance {

struct AccountKeys {
  std::string hmac_secret = {};
  std::string ed25519_public_key = {};  // PEM, or 64 hex digits; used when not empty
};

struct SignedParts {
  std::string payload = {};    // the bytes that were signed
  std::string signature = {};  // as sent; empty when there is none
  bool is_last = true;         // the signature ends its part, as the venue asks
};

// The query followed at once by the body, without the signature.
SignedParts SplitSignature(std::string_view query, std::string_view body);

bool VerifySignature(const AccountKeys& keys, std::string_view payload, std::string_view signature);

}  // namespace colibri::venue_sim::binance
