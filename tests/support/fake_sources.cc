#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/numbers.h"

#include "core/scaled_parse.h"
#include "core/status_macros.h"
#include "core/strings.h"
#include "tests/support/fake_exchange.h"
#include "tests/support/fake_lines.h"

namespace colibri {
namespace {

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
  bool quotes_number_books() const override { return true; }
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
    if (words_[0] == "whole" && words_.size() >= 3) {
      // "whole BTCUSDT 100 b99:1 a101:1": the snapshot of that id, by the stream.
      const std::string body =
          StrCat("snapshot ", frame.substr(words_[0].size() + 1 + words_[1].size() + 1));
      return ParseSnapshot(body, *instrument, receive_time_ns, sink);
    }
    if (words_[0] == "quote" && words_.size() == 3) {
      BestQuoteMessage quote{.bid = {9900, 1}, .ask = {10100, 1}};  // "quote BTCUSDT 101"
      if (!absl::SimpleAtoi(Abs(words_[2]), &quote.update_id)) {
        return Unreadable(frame);
      }
      sink.OnBestQuote(instrument->index, quote);
      return absl::OkStatus();
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
    } else if (words[0] == "position") {
      ASSIGN_OR_RETURN(message.positions.emplace_back(), ParsePositionLine(words));
    } else if (words[0] == "paid") {
      ASSIGN_OR_RETURN(message.funding_payments.emplace_back(), ParsePaidLine(words));
    } else if (words[0] == "liquidation") {
      ASSIGN_OR_RETURN(message.liquidations.emplace_back(), ParseLiquidationLine(words));
    } else if (words[0] == "funding_due") {
      message.is_funding_due = true;
    } else if (words[0] == "balance_due") {
      message.is_balance_due = true;
    } else {
      ASSIGN_OR_RETURN(message.balances.emplace_back(), ParseBalanceLine(words));
    }
    return absl::OkStatus();
  }
};

class FakeOrderSocketSource final : public OrderSocketSource {
 public:
  explicit FakeOrderSocketSource(FakeOrderSocketOptions options) : options_(options) {}

  bool Takes(const VenueCall& call) const override {
    return call.request.path == "/order" && call.request.method != HttpMethod::kGet;
  }
  absl::StatusOr<std::string> MakeFrame(const VenueCall& call,
                                        uint64_t id,
                                        const Auth& auth,
                                        absl::Time venue_now) const override {
    RestRequest request = call.request;
    RETURN_IF_ERROR(auth.SignRest(request, venue_now));
    return StrCat("call ", id, " ", ToString(request.method), " ", request.Target());
  }
  absl::StatusOr<std::string> LoginFrame(uint64_t id,
                                         const Auth& auth,
                                         absl::Time venue_now) const override {
    return options_.has_login ? StrCat("login ", id)
                              : OrderSocketSource::LoginFrame(id, auth, venue_now);
  }
  OrderSocketProbe MakeProbe(uint64_t id) const override {
    return {.frame = StrCat("probe ", id), .charges = {{"weight", 1}}};
  }
  size_t in_flight_max() const override { return options_.in_flight_max; }
  absl::StatusOr<OrderSocketMessage> Parse(std::string_view frame) override {
    OrderSocketMessage message;
    const Words words = Split(frame, ' ');
    if (frame == "bye") {
      message.kind = OrderSocketMessage::Kind::kEnding;
    } else if (frame == "revoked") {
      message.kind = OrderSocketMessage::Kind::kEnded;
    } else if (words.size() >= 6 && words[0] == "answer") {
      message.kind = OrderSocketMessage::Kind::kAnswer;
      message.response.status = std::stoi(words[2]);
      message.response.headers = {{"x-used-weight", words[3]}, {"retry-after", words[4]}};
      message.response.body = StrCat(words[5]);
      for (size_t i = 6; i < words.size(); ++i) {
        message.response.body += StrCat(" ", words[i].empty() ? "-" : words[i]);
      }
      message.id = std::stoull(words[1]);
    } else if (frame != "pong") {
      return Unreadable(frame);
    }
    return message;
  }

 private:
  FakeOrderSocketOptions options_;
};

}  // namespace

std::unique_ptr<OrderBookDataSource> MakeFakeBookSource(const InstrumentTable& instruments) {
  return std::make_unique<FakeBookSource>(instruments);
}

std::unique_ptr<UserStreamDataSource> MakeFakeUserSource() {
  return std::make_unique<FakeUserSource>();
}

std::unique_ptr<OrderSocketSource> MakeFakeOrderSocketSource(FakeOrderSocketOptions options) {
  return std::make_unique<FakeOrderSocketSource>(options);
}

}  // namespace colibri
