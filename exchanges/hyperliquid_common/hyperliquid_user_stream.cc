#include "exchanges/hyperliquid_common/hyperliquid_user_stream.h"

#include <utility>

#include "connector/json_fields.h"
#include "core/status_macros.h"
#include "core/strings.h"
#include "exchanges/hyperliquid_common/hyperliquid_family.h"
#include "exchanges/hyperliquid_common/hyperliquid_fields.h"
#include "exchanges/hyperliquid_common/hyperliquid_requests.h"

namespace colibri::hyperliquid {
namespace {

using simdjson::dom::array;
using simdjson::dom::element;

constexpr std::string_view kFrame = "private frame";
constexpr std::string_view kLastSubscription = "orderUpdates";

}  // namespace

struct HyperliquidUserStream::Rep {
  Rep(const InstrumentTable& table, std::string address)
      : instruments(table), account(std::move(address)) {}

  const InstrumentTable& instruments;
  std::string account;
  simdjson::dom::parser json;

  // [{"order":{"coin":"BTC","side":"B","limitPx":"1","sz":"2","oid":7,"timestamp":1,"origSz":"2",
  //   "cloid":"0x.."},"status":"open","statusTimestamp":1}]
  absl::StatusOr<PrivateMessage> ReadOrders(array entries) const {
    PrivateMessage message;
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
    return message;
  }

  // {"user":"0x..","isSnapshot":true,"fills":[...]}
  absl::StatusOr<PrivateMessage> ReadFills(const JsonFields& data) const {
    PrivateMessage message;
    if (data.FlagOr("isSnapshot", false)) {
      return message;
    }
    ASSIGN_OR_RETURN(const array fills, data.Array("fills"));
    for (const element entry : fills) {
      ASSIGN_OR_RETURN(const JsonFields fields, ObjectOf(entry, kVenueWords, "fill"));
      ASSIGN_OR_RETURN(std::optional<TradeUpdate> fill, ReadFill(fields, instruments));
      if (!fill.has_value()) {
        continue;
      }
      if (std::optional<LiquidationUpdate> liquidation =
              ReadLiquidation(fields, fill->fill, account)) {
        message.liquidations.push_back(*std::move(liquidation));
      }
      message.trades.push_back(*std::move(fill));
    }
    return message;
  }

  // {"user":"0x..","isSnapshot":true,"fundings":[{"time":1,"coin":"ETH","usdc":"-3.6",...}]}
  absl::StatusOr<PrivateMessage> ReadFundings(const JsonFields& data) const {
    PrivateMessage message;
    if (data.FlagOr("isSnapshot", false)) {
      return message;
    }
    ASSIGN_OR_RETURN(const array fundings, data.Array("fundings"));
    for (const element entry : fundings) {
      ASSIGN_OR_RETURN(const JsonFields fields, ObjectOf(entry, kVenueWords, "funding payment"));
      ASSIGN_OR_RETURN(std::optional<FundingPaymentUpdate> payment,
                       ReadFunding(fields, instruments));
      if (payment.has_value()) {
        message.funding_payments.push_back(*std::move(payment));
      }
    }
    return message;
  }

  // The state itself, or {"dex":"","user":"0x..","clearinghouseState":{...}}.
  absl::StatusOr<PrivateMessage> ReadState(JsonFields data) const {
    if (data.Has("clearinghouseState")) {
      ASSIGN_OR_RETURN(data, data.Object("clearinghouseState"));
    }
    ASSIGN_OR_RETURN(AccountState state, ReadAccount(data, instruments));
    PrivateMessage message;
    message.balances.push_back(std::move(state.balance));
    message.positions = std::move(state.positions);
    message.is_position_snapshot = true;
    message.leverages = std::move(state.leverages);
    return message;
  }

  absl::StatusOr<PrivateMessage> ReadUpdate(std::string_view channel,
                                            const JsonFields& frame) const {
    if (channel == "orderUpdates") {
      ASSIGN_OR_RETURN(const array entries, frame.Array("data"));
      return ReadOrders(entries);
    }
    ASSIGN_OR_RETURN(const JsonFields data, frame.Object("data"));
    if (channel == "userFundings") {
      return ReadFundings(data);
    }
    return channel == "userFills" ? ReadFills(data) : ReadState(data);
  }
};

HyperliquidUserStream::HyperliquidUserStream(VenueHosts hosts,
                                             std::string account,
                                             const InstrumentTable& instruments)
    : hosts_(std::move(hosts)),
      account_(std::move(account)),
      rep_(std::make_unique<Rep>(instruments, account_)) {}

HyperliquidUserStream::~HyperliquidUserStream() = default;

std::string HyperliquidUserStream::StreamUrl(std::string_view) const {
  return hosts_.private_stream_url;
}

std::vector<std::string> HyperliquidUserStream::SubscribeFrames() const {
  const std::string user = StrCat(",\"user\":", JsonText(account_));
  return {SubscribeFrame("userFills", user),
          SubscribeFrame("userFundings", user),
          SubscribeFrame("clearinghouseState", StrCat(user, R"(,"dex":"")")),
          SubscribeFrame(kLastSubscription, user)};
}

absl::StatusOr<PrivateMessage> HyperliquidUserStream::Parse(std::string_view frame) {
  PrivateMessage message;
  if (frame.substr(0, 1) != "{") {
    return message;  // "Websocket connection established."
  }
  ASSIGN_OR_RETURN(const JsonFields fields, ParseObject(rep_->json, frame, kVenueWords, kFrame));
  ASSIGN_OR_RETURN(const std::string_view channel, fields.Text("channel"));
  if (channel == "orderUpdates" || channel == "userFills" || channel == "userFundings" ||
      channel == "clearinghouseState") {
    ASSIGN_OR_RETURN(message, rep_->ReadUpdate(channel, fields));
    const bool is_news = !message.orders.empty() || !message.trades.empty() ||
                         !message.funding_payments.empty() || message.is_position_snapshot;
    message.kind = is_news ? PrivateMessage::Kind::kUpdate : PrivateMessage::Kind::kIgnored;
    return message;
  }
  if (channel == "subscriptionResponse") {
    ASSIGN_OR_RETURN(const JsonFields data, fields.Object("data"));
    ASSIGN_OR_RETURN(const JsonFields subscription, data.Object("subscription"));
    if (subscription.TextOr("type", "") == kLastSubscription) {
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
