// The funds of a spot account: orders lock what they would spend, fills exchange the two assets.
//
// As PaperFunds. Thread: the loop's.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"

#include "core/fees.h"
#include "exchanges/paper/paper_account.h"
#include "exchanges/paper/paper_funds.h"

namespace colibri {

class SpotFunds final : public PaperFunds {
 public:
  SpotFunds(const std::map<std::string, Decimal>& balances, FeeSchema fees);

  absl::StatusOr<Quantity> Tradable(const Order& order) const override;
  absl::Status Take(const PaperTicket& ticket, const TakePlan& plan) override;
  absl::StatusOr<PaperSettlement> Settle(const PaperTicket& ticket,
                                         Price price,
                                         Quantity quantity,
                                         bool is_maker) override;
  void Release(const PaperTicket& ticket) override;
  std::vector<std::string> AssetsOf(const TradingPair& pair) const override;
  Balance balance(std::string_view asset) const override { return account_.balance(asset); }
  std::vector<std::string> assets() const override { return account_.assets(); }

 private:
  absl::StatusOr<FeeAmounts> FeesOf(const Order& order,
                                    Price price,
                                    Quantity quantity,
                                    bool is_maker) const;
  void ShrinkLock(const Order& order, uint64_t number, Quantity remaining, Decimal spent);

  FeeSchema fees_;
  PaperAccount account_;
  absl::flat_hash_map<uint64_t, AssetAmount> locks_;  // by number of the order
};

}  // namespace colibri
