// The account at a paper venue: what it holds, what orders lock, exactly.
//
//   PaperAccount account({{"USDT", Decimal::FromInteger(10'000)}});
//   RETURN_IF_ERROR(account.Lock("USDT", cost));
//   RETURN_IF_ERROR(account.Settle({{"BTC", half}, {"USDT", -cost}}));
//   account.Unlock("USDT", cost);
//
// Totals are the starting balances plus all that was settled, to the last digit. Thread: the
// loop's.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"

#include "core/balance.h"
#include "core/fees.h"

namespace colibri {

class PaperAccount {
 public:
  explicit PaperAccount(const std::map<std::string, Decimal>& balances);

  // FailedPrecondition, with the amounts, when less is available; nothing is locked then.
  absl::Status Lock(std::string_view asset, Decimal amount);
  // CHECKs that as much is locked.
  void Unlock(std::string_view asset, Decimal amount);
  // Adds the amounts, which may be negative, to the totals: all of them or, with OutOfRange, none.
  absl::Status Settle(absl::Span<const AssetAmount> amounts);

  // FailedPrecondition, with the amounts, when less is available.
  absl::Status CheckAvailable(std::string_view asset, Decimal amount) const;
  // Zero for an asset that the account does not hold.
  Balance balance(std::string_view asset) const;
  std::vector<std::string> assets() const;

 private:
  struct Holding {
    Decimal total;
    Decimal locked;
  };

  std::map<std::string, Holding, std::less<>> holdings_;
};

}  // namespace colibri
