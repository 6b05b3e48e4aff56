#include "exchanges/binance/binance_user_stream_data_source.h"

#include <utility>

#include "core/status_macros.h"
#include "core/strings.h"
#include "exchanges/binance/binance_answers.h"
#include "exchanges/binance/binance_errors.h"
#include "exchanges/binance_common/binance_json.h"
#include "exchanges/binance_common/binance_order_fields.h"

namespace colibri::binance {
namespace {

constexpr std::string_view kFrame = "private frame";
// The venue lists some hundreds of assets.
constexpr size_t kAssetsMax = 10'000;
constexpr int64_t kAlreadySubscribed = -2035;

// On a cancel `c` is the id of the cancel request and `C` the order's own. Old records have the
// text "null" where there is no `C`.
absl::StatusOr<ClientOrderId> ReadClientOrderId(const JsonFields& report) {
  const std::string_view original = report.TextOr("C", "");
  if (!original.empty() && original != "null") {
    return ToClientOrderId(original);
  }
  ASSIGN_OR_RETURN(const std::string_view own, report.Text("c"));
  return ToClientOrderId(own);
}

// {"e":"executionReport","E":1499405658658,"s":"ETHBTC","c":"mUvoqJxFIILMdfAW5iGSOW","S":"BUY",
//  "o":"LIMIT","f":"GTC","q":"1.0","p":"0.10264410",...,"C":"","x":"NEW","X":"NEW","r":"NONE",
//  "i":4293153,"l":"0.0","z":"0.0","L":"0.0","n":"0","N":null,"T":1499405658657,"t":-1,...}
absl::StatusOr<PrivateMessage> ReadExecution(const JsonFields& report,
                                             const InstrumentTable& instruments) {
  PrivateMessage message;
  ASSIGN_OR_RETURN(const Instrument* instrument, FindInstrument(report, "s", instruments));
  if (instrument == nullptr) {
    return message;
  }
  OrderUpdate order;
  order.source = Source::kStream;
  order.pair = instrument->pair;
  ASSIGN_OR_RETURN(order.client_order_id, ReadClientOrderId(report));
  ASSIGN_OR_RETURN(order.exchange_order_id, ReadExchangeOrderId(report, "i"));
  ASSIGN_OR_RETURN(const std::string_view execution, report.Text("x"));
  ASSIGN_OR_RETURN(const std::string_view status, report.Text("X"));
  ASSIGN_OR_RETURN(order.state, ParseOrderState(status));
  ASSIGN_OR_RETURN(const Decimal filled, report.Amount("z"));
  order.cumulative_filled = Quantity(filled);
  ASSIGN_OR_RETURN(const int64_t time_ms, report.Integer("T"));
  order.venue_time = absl::FromUnixMillis(time_ms);
  if (execution == "REPLACED") {
    ASSIGN_OR_RETURN(const Decimal quantity, report.Positive("q"));
    order.quantity = Quantity(quantity);
  }
  if (IsTerminal(order.state)) {
    order.reason = EndReason(status, report.TextOr("r", ""), report.TextOr("eR", ""));
  }
  if (execution == "TRADE") {
    ASSIGN_OR_RETURN(TradeUpdate trade, ReadStreamFill(report, order));
    message.trades.push_back(std::move(trade));
  }
  message.kind = PrivateMessage::Kind::kUpdate;
  message.orders.push_back(std::move(order));
  return message;
}

// {"id":"a1","status":200,"result":{"subscriptionId":0}}, or with "error":{"code":..,"msg":".."};
// a revoked key comes with id null and status 401.
absl::StatusOr<PrivateMessage> ReadReply(const JsonFields& reply) {
  PrivateMessage message;
  if (reply.Has("error")) {
    ASSIGN_OR_RETURN(const JsonFields error, reply.Object("error"));
    ASSIGN_OR_RETURN(const int64_t code, error.Integer("code"));
    if (code == kAlreadySubscribed) {
      message.kind = PrivateMessage::Kind::kLoginAccepted;
      return message;
    }
    const int64_t status = reply.IntegerOr("status", 400);
    const int http_status = status >= 100 && status <= 599 ? static_cast<int>(status) : 400;
    message.kind = PrivateMessage::Kind::kLoginRefused;
    message.status = ClassifyCode(SpotErrors(), http_status, code, error.TextOr("msg", "")).status;
    return message;
  }
  ASSIGN_OR_RETURN(const int64_t status, reply.Integer("status"));
  if (status != 200) {
    return reply.Missing("error", "there, although the status is not 200");
  }
  const absl::StatusOr<JsonFields> result = reply.Object("result");
  if (result.ok() && result->Has("subscriptionId")) {
    message.kind = PrivateMessage::Kind::kLoginAccepted;
  }
  return message;
}

}  // namespace

struct BinanceUserStreamDataSource::Rep {
  simdjson::dom::parser json;
  // Of the last account position that told each asset.
  StringMap<int64_t> update_times_ms;

  // {"e":"outboundAccountPosition","E":1564034571105,"u":1564034571073,
  //  "B":[{"a":"ETH","f":"10000.000000","l":"0.000000"}]}: absolute, of the assets that may have
  // changed. What is older than the last of the same asset is dropped.
  absl::StatusOr<PrivateMessage> ReadPosition(const JsonFields& event) {
    PrivateMessage message;
    ASSIGN_OR_RETURN(const int64_t time_ms, event.Integer("u"));
    if (update_times_ms.size() > kAssetsMax) {
      update_times_ms.clear();
    }
    RETURN_IF_ERROR(event.ForEachObject("B", [&](const JsonFields& balance) -> absl::Status {
      ASSIGN_OR_RETURN(BalanceUpdate update, ReadBalance(balance, "a", "f", "l"));
      int64_t& last_ms = update_times_ms.try_emplace(update.asset, time_ms).first->second;
      if (last_ms <= time_ms) {
        last_ms = time_ms;
        update.venue_time = absl::FromUnixMillis(time_ms);
        update.source = Source::kStream;
        message.balances.push_back(std::move(update));
        message.kind = PrivateMessage::Kind::kUpdate;
      }
      return absl::OkStatus();
    }));
    return message;
  }
};

BinanceUserStreamDataSource::BinanceUserStreamDataSource(VenueHosts hosts,
                                                         const ExchangeConfig& config,
                                                         const InstrumentTable& instruments)
    : hosts_(std::move(hosts)),
      uses_listen_key_(config.domain == kUsDomain),
      requests_(config),
      instruments_(instruments),
      rep_(std::make_unique<Rep>()) {}

BinanceUserStreamDataSource::~BinanceUserStreamDataSource() = default;

std::string BinanceUserStreamDataSource::StreamUrl(std::string_view listen_key) const {
  return uses_listen_key_ ? StrCat(hosts_.private_stream_url, "/", listen_key)
                          : hosts_.private_stream_url;
}

absl::StatusOr<PrivateMessage> BinanceUserStreamDataSource::Parse(std::string_view frame) {
  ASSIGN_OR_RETURN(JsonFields event, ParseObject(rep_->json, frame, kFrame));
  if (event.Has("event")) {
    ASSIGN_OR_RETURN(event, event.Object("event"));
  } else if (!event.Has("e")) {
    return ReadReply(event);
  }
  ASSIGN_OR_RETURN(const std::string_view type, event.Text("e"));
  if (type == "executionReport") {
    return ReadExecution(event, instruments_);
  }
  if (type == "outboundAccountPosition") {
    return rep_->ReadPosition(event);
  }
  PrivateMessage message;
  if (type == "eventStreamTerminated" || type == "serverShutdown" || type == "listenKeyExpired") {
    message.kind = PrivateMessage::Kind::kStreamEnded;
    message.status = absl::UnavailableError(StrCat("Binance ended the private stream: ", type));
  }
  // balanceUpdate is a delta that an account position accompanies: adding it would count twice.
  // listStatus, externalLockUpdate and events to come tell nothing of ours.
  return message;
}

}  // namespace colibri::binance
