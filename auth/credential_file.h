// The text of a credentials file: lines of `key: value`, '#' comments and blank lines.
//
//   # keys/binance.yaml, mode 0600
//   api_key: vmPUZE6m...
//   api_secret: NhqPtmdS...             # or: api_secret_file: binance_ed25519.pem
//   passphrase: only where the venue has one
//
// Where a wallet signs:
//
//   wallet_key: 0x0123...               # the private key, of the account or of its agent
//   account_address: 0x1479...
//   vault_address: 0x1719...            # only to trade for a vault or a sub-account
//
// Values may stand in single or double quotes, taken literally. Pure: reads no file. Thread: any.
// Errors are InvalidArgument with file and line, and never quote the line.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

#include "auth/secret.h"

namespace colibri {

struct CredentialFile {
  Secret api_key;
  Secret api_secret;            // empty when api_secret_file is set
  std::string api_secret_file;  // as written, relative to the credentials file
  Secret passphrase;            // empty where there is none
  Secret wallet_key;
  std::string account_address;
  std::string vault_address;  // empty where there is none
};

// `name` is the path that errors mention. What is returned has api_key and a secret, or wallet_key
// and account_address, and never something of both.
[[nodiscard]] absl::StatusOr<CredentialFile> ParseCredentialFile(std::string_view text,
                                                                 std::string_view name);

}  // namespace colibri
