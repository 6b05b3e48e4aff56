#include "tests/support/fake_exchange.h"

#include <map>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"

#include "connector/exchange_base.h"
#include "connector/perpetual_base.h"
#include "core/check.h"
#include "core/status_macros.h"
#include "core/strings.h"
#include "tests/support/fake_lines.h"

namespace colibri {
namespace {

VenueError ErrorOf(const HttpResponse& response) {
  struct Row {
    absl::StatusCode code;
    Outcome outcome;
    ErrorKind kind;
  };
  using Code = absl::StatusCode;
  static const std::map<std::string_view, Row> kTable = {
      {"rejected", {Code::kInvalidArgument, Outcome::kRejected, ErrorKind::kOther}},
      {"not_found", {Code::kNotFound, Outcome::kRejected, ErrorKind::kOrderNotFound}},
      {"unknown_order", {Code::kNotFound, Outcome::kRejected, ErrorKind::kCancelUnknownOrder}},
      {"duplicate", {Code::kInvalidArgument, Outcome::kRejected, ErrorKind::kDuplicateOrder}},
      {"clock_skew", {Code::kFailedPrecondition, Outcome::kRejected, ErrorKind::kClockSkew}},
      {"rate_limited", {Code::kResourceExhausted, Outcome::kNotSent, ErrorKind::kRateLimited}},
      {"banned", {Code::kResourceExhausted, Outcome::kNotSent, ErrorKind::kBanned}},
      {"bad_keys", {Code::kUnauthenticated, Outcome::kRejected, ErrorKind::kBadCredentials}},
      {"region", {Code::kPermissionDenied, Outcome::kRejected, ErrorKind::kRegionBlocked}},
  };
  VenueError error;
  const auto found = kTable.find(response.body);
  if (found == kTable.end()) {
    error.status = absl::UnavailableError(StrCat("HTTP ", response.status, " ", response.body));
    return error;
  }
  error.status = absl::Status(found->second.code, response.body);
  error.outcome = found->second.outcome;
  error.kind = found->second.kind;
  int64_t seconds = 0;
  if (absl::SimpleAtoi(Abs(response.header("retry-after")), &seconds)) {
    error.retry_after = absl::Seconds(seconds);
  }
  return error;
}

class FakeAuth final : public Auth {
 public:
  absl::Status AddKey(RestRequest& request) const override {
    request.AddHeader("key", "K");
    return absl::OkStatus();
  }
  absl::Status SignRest(RestRequest& request, absl::Time venue_now) const override {
    request.AddParameter("timestamp", StrCat(absl::ToUnixMillis(venue_now)));
    return AddKey(request);
  }
  absl::StatusOr<std::string> LoginFrame(std::string_view request_id,
                                         absl::Time /*venue_now*/) const override {
    return StrCat("login ", request_id);
  }
  absl::StatusOr<std::string> SignFrame(std::string_view /*method*/,
                                        const FrameParameters& /*parameters*/,
                                        std::string_view /*request_id*/,
                                        absl::Time /*venue_now*/) const override {
    return absl::UnimplementedError("the fake venue takes no signed frames");
  }
};

// Of a connector, and alone.
template <typename Base>
class FakeProtocol : public Base {
 public:
  template <typename... Args>
  explicit FakeProtocol(const VenueSpec& spec, Args&&... args)
      : Base(std::forward<Args>(args)...), spec_(spec) {}

  VenueCall ServerTimeCall() const override {
    return MakeCall(HttpMethod::kGet, "/time", CallPriority::kReconcile, CallSecurity::kNone);
  }
  absl::StatusOr<absl::Time> ParseServerTime(std::string_view body) const override {
    const absl::Time time = FromMs(std::string(body));
    if (time == absl::InfinitePast()) {
      return Unreadable(body);
    }
    return time;
  }
  VenueCall RulesCall() const override {
    return MakeCall(HttpMethod::kGet, "/rules", CallPriority::kReconcile, CallSecurity::kNone);
  }
  absl::StatusOr<VenueRules> ParseRules(std::string_view body) const override {
    VenueRules rules;
    for (const std::string& line : Split(body, '\n')) {
      const Words words = Split(line, ' ');
      if (words.size() < 5 || words[0] != "rule") {
        return Unreadable(line);
      }
      TradingRule rule;
      ASSIGN_OR_RETURN(rule.pair, TradingPair::Parse(words[1]));
      rule.symbol = words[2];
      ASSIGN_OR_RETURN(rule.price_increment, Price::Parse(words[3]));
      ASSIGN_OR_RETURN(rule.quantity_increment, Quantity::Parse(words[4]));
      rule.quantity_min = rule.quantity_increment;
      if (spec_.is_perpetual()) {
        rule.collateral = rule.pair.quote;
        rule.leverage_max = 20;
      }
      rules.rules.push_back(rule);
    }
    return rules;
  }
  VenueCall BalancesCall() const override {
    return MakeCall(HttpMethod::kGet, "/balances", CallPriority::kReconcile);
  }
  absl::StatusOr<std::vector<BalanceUpdate>> ParseBalances(std::string_view body) const override {
    return ParseLines<BalanceUpdate>(body, &ParseBalanceLine);
  }
  std::optional<VenueCall> FeesCall(const Instrument&) const override {
    return MakeCall(HttpMethod::kGet, "/fees", CallPriority::kReconcile);
  }
  absl::StatusOr<FeeRates> ParseFees(std::string_view body) const override {
    const Words words = Split(body, ' ');
    if (words.size() != 2) {
      return Unreadable(body);
    }
    FeeRates rates;
    ASSIGN_OR_RETURN(rates.maker, Decimal::Parse(words[0]));
    ASSIGN_OR_RETURN(rates.taker, Decimal::Parse(words[1]));
    return rates;
  }

  VenueCall PlaceCall(const Order& order, const Instrument& instrument) const override {
    VenueCall call = MakeCall(HttpMethod::kPost, "/order", CallPriority::kCreate);
    call.charges = {{"weight", 1}, {"orders", 1}};
    call.request.AddParameter("symbol", instrument.symbol);
    call.request.AddParameter("id", order.client_order_id.view());
    call.request.AddParameter("side", ToString(order.side));
    call.request.AddParameter("quantity", order.quantity.ToString());
    call.request.AddParameter("price", order.price.value_or(Price()).ToString());
    if (spec_.is_perpetual()) {
      call.request.AddParameter("action", ToString(order.position_action));
      call.request.AddParameter("position", ToString(order.position_side));
    }
    return call;
  }
  absl::StatusOr<PlaceAnswer> ParsePlaced(std::string_view body,
                                          const Order& /*order*/) const override {
    PlaceAnswer answer;
    bool has_order = false;
    for (const std::string& line : Split(body, '\n')) {
      const Words words = Split(line, ' ');
      if (!words.empty() && words[0] == "trade") {
        ASSIGN_OR_RETURN(answer.trades.emplace_back(), ParseTradeLine(words));
      } else {
        ASSIGN_OR_RETURN(answer.order, ParseOrderLine(words));
        has_order = true;
      }
    }
    if (!has_order) {
      return Unreadable(body);
    }
    return answer;
  }
  VenueCall CancelCall(const Order& order, const Instrument&) const override {
    VenueCall call = MakeCall(HttpMethod::kDelete, "/order", CallPriority::kCancel);
    call.request.AddParameter("id",
                              spec_.capabilities.can_cancel_by_client_order_id
                                  ? order.client_order_id.view()
                                  : order.exchange_order_id.view());
    return call;
  }
  absl::StatusOr<OrderUpdate> ParseCanceled(std::string_view body, const Order&) const override {
    return ParseOrderLine(Split(body, ' '));
  }
  std::optional<VenueCall> CancelAllCall(const Instrument&) const override {
    return MakeCall(HttpMethod::kDelete, "/orders", CallPriority::kCancel);
  }
  absl::StatusOr<std::vector<OrderUpdate>> ParseCanceledAll(std::string_view body,
                                                            const Instrument&) const override {
    return ParseLines<OrderUpdate>(body, &ParseOrderLine);
  }
  std::optional<VenueCall> AmendCall(const Order& order,
                                     const OrderAmendment& amendment,
                                     const Instrument&) const override {
    if (!spec_.capabilities.can_amend || amendment.price != order.price ||
        *amendment.quantity > order.quantity) {
      return std::nullopt;
    }
    VenueCall call = MakeCall(HttpMethod::kPut, "/order", CallPriority::kCreate);
    call.request.AddParameter("quantity", amendment.quantity->ToString());
    return call;
  }
  absl::StatusOr<OrderUpdate> ParseAmended(std::string_view body,
                                           const Order& order) const override {
    ASSIGN_OR_RETURN(OrderUpdate update, ParseOrderLine(Split(body, ' ')));
    ASSIGN_OR_RETURN(update.quantity, Quantity::Parse(update.reason));
    update.client_order_id = order.client_order_id;
    return update;
  }
  std::optional<VenueCall> ReplaceCall(const Order&,
                                       const Order& new_order,
                                       const Instrument&) const override {
    VenueCall call = MakeCall(HttpMethod::kPost, "/replace", CallPriority::kCreate);
    call.request.AddParameter("id", new_order.client_order_id.view());
    return call;
  }
  // Two lines, for the old and for the new order; a word instead is that half's error.
  absl::StatusOr<ReplaceAnswer> ParseReplaced(const HttpResponse& response,
                                              const Order&,
                                              const Order&) const override {
    const Words lines = Split(response.body, '\n');
    if (lines.size() != 2) {
      return Unreadable(response.body);
    }
    ReplaceAnswer answer;
    const absl::StatusOr<OrderUpdate> canceled = ParseOrderLine(Split(lines[0], ' '));
    const absl::StatusOr<OrderUpdate> placed = ParseOrderLine(Split(lines[1], ' '));
    if (canceled.ok()) {
      answer.canceled = *canceled;
    } else {
      answer.cancel_error = ErrorOf({.status = 400, .headers = {}, .body = lines[0]});
    }
    if (placed.ok()) {
      answer.placed = PlaceAnswer{.order = *placed, .trades = {}};
    } else {
      answer.place_error = ErrorOf({.status = 400, .headers = {}, .body = lines[1]});
    }
    return answer;
  }

  VenueCall OrderCall(const Order& order, const Instrument&) const override {
    VenueCall call = MakeCall(HttpMethod::kGet, "/order", CallPriority::kReconcile);
    call.request.AddParameter("id", order.client_order_id.view());
    return call;
  }
  absl::StatusOr<OrderUpdate> ParseOrder(std::string_view body) const override {
    return ParseOrderLine(Split(body, ' '));
  }
  VenueCall OpenOrdersCall(const Instrument&) const override {
    return MakeCall(HttpMethod::kGet, "/open", CallPriority::kReconcile);
  }
  absl::StatusOr<std::vector<OrderUpdate>> ParseOpenOrders(std::string_view body) const override {
    return ParseLines<OrderUpdate>(body, &ParseOrderLine);
  }
  VenueCall OrderTradesCall(const Order& order, const Instrument&) const override {
    VenueCall call = MakeCall(HttpMethod::kGet, "/order_trades", CallPriority::kReconcile);
    call.request.AddParameter("id", order.exchange_order_id.view());
    return call;
  }
  VenueCall TradesCall(const TradeCursor& cursor, const Instrument&) const override {
    VenueCall call = MakeCall(HttpMethod::kGet, "/trades", CallPriority::kReconcile);
    if (cursor.after.has_value()) {
      call.request.AddParameter("after", cursor.after->view());
    }
    return call;
  }
  absl::StatusOr<std::vector<TradeUpdate>> ParseTrades(std::string_view body) const override {
    return ParseLines<TradeUpdate>(body, &ParseTradeLine);
  }
  VenueError ClassifyError(const HttpResponse& response) const override {
    return ErrorOf(response);
  }

 private:
  const VenueSpec& spec_;
};

// Over ExchangeBase or PerpetualBase.
template <typename Base>
class FakeExchange : public FakeProtocol<Base> {
 public:
  FakeExchange(Environment& environment,
               const VenueSpec& spec,
               ExchangeConfig config,
               std::unique_ptr<Auth> auth)
      : FakeProtocol<Base>(spec, environment, spec, std::move(config), std::move(auth)) {}

 protected:
  std::unique_ptr<OrderBookDataSource> MakeOrderBookDataSource(
      const InstrumentTable& instruments) override {
    return MakeFakeBookSource(instruments);
  }
  std::unique_ptr<UserStreamDataSource> MakeUserStreamDataSource(
      const InstrumentTable& /*instruments*/) override {
    return MakeFakeUserSource();
  }
  std::unique_ptr<OrderSocketSource> MakeOrderSocketSource() override {
    return MakeFakeOrderSocketSource();
  }
  std::string StreamSymbol(std::string_view symbol) const override { return StrCat("s_", symbol); }
};

class FakePerpetual final : public FakeExchange<PerpetualBase> {
 public:
  using FakeExchange<PerpetualBase>::FakeExchange;

 protected:
  std::optional<VenueCall> PositionModeCall() const override {
    return MakeCall(HttpMethod::kGet, "/mode", CallPriority::kReconcile);
  }
  absl::StatusOr<PositionMode> ParsePositionMode(std::string_view body) const override {
    const absl::StatusOr<PositionMode> mode = colibri::ParsePositionMode(body);
    return mode.ok() ? mode : Unreadable(body);
  }
  std::optional<VenueCall> SetPositionModeCall(PositionMode mode) const override {
    VenueCall call = MakeCall(HttpMethod::kPost, "/mode", CallPriority::kReconcile);
    call.request.AddParameter("mode", ToString(mode));
    return call;
  }
  VenueCall LeverageCall(const Instrument& instrument) const override {
    VenueCall call = MakeCall(HttpMethod::kGet, "/leverage", CallPriority::kReconcile);
    call.request.AddParameter("symbol", instrument.symbol);
    return call;
  }
  absl::StatusOr<LeverageSetting> ParseLeverage(std::string_view body,
                                                const Instrument&) const override {
    return ParseLeverageLine(Split(body, ' '));
  }
  std::vector<VenueCall> SetLeverageCalls(const Instrument& instrument,
                                          const LeverageSetting& current,
                                          const LeverageSetting& wanted) const override {
    std::vector<VenueCall> calls;
    if (wanted.margin_mode != current.margin_mode) {
      calls.push_back(MakeCall(HttpMethod::kPost, "/margin", CallPriority::kReconcile));
      calls.back().request.AddParameter("mode", ToString(wanted.margin_mode));
    }
    if (wanted.leverage != current.leverage) {
      calls.push_back(MakeCall(HttpMethod::kPost, "/leverage", CallPriority::kReconcile));
      calls.back().request.AddParameter("leverage", StrCat(wanted.leverage));
    }
    for (VenueCall& call : calls) {
      call.request.AddParameter("symbol", instrument.symbol);
    }
    return calls;
  }
  VenueCall PositionsCall() const override {
    return MakeCall(HttpMethod::kGet, "/positions", CallPriority::kReconcile);
  }
  absl::StatusOr<std::vector<Position>> ParsePositions(std::string_view body) const override {
    return ParseLines<Position>(body, &ParsePositionLine);
  }
  VenueCall FundingInfoCall(const Instrument& instrument) const override {
    VenueCall call = MakeCall(HttpMethod::kGet, "/funding", CallPriority::kReconcile);
    call.request.AddParameter("symbol", instrument.symbol);
    return call;
  }
  absl::StatusOr<FundingInfo> ParseFundingInfo(std::string_view body,
                                               const Instrument&) const override {
    return ParseFundingLine(Split(body, ' '));
  }
  std::optional<VenueCall> OpenInterestCall(const Instrument&) const override {
    return MakeCall(HttpMethod::kGet, "/interest", CallPriority::kReconcile);
  }
  absl::StatusOr<Quantity> ParseOpenInterest(std::string_view body,
                                             const Instrument&) const override {
    return Quantity::Parse(body);
  }
  VenueCall FundingPaymentsCall(absl::Time since) const override {
    VenueCall call = MakeCall(HttpMethod::kGet, "/paid", CallPriority::kReconcile);
    call.request.AddParameter("since", StrCat(absl::ToUnixMillis(since)));
    return call;
  }
  absl::StatusOr<std::vector<FundingPaymentUpdate>> ParseFundingPayments(
      std::string_view body) const override {
    return ParseLines<FundingPaymentUpdate>(body, &ParsePaidLine);
  }
  std::vector<VenueCall> DeadMansSwitchCalls(const InstrumentTable&,
                                             absl::Time,
                                             absl::Duration countdown) const override {
    std::vector<VenueCall> calls = {
        MakeCall(HttpMethod::kPost, "/countdown", CallPriority::kCancel)};
    calls.back().request.AddParameter("ms", StrCat(absl::ToInt64Milliseconds(countdown)));
    return calls;
  }
};

}  // namespace

std::unique_ptr<VenueProtocol> MakeFakeProtocol(const VenueSpec& spec) {
  return std::make_unique<FakeProtocol<VenueProtocol>>(spec);
}

std::unique_ptr<Auth> MakeFakeAuth() {
  return std::make_unique<FakeAuth>();
}

std::unique_ptr<Connector> MakeFakeExchange(Environment& environment,
                                            const VenueSpec& spec,
                                            ExchangeConfig config,
                                            bool has_keys) {
  std::unique_ptr<Auth> auth = has_keys ? MakeFakeAuth() : nullptr;
  if (spec.is_perpetual()) {
    return std::make_unique<FakePerpetual>(environment, spec, std::move(config), std::move(auth));
  }
  return std::make_unique<FakeExchange<ExchangeBase>>(
      environment, spec, std::move(config), std::move(auth));
}

}  // namespace colibri
