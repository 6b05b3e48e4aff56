// What a connector of perpetuals keeps beside its orders and balances: positions, settings, funding
// and the dead man's switch. The inside of PerpetualBase; ExchangeBase's parts know it as
// ExchangeState::perpetual, which is null on spot.
//
//   account.RequireHealth(); account.DeclareCalls(instrument);
//   account.StartMarketData();                   // once there are books
//   account.StartAccount(on_mismatch);           // once there are keys, and a stream that tells
//   account.Apply(message);                      // each private message
//
// Thread: the loop's. The state's tasks are joined before destruction.
#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "absl/status/status.h"

#include "connector/account_keeper.h"
#include "connector/account_positions.h"
#include "connector/async_event.h"
#include "connector/exchange_state.h"
#include "connector/funding_payments.h"
#include "connector/perpetual_protocol.h"
#include "connector/perpetual_settings.h"
#include "connector/task.h"

namespace colibri {

inline constexpr std::string_view kPositionsHealth = "positions";
inline constexpr std::string_view kSettingsHealth = "settings";
inline constexpr std::string_view kFundingHealth = "funding";

class PerpetualAccount {
 public:
  // After a funding time, for the venue to list what it charged.
  static constexpr absl::Duration kFundingListed = absl::Seconds(60);
  // An answer of at least so many payments may not be all.
  static constexpr size_t kFundingPageMin = 100;
  static constexpr int kFundingPagesMax = 20;

  PerpetualAccount(ExchangeState& state, const PerpetualProtocol& protocol);

  void RequireHealth(bool has_account);
  void DeclareCalls(const Instrument& instrument);
  void StartMarketData();
  // on_mismatch: the venue's positions are not what the fills made.
  void StartAccount(std::function<void(std::string_view reason)> on_mismatch);
  void Apply(const PrivateMessage& message);
  // The private stream was away, or something could not be read.
  void Trigger();
  Task<absl::Status> FetchPositions();
  // The venue need not wait for us any more.
  Task<void> EndDeadMansSwitch();

  // How the order works on the positions, from what it asks for.
  PositionSide SideOf(Side side, PositionAction action) const {
    return SideOfPosition(settings_.position_mode(), side, action);
  }
  // What margin is asked for of an order: base that it would open.
  Quantity OpeningQuantity(const OrderRequest& request) const;

  AccountPositions& positions() { return positions_; }
  PerpetualSettings& settings() { return settings_; }
  const AccountPositions& positions() const { return positions_; }
  const PerpetualSettings& settings() const { return settings_; }

 private:
  Task<void> EstablishSettings();
  Task<void> FetchFundingInfo();
  Task<void> PollOpenInterest();
  Task<void> PollFundingPayments();
  Task<absl::Status> FetchFundingPayments();
  Task<void> KeepDeadMansSwitch();
  Task<absl::Status> SendDeadMansSwitch(absl::Duration countdown);
  void NoteLiquidation(const LiquidationUpdate& liquidation);

  ExchangeState& state_;
  const PerpetualProtocol& protocol_;
  AccountPositions positions_;
  FundingPayments payments_;
  PerpetualSettings settings_;
  AccountKeeper position_keeper_;
  AsyncEvent funding_due_;
  std::vector<Subscription> subscriptions_;
};

}  // namespace colibri
