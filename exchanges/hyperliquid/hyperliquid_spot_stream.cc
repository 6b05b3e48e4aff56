#include "exchanges/hyperliquid/hyperliquid_spot_stream.h"

#include <utility>
#include <vector>

#include "connector/json_fields.h"
#include "core/status_macros.h"
#include "exchanges/hyperliquid/hyperliquid_balances.h"
#include "exchanges/hyperliquid_common/hyperliquid_user_stream.h"

namespace colibri::hyperliquid {
namespace {

// {"user":"0x..","spotState":{"balances":[...]}}, or the state itself.
absl::Status ReadState(const JsonFields& data,
                       const TokenNames& names,
                       const InstrumentTable& instruments,
                       PrivateMessage& message) {
  JsonFields state = data;
  if (data.Has("spotState")) {
    ASSIGN_OR_RETURN(state, data.Object("spotState"));
  }
  ASSIGN_OR_RETURN(std::vector<BalanceUpdate> balances, ReadBalances(state, names, instruments));
  for (BalanceUpdate& balance : balances) {
    message.balances.push_back(std::move(balance));
  }
  return absl::OkStatus();
}

}  // namespace

std::unique_ptr<UserStreamDataSource> MakeSpotUserStream(VenueHosts hosts,
                                                         std::string account,
                                                         const InstrumentTable& instruments,
                                                         std::shared_ptr<const TokenNames> names) {
  std::vector<PrivateChannel> channels = {
      {.name = "spotState",
       .read =
           [&instruments, names = std::move(names)](const JsonFields& data,
                                                    PrivateMessage& message) {
             return ReadState(data, *names, instruments, message);
           }},
      {.name = "userNonFundingLedgerUpdates",
       .read = [](const JsonFields&, PrivateMessage& message) {
         message.is_balance_due = true;
         return absl::OkStatus();
       }}};
  FillNoter note_fill = [](const JsonFields&, const Fill&, PrivateMessage& message) {
    message.is_balance_due = true;
  };
  return std::make_unique<HyperliquidUserStream>(
      std::move(hosts), std::move(account), instruments, std::move(channels), std::move(note_fill));
}

}  // namespace colibri::hyperliquid
