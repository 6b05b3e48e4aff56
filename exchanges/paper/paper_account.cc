#include "exchanges/paper/paper_account.h"

#include "core/check.h"
#include "core/status_macros.h"
#include "core/strings.h"

namespace colibri {

PaperAccount::PaperAccount(const std::map<std::string, Decimal>& balances) {
  for (const auto& [asset, amount] : balances) {
    holdings_[asset].total = amount;
  }
}

absl::Status PaperAccount::CheckAvailable(std::string_view asset, Decimal amount) const {
  const Decimal available = balance(asset).available;
  if (amount > available) {
    return absl::FailedPreconditionError(StrCat("insufficient balance: the order takes ",
                                                amount,
                                                " ",
                                                asset,
                                                ", available are ",
                                                available));
  }
  return absl::OkStatus();
}

absl::Status PaperAccount::Lock(std::string_view asset, Decimal amount) {
  RETURN_IF_ERROR(CheckAvailable(asset, amount));
  holdings_[std::string(asset)].locked += amount;
  return absl::OkStatus();
}

void PaperAccount::Unlock(std::string_view asset, Decimal amount) {
  const auto found = holdings_.find(asset);
  CHECK(found != holdings_.end() && found->second.locked >= amount);
  found->second.locked -= amount;
}

absl::Status PaperAccount::Settle(absl::Span<const AssetAmount> amounts) {
  std::map<std::string, Decimal, std::less<>> totals;
  for (const AssetAmount& change : amounts) {
    const auto total = totals.try_emplace(change.asset, balance(change.asset).total).first;
    ASSIGN_OR_RETURN(total->second, CheckedAdd(total->second, change.amount));
  }
  for (const auto& [asset, total] : totals) {
    holdings_[asset].total = total;
  }
  return absl::OkStatus();
}

Balance PaperAccount::balance(std::string_view asset) const {
  const auto found = holdings_.find(asset);
  return found == holdings_.end()
             ? Balance{}
             : Balance{found->second.total, found->second.total - found->second.locked};
}

std::vector<std::string> PaperAccount::assets() const {
  std::vector<std::string> assets;
  assets.reserve(holdings_.size());
  for (const auto& [asset, holding] : holdings_) {
    assets.push_back(asset);
  }
  return assets;
}

}  // namespace colibri
