// The private stream of Hyperliquid: orders and fills of one account, and the channels of the
// venue. Nobody logs in: subscriptions name the account, and the last one's acknowledgement is
// taken for the login. One account a connection, since order updates do not name theirs.
//
// The first message of a list repeats history (isSnapshot) and is left out: what was missed is
// asked for from a cursor, once. userEvents would tell fills and payments a second time. Thread:
// the loop's.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"

#include "connector/instrument.h"
#include "connector/user_stream_data_source.h"

namespace colibri {
class JsonFields;
}

namespace colibri::hyperliquid {

// One that a venue has beside orders and fills.
struct PrivateChannel {
  std::string_view name;
  std::string_view subscription = "";  // continues its fields: ",\"dex\":\"\""
  // Adds what the frame's data tells; what it leaves empty was of no use.
  std::function<absl::Status(const JsonFields& data, PrivateMessage& message)> read;
};
// What a fill tells beside the fill.
using FillNoter =
    std::function<void(const JsonFields& fields, const Fill& fill, PrivateMessage& message)>;

class HyperliquidUserStream final : public UserStreamDataSource {
 public:
  // The table outlives this. `account` in lower case. note_fill may be null.
  HyperliquidUserStream(VenueHosts hosts,
                        std::string account,
                        const InstrumentTable& instruments,
                        std::vector<PrivateChannel> channels,
                        FillNoter note_fill);
  ~HyperliquidUserStream() override;

  std::string StreamUrl(std::string_view listen_key) const override;
  std::vector<std::string> SubscribeFrames() const override;
  absl::StatusOr<PrivateMessage> Parse(std::string_view frame) override;

 private:
  struct Rep;

  VenueHosts hosts_;
  std::unique_ptr<Rep> rep_;
};

}  // namespace colibri::hyperliquid
