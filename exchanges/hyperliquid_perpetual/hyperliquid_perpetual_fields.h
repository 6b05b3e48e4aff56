// What the answers and streams of Hyperliquid's perpetuals share: accounts, liquidations and
// payments as JSON, in our words. For .cc files of this folder alone.
//
// Readers give nullopt for coins that the connector does not trade, and DataLoss for what can't be
// read.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

#include "connector/instrument.h"
#include "connector/json_fields.h"
#include "connector/user_stream_data_source.h"
#include "core/position.h"

namespace colibri::hyperliquid::perpetual {

// Where the fill belongs to a liquidation of `account`.
std::optional<LiquidationUpdate> ReadLiquidation(const JsonFields& fill,
                                                 const Fill& read,
                                                 std::string_view account);

// clearinghouseState. The balance is what would be left with all positions closed at their entry;
// profit not yet realised belongs to the positions.
struct AccountState {
  BalanceUpdate balance;
  std::vector<Position> positions;
  std::vector<LeverageUpdate> leverages;
};
absl::StatusOr<AccountState> ReadAccount(const JsonFields& state,
                                         const InstrumentTable& instruments);
// {"leverage":{"type":"cross","value":20}}
absl::StatusOr<LeverageSetting> ReadLeverage(const JsonFields& holder);

// {"time":..,"delta":{"type":"funding","coin":..,"usdc":..,"fundingRate":..}}, or the same flat.
absl::StatusOr<std::optional<FundingPaymentUpdate>> ReadFunding(const JsonFields& payment,
                                                                const InstrumentTable& instruments);

}  // namespace colibri::hyperliquid::perpetual
