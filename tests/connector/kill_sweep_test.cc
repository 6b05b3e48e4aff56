// The kill switch on a connector: what is canceled, when it counts as verified, what is refused.
#include "connector/kill_sweep.h"

#include <optional>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "connector/kill_switch_file.h"
#include "connector/memory_files.h"
#include "core/strings.h"
#include "tests/support/fake_venue.h"
#include "tests/support/status_matchers.h"

namespace colibri {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Code = absl::StatusCode;

constexpr std::string_view kDelete = "DELETE /order";
constexpr std::string_view kDeleteAll = "DELETE /orders";  // the venue's own call
constexpr std::string_view kOpen = "GET /open";

class KillSweepTest : public ::testing::Test {
 protected:
  KillSweepTest() {
    venue_.config.risk.kill_switch = &kill_;
    venue_.http.AnswerAlways(kDeleteAll, "");
    kill_.set_listener([this] { sweep_->Notify(); });
  }
  void SetUp() override {
    ASSERT_THAT(venue_.Start(), IsOk());
    sweep_.emplace(
        venue_.environment, kill_, std::vector<Connector*>{venue_.exchange.get()}, [this] {
          ++changes_;
        });
    sweep_->Start();
  }
  void TearDown() override { venue_.environment.Await(sweep_->Stop()); }

  void Engage() {
    kill_.Engage({.by = "joe", .reason = "fat finger", .at = venue_.environment.clock().now()});
    venue_.environment.RunUntilIdle();
  }
  absl::Status Refusal() const { return venue_.exchange->Place(venue_.Buy("100", "1")).status(); }

  KillSwitch kill_{"colibri kill --reset --state var"};
  FakeVenue venue_;
  std::optional<KillSweep> sweep_;
  int changes_ = 0;
};

TEST_F(KillSweepTest, DoesNothingWhileNotEngaged) {
  venue_.PlaceOpen(venue_.Buy("100", "1"));
  venue_.http.ClearRequests();
  venue_.Run(absl::Seconds(2));
  EXPECT_EQ(venue_.http.count(kDelete), 0);
  EXPECT_FALSE(sweep_->is_done());
}

TEST_F(KillSweepTest, CancelsVerifiesAndRefuses) {
  const ClientOrderId id = venue_.PlaceOpen(venue_.Buy("100", "1"));
  venue_.http.Answer(kDeleteAll, venue_.OrderLine(id, "X1", "canceled", "0"));
  Engage();
  EXPECT_TRUE(sweep_->is_done());
  EXPECT_EQ(sweep_->states()[0].attempts, 1);
  EXPECT_THAT(venue_.seen, ElementsAre("order_created", "order_canceled"));
  EXPECT_THAT(Refusal(),
              StatusIs(Code::kFailedPrecondition, HasSubstr("kill switch was engaged by joe")));
  EXPECT_THAT(venue_.seen, ElementsAre("order_created", "order_canceled"));
}

TEST_F(KillSweepTest, TriesAgainUntilTheVenueSaysThatNothingIsLeft) {
  const ClientOrderId id = venue_.PlaceOpen(venue_.Buy("100", "1"));
  venue_.http.AnswerAlways(kDeleteAll, "rejected", 400);
  venue_.http.AnswerAlways(kDelete, "rejected", 400);
  venue_.http.AnswerAlways(kOpen, venue_.OrderLine(id, "X1", "open", "0"));
  Engage();
  venue_.Run(absl::Minutes(1));
  EXPECT_FALSE(sweep_->is_done());
  EXPECT_EQ(sweep_->states()[0].last.open_orders_left, 1);
  EXPECT_GT(sweep_->states()[0].attempts, 1);
  EXPECT_FALSE(Refusal().ok());

  venue_.http.AnswerAlways(kDeleteAll, "");
  venue_.http.AnswerAlways("GET /order", venue_.OrderLine(id, "X1", "canceled", "0"));
  venue_.http.AnswerAlways(kOpen, "");
  venue_.Run(absl::Minutes(1));
  EXPECT_TRUE(sweep_->is_done());
  EXPECT_THAT(venue_.exchange->open_orders(), testing::IsEmpty());
}

TEST_F(KillSweepTest, IsNotDoneWhileTheVenueCannotBeAsked) {
  venue_.PlaceOpen(venue_.Buy("100", "1"));
  venue_.http.set_down(absl::UnavailableError("refused"));
  Engage();
  venue_.Run(absl::Minutes(1));
  EXPECT_FALSE(sweep_->is_done());
  EXPECT_FALSE(sweep_->states()[0].last.is_verified);
  EXPECT_GT(sweep_->states()[0].attempts, 1);
}

TEST_F(KillSweepTest, CountsOrdersOfOthersAsLeft) {
  venue_.http.AnswerAlways(kOpen, "order somebody-else X7 open 0 1700000000000");
  Engage();
  venue_.Run(absl::Seconds(30));
  EXPECT_FALSE(sweep_->is_done());
  EXPECT_EQ(sweep_->states()[0].last.open_orders_left, 1);
}

TEST_F(KillSweepTest, LetsOrdersPassAfterAReset) {
  Engage();
  ASSERT_TRUE(sweep_->is_done());
  kill_.Reset();
  venue_.environment.RunUntilIdle();
  EXPECT_FALSE(sweep_->is_done());
  EXPECT_EQ(sweep_->states()[0].attempts, 0);
  venue_.PlaceOpen(venue_.Buy("100", "1"));
  EXPECT_THAT(venue_.seen, ElementsAre("order_created"));
}

// The file: whoever writes it engages, whoever removes it resets.

constexpr std::string_view kPath = "var/kill_switch";

class KillSwitchFileTest : public ::testing::Test {
 protected:
  absl::Status Synchronize() { return file_.Synchronize(kill_, absl::FromUnixSeconds(1)); }

  KillRecord record_{.by = "joe", .reason = "fat finger", .at = absl::FromUnixSeconds(7)};
  MemoryFiles disk_;
  KillSwitchFile file_{disk_, "var"};
  KillSwitch kill_{"reset it"};
};

TEST_F(KillSwitchFileTest, IsNotEngagedWithoutAFile) {
  EXPECT_THAT(Synchronize(), IsOk());
  EXPECT_FALSE(kill_.is_engaged());
}

TEST_F(KillSwitchFileTest, EngagesByAFileThatIsNotWhole) {
  for (const std::string& text :
       {std::string(), std::string("?"), FormatKillRecord(record_).substr(0, 40)}) {
    ASSERT_THAT(disk_.Replace(kPath, text), IsOk());
    KillSwitch kill("reset it");
    EXPECT_THAT(file_.Synchronize(kill, absl::FromUnixSeconds(1)), IsOk());
    EXPECT_THAT(kill.Check(), StatusIs(Code::kFailedPrecondition, HasSubstr("var/kill_switch")))
        << text;
  }
}

TEST_F(KillSwitchFileTest, EngagesByAFileThatCannotBeRead) {
  ASSERT_THAT(disk_.Replace(kPath, FormatKillRecord(record_)), IsOk());
  disk_.Crash();  // from now on every call fails
  EXPECT_THAT(Synchronize(), IsOk());
  EXPECT_TRUE(kill_.is_engaged());
}

TEST_F(KillSwitchFileTest, StaysEngagedAcrossARestart) {
  kill_.Engage(record_);
  EXPECT_THAT(Synchronize(), IsOk());
  KillSwitchFile next(disk_, "var");
  KillSwitch kill("reset it");
  EXPECT_THAT(next.Synchronize(kill, absl::FromUnixSeconds(9)), IsOk());
  EXPECT_EQ(kill.record(), record_);
  EXPECT_TRUE(kill.is_engaged());
}

TEST_F(KillSwitchFileTest, ResetsWhenTheFileIsGone) {
  EXPECT_THAT(file_.Save(record_), IsOk());
  EXPECT_THAT(Synchronize(), IsOk());
  EXPECT_TRUE(kill_.is_engaged());
  EXPECT_THAT(file_.Clear(), IsOk());
  EXPECT_THAT(file_.Clear(), IsOk());
  EXPECT_THAT(Synchronize(), IsOk());
  EXPECT_FALSE(kill_.is_engaged());
}

TEST_F(KillSwitchFileTest, StaysEngagedWhenItCouldNotBeWritten) {
  kill_.Engage(record_);
  disk_.set_bytes_free(0);
  EXPECT_FALSE(Synchronize().ok());
  EXPECT_FALSE(Synchronize().ok());
  EXPECT_TRUE(kill_.is_engaged());
  disk_.set_bytes_free(std::nullopt);
  EXPECT_THAT(Synchronize(), IsOk());
  EXPECT_EQ(file_.Load(absl::Now()), record_);
}

}  // namespace
}  // namespace colibri
