#include "connector/journal_record.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <type_traits>
#include <utility>
#include <zlib.h>

#include "core/check.h"
#include "core/status_macros.h"
#include "core/strings.h"

namespace colibri {
namespace {

constexpr int64_t kPastNanos = std::numeric_limits<int64_t>::min();
constexpr int64_t kFutureNanos = std::numeric_limits<int64_t>::max();

template <typename Integer>
void StoreLittleEndian(Integer value, char* to) {
  for (size_t i = 0; i < sizeof(Integer); ++i) {
    to[i] = static_cast<char>(static_cast<unsigned char>(value >> (8 * i)));
  }
}

template <typename Integer>
Integer LoadLittleEndian(const char* from) {
  Integer value = 0;
  for (size_t i = 0; i < sizeof(Integer); ++i) {
    value |= static_cast<Integer>(static_cast<unsigned char>(from[i])) << (8 * i);
  }
  return value;
}

// Puts fields to the end of a text, each in the one way of its type.
class FieldWriter {
 public:
  explicit FieldWriter(std::string& out) : out_(out) {}

  void operator()(bool value) { out_.push_back(value ? '\1' : '\0'); }
  void operator()(uint32_t value) { Fixed(value); }
  void operator()(Decimal value) { Fixed(static_cast<Uint128>(value.units())); }
  template <typename Tag>
  void operator()(Unit<Tag> value) {
    (*this)(value.value());
  }
  template <typename Enum>
    requires std::is_enum_v<Enum>
  void operator()(Enum value) {
    out_.push_back(static_cast<char>(value));
  }
  void operator()(absl::Time time) {
    int64_t nanos = absl::ToUnixNanos(time);
    if (time == absl::InfinitePast() || time == absl::InfiniteFuture()) {
      nanos = time == absl::InfinitePast() ? kPastNanos : kFutureNanos;
    }
    Fixed(static_cast<uint64_t>(nanos));
  }
  void operator()(const std::string& text) {
    const std::string_view kept = std::string_view(text).substr(0, kJournalTextMax);
    Fixed(static_cast<uint32_t>(kept.size()));
    out_.append(kept);
  }
  template <typename Tag, size_t kCapacity>
  void operator()(const InlineId<Tag, kCapacity>& id) {
    static_assert(kCapacity <= 255);
    out_.push_back(static_cast<char>(static_cast<unsigned char>(id.view().size())));
    out_.append(id.view());
  }
  template <typename T>
  void operator()(const std::optional<T>& value) {
    (*this)(value.has_value());
    if (value.has_value()) {
      (*this)(*value);
    }
  }
  void operator()(const TradingPair& pair) {
    (*this)(pair.base);
    (*this)(pair.quote);
  }
  void operator()(const OrderTrigger& trigger) {
    (*this)(trigger.price);
    (*this)(trigger.kind);
    (*this)(trigger.source);
  }
  void operator()(const FeeAmounts& fees) {
    const size_t count = std::min(fees.size(), kJournalFeesMax);
    Fixed(static_cast<uint32_t>(count));
    for (size_t i = 0; i < count; ++i) {
      (*this)(fees[i].asset);
      (*this)(fees[i].amount);
    }
  }

 private:
  template <typename Integer>
  void Fixed(Integer value) {
    char bytes[sizeof(Integer)];
    StoreLittleEndian(value, bytes);
    out_.append(bytes, sizeof(bytes));
  }

  std::string& out_;
};

// Takes the same fields from a body. Where the body is at its end the rest keep their defaults; the
// first thing that can't be read is kept as the error, and nothing is read after it.
class FieldReader {
 public:
  explicit FieldReader(std::string_view body) : rest_(body), size_(body.size()) {}

  const absl::Status& status() const { return status_; }
  bool is_at_end() const { return rest_.empty(); }

  void operator()(bool& value) {
    uint8_t byte = 0;
    if (Fixed(byte)) {
      value = byte == 1;
      Require(byte <= 1, "a flag is neither 0 nor 1");
    }
  }
  void operator()(Decimal& value) {
    Uint128 units = 0;
    if (Fixed(units)) {
      Require(static_cast<Int128>(units) != kLowestInt128, "a decimal is out of range");
      value = status_.ok() ? Decimal::FromUnits(static_cast<Int128>(units)) : value;
    }
  }
  template <typename Tag>
  void operator()(Unit<Tag>& value) {
    Decimal decimal = value.value();
    (*this)(decimal);
    value = Unit<Tag>(decimal);
  }
  void operator()(Side& value) { Enum(value, Side::kSell); }
  void operator()(OrderType& value) { Enum(value, OrderType::kMarket); }
  void operator()(TimeInForce& value) { Enum(value, TimeInForce::kFok); }
  void operator()(OrderState& value) { Enum(value, OrderState::kExpired); }
  void operator()(PositionAction& value) { Enum(value, PositionAction::kClose); }
  void operator()(PositionSide& value) { Enum(value, PositionSide::kShort); }
  void operator()(TriggerKind& value) { Enum(value, TriggerKind::kTakeProfit); }
  void operator()(TriggerSource& value) { Enum(value, TriggerSource::kMark); }
  void operator()(OrderTrigger& trigger) {
    (*this)(trigger.price);
    (*this)(trigger.kind);
    (*this)(trigger.source);
  }
  void operator()(absl::Time& time) {
    uint64_t bits = 0;
    if (Fixed(bits)) {
      const auto nanos = static_cast<int64_t>(bits);
      time = nanos == kPastNanos     ? absl::InfinitePast()
             : nanos == kFutureNanos ? absl::InfiniteFuture()
                                     : absl::FromUnixNanos(nanos);
    }
  }
  void operator()(std::string& text) {
    uint32_t size = 0;
    if (Fixed(size)) {
      text = Take(size);
    }
  }
  template <typename Tag, size_t kCapacity>
  void operator()(InlineId<Tag, kCapacity>& id) {
    uint8_t size = 0;
    if (Fixed(size)) {
      Require(size <= kCapacity, "an id is too long");
      const std::string_view text = Take(size);
      id = status_.ok() ? InlineId<Tag, kCapacity>(text) : id;
    }
  }
  template <typename T>
  void operator()(std::optional<T>& value) {
    bool has_value = false;
    (*this)(has_value);
    if (has_value) {
      Require(!rest_.empty(), "a value is missing");
      T inner = {};
      (*this)(inner);
      value = std::move(inner);
    }
  }
  void operator()(TradingPair& pair) {
    (*this)(pair.base);
    (*this)(pair.quote);
  }
  void operator()(FeeAmounts& fees) {
    uint32_t count = 0;
    Fixed(count);
    Require(count <= kJournalFeesMax, "too many fees");
    for (uint32_t i = 0; i < count && status_.ok(); ++i) {
      Require(!rest_.empty(), "a fee is missing");
      AssetAmount fee;
      (*this)(fee.asset);
      (*this)(fee.amount);
      fees.push_back(std::move(fee));
    }
  }
  void operator()(std::vector<TradeId>& ids) {
    uint32_t count = 0;
    Fixed(count);
    Require(count <= kJournalTradeIdsMax, "too many trade ids");
    for (uint32_t i = 0; i < count && status_.ok(); ++i) {
      Require(!rest_.empty(), "a trade id is missing");
      (*this)(ids.emplace_back());
    }
  }

 private:
  // False at the body's end and after an error.
  template <typename Integer>
  bool Fixed(Integer& value) {
    if (!status_.ok() || rest_.empty()) {
      return false;
    }
    const std::string_view bytes = Take(sizeof(Integer));
    if (bytes.size() != sizeof(Integer)) {
      return false;
    }
    value = LoadLittleEndian<Integer>(bytes.data());
    return true;
  }

  template <typename E>
  void Enum(E& value, E last) {
    uint8_t byte = 0;
    if (Fixed(byte)) {
      Require(byte <= static_cast<uint8_t>(last), "a value of an enumeration is unknown");
      value = status_.ok() ? static_cast<E>(byte) : value;
    }
  }

  std::string_view Take(size_t size) {
    Require(size <= rest_.size(), "a field ends beyond the record");
    if (!status_.ok()) {
      return {};
    }
    const std::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
  }

  void Require(bool holds, std::string_view what) {
    if (!holds && status_.ok()) {
      status_ = absl::DataLossError(StrCat(what, " at byte ", size_ - rest_.size(), " of it"));
    }
  }

  std::string_view rest_;
  size_t size_;
  absl::Status status_;
};

// The fields of each kind, in the order of the file: one list for reading and writing. New ones go
// to the end of a list that nothing follows.
template <typename Visitor, typename TheOrder>
void VisitOrder(Visitor& visit, TheOrder& order) {
  visit(order.client_order_id);
  visit(order.exchange_order_id);
  visit(order.pair);
  visit(order.side);
  visit(order.type);
  visit(order.time_in_force);
  visit(order.quantity);
  visit(order.price);
  visit(order.quote_quantity);
  visit(order.state);
  visit(order.is_cancel_requested);
  visit(order.is_in_doubt);
  visit(order.filled);
  visit(order.filled_notional);
  visit(order.fees);
  visit(order.created_at);
  visit(order.updated_at);
  visit(order.reason);
}

template <typename Visitor, typename TheOrder>
void VisitOrderRest(Visitor& visit, TheOrder& order) {
  visit(order.position_action);
  visit(order.position_side);
  visit(order.trigger);
  visit(order.is_triggered);
}

template <typename Visitor, typename Record>
void VisitFields(Visitor& visit, Record& record) {
  using Kind = std::remove_const_t<Record>;
  const auto visit_all = [&visit](auto&... fields) { (visit(fields), ...); };
  if constexpr (std::is_same_v<Kind, JournalSession>) {
    visit_all(record.venue, record.domain, record.at);
  } else if constexpr (std::is_same_v<Kind, JournalIntent>) {
    VisitOrder(visit, record.order);
    VisitOrderRest(visit, record.order);
  } else if constexpr (std::is_same_v<Kind, JournalCancelIntent>) {
    visit_all(record.client_order_id, record.at);
  } else if constexpr (std::is_same_v<Kind, JournalAmendIntent>) {
    visit_all(record.client_order_id, record.price, record.quantity, record.at);
  } else if constexpr (std::is_same_v<Kind, JournalInDoubt>) {
    visit_all(record.client_order_id, record.reason, record.at);
  } else if constexpr (std::is_same_v<Kind, JournalCreated>) {
    visit_all(record.client_order_id, record.exchange_order_id, record.at);
  } else if constexpr (std::is_same_v<Kind, JournalAmended>) {
    visit_all(record.client_order_id, record.quantity, record.at);
  } else if constexpr (std::is_same_v<Kind, JournalFill>) {
    auto& fill = record.fill;
    visit_all(fill.trade_id, fill.client_order_id, fill.exchange_order_id, fill.pair, fill.side);
    visit_all(fill.price, fill.quantity, fill.fees, fill.is_maker, fill.venue_time, record.at);
    visit_all(fill.position_side, fill.realised_profit);
  } else if constexpr (std::is_same_v<Kind, JournalEnded>) {
    visit_all(record.client_order_id, record.exchange_order_id, record.state);
    visit_all(record.is_incomplete, record.reason, record.at);
  } else if constexpr (std::is_same_v<Kind, JournalForeignFill>) {
    visit_all(record.key.pair, record.key.trade_id, record.key.side, record.at);
  } else if constexpr (std::is_same_v<Kind, JournalCursor>) {
    visit_all(record.pair, record.after, record.since);
  } else if constexpr (std::is_same_v<Kind, JournalFundingPayment>) {
    visit_all(record.pair, record.paid_at, record.payment_id);
  } else if constexpr (std::is_same_v<Kind, JournalFundingCursor>) {
    visit_all(record.since);
  } else if constexpr (std::is_same_v<Kind, JournalNonceMark>) {
    visit_all(record.until);
  } else if constexpr (std::is_same_v<Kind, JournalTriggered>) {
    visit_all(record.client_order_id, record.exchange_order_id, record.at);
  } else {
    static_assert(std::is_same_v<Kind, JournalOrder>);
    auto& remembered = record.remembered;
    VisitOrder(visit, remembered.order);
    visit_all(remembered.was_created, remembered.is_incomplete, remembered.ended_at);
    // The trade ids and the rest of the order follow: see AppendParts.
  }
}

template <typename Record, size_t kIndex = 0>
constexpr uint8_t KindOf() {
  if constexpr (std::is_same_v<Record, std::variant_alternative_t<kIndex, JournalRecord>>) {
    return kIndex + 1;
  } else {
    return KindOf<Record, kIndex + 1>();
  }
}

uint32_t Checksum(std::string_view frame_length, std::string_view body) {
  const auto* const length = reinterpret_cast<const Bytef*>(frame_length.data());
  const auto* const bytes = reinterpret_cast<const Bytef*>(body.data());
  const uLong sum = crc32(0, length, static_cast<uInt>(frame_length.size()));
  return static_cast<uint32_t>(crc32(sum, bytes, static_cast<uInt>(body.size())));
}

// Leaves room for the frame, and fills it in when the body is there.
class Frame {
 public:
  Frame(std::string& out, uint8_t kind) : out_(out), begin_(out.size()) {
    out_.append(kJournalFrameSize, '\0');
    out_.push_back(static_cast<char>(kind));
  }
  ~Frame() {
    const std::string_view body = std::string_view(out_).substr(begin_ + kJournalFrameSize);
    CHECK(body.size() <= kJournalBodyMax);
    StoreLittleEndian(static_cast<uint32_t>(body.size()), &out_[begin_]);
    StoreLittleEndian(Checksum(std::string_view(out_).substr(begin_, 4), body), &out_[begin_ + 4]);
  }
  Frame(const Frame&) = delete;
  Frame& operator=(const Frame&) = delete;

 private:
  std::string& out_;
  size_t begin_;
};

template <typename Record>
void AppendOne(const Record& record, std::string& out) {
  const Frame frame(out, KindOf<Record>());
  FieldWriter writer(out);
  VisitFields(writer, record);
}

// As many records as the trade ids need.
void AppendParts(const JournalOrder& order, std::string& out) {
  const std::vector<TradeId>& ids = order.remembered.trade_ids;
  size_t begin = 0;
  do {
    const Frame frame(out, KindOf<JournalOrder>());
    FieldWriter writer(out);
    VisitFields(writer, order);
    const size_t end = std::min(ids.size(), begin + kJournalTradeIdsMax);
    writer(static_cast<uint32_t>(end - begin));
    for (; begin < end; ++begin) {
      writer(ids[begin]);
    }
    VisitOrderRest(writer, order.remembered.order);
  } while (begin < ids.size());
}

template <size_t kIndex = 0>
absl::StatusOr<JournalRecord> ReadKind(size_t index, FieldReader& reader) {
  if constexpr (kIndex < std::variant_size_v<JournalRecord>) {
    if (index != kIndex) {
      return ReadKind<kIndex + 1>(index, reader);
    }
    std::variant_alternative_t<kIndex, JournalRecord> record;
    VisitFields(reader, record);
    if constexpr (std::is_same_v<decltype(record), JournalOrder>) {
      reader(record.remembered.trade_ids);
      VisitOrderRest(reader, record.remembered.order);
    }
    RETURN_IF_ERROR(reader.status());
    return JournalRecord(std::move(record));
  } else {
    return absl::DataLossError(
        StrCat("the kind of the record, ", index + 1, ", is unknown to this program"));
  }
}

}  // namespace

std::string_view RecordName(const JournalRecord& record) {
  static constexpr std::string_view kNames[] = {"session",
                                                "intent",
                                                "cancel_intent",
                                                "amend_intent",
                                                "in_doubt",
                                                "created",
                                                "amended",
                                                "fill",
                                                "ended",
                                                "foreign_fill",
                                                "cursor",
                                                "order",
                                                "funding_payment",
                                                "funding_cursor",
                                                "nonce_mark",
                                                "triggered"};
  static_assert(std::size(kNames) == std::variant_size_v<JournalRecord>);
  return kNames[record.index()];
}

std::string JournalHeader() {
  std::string header(kJournalMagic);
  header.resize(kJournalHeaderSize);
  StoreLittleEndian(kJournalVersion, &header[kJournalMagic.size()]);
  return header;
}

void AppendRecord(const JournalRecord& record, std::string& out) {
  std::visit(
      [&out](const auto& kind) {
        if constexpr (std::is_same_v<std::remove_cvref_t<decltype(kind)>, JournalOrder>) {
          AppendParts(kind, out);
        } else {
          AppendOne(kind, out);
        }
      },
      record);
}

void AppendRecord(const JournalIntent& intent, std::string& out) {
  AppendOne(intent, out);
}

uint32_t RecordChecksum(std::string_view body) {
  char length[4];
  StoreLittleEndian(static_cast<uint32_t>(body.size()), length);
  return Checksum(std::string_view(length, sizeof(length)), body);
}

absl::StatusOr<JournalRecord> ParseRecordBody(std::string_view body) {
  if (body.empty()) {
    return absl::DataLossError("the record is empty");
  }
  const size_t kind = static_cast<unsigned char>(body.front());
  FieldReader reader(body.substr(1));
  return ReadKind(kind - 1, reader);  // of kind 0 the index is beyond all
}

}  // namespace colibri
