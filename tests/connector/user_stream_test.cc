#include "connector/user_stream.h"

#include <memory>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "connector/simulated_environment.h"
#include "connector/task_group.h"
#include "core/strings.h"
#include "tests/support/fake_venue.h"
#include "tests/support/status_matchers.h"

namespace colibri {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class UserStreamTest : public ::testing::Test {
 protected:
  UserStreamTest() {
    http_.AnswerAlways("GET /time", "1700000000000");
    web_sockets_.set_on_connect([this](FakeWebSocketPeer& peer) {
      peer.set_on_write([this, &peer](const std::string&) {
        if (!login_answer_.empty()) {
          peer.Push(login_answer_);
        }
      });
    });
  }
  ~UserStreamTest() override { environment_.Await(tasks_.CancelAndJoin()); }

  void Start(UserStreamOptions options = {.venue = "fake"}) {
    stream_ = std::make_unique<UserStream>(
        environment_,
        *source_,
        rest_,
        time_,
        *auth_,
        options,
        UserStream::Listener{
            .on_message =
                [this](PrivateMessage message) {
                  for (const OrderUpdate& order : message.orders) {
                    told_.push_back(order.client_order_id.ToString());
                  }
                },
            .on_login = [this] { told_.push_back("login"); },
            .on_lost =
                [this](std::string_view reason) { told_.push_back(StrCat("lost: ", reason)); },
            .on_refused = [this](const absl::Status&) { told_.push_back("refused"); },
            .on_unreadable = [this](const absl::Status&) { told_.push_back("unreadable"); },
            .on_renewed = [this] { told_.push_back("renewed"); }});
    tasks_.Spawn("user", stream_->Run());
    environment_.RunUntilIdle();
  }
  void Run(absl::Duration duration) { environment_.RunFor(duration); }

  FakeHttpTransport http_;
  FakeWebSocketTransport web_sockets_;
  SimulatedEnvironment environment_{/*seed=*/1, http_, web_sockets_};
  VenueSpec spec_ = FakeVenueSpec();
  std::unique_ptr<VenueProtocol> protocol_ = MakeFakeProtocol(spec_);
  std::unique_ptr<Auth> auth_ = MakeFakeAuth();
  Throttler throttler_{spec_.limits, environment_.clock()};
  TimeSynchronizer time_{environment_.clock()};
  RestAssistant rest_{
      environment_, *protocol_, throttler_, time_, auth_.get(), *Url::Parse("http://fake")};
  std::unique_ptr<UserStreamDataSource> source_ = MakeFakeUserSource();
  TaskGroup tasks_{environment_.executor()};
  std::unique_ptr<UserStream> stream_;
  std::string login_answer_ = "login ok";
  std::vector<std::string> told_;
};

TEST_F(UserStreamTest, RefusedKeysAreToldAndNotTriedAgainSoon) {
  login_answer_ = "login refused";
  Start();

  EXPECT_THAT(told_, ElementsAre("refused", "lost: bad keys"));
  Run(absl::Seconds(29));
  EXPECT_EQ(web_sockets_.connects(), 1);
}

TEST_F(UserStreamTest, ARefusalThatMayBeTheClockTakesSamplesAndTriesAgain) {
  login_answer_ = "login busy";
  Start();
  EXPECT_EQ(http_.count("GET /time"), 3);

  login_answer_ = "login ok";
  Run(absl::Seconds(1));

  EXPECT_THAT(told_, ElementsAre("lost: busy", "login"));
}

TEST_F(UserStreamTest, AnUnansweredLoginIsALoss) {
  login_answer_ = "";
  Start();

  Run(absl::Seconds(10));

  EXPECT_THAT(told_, ElementsAre("lost: the login was not answered within 10s"));
}

TEST_F(UserStreamTest, LogsInAndHandsOnMessages) {
  Start();

  web_sockets_.latest().Push("order C1 X1 open 0 1700000000000");
  environment_.RunUntilIdle();

  EXPECT_THAT(web_sockets_.latest().written(), ElementsAre("login login-1"));
  EXPECT_THAT(told_, ElementsAre("login", "C1"));
}

TEST_F(UserStreamTest, OneUnreadableFrameIsToldAndSkippedS42) {
  Start();

  web_sockets_.latest().Push("gibberish");
  web_sockets_.latest().Push("order C1 X1 open 0 1700000000000");
  environment_.RunUntilIdle();

  EXPECT_THAT(told_, ElementsAre("login", "unreadable", "C1"));
  EXPECT_EQ(stream_->parse_errors(), 1);
}

TEST_F(UserStreamTest, TellsEachNewLoginS40) {
  Start();

  web_sockets_.latest().Break("peer closed");
  Run(absl::Seconds(1));

  EXPECT_THAT(told_, ElementsAre("login", "lost: peer closed", "login"));
}

TEST_F(UserStreamTest, AnEndedSubscriptionLogsInAgainS41) {
  Start();

  web_sockets_.latest().Push("ended");
  Run(absl::Seconds(1));

  EXPECT_THAT(told_, ElementsAre("login", "lost: the venue ended the subscription", "login"));
}

TEST_F(UserStreamTest, ASilenceThatASecondLoginCannotExplainIsALossS41) {
  Start();

  Run(absl::Minutes(3) - absl::Milliseconds(1));
  EXPECT_THAT(told_, ElementsAre("login"));
  web_sockets_.FailConnect(absl::UnavailableError("unreachable"));
  Run(absl::Seconds(1));

  EXPECT_THAT(told_, ElementsAre("login", "lost: silent for 3m", "login"));
}

TEST_F(UserStreamTest, AQuietAccountLogsInAnewAndLosesNothingS41) {
  Start();

  Run(absl::Minutes(3));
  EXPECT_THAT(told_, ElementsAre("login", "renewed"));
  EXPECT_TRUE(stream_->is_logged_in());
  Run(absl::Seconds(2));

  EXPECT_TRUE(web_sockets_.peer(0).is_closed());
  EXPECT_FALSE(web_sockets_.peer(1).is_closed());
  EXPECT_EQ(stream_->reconnects(), 0);
}

TEST_F(UserStreamTest, AMismatchSubscribesAnewS41) {
  Start();

  stream_->Resubscribe("a fill was not told");
  environment_.RunUntilIdle();
  EXPECT_THAT(told_, ElementsAre("login", "renewed"));
  Run(absl::Seconds(2));
  EXPECT_TRUE(web_sockets_.peer(0).is_closed());
  stream_->Resubscribe("a fill was not told");
  Run(absl::Seconds(27));
  EXPECT_EQ(web_sockets_.connects(), 2);
  Run(absl::Seconds(2));
  stream_->Resubscribe("a fill was not told");
  environment_.RunUntilIdle();

  EXPECT_THAT(told_, ElementsAre("login", "renewed", "renewed"));
}

TEST_F(UserStreamTest, AMismatchWithoutASecondLoginIsALossS41) {
  Start();
  login_answer_ = "";

  stream_->Resubscribe("a fill was not told");
  Run(absl::Seconds(10));

  EXPECT_THAT(told_, ElementsAre("login", "lost: a fill was not told"));
}

TEST_F(UserStreamTest, AMismatchWhileThereIsNoStreamDoesNothing) {
  login_answer_ = "";
  Start();

  stream_->Resubscribe("a fill was not told");
  Run(absl::Seconds(5));

  EXPECT_EQ(web_sockets_.connects(), 1);
}

constexpr absl::Duration kNever = absl::Hours(100);

TEST_F(UserStreamTest, ASecondLogsInBeforeTheVenueClosesAndBothAreReadS52) {
  Start({.venue = "fake", .silence_max = kNever, .session_lifetime = absl::Hours(24)});

  Run(absl::Hours(22.8));
  ASSERT_EQ(web_sockets_.size(), 2);
  EXPECT_FALSE(web_sockets_.peer(0).is_closed());
  web_sockets_.peer(0).Push("order C1 X1 open 0 1700000000000");
  web_sockets_.peer(1).Push("order C2 X2 open 0 1700000000000");
  Run(UserStream::kOverlap);
  web_sockets_.peer(1).Push("order C3 X3 open 0 1700000000000");
  Run(absl::Hours(1));

  EXPECT_THAT(told_, ElementsAre("login", "renewed", "C1", "C2", "C3"));
  EXPECT_TRUE(web_sockets_.peer(0).is_closed());
  EXPECT_EQ(stream_->renewals(), 1);
  EXPECT_EQ(stream_->reconnects(), 0);
}

TEST_F(UserStreamTest, TheSecondIsSucceededInItsTurnS52) {
  Start({.venue = "fake", .silence_max = kNever, .session_lifetime = absl::Hours(24)});

  Run(absl::Hours(70));

  EXPECT_EQ(stream_->renewals(), 3);
  EXPECT_EQ(web_sockets_.size(), 4);
  EXPECT_FALSE(web_sockets_.latest().is_closed());
}

TEST_F(UserStreamTest, WithoutASecondTheFirstIsKeptUntilTheVenueClosesItS52) {
  Start({.venue = "fake", .silence_max = kNever, .session_lifetime = absl::Hours(24)});
  Run(absl::Hours(22));
  for (int i = 0; i < 10'000; ++i) {
    web_sockets_.FailConnect(absl::UnavailableError("refused"));
  }

  Run(absl::Hours(2));
  EXPECT_THAT(told_, ElementsAre("login"));
  EXPECT_GT(web_sockets_.connects(), 100);
  EXPECT_LT(web_sockets_.connects(), 1000);
  web_sockets_.peer(0).Break("24 hours are over");
  environment_.RunUntilIdle();

  EXPECT_THAT(told_, ElementsAre("login", "lost: 24 hours are over"));
}

TEST_F(UserStreamTest, AFailedSecondLoginIsTriedAgainWhileTheFirstLivesS52) {
  Start({.venue = "fake", .silence_max = kNever, .session_lifetime = absl::Hours(24)});
  login_answer_ = "";
  Run(absl::Hours(22.8) + absl::Seconds(1));
  ASSERT_EQ(web_sockets_.size(), 2);

  login_answer_ = "login ok";
  Run(absl::Seconds(20));

  EXPECT_THAT(told_, ElementsAre("login", "renewed"));
  EXPECT_EQ(web_sockets_.size(), 3);
}

TEST_F(UserStreamTest, WhenTheFirstIsLostMeanwhileTheSecondGoesOnS52) {
  Start({.venue = "fake", .silence_max = kNever, .session_lifetime = absl::Hours(24)});
  login_answer_ = "";
  Run(absl::Hours(22.8) + absl::Seconds(1));

  web_sockets_.peer(0).Break("peer closed");
  environment_.RunUntilIdle();
  EXPECT_FALSE(stream_->is_logged_in());
  web_sockets_.peer(1).Push("login ok");
  Run(absl::Minutes(1));

  EXPECT_THAT(told_, ElementsAre("login", "lost: peer closed", "login"));
  EXPECT_EQ(web_sockets_.size(), 2);
}

TEST_F(UserStreamTest, AListenKeyTakesThePlaceOfALogin) {
  http_.Answer("POST /listen_key", "KEY");
  Start({.venue = "fake", .uses_listen_key = true});

  EXPECT_EQ(web_sockets_.latest().request().url.path, "/private/KEY");
  EXPECT_THAT(web_sockets_.latest().written(), IsEmpty());
  EXPECT_THAT(told_, ElementsAre("login"));
}

TEST_F(UserStreamTest, AListenKeyThatIsNotGivenIsTriedAgain) {
  http_.Answer("POST /listen_key", "oops", 503);
  http_.Answer("POST /listen_key", "KEY");
  Start({.venue = "fake", .uses_listen_key = true});

  Run(absl::Seconds(1));

  EXPECT_THAT(told_, ElementsAre("lost: HTTP 503 oops", "login"));
}

TEST_F(UserStreamTest, AListenKeyIsKeptAndMadeAnewWhenItCannotBeS51) {
  http_.AnswerAlways("POST /listen_key", "KEY");
  http_.Answer("PUT /listen_key", "fine");
  Start({.venue = "fake", .uses_listen_key = true, .silence_max = absl::Hours(100)});

  Run(absl::Minutes(26));
  EXPECT_EQ(http_.count("PUT /listen_key"), 1);
  EXPECT_THAT(told_, ElementsAre("login"));

  for (int i = 0; i < 3; ++i) {
    http_.Answer("PUT /listen_key", "rejected", 400);
  }
  Run(absl::Minutes(25));

  EXPECT_THAT(told_, ElementsAre("login", "lost: the listen key could not be kept", "login"));
  EXPECT_EQ(http_.count("POST /listen_key"), 2);
}

}  // namespace
}  // namespace colibri
