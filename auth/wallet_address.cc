#include "auth/wallet_address.h"

#include <algorithm>

#include "absl/status/status.h"

#include "auth/encoding.h"
#include "core/status_macros.h"
#include "core/strings.h"

namespace colibri {

absl::StatusOr<WalletAddress> WalletAddress::Parse(std::string_view text) {
  constexpr size_t kLength = 2 + 2 * kSize;
  if (text.size() != kLength || text.substr(0, 2) != "0x") {
    return absl::InvalidArgumentError(StrCat("a wallet address is 0x and 40 hex digits, ",
                                             kLength,
                                             " characters; this text has ",
                                             text.size(),
                                             text.size() == kLength ? " and no 0x" : ""));
  }
  ASSIGN_OR_RETURN(const std::string bytes, HexDecode(text.substr(2)));
  WalletAddress address;
  std::copy(bytes.begin(), bytes.end(), address.bytes.begin());
  return address;
}

std::string WalletAddress::ToString() const {
  return "0x" + HexEncode(bytes);
}

}  // namespace colibri
