#include "exchanges/hyperliquid_common/hyperliquid_user_stream.h"

#include <algorithm>
#include <utility>

#include "connector/json_fields.h"
#include "core/status_macros.h"
#include "core/strings.h"
#include "exchanges/hyperliquid_common/hyperliquid_family.h"
#include "exchanges/hyperliquid_common/hyperliquid_order_fields.h"
#include "exchanges/hyperliquid_common/hyperliquid_requests.h"

namespace colibri::hyperliquid {
namespace {

using simdjson::dom::array;
using simdjson::dom::element;

constexpr std::string_view kFrame = "private frame";
constexpr std::string_view kFills = "userFills";
constexpr std::string_view kOrders = "orderUpdates";  // subscribed to last

bool HasNews(const PrivateMessage& message) {
  return !message.orders.empty() || !message.trades.empty() || !message.balances.empty() ||
         !message.funding_payments.empty() || message.is_position_snapshot ||
         message.is_balance_due;
}

}  // namespace

struct HyperliquidUserStream::Rep {
  std::string account;
  const InstrumentTable& instruments;
  std::vector<PrivateChannel> channels;
  FillNoter note_fill;
  simdjson::dom::parser json{};

  // [{"order":{"coin":"BTC","side":"B","limitPx":"1","sz":"2","oid":7,"timestamp":1,"origSz":"2",
  //   "cloid":"0x.."},"status":"open","statusTimestamp":1}]
  absl::Status ReadOrders(array entries, PrivateMessage& message) const {
    for (const element entry : entries) {
      ASSIGN_OR_RETURN(const JsonFields fields, ObjectOf(entry, kVenueWords, "order update"));
      ASSIGN_OR_RETURN(const JsonFields order, fields.Object("order"));
      ASSIGN_OR_RETURN(const std::string_view status, fields.Text("status"));
      ASSIGN_OR_RETURN(const int64_t time_ms, fields.Integer("statusTimestamp"));
      ASSIGN_OR_RETURN(std::optional<OrderUpdate> update,
                       ReadOrder(order, status, time_ms, instruments));
      if (update.has_value()) {
        message.orders.push_back(*std::move(update));
      }
    }
    return absl::OkStatus();
  }

  // {"user":"0x..","isSnapshot":true,"fills":[...]}
  absl::Status ReadFills(const JsonFields& data, PrivateMessage& message) const {
    ASSIGN_OR_RETURN(const array fills, data.Array("fills"));
    for (const element entry : fills) {
      ASSIGN_OR_RETURN(const JsonFields fields, ObjectOf(entry, kVenueWords, "fill"));
      ASSIGN_OR_RETURN(std::optional<TradeUpdate> fill, ReadFill(fields, instruments));
      if (!fill.has_value()) {
        continue;
      }
      if (note_fill != nullptr) {
        note_fill(fields, fill->fill, message);
      }
      message.trades.push_back(*std::move(fill));
    }
    return absl::OkStatus();
  }

  const PrivateChannel* Find(std::string_view channel) const {
    const auto found = std::find_if(channels.begin(), channels.end(), [&](const PrivateChannel& c) {
      return c.name == channel;
    });
    return found == channels.end() ? nullptr : &*found;
  }

  // False for a channel that tells nothing about the account.
  absl::StatusOr<bool> ReadUpdate(std::string_view channel,
                                  const JsonFields& frame,
                                  PrivateMessage& message) const {
    if (channel == kOrders) {
      ASSIGN_OR_RETURN(const array entries, frame.Array("data"));
      RETURN_IF_ERROR(ReadOrders(entries, message));
      return true;
    }
    const PrivateChannel* const known = Find(channel);
    if (known == nullptr && channel != kFills) {
      return false;
    }
    ASSIGN_OR_RETURN(const JsonFields data, frame.Object("data"));
    if (data.FlagOr("isSnapshot", false)) {
      return true;
    }
    RETURN_IF_ERROR(known == nullptr ? ReadFills(data, message) : known->read(data, message));
    return true;
  }
};

HyperliquidUserStream::HyperliquidUserStream(VenueHosts hosts,
                                             std::string account,
                                             const InstrumentTable& instruments,
                                             std::vector<PrivateChannel> channels,
                                             FillNoter note_fill)
    : hosts_(std::move(hosts)),
      rep_(new Rep{.account = std::move(account),
                   .instruments = instruments,
                   .channels = std::move(channels),
                   .note_fill = std::move(note_fill)}) {}

HyperliquidUserStream::~HyperliquidUserStream() = default;

std::string HyperliquidUserStream::StreamUrl(std::string_view) const {
  return hosts_.private_stream_url;
}

std::vector<std::string> HyperliquidUserStream::SubscribeFrames() const {
  const std::string user = StrCat(",\"user\":", JsonText(rep_->account));
  std::vector<std::string> frames = {SubscribeFrame(kFills, user)};
  for (const PrivateChannel& channel : rep_->channels) {
    frames.push_back(SubscribeFrame(channel.name, StrCat(user, channel.subscription)));
  }
  frames.push_back(SubscribeFrame(kOrders, user));
  return frames;
}

absl::StatusOr<PrivateMessage> HyperliquidUserStream::Parse(std::string_view frame) {
  PrivateMessage message;
  if (frame.substr(0, 1) != "{") {
    return message;  // "Websocket connection established."
  }
  ASSIGN_OR_RETURN(const JsonFields fields, ParseObject(rep_->json, frame, kVenueWords, kFrame));
  ASSIGN_OR_RETURN(const std::string_view channel, fields.Text("channel"));
  ASSIGN_OR_RETURN(const bool is_update, rep_->ReadUpdate(channel, fields, message));
  if (is_update) {
    message.kind =
        HasNews(message) ? PrivateMessage::Kind::kUpdate : PrivateMessage::Kind::kIgnored;
    return message;
  }
  if (channel == "subscriptionResponse") {
    ASSIGN_OR_RETURN(const JsonFields data, fields.Object("data"));
    ASSIGN_OR_RETURN(const JsonFields subscription, data.Object("subscription"));
    if (subscription.TextOr("type", "") == kOrders) {
      message.kind = PrivateMessage::Kind::kLoginAccepted;
    }
  } else if (channel == "pong") {
    message.kind = PrivateMessage::Kind::kHeartbeat;
  } else if (channel == "error") {
    message.kind = PrivateMessage::Kind::kLoginRefused;
    message.status = absl::FailedPreconditionError(
        StrCat(kVenueWords, ": ", Excerpt(fields.TextOr("data", "without words"))));
  }
  return message;
}

}  // namespace colibri::hyperliquid
