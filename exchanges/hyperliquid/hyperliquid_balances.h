// Balances and fees of Hyperliquid Spot, as answers and streams tell them. For .cc files of this
// folder and for tests. DataLoss names the field that can't be read. Pure.
#pragma once

#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

#include "connector/instrument.h"
#include "connector/user_stream_data_source.h"
#include "core/fees.h"
#include "exchanges/hyperliquid/token_names.h"

namespace colibri {
class JsonFields;
}

namespace colibri::hyperliquid {

// All there are, and nothing of those assets of our pairs that are not told: a state lists what the
// account holds.
absl::StatusOr<std::vector<BalanceUpdate>> ReadBalances(const JsonFields& state,
                                                        const TokenNames& names,
                                                        const InstrumentTable& instruments);
absl::StatusOr<std::vector<BalanceUpdate>> ParseBalances(std::string_view body,
                                                         const TokenNames& names,
                                                         const InstrumentTable& instruments);
// Those of spot where the answer has them, which the documentation at hand does not say.
absl::StatusOr<FeeRates> ParseFees(std::string_view body);

}  // namespace colibri::hyperliquid
