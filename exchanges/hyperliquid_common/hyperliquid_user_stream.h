// The private stream of Hyperliquid: orders, fills, funding payments, balances and positions of one
// account. Nobody logs in: subscriptions name the account, and the last one's acknowledgement is
// taken for the login. One account a connection, since order updates do not name theirs.
//
// The first message of fills and of payments repeats history (isSnapshot) and is left out: what was
// missed is asked for from a cursor, once. userEvents would tell fills and payments a second time.
// Thread: the loop's.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "connector/instrument.h"
#include "connector/user_stream_data_source.h"

namespace colibri::hyperliquid {

class HyperliquidUserStream final : public UserStreamDataSource {
 public:
  // The table outlives this. `account` in lower case.
  HyperliquidUserStream(VenueHosts hosts, std::string account, const InstrumentTable& instruments);
  ~HyperliquidUserStream() override;

  std::string StreamUrl(std::string_view listen_key) const override;
  std::vector<std::string> SubscribeFrames() const override;
  absl::StatusOr<PrivateMessage> Parse(std::string_view frame) override;

 private:
  struct Rep;

  VenueHosts hosts_;
  std::string account_;
  std::unique_ptr<Rep> rep_;
};

}  // namespace colibri::hyperliquid
