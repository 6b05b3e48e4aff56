#include "tests/support/fake_exchange.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"

#include "connector/exchange_base.h"
#include "core/check.h"
#include "core/scaled_parse.h"
#include "core/status_macros.h"
#include "core/strings.h"

namespace colibri {
namespace {

using Words = std::vector<std::string>;

Words Split(std::string_view text, char separator) {
  Words words = absl::StrSplit(Abs(text), separator, absl::SkipEmpty());
  for (std::string& word : words) {
    word = word == "-" ? "" : word;
  }
  return words;
}

absl::Status Unreadable(std::string_view text) {
  return absl::DataLossError(StrCat("not a line of the fake venue: ", text.substr(0, 80)));
}

absl::Time FromMs(const std::string& text) {
  int64_t ms = 0;
  return absl::SimpleAtoi(text, &ms) ? absl::FromUnixMillis(ms) : absl::InfinitePast();
}

OrderState StateOf(std::string_view word) {
  for (int i = 0; i <= static_cast<int>(OrderState::kExpired); ++i) {
    if (ToString(static_cast<OrderState>(i)) == word) {
      return static_cast<OrderState>(i);
    }
  }
  return OrderState::kOpen;
}

absl::StatusOr<OrderUpdate> ParseOrderLine(const Words& words) {
  if (words.size() < 6 || words[0] != "order") {
    return Unreadable(words.empty() ? "" : words[0]);
  }
  OrderUpdate update;
  update.client_order_id = ClientOrderId(words[1]);
  update.exchange_order_id = ExchangeOrderId(words[2]);
  update.pair = kFakePair;
  update.state = StateOf(words[3]);
  ASSIGN_OR_RETURN(update.cumulative_filled, Quantity::Parse(words[4]));
  update.venue_time = FromMs(words[5]);
  update.reason = words.size() > 6 ? words[6] : "";
  return update;
}

absl::StatusOr<TradeUpdate> ParseTradeLine(const Words& words) {
  if (words.size() < 8 || words[0] != "trade") {
    return Unreadable(words.empty() ? "" : words[0]);
  }
  TradeUpdate update;
  update.fill.trade_id = TradeId(words[1]);
  update.fill.client_order_id = ClientOrderId(words[2]);
  update.fill.exchange_order_id = ExchangeOrderId(words[3]);
  update.fill.pair = kFakePair;
  update.fill.side = words[4] == "buy" ? Side::kBuy : Side::kSell;
  ASSIGN_OR_RETURN(update.fill.price, Price::Parse(words[5]));
  ASSIGN_OR_RETURN(update.fill.quantity, Quantity::Parse(words[6]));
  update.fill.venue_time = FromMs(words[7]);
  return update;
}

absl::StatusOr<BalanceUpdate> ParseBalanceLine(const Words& words) {
  if (words.size() < 5 || words[0] != "balance") {
    return Unreadable(words.empty() ? "" : words[0]);
  }
  BalanceUpdate update;
  update.asset = words[1];
  ASSIGN_OR_RETURN(update.balance.total, Decimal::Parse(words[2]));
  ASSIGN_OR_RETURN(update.balance.available, Decimal::Parse(words[3]));
  update.venue_time = FromMs(words[4]);
  return update;
}

// Each line of the body by one parser.
template <typename T>
absl::StatusOr<std::vector<T>> ParseLines(std::string_view body,
                                          absl::StatusOr<T> (*parse)(const Words&)) {
  std::vector<T> all;
  for (const std::string& line : Split(body, '\n')) {
    ASSIGN_OR_RETURN(T one, parse(Split(line, ' ')));
    all.push_back(std::move(one));
  }
  return all;
}

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
  absl::StatusOr<std::string> SignFrame(
      std::string_view /*method*/,
      const std::vector<std::pair<std::string, std::string>>& /*parameters*/,
      std::string_view /*request_id*/,
      absl::Time /*venue_now*/) const override {
    return absl::UnimplementedError("the fake venue takes no signed frames");
  }
};

VenueCall MakeCall(HttpMethod method,
                   std::string path,
                   CallPriority priority,
                   CallSecurity security = CallSecurity::kSigned) {
  VenueCall call;
  call.request.method = method;
  call.request.path = std::move(path);
  call.priority = priority;
  call.security = security;
  call.charges = {{"weight", 1}};
  return call;
}

// Splits the levels b99:1 and a101:2 into sides, at the instrument's scale.
absl::Status ParseLevels(absl::Span<const std::string_view> words,
                         const BookScale& scale,
                         std::vector<BookLevel>& bids,
                         std::vector<BookLevel>& asks) {
  for (const std::string_view word : words) {
    const size_t colon = word.find(':');
    BookLevel level;
    if (word.empty() || colon == std::string_view::npos ||
        ParseScaled(word.substr(1, colon - 1), scale.price_decimals, level.price) !=
            ScaledParse::kOk ||
        ParseScaled(word.substr(colon + 1), scale.quantity_decimals, level.quantity) !=
            ScaledParse::kOk) {
      return Unreadable(word);
    }
    (word[0] == 'b' ? bids : asks).push_back(level);
  }
  return absl::OkStatus();
}

class FakeBookSource final : public OrderBookDataSource {
 public:
  explicit FakeBookSource(const InstrumentTable& instruments) : instruments_(instruments) {}

  std::string StreamUrl(absl::Span<const Instrument* const>) const override {
    return "ws://fake/market";
  }
  std::vector<std::string> SubscribeFrames(
      absl::Span<const Instrument* const> instruments) const override {
    std::string frame = "subscribe";
    for (const Instrument* instrument : instruments) {
      frame += StrCat(" ", instrument->stream_symbol);
    }
    return {frame};
  }
  VenueCall SnapshotCall(const Instrument& instrument) const override {
    VenueCall call =
        MakeCall(HttpMethod::kGet, "/depth", CallPriority::kMarketData, CallSecurity::kNone);
    call.request.AddParameter("symbol", instrument.symbol);
    return call;
  }
  bool IsSnapshotAnswer(std::string_view text) const override {
    return text.starts_with("snapshot ");
  }

  // Allocates nothing once warm, as venues' parsers must.
  absl::Status Parse(std::string_view frame,
                     int64_t receive_time_ns,
                     MarketMessageSink& sink) override {
    words_.clear();
    for (size_t begin = 0; begin < frame.size();) {
      const size_t end = std::min(frame.find(' ', begin), frame.size());
      words_.push_back(frame.substr(begin, end - begin));
      begin = end + 1;
    }
    if (frame == "shutdown") {
      sink.OnNotice(MarketNotice::kServerShutdown, frame);
      return absl::OkStatus();
    }
    if (frame == "subscribed") {
      sink.OnNotice(MarketNotice::kSubscribed, frame);
      return absl::OkStatus();
    }
    const Instrument* instrument = words_.size() < 2 ? nullptr : instruments_.FindSymbol(words_[1]);
    if (instrument == nullptr) {
      return Unreadable(frame);
    }
    if (words_[0] == "diff" && words_.size() >= 4) {
      return ParseDiff(*instrument, receive_time_ns, sink);
    }
    if (words_[0] == "print" && words_.size() == 7) {
      return ParsePrint(*instrument, receive_time_ns, sink);
    }
    return Unreadable(frame);
  }

  absl::Status ParseSnapshot(std::string_view body,
                             const Instrument& instrument,
                             int64_t receive_time_ns,
                             MarketMessageSink& sink) override {
    const Words words = Split(body, ' ');
    BookSnapshot snapshot{.receive_time_ns = receive_time_ns};
    if (words.size() < 2 || words[0] != "snapshot" ||
        !absl::SimpleAtoi(words[1], &snapshot.last_update_id)) {
      return Unreadable(body);
    }
    std::vector<BookLevel> bids;
    std::vector<BookLevel> asks;
    const std::vector<std::string_view> levels(words.begin() + 2, words.end());
    RETURN_IF_ERROR(ParseLevels(levels, instrument.scale, bids, asks));
    snapshot.bids = bids;
    snapshot.asks = asks;
    sink.OnBookSnapshot(instrument.index, snapshot);
    return absl::OkStatus();
  }

 private:
  absl::Status ParseDiff(const Instrument& instrument,
                         int64_t receive_time_ns,
                         MarketMessageSink& sink) {
    BookDiff diff{.receive_time_ns = receive_time_ns};
    bids_.clear();
    asks_.clear();
    if (!absl::SimpleAtoi(Abs(words_[2]), &diff.first_update_id) ||
        !absl::SimpleAtoi(Abs(words_[3]), &diff.last_update_id)) {
      return Unreadable(words_[2]);
    }
    const absl::Span<const std::string_view> levels = absl::MakeConstSpan(words_).subspan(4);
    RETURN_IF_ERROR(ParseLevels(levels, instrument.scale, bids_, asks_));
    diff.bids = bids_;
    diff.asks = asks_;
    sink.OnBookDiff(instrument.index, diff);
    return absl::OkStatus();
  }

  absl::Status ParsePrint(const Instrument& instrument,
                          int64_t receive_time_ns,
                          MarketMessageSink& sink) {
    TradeMessage trade{.trade_id = words_[2], .receive_time_ns = receive_time_ns};
    trade.taker_side = words_[3] == "buy" ? Side::kBuy : Side::kSell;
    if (ParseScaled(words_[4], instrument.scale.price_decimals, trade.price) != ScaledParse::kOk ||
        ParseScaled(words_[5], instrument.scale.quantity_decimals, trade.quantity) !=
            ScaledParse::kOk ||
        !absl::SimpleAtoi(Abs(words_[6]), &trade.venue_time_ms)) {
      return Unreadable(words_[4]);
    }
    sink.OnTrade(instrument.index, trade);
    return absl::OkStatus();
  }

  const InstrumentTable& instruments_;
  std::vector<std::string_view> words_;
  std::vector<BookLevel> bids_;
  std::vector<BookLevel> asks_;
};

class FakeUserSource final : public UserStreamDataSource {
 public:
  std::string StreamUrl(std::string_view listen_key) const override {
    return StrCat("ws://fake/private", listen_key.empty() ? "" : "/", listen_key);
  }
  absl::StatusOr<PrivateMessage> Parse(std::string_view frame) override {
    PrivateMessage message;
    if (frame == "login ok") {
      message.kind = PrivateMessage::Kind::kLoginAccepted;
    } else if (frame.starts_with("login")) {
      message.kind = PrivateMessage::Kind::kLoginRefused;
      message.status = frame == "login refused" ? absl::UnauthenticatedError("bad keys")
                                                : absl::UnavailableError("busy");
    } else if (frame == "ended") {
      message.kind = PrivateMessage::Kind::kStreamEnded;
    } else if (frame != "hello") {
      message.kind = PrivateMessage::Kind::kUpdate;
      for (const std::string& line : Split(frame, '\n')) {
        RETURN_IF_ERROR(ParseLine(Split(line, ' '), message));
      }
    }
    return message;
  }
  std::optional<VenueCall> CreateListenKeyCall() const override {
    return MakeCall(HttpMethod::kPost, "/listen_key", CallPriority::kReconcile);
  }
  std::optional<VenueCall> KeepListenKeyCall(std::string_view listen_key) const override {
    VenueCall call = MakeCall(HttpMethod::kPut, "/listen_key", CallPriority::kReconcile);
    call.request.AddParameter("key", listen_key);
    return call;
  }
  absl::StatusOr<std::string> ParseListenKey(std::string_view body) const override {
    return std::string(body);
  }

 private:
  static absl::Status ParseLine(const Words& words, PrivateMessage& message) {
    if (words.empty()) {
      return Unreadable("");
    }
    if (words[0] == "order") {
      ASSIGN_OR_RETURN(message.orders.emplace_back(), ParseOrderLine(words));
    } else if (words[0] == "trade") {
      ASSIGN_OR_RETURN(message.trades.emplace_back(), ParseTradeLine(words));
    } else {
      ASSIGN_OR_RETURN(message.balances.emplace_back(), ParseBalanceLine(words));
    }
    return absl::OkStatus();
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

class FakeExchange final : public FakeProtocol<ExchangeBase> {
 public:
  FakeExchange(Environment& environment,
               const VenueSpec& spec,
               ExchangeConfig config,
               std::unique_ptr<Auth> auth)
      : FakeProtocol<ExchangeBase>(spec, environment, spec, std::move(config), std::move(auth)) {}

 protected:
  std::unique_ptr<OrderBookDataSource> MakeOrderBookDataSource(
      const InstrumentTable& instruments) override {
    return MakeFakeBookSource(instruments);
  }
  std::unique_ptr<UserStreamDataSource> MakeUserStreamDataSource(
      const InstrumentTable& /*instruments*/) override {
    return MakeFakeUserSource();
  }
  std::string StreamSymbol(std::string_view symbol) const override { return StrCat("s_", symbol); }
};

}  // namespace

std::unique_ptr<OrderBookDataSource> MakeFakeBookSource(const InstrumentTable& instruments) {
  return std::make_unique<FakeBookSource>(instruments);
}

std::unique_ptr<UserStreamDataSource> MakeFakeUserSource() {
  return std::make_unique<FakeUserSource>();
}

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
  return std::make_unique<FakeExchange>(
      environment, spec, std::move(config), has_keys ? MakeFakeAuth() : nullptr);
}

}  // namespace colibri
