#include "exchanges/hyperliquid_perpetual/hyperliquid_perpetual_user_stream.h"

#include <optional>
#include <utility>

#include "connector/json_fields.h"
#include "core/status_macros.h"
#include "exchanges/hyperliquid_common/hyperliquid_family.h"
#include "exchanges/hyperliquid_common/hyperliquid_user_stream.h"
#include "exchanges/hyperliquid_perpetual/hyperliquid_perpetual_fields.h"

namespace colibri::hyperliquid::perpetual {
namespace {

void NoteLiquidation(const JsonFields& fields,
                     const Fill& fill,
                     const PrivateContext& context,
                     PrivateMessage& message) {
  if (std::optional<LiquidationUpdate> liquidation =
          ReadLiquidation(fields, fill, context.account)) {
    message.liquidations.push_back(*std::move(liquidation));
  }
}

// {"user":"0x..","isSnapshot":true,"fundings":[{"time":1,"coin":"ETH","usdc":"-3.6",...}]}
absl::Status ReadFundings(const JsonFields& data,
                          const PrivateContext& context,
                          PrivateMessage& message) {
  ASSIGN_OR_RETURN(const simdjson::dom::array fundings, data.Array("fundings"));
  for (const simdjson::dom::element entry : fundings) {
    ASSIGN_OR_RETURN(const JsonFields fields, ObjectOf(entry, kVenueWords, "funding payment"));
    ASSIGN_OR_RETURN(std::optional<FundingPaymentUpdate> payment,
                     ReadFunding(fields, context.instruments));
    if (payment.has_value()) {
      message.funding_payments.push_back(*std::move(payment));
    }
  }
  return absl::OkStatus();
}

// The state itself, or {"dex":"","user":"0x..","clearinghouseState":{...}}.
absl::Status ReadState(const JsonFields& data,
                       const PrivateContext& context,
                       PrivateMessage& message) {
  JsonFields fields = data;
  if (data.Has("clearinghouseState")) {
    ASSIGN_OR_RETURN(fields, data.Object("clearinghouseState"));
  }
  ASSIGN_OR_RETURN(AccountState state, ReadAccount(fields, context.instruments));
  message.balances.push_back(std::move(state.balance));
  message.positions = std::move(state.positions);
  message.is_position_snapshot = true;
  message.leverages = std::move(state.leverages);
  return absl::OkStatus();
}

constexpr PrivateChannel kChannels[] = {
    {.name = "userFundings", .read = ReadFundings},
    {.name = "clearinghouseState", .subscription = R"(,"dex":"")", .read = ReadState},
};

}  // namespace

std::unique_ptr<UserStreamDataSource> MakePerpetualUserStream(VenueHosts hosts,
                                                              std::string account,
                                                              const InstrumentTable& instruments) {
  return std::make_unique<HyperliquidUserStream>(
      std::move(hosts),
      PrivateContext{.instruments = instruments, .account = std::move(account)},
      kChannels,
      NoteLiquidation);
}

}  // namespace colibri::hyperliquid::perpetual
