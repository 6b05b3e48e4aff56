// A venue account's keys, and where they come from.
//
//   absl::StatusOr<Credentials> keys = LoadCredentials({.venue = "binance"});
//   if (absl::IsNotFound(keys.status())) { ... }  // none given: market data only
//
// Without a file: COLIBRI_BINANCE_API_KEY, COLIBRI_BINANCE_API_SECRET and, where a venue has one,
// COLIBRI_BINANCE_API_PASSPHRASE. Where a wallet signs: COLIBRI_<VENUE>_WALLET_KEY,
// _ACCOUNT_ADDRESS and, to trade for a vault or a sub-account, _VAULT_ADDRESS. With a file: that
// file alone (credential_file.h has its form, and secret_file.h what its mode must be). Thread:
// any. Errors name variables, files and lines, and never a value: NotFound when the environment has
// no key at all, InvalidArgument when a part or a named file is missing or malformed,
// PermissionDenied for a file that others can read.
#pragma once

#include <functional>
#include <iosfwd>
#include <string>

#include "absl/status/statusor.h"

#include "auth/secret.h"

namespace colibri {

struct Credentials {
  Secret api_key = {};
  Secret api_secret = {};  // an HMAC secret, or a private key in PEM
  Secret passphrase = {};  // empty where the venue has none

  // Where a wallet signs; then the above are empty. Addresses are public, as text.
  Secret wallet_key = {};            // the private key, of the account or of its agent
  std::string account_address = {};  // whose orders and balances these are, never the agent's
  std::string vault_address = {};    // empty: trades for the account itself

  [[nodiscard]] Credentials Clone() const;

  // Says which parts there are, never what they are.
  friend std::ostream& operator<<(std::ostream& out, const Credentials& credentials);
};

// The value of an environment variable, or null; the text stays the caller's.
using EnvironmentLookup = std::function<const char*(const char* name)>;

// Of this process.
[[nodiscard]] EnvironmentLookup ProcessEnvironment();

struct CredentialSource {
  std::string venue = {};  // "binance_perpetual" reads COLIBRI_BINANCE_PERPETUAL_API_KEY
  std::string file = {};   // a path; empty means the environment
  EnvironmentLookup environment = ProcessEnvironment();
};

[[nodiscard]] absl::StatusOr<Credentials> LoadCredentials(const CredentialSource& source);

}  // namespace colibri
