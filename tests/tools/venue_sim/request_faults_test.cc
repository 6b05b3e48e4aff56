#include "tools/venue_sim/request_faults.h"

#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "core/simulated_clock.h"
#include "core/strings.h"

namespace colibri::venue_sim {
namespace {

class RequestFaultsTest : public testing::Test {
 protected:
  void Begin(std::string_view words) {
    const absl::StatusOr<Fault> fault = ParseFault(absl::StrSplit(Abs(words), ' '));
    ASSERT_TRUE(fault.ok()) << fault.status();
    requests_.Begin(*fault);
  }
  // "does 503", "not 429 retry 5s", "does hang_up", ...
  std::string Fate(FaultSubject request_class = FaultSubject::kOrders) {
    const RequestFate fate = requests_.Decide(request_class);
    std::string words = fate.executes ? "does" : "not";
    constexpr std::string_view kAnswers[] = {
        "true", "refused", "error", "hang_up", "nothing", "truncated", "garbage"};
    words += StrCat(" ", kAnswers[static_cast<size_t>(fate.answer)]);
    if (fate.http_status != 0) {
      words += StrCat(" ", fate.http_status);
    }
    if (fate.retry_after.has_value()) {
      words += StrCat(" retry ", absl::FormatDuration(*fate.retry_after));
    }
    if (fate.delay != absl::ZeroDuration()) {
      words += StrCat(" late ", absl::FormatDuration(fate.delay));
    }
    return words;
  }

  SimulatedClock clock_{absl::FromUnixSeconds(1'700'000'000)};
  RequestFaults requests_{clock_, /*seed=*/1};
};

TEST_F(RequestFaultsTest, DecidesByVerbForTheNextOneAlone) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"orders fail_before 500", "not error 500"},
      {"orders fail_after 504", "does error 504"},
      {"orders refuse", "not refused 429"},
      {"orders refuse retry_after 5s", "not refused 429 retry 5s"},
      {"orders hang_up_before", "not hang_up"},
      {"orders hang_up_after", "does hang_up"},
      {"orders swallow_before", "not nothing"},
      {"orders swallow_after", "does nothing"},
      {"orders truncate", "does truncated"},
      {"orders garbage", "does garbage"},
      {"orders late 700ms", "does true late 700ms"},
  };
  for (const auto& [fault, fate] : cases) {
    Begin(fault);
    EXPECT_EQ(Fate(), fate) << fault;
    EXPECT_EQ(Fate(), "does true") << fault;
  }
}

TEST_F(RequestFaultsTest, StrikesItsClassAlone) {
  Begin("queries fail_before 503 for 1m");
  EXPECT_EQ(Fate(FaultSubject::kOrders), "does true");
  EXPECT_EQ(Fate(FaultSubject::kPublic), "does true");
  EXPECT_EQ(Fate(FaultSubject::kQueries), "not error 503");
  requests_.Clear();
  Begin("requests fail_before 503 for 1m");
  EXPECT_EQ(Fate(FaultSubject::kOrders), "not error 503");
  EXPECT_EQ(Fate(FaultSubject::kPublic), "not error 503");
}

TEST_F(RequestFaultsTest, BansForATimeAndSaysHowLongItLasts) {
  Begin("requests ban for 90s");
  EXPECT_EQ(Fate(), "not refused 418 retry 1m30s");
  clock_.AdvanceBy(absl::Seconds(60));
  EXPECT_EQ(Fate(), "not refused 418 retry 30s");
  clock_.AdvanceBy(absl::Seconds(30));
  EXPECT_EQ(Fate(), "does true");
}

TEST_F(RequestFaultsTest, BansWhomItAlsoRefuses) {
  Begin("requests refuse for 90s");
  Begin("requests ban for 60s");
  EXPECT_EQ(Fate(), "not refused 418 retry 1m");
}

TEST_F(RequestFaultsTest, StrikesSoManyOrSoLongWhicheverIsShorter) {
  Begin("orders refuse x2 for 10s");
  EXPECT_EQ(Fate(), "not refused 429");
  EXPECT_EQ(Fate(), "not refused 429");
  EXPECT_EQ(Fate(), "does true");
  Begin("orders refuse x2 for 10s");
  clock_.AdvanceBy(absl::Seconds(10));
  EXPECT_EQ(Fate(), "does true");
}

TEST_F(RequestFaultsTest, LetsTheFirstDecideAndAddsDelays) {
  Begin("orders late 1s x1");
  Begin("orders fail_after 503 x1");
  Begin("orders hang_up_before x1");
  Begin("orders late 2s x1");
  EXPECT_EQ(Fate(), "does error 503 late 3s");
  EXPECT_EQ(Fate(), "not hang_up");
}

TEST_F(RequestFaultsTest, DrawsADelayFromItsRange) {
  Begin("orders late 1s..2s for 1m");
  for (int i = 0; i < 100; ++i) {
    const absl::Duration delay = requests_.Decide(FaultSubject::kOrders).delay;
    EXPECT_GE(delay, absl::Seconds(1));
    EXPECT_LE(delay, absl::Seconds(2));
  }
}

TEST_F(RequestFaultsTest, StrikesByChance) {
  Begin("orders refuse 20% for 1m");
  int refused = 0;
  for (int i = 0; i < 1000; ++i) {
    refused += requests_.Decide(FaultSubject::kOrders).executes ? 0 : 1;
  }
  EXPECT_NEAR(refused, 200, 50);
}

TEST_F(RequestFaultsTest, SpoilsABody) {
  const std::string body = R"({"orderId":1})";
  EXPECT_EQ(requests_.Spoil(FaultedAnswer::kTrue, body), body);
  const std::string cut = requests_.Spoil(FaultedAnswer::kTruncated, body);
  EXPECT_LT(cut.size(), body.size());
  EXPECT_TRUE(body.starts_with(cut));
  EXPECT_TRUE(requests_.Spoil(FaultedAnswer::kGarbage, body).starts_with("<html>"));
}

}  // namespace
}  // namespace colibri::venue_sim
