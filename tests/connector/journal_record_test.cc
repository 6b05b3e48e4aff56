#include "connector/journal_record.h"

#include <string>

#include "gmock/gmock.h"

#include "auth/encoding.h"
#include "connector/journal_scan.h"
#include "tests/support/counting_allocator.h"
#include "tests/support/sample_records.h"
#include "tests/support/status_matchers.h"

namespace colibri {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string BodyOf(const JournalRecord& record) {
  std::string bytes;
  AppendRecord(record, bytes);
  return bytes.substr(kJournalFrameSize);
}

// What was written, read again.
template <typename Record>
Record Again(const Record& record) {
  absl::StatusOr<JournalRecord> read = ParseRecordBody(BodyOf(record));
  EXPECT_OK(read);
  return std::get<Record>(std::move(read).value());
}

void ExpectSame(const Order& a, const Order& b) {
  EXPECT_EQ(a.client_order_id, b.client_order_id);
  EXPECT_EQ(a.exchange_order_id, b.exchange_order_id);
  EXPECT_EQ(a.pair, b.pair);
  EXPECT_EQ(a.side, b.side);
  EXPECT_EQ(a.type, b.type);
  EXPECT_EQ(a.time_in_force, b.time_in_force);
  EXPECT_EQ(a.quantity, b.quantity);
  EXPECT_EQ(a.price, b.price);
  EXPECT_EQ(a.quote_quantity, b.quote_quantity);
  EXPECT_EQ(a.state, b.state);
  EXPECT_EQ(a.is_cancel_requested, b.is_cancel_requested);
  EXPECT_EQ(a.is_in_doubt, b.is_in_doubt);
  EXPECT_EQ(a.filled, b.filled);
  EXPECT_EQ(a.filled_notional, b.filled_notional);
  EXPECT_EQ(a.fees, b.fees);
  EXPECT_EQ(a.created_at, b.created_at);
  EXPECT_EQ(a.updated_at, b.updated_at);
  EXPECT_EQ(a.reason, b.reason);
  EXPECT_EQ(a.trigger, b.trigger);
  EXPECT_EQ(a.is_triggered, b.is_triggered);
}

Order FullOrder() {
  Order order = SampleOrder("colibri-1");
  order.exchange_order_id = ExchangeOrderId("X1");
  order.side = Side::kSell;
  order.type = OrderType::kLimitMaker;
  order.time_in_force = TimeInForce::kFok;
  order.quote_quantity = Notional::FromScaled(-5, 1);
  order.state = OrderState::kPartiallyFilled;
  order.is_cancel_requested = true;
  order.is_in_doubt = true;
  order.filled = Quantity::FromScaled(1, 18);
  order.filled_notional = Notional::FromScaled(100, 18);
  order.fees = {{"BNB", Decimal::FromScaled(1, 3)}, {"USDT", Decimal::FromScaled(-2, 3)}};
  order.updated_at = SampleTime(2) + absl::Nanoseconds(1);
  order.reason = "why\n\"not\"";
  order.trigger = OrderTrigger{.price = Price::FromScaled(7, 1),
                               .kind = TriggerKind::kTakeProfit,
                               .source = TriggerSource::kMark};
  order.is_triggered = true;
  return order;
}

TEST(JournalRecordTest, RefusesAKindItDoesNotKnow) {
  EXPECT_THAT(ParseRecordBody(""), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("empty")));
  EXPECT_THAT(ParseRecordBody(std::string_view("\0", 1)),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("kind of the record, 0,")));
  EXPECT_THAT(ParseRecordBody("\x11"),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("kind of the record, 17,")));
}

TEST(JournalRecordTest, RefusesValuesOutOfRangeAndSaysWhere) {
  std::string body = BodyOf(JournalCancelIntent{ClientOrderId("abc"), SampleTime(0)});
  body[1] = 48;
  EXPECT_THAT(ParseRecordBody(body), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("too long")));
  body[1] = 47;
  EXPECT_THAT(ParseRecordBody(body),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("ends beyond the record at byte 1")));
  body = BodyOf(JournalEnded{{}, {}, OrderState::kExpired, false, "", SampleTime(0)});
  body[3] = 7;
  EXPECT_THAT(ParseRecordBody(body), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("unknown")));
  body[3] = 6;
  body[4] = 2;
  EXPECT_THAT(ParseRecordBody(body), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("flag")));
  body = BodyOf(JournalAmended());
  body[17] = '\x80';  // -2^127, which no decimal is
  EXPECT_THAT(ParseRecordBody(body),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("out of range")));
}

TEST(JournalRecordTest, EveryFieldIsReadAsItWasWritten) {
  ExpectSame(Again(JournalIntent{FullOrder()}).order, FullOrder());

  const JournalSession session = Again(JournalSession{"binance", "us", SampleTime(1)});
  EXPECT_EQ(session.venue, "binance");
  EXPECT_EQ(session.domain, "us");
  EXPECT_EQ(session.at, SampleTime(1));

  const ClientOrderId id("B1");
  const JournalCancelIntent cancel = Again(JournalCancelIntent{id, SampleTime(2)});
  EXPECT_EQ(cancel.client_order_id, id);
  EXPECT_EQ(cancel.at, SampleTime(2));

  const JournalAmendIntent amend =
      Again(JournalAmendIntent{id, Price::FromScaled(5, 1), std::nullopt, SampleTime(3)});
  EXPECT_EQ(amend.client_order_id, id);
  EXPECT_EQ(amend.price, Price::FromScaled(5, 1));
  EXPECT_EQ(amend.quantity, std::nullopt);
  EXPECT_EQ(amend.at, SampleTime(3));

  const JournalInDoubt doubt = Again(JournalInDoubt{id, "timed out", SampleTime(4)});
  EXPECT_EQ(doubt.client_order_id, id);
  EXPECT_EQ(doubt.reason, "timed out");
  EXPECT_EQ(doubt.at, SampleTime(4));

  const JournalCreated created = Again(JournalCreated{id, ExchangeOrderId("X"), SampleTime(5)});
  EXPECT_EQ(created.client_order_id, id);
  EXPECT_EQ(created.exchange_order_id, ExchangeOrderId("X"));
  EXPECT_EQ(created.at, SampleTime(5));

  const JournalAmended amended =
      Again(JournalAmended{id, Quantity::FromScaled(4, 1), SampleTime(6)});
  EXPECT_EQ(amended.client_order_id, id);
  EXPECT_EQ(amended.quantity, Quantity::FromScaled(4, 1));
  EXPECT_EQ(amended.at, SampleTime(6));

  const JournalTriggered triggered =
      Again(JournalTriggered{id, ExchangeOrderId("X2"), SampleTime(7)});
  EXPECT_EQ(triggered.client_order_id, id);
  EXPECT_EQ(triggered.exchange_order_id, ExchangeOrderId("X2"));
  EXPECT_EQ(triggered.at, SampleTime(7));
}

// Of the first version, which knew of no triggers.
TEST(JournalRecordTest, AnIntentWithoutTriggerIsOfAnOrdinaryOrder) {
  std::string body = BodyOf(JournalIntent{SampleOrder("B1")});
  body.resize(body.size() - 2);
  ASSERT_OK_AND_ASSIGN(const JournalRecord read, ParseRecordBody(body));
  EXPECT_EQ(std::get<JournalIntent>(read).order.trigger, std::nullopt);
  EXPECT_FALSE(std::get<JournalIntent>(read).order.is_waiting());
}

TEST(JournalRecordTest, EveryFieldOfFillsEndsAndCursorsIsReadAsItWasWritten) {
  JournalFill written = SampleFill("B1", "T1", "0.25");
  written.fill.side = Side::kSell;
  const JournalFill read = Again(written);
  EXPECT_EQ(read.fill.trade_id, TradeId("T1"));
  EXPECT_EQ(read.fill.client_order_id, ClientOrderId("B1"));
  EXPECT_EQ(read.fill.exchange_order_id, ExchangeOrderId("X1"));
  EXPECT_EQ(read.fill.pair, written.fill.pair);
  EXPECT_EQ(read.fill.side, Side::kSell);
  EXPECT_EQ(read.fill.price, written.fill.price);
  EXPECT_EQ(read.fill.quantity, Quantity::FromScaled(25, 2));
  EXPECT_EQ(read.fill.fees, written.fill.fees);
  EXPECT_TRUE(read.fill.is_maker);
  EXPECT_EQ(read.fill.venue_time, SampleTime(4));
  EXPECT_EQ(read.at, SampleTime(5));

  const JournalEnded ended = Again(JournalEnded{ClientOrderId("B1"),
                                                ExchangeOrderId("X1"),
                                                OrderState::kFilled,
                                                true,
                                                "a fill is missing",
                                                SampleTime(7)});
  EXPECT_EQ(ended.client_order_id, ClientOrderId("B1"));
  EXPECT_EQ(ended.exchange_order_id, ExchangeOrderId("X1"));
  EXPECT_EQ(ended.state, OrderState::kFilled);
  EXPECT_TRUE(ended.is_incomplete);
  EXPECT_EQ(ended.reason, "a fill is missing");
  EXPECT_EQ(ended.at, SampleTime(7));

  const TradingPair pair{"BTC", "USDT"};
  const FillKey key{pair, TradeId("T2"), Side::kSell};
  const JournalForeignFill foreign = Again(JournalForeignFill{key, SampleTime(8)});
  EXPECT_EQ(foreign.key, key);
  EXPECT_EQ(foreign.at, SampleTime(8));

  const JournalCursor cursor = Again(JournalCursor{pair, std::nullopt, absl::InfiniteFuture()});
  EXPECT_EQ(cursor.pair, pair);
  EXPECT_EQ(cursor.after, std::nullopt);
  EXPECT_EQ(cursor.since, absl::InfiniteFuture());

  RememberedOrder remembered;
  remembered.order = FullOrder();
  remembered.was_created = true;
  remembered.is_incomplete = true;
  remembered.ended_at = SampleTime(9);
  remembered.trade_ids = {TradeId("T1"), TradeId("T2")};
  const RememberedOrder again = Again(JournalOrder{remembered}).remembered;
  ExpectSame(again.order, remembered.order);
  EXPECT_TRUE(again.was_created);
  EXPECT_TRUE(again.is_incomplete);
  EXPECT_EQ(again.ended_at, SampleTime(9));
  EXPECT_THAT(again.trade_ids, ElementsAre(TradeId("T1"), TradeId("T2")));
}

// An order of the fields, or a width, that changes makes old files unreadable.
TEST(JournalRecordTest, TheBytesAreThoseOfTheVersion) {
  std::string bytes = JournalHeader();
  AppendRecord(
      JournalAmendIntent{
          ClientOrderId("B1"), Price::FromScaled(1, 18), std::nullopt, absl::FromUnixNanos(-2)},
      bytes);
  EXPECT_EQ(HexEncode(AsBytes(bytes)),
            "434c42524a524e4c02000000"            // CLBRJRNL, 2
            "1e000000124f7a5f"                    // length, checksum
            "04024231"                            // amend_intent, "B1"
            "0101000000000000000000000000000000"  // a price of 10^-18
            "00feffffffffffffff");                // no quantity, 2 ns before 1970
}

// Missing fields at the end are those of an older program, unknown ones those of a newer.
TEST(JournalRecordTest, ReadsShorterAndLongerBodiesThanItWrites) {
  const std::string body = BodyOf(JournalCreated{ClientOrderId("B1"), ExchangeOrderId("X1"), {}});
  ASSERT_OK_AND_ASSIGN(const JournalRecord longer, ParseRecordBody(body + "more"));
  EXPECT_EQ(std::get<JournalCreated>(longer).exchange_order_id, ExchangeOrderId("X1"));
  ASSERT_OK_AND_ASSIGN(const JournalRecord shorter, ParseRecordBody(body.substr(0, 4)));
  EXPECT_EQ(std::get<JournalCreated>(shorter).client_order_id, ClientOrderId("B1"));
  EXPECT_TRUE(std::get<JournalCreated>(shorter).exchange_order_id.empty());
  EXPECT_THAT(ParseRecordBody(body.substr(0, 6)), StatusIs(absl::StatusCode::kDataLoss));
}

TEST(JournalRecordTest, CutsTextThatVenuesMakeTooLong) {
  const JournalInDoubt doubt =
      Again(JournalInDoubt{ClientOrderId("B1"), std::string(1 << 21, 'x'), {}});
  EXPECT_EQ(doubt.reason, std::string(kJournalTextMax, 'x'));
  JournalFill fill = SampleFill("B1", "T1", "1");
  fill.fill.fees.assign(1000, {std::string(2 * kJournalTextMax, 'y'), Decimal::FromInteger(1)});
  EXPECT_EQ(Again(fill).fill.fees.size(), kJournalFeesMax);
}

TEST(JournalRecordTest, AnOrderWithVeryManyFillsBecomesSeveralRecords) {
  RememberedOrder remembered;
  remembered.order = SampleOrder("B1");
  for (size_t i = 0; i < 2 * kJournalTradeIdsMax + 1; ++i) {
    remembered.trade_ids.push_back(TradeId::FromNumber(i));
  }
  ASSERT_OK_AND_ASSIGN(const JournalScan scan, ScanJournal(JournalOf({JournalOrder{remembered}})));
  ASSERT_EQ(scan.records.size(), 3u);
  const auto& last = std::get<JournalOrder>(scan.records[2].record);
  ExpectSame(last.remembered.order, remembered.order);
  EXPECT_THAT(last.remembered.trade_ids, ElementsAre(TradeId::FromNumber(2 * kJournalTradeIdsMax)));
}

TEST(JournalRecordTest, RandomRecordsComeBackAsTheyWere) {
  Random random(20231114);
  for (int round = 0; round < 300; ++round) {
    std::vector<JournalRecord> records;
    for (uint64_t i = random.Uniform(20); i > 0; --i) {
      records.push_back(RandomRecord(random));
    }
    const std::string bytes = JournalOf(records);
    ASSERT_OK_AND_ASSIGN(const JournalScan scan, ScanJournal(bytes));
    ASSERT_EQ(scan.records.size(), records.size());
    ASSERT_EQ(scan.end, bytes.size());
    std::string again = JournalHeader();
    for (size_t i = 0; i < records.size(); ++i) {
      ASSERT_EQ(scan.records[i].record.index(), records[i].index());
      ASSERT_EQ(scan.records[i].offset, again.size());
      AppendRecord(scan.records[i].record, again);
    }
    ASSERT_EQ(again, bytes);
  }
}

TEST(JournalRecordTest, AllocatesNothingOnceTheBufferIsWarm) {
  const JournalIntent intent{SampleOrder("colibri-with-a-long-id-of-thirty-six")};
  const JournalRecord fill = SampleFill("colibri-1", "T1", "0.1");
  std::string buffer;
  buffer.reserve(4096);
  const AllocationCounter allocations;
  for (int i = 0; i < 100; ++i) {
    buffer.clear();
    AppendRecord(intent, buffer);
    AppendRecord(fill, buffer);
  }
  EXPECT_EQ(allocations.count(), 0);
}

}  // namespace
}  // namespace colibri
