#include "exchanges/hyperliquid_perpetual/hyperliquid_perpetual_user_stream.h"

#include <optional>
#include <utility>
#include <vector>

#include "connector/json_fields.h"
#include "core/status_macros.h"
#include "exchanges/hyperliquid_common/hyperliquid_family.h"
#include "exchanges/hyperliquid_common/hyperliquid_user_stream.h"
#include "exchanges/hyperliquid_perpetual/hyperliquid_perpetual_fields.h"

namespace colibri::hyperliquid::perpetual {
namespace {

// {"user":"0x..","isSnapshot":true,"fundings":[{"time":1,"coin":"ETH","usdc":"-3.6",...}]}
absl::Status ReadFundings(const JsonFields& data,
                          const InstrumentTable& instruments,
                          PrivateMessage& message) {
  ASSIGN_OR_RETURN(const simdjson::dom::array fundings, data.Array("fundings"));
  for (const simdjson::dom::element entry : fundings) {
    ASSIGN_OR_RETURN(const JsonFields fields, ObjectOf(entry, kVenueWords, "funding payment"));
    ASSIGN_OR_RETURN(std::optional<FundingPaymentUpdate> payment, ReadFunding(fields, instruments));
    if (payment.has_value()) {
      message.funding_payments.push_back(*std::move(payment));
    }
  }
  return absl::OkStatus();
}

// The state itself, or {"dex":"","user":"0x..","clearinghouseState":{...}}.
absl::Status ReadState(const JsonFields& data,
                       const InstrumentTable& instruments,
                       PrivateMessage& message) {
  JsonFields fields = data;
  if (data.Has("clearinghouseState")) {
    ASSIGN_OR_RETURN(fields, data.Object("clearinghouseState"));
  }
  ASSIGN_OR_RETURN(AccountState state, ReadAccount(fields, instruments));
  message.balances.push_back(std::move(state.balance));
  message.positions = std::move(state.positions);
  message.is_position_snapshot = true;
  message.leverages = std::move(state.leverages);
  return absl::OkStatus();
}

}  // namespace

std::unique_ptr<UserStreamDataSource> MakePerpetualUserStream(VenueHosts hosts,
                                                              std::string account,
                                                              const InstrumentTable& instruments) {
  std::vector<PrivateChannel> channels = {
      {.name = "userFundings",
       .read = [&](const JsonFields& data,
                   PrivateMessage& message) { return ReadFundings(data, instruments, message); }},
      {.name = "clearinghouseState",
       .subscription = R"(,"dex":"")",
       .read = [&](const JsonFields& data, PrivateMessage& message) {
         return ReadState(data, instruments, message);
       }}};
  FillNoter note_liquidation =
      [account](const JsonFields& fields, const Fill& fill, PrivateMessage& message) {
        if (std::optional<LiquidationUpdate> liquidation = ReadLiquidation(fields, fill, account)) {
          message.liquidations.push_back(*std::move(liquidation));
        }
      };
  return std::make_unique<HyperliquidUserStream>(std::move(hosts),
                                                 std::move(account),
                                                 instruments,
                                                 std::move(channels),
                                                 std::move(note_liquidation));
}

}  // namespace colibri::hyperliquid::perpetual
