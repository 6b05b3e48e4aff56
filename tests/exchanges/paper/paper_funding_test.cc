#include "exchanges/paper/paper_funding.h"

#include <string>

#include "gtest/gtest.h"

#include "core/strings.h"

namespace colibri {
namespace {

constexpr absl::Time kStart = absl::FromUnixSeconds(1'700'000'000);  // 22:13:20 UTC

absl::Time At(int seconds) {
  return kStart + absl::Seconds(seconds);
}
FundingInfo Info(std::string_view mark, std::string_view rate, absl::Time next) {
  return {
      .mark_price = *Price::Parse(mark), .rate = *Decimal::Parse(rate), .next_funding_time = next};
}
// "seconds mark rate", or "none"
std::string Text(const std::optional<FundingDue>& due) {
  return due.has_value()
             ? StrCat(absl::ToInt64Seconds(due->time - kStart), " ", due->mark, " ", due->rate)
             : "none";
}

TEST(PaperFundingTest, OwesNothingUntilARateAndATimeAreKnown) {
  PaperFunding funding({});
  EXPECT_EQ(Text(funding.TakeDue(At(0))), "none");
  EXPECT_EQ(funding.NoteMid(*Price::Parse("100"), At(0)), std::nullopt);
  EXPECT_EQ(funding.mark(), Price::Parse("100").value());
  funding.Note(Info("101", "0.0001", absl::InfinitePast()), At(1));
  EXPECT_EQ(Text(funding.TakeDue(At(100'000))), "none");
  EXPECT_EQ(funding.mark(), Price::Parse("101").value());
}

TEST(PaperFundingTest, IsDueOnceAtTheVenuesTime) {
  PaperFunding funding({});
  funding.Note(Info("100", "0.0001", At(60)), At(0));
  funding.Note(Info("102", "0.0002", At(60)), At(50));
  EXPECT_EQ(Text(funding.TakeDue(At(59))), "none");
  EXPECT_EQ(funding.next_due(), At(60));
  EXPECT_EQ(Text(funding.TakeDue(At(60))), "60 102 0.0002");
  EXPECT_EQ(Text(funding.TakeDue(At(61))), "none");
  // The venue goes on telling the old time for a moment.
  funding.Note(Info("103", "0.0003", At(60)), At(61));
  EXPECT_EQ(Text(funding.TakeDue(At(62))), "none");
  funding.Note(Info("104", "0.0004", At(120)), At(63));
  EXPECT_EQ(Text(funding.TakeDue(At(120))), "120 104 0.0004");
}

TEST(PaperFundingTest, PaysTheOldRateWhenTheVenuesClockIsAhead) {
  PaperFunding funding({});
  funding.Note(Info("100", "0.0001", At(60)), At(0));
  funding.Note(Info("200", "0.0009", At(120)), At(59));  // the next period, by the venue
  EXPECT_EQ(Text(funding.TakeDue(At(59))), "60 100 0.0001");
  EXPECT_EQ(Text(funding.TakeDue(At(60))), "none");
  EXPECT_EQ(Text(funding.TakeDue(At(120))), "120 200 0.0009");
}

TEST(PaperFundingTest, TakesATimeThatIsFarAheadForAnotherPlan) {
  PaperFunding funding({});
  funding.Note(Info("100", "0.0001", At(3600)), At(0));
  funding.Note(Info("100", "0.0001", At(7200)), At(10));
  EXPECT_EQ(Text(funding.TakeDue(At(3600))), "none");
  EXPECT_EQ(Text(funding.TakeDue(At(7200))), "7200 100 0.0001");
}

TEST(PaperFundingTest, PrefersWhatIsConfigured) {
  PaperFunding funding(
      {.funding_rate = *Decimal::Parse("-0.001"), .funding_interval = absl::Seconds(40)});
  const FundingInfo told = funding.Note(Info("100", "0.0001", At(3600)), At(0));
  EXPECT_EQ(told.rate, *Decimal::Parse("-0.001"));
  EXPECT_EQ(told.next_funding_time, At(40));  // a multiple of 40 s since the epoch
  EXPECT_EQ(Text(funding.TakeDue(At(40))), "40 100 -0.001");
  EXPECT_EQ(Text(funding.TakeDue(At(80))), "80 100 -0.001");
}

TEST(PaperFundingTest, MarksAtTheMidPriceWhereTheDataTellsNoMark) {
  PaperFunding funding(
      {.funding_rate = *Decimal::Parse("0.001"), .funding_interval = absl::Seconds(40)});
  const std::optional<FundingInfo> told = funding.NoteMid(*Price::Parse("100"), At(0));
  ASSERT_TRUE(told.has_value());
  EXPECT_EQ(told->mark_price, *Price::Parse("100"));
  EXPECT_EQ(told->next_funding_time, At(40));
  EXPECT_EQ(funding.NoteMid(*Price::Parse("101"), At(0)), std::nullopt);  // told just now
  EXPECT_EQ(Text(funding.TakeDue(At(40))), "40 101 0.001");
}

}  // namespace
}  // namespace colibri
