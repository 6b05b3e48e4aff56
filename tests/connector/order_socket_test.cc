// OrderSocket under RestAssistant: what of a call goes where, and what its end means.
#include "connector/order_socket.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "connector/rest_assistant.h"
#include "connector/simulated_environment.h"
#include "core/strings.h"
#include "tests/support/fake_venue.h"
#include "tests/support/status_matchers.h"

namespace colibri {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;
using Code = absl::StatusCode;

constexpr std::string_view kPost = "POST /order";

class OrderSocketTest : public ::testing::Test {
 protected:
  OrderSocketTest() { http_.AnswerAlways("GET /time", "1700000000000"); }
  ~OrderSocketTest() override { environment_.Await(tasks_.CancelAndJoin()); }

  void Start(FakeOrderSocketOptions options = {}) {
    source_ = MakeFakeOrderSocketSource(options);
    socket_.emplace(
        environment_,
        tasks_,
        *source_,
        *protocol_,
        throttler_,
        time_,
        *auth_,
        OrderSocketOptions{.venue = "fake", .url = "ws://fake/orders"},
        OrderSocket::Listener{
            .on_state =
                [this](const absl::Status& state) {
                  states_.emplace_back(state.ok() ? "up" : state.message());
                },
            .on_late_answer =
                [this](const HttpResponse& response) { rest_.NoteLateAnswer(response); }});
    rest_.set_order_socket(&*socket_);
    tasks_.Spawn("order_socket", socket_->Run());
    environment_.RunUntilIdle();
  }

  static VenueCall CallOf(std::string_view id, absl::Duration timeout = absl::Seconds(5)) {
    VenueCall call;
    call.request.method = HttpMethod::kPost;
    call.request.path = "/order";
    call.request.AddParameter("id", id);
    call.security = CallSecurity::kSigned;
    call.charges = {{"weight", 1}};
    call.timeout = timeout;
    return call;
  }
  // Of a call that was begun: nullopt while it goes on.
  using Result = std::shared_ptr<std::optional<RestResult>>;
  Result Begin(std::string id, absl::Duration timeout = absl::Seconds(5)) {
    auto result = std::make_shared<std::optional<RestResult>>();
    tasks_.Spawn("call", Keep(rest_, CallOf(id, timeout), result));
    environment_.RunUntilIdle();
    return result;
  }
  static Task<void> Keep(RestAssistant& rest, VenueCall call, Result result) {
    result->emplace(co_await rest.Call(std::move(call)));
  }

  void Push(std::string text) {
    web_sockets_.latest().Push(std::move(text));
    environment_.RunUntilIdle();
  }
  void Run(absl::Duration duration) { environment_.RunFor(duration); }
  FakeWebSocketPeer& peer() { return web_sockets_.latest(); }
  // The second word of the last frame.
  std::string LastId() {
    const std::string& frame = peer().written().back();
    const size_t at = frame.find(' ') + 1;
    return frame.substr(at, frame.find(' ', at) - at);
  }

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
  std::unique_ptr<OrderSocketSource> source_;
  TaskGroup tasks_{environment_.executor()};
  std::optional<OrderSocket> socket_;
  std::vector<std::string> states_;
};

TEST_F(OrderSocketTest, ARefusedConnectionLeavesOrdersToRestAndIsTriedAgain) {
  web_sockets_.FailConnect(absl::UnavailableError("refused"));
  http_.Answer(kPost, "fine");
  Start();

  EXPECT_THAT((*Begin("C1"))->status, IsOk());
  EXPECT_EQ(http_.count(kPost), 1u);
  Run(absl::Seconds(1));

  EXPECT_THAT(states_, ElementsAre("refused", "up"));
}

TEST_F(OrderSocketTest, ARefusedLoginIsToldAndNotTriedAgainSoon) {
  Start({.has_login = true});
  http_.Answer(kPost, "fine");
  Begin("C1");
  EXPECT_EQ(http_.count(kPost), 1u);  // not logged in yet

  Push(StrCat("answer ", LastId(), " 401 - - bad_keys"));

  EXPECT_THAT(states_, ElementsAre("bad_keys"));
  Run(absl::Seconds(29));
  EXPECT_EQ(web_sockets_.connects(), 1u);
}

TEST_F(OrderSocketTest, ALoginThatIsEndedIsRefused) {
  Start({.has_login = true});

  Push("revoked");

  EXPECT_THAT(states_, ElementsAre("the venue takes no calls with this key"));
  Run(absl::Seconds(29));
  EXPECT_EQ(web_sockets_.connects(), 1u);
}

TEST_F(OrderSocketTest, ARevokedLogonEndsTheConnectionAndAnotherOneLogsOn) {
  Start({.has_login = true});
  Push(StrCat("answer ", LastId(), " 200 - - welcome"));
  const Result result = Begin("C1");

  Push("revoked");

  ASSERT_TRUE(result->has_value());
  EXPECT_TRUE((*result)->is_unknown());
  EXPECT_TRUE(web_sockets_.peer(0).is_closed());
  EXPECT_EQ(http_.count(kPost), 0u);
  http_.Answer(kPost, "fine");
  EXPECT_THAT((*Begin("C2"))->status, IsOk());
  EXPECT_EQ(http_.count(kPost), 1u);
  Run(absl::Seconds(1));
  EXPECT_THAT(peer().written(), ElementsAre(StartsWith("login ")));
  EXPECT_EQ(web_sockets_.connects(), 2u);
}

TEST_F(OrderSocketTest, AnUnansweredLoginIsGivenUp) {
  Start({.has_login = true});

  Run(absl::Seconds(10));

  EXPECT_THAT(states_, ElementsAre("the login was not answered within 10s"));
  EXPECT_TRUE(web_sockets_.peer(0).is_closed());
}

TEST_F(OrderSocketTest, AClosedConnectionPutsWhatIsInFlightInDoubtAndNothingIsSentAgain) {
  Start();
  const Result result = Begin("C1");
  ASSERT_THAT(peer().written(), SizeIs(1));

  peer().Break("reset");
  environment_.RunUntilIdle();

  ASSERT_TRUE(result->has_value());
  EXPECT_TRUE((*result)->is_unknown());
  EXPECT_THAT((*result)->status, StatusIs(Code::kUnavailable, HasSubstr("reset")));
  EXPECT_EQ(http_.count(kPost), 0u);
  EXPECT_THAT(states_, ElementsAre("up", "orders go by REST: reset"));
}

TEST_F(OrderSocketTest, AWriteThatFailsIsInDoubtToo) {
  Start();
  peer().set_write_status(absl::UnavailableError("broken pipe"));

  const Result result = Begin("C1");

  ASSERT_TRUE(result->has_value());
  EXPECT_TRUE((*result)->is_unknown());
  EXPECT_EQ(http_.count(kPost), 0u);
  EXPECT_FALSE(socket_->is_ready());
}

TEST_F(OrderSocketTest, AWriteAtOnceThatFailsIsToldByItsTaskAlone) {
  Start();
  peer().set_write_status(absl::UnavailableError("broken pipe"));

  Task<RestResult> answer = rest_.Start(CallOf("C1"));
  EXPECT_TRUE(socket_->is_ready());
  EXPECT_THAT(states_, ElementsAre("up"));

  EXPECT_TRUE(environment_.Await(std::move(answer)).is_unknown());
  EXPECT_FALSE(socket_->is_ready());
  EXPECT_EQ(http_.count(kPost), 0u);
}

TEST_F(OrderSocketTest, WhatIsStartedIsWrittenBeforeTheLoopRuns) {
  Start();

  Task<RestResult> answer = rest_.Start(CallOf("C1"));
  ASSERT_THAT(peer().written(), SizeIs(1));
  EXPECT_EQ(socket_->in_flight(), 1u);
  peer().Push(StrCat("answer ", LastId(), " 200 1 - fine"));

  EXPECT_THAT(environment_.Await(std::move(answer)).status, IsOk());
  EXPECT_EQ(socket_->in_flight(), 0u);
}

TEST_F(OrderSocketTest, WhatIsStartedAndDroppedIsNotWaitedFor) {
  Start();

  {
    const Task<RestResult> answer = rest_.Start(CallOf("C1"));
  }

  EXPECT_THAT(peer().written(), SizeIs(1));
  EXPECT_EQ(socket_->in_flight(), 0u);
}

TEST_F(OrderSocketTest, NoAnswerInTimeIsInDoubtAndALateOneIsDropped) {
  Start();
  const Result result = Begin("C1");
  Run(absl::Seconds(3));
  Push("pong");  // the venue is there

  Run(absl::Seconds(2));
  ASSERT_TRUE(result->has_value());
  EXPECT_TRUE((*result)->is_unknown());
  EXPECT_THAT((*result)->status, StatusIs(Code::kDeadlineExceeded));
  Push(StrCat("answer ", LastId(), " 200 1 - fine"));

  EXPECT_EQ(socket_->answers_dropped(), 1);
  EXPECT_TRUE(socket_->is_ready());
}

TEST_F(OrderSocketTest, ACallThatMeetsSilenceEndsTheConnection) {
  Start();
  const Result first = Begin("C1");
  Run(absl::Seconds(2));
  const Result second = Begin("C2");

  Run(absl::Seconds(3));
  environment_.RunUntilIdle();

  // The other one on it will not be answered either.
  ASSERT_TRUE(first->has_value() && second->has_value());
  EXPECT_TRUE((*second)->is_unknown());
  EXPECT_TRUE(web_sockets_.peer(0).is_closed());
  Run(absl::Seconds(1));
  EXPECT_THAT(states_, ElementsAre("up", "orders go by REST: a call met silence", "up"));
}

TEST_F(OrderSocketTest, ACallWithLittleTimeLeftSaysNothingOfTheConnection) {
  Start();
  const Result result = Begin("C1", absl::Milliseconds(100));

  Run(absl::Milliseconds(200));

  EXPECT_TRUE((*result)->is_unknown());
  EXPECT_TRUE(socket_->is_ready());
}

TEST_F(OrderSocketTest, WhatWaitsToBeWrittenNeverGoesOutLate) {
  Start();
  peer().HoldWrites();
  const Result result = Begin("C1");
  Push("pong");

  Run(absl::Seconds(5));

  ASSERT_TRUE(result->has_value());
  EXPECT_TRUE((*result)->is_unknown());
  EXPECT_TRUE(web_sockets_.peer(0).is_closed());
  EXPECT_THAT(web_sockets_.peer(0).written(), IsEmpty());
}

TEST_F(OrderSocketTest, AnAnswerOfAnUnknownIdIsDropped) {
  Start();
  const Result result = Begin("C1");

  Push("answer 777 200 1 - fine");

  EXPECT_FALSE(result->has_value());
  EXPECT_EQ(socket_->answers_dropped(), 1);
}

TEST_F(OrderSocketTest, OnlyTheFirstOfTwoAnswersCounts) {
  Start();
  const Result result = Begin("C1");
  peer().Push(StrCat("answer ", LastId(), " 200 1 - fine"));

  Push(StrCat("answer ", LastId(), " 400 1 - rejected"));

  ASSERT_TRUE(result->has_value());
  EXPECT_THAT((*result)->status, IsOk());
  EXPECT_EQ((*result)->response.body, "fine");
  EXPECT_EQ(socket_->answers_dropped(), 1);
}

TEST_F(OrderSocketTest, AnUnreadableAnswerPutsTheOnlyCallInDoubt) {
  Start();
  const Result result = Begin("C1");

  Push("answ");

  ASSERT_TRUE(result->has_value());
  EXPECT_TRUE((*result)->is_unknown());
  EXPECT_EQ(socket_->parse_errors(), 1);
}

TEST_F(OrderSocketTest, OfSeveralNobodyKnowsWhoseAnUnreadableAnswerWas) {
  Start();
  const Result first = Begin("C1");
  const Result second = Begin("C2");

  Push("answ");
  EXPECT_FALSE(first->has_value());
  Push(StrCat("answer ", LastId(), " 200 1 - fine"));

  EXPECT_THAT((*second)->status, IsOk());
  Run(absl::Seconds(5));
  EXPECT_TRUE((*first)->is_unknown());
}

TEST_F(OrderSocketTest, AnswersAreMatchedWhateverTheirOrder) {
  Start();
  const Result first = Begin("C1");
  const std::string first_id = LastId();
  const Result second = Begin("C2");

  peer().Push(StrCat("answer ", LastId(), " 400 2 - rejected"));
  Push(StrCat("answer ", first_id, " 200 2 - fine"));

  EXPECT_THAT((*first)->status, IsOk());
  EXPECT_TRUE((*second)->is_rejected());
  EXPECT_EQ(http_.count(kPost), 0u);
}

TEST_F(OrderSocketTest, WhatDoesNotFitGoesByRest) {
  Start({.has_login = false, .in_flight_max = 1});
  const Result first = Begin("C1");
  http_.Answer(kPost, "fine");

  const Result second = Begin("C2");

  EXPECT_THAT((*second)->status, IsOk());
  EXPECT_FALSE(first->has_value());
  EXPECT_THAT(peer().written(), ElementsAre(HasSubstr("id=C1")));
}

TEST_F(OrderSocketTest, IsReplacedBeforeTheVenueClosesItAndWhatIsInFlightIsWaitedFor) {
  Start();
  peer().set_on_write([this](const std::string& frame) {
    if (frame.starts_with("probe")) {
      web_sockets_.peer(0).Push("pong");
    }
  });
  Run(absl::Hours(24) * 0.95 - absl::Seconds(1));
  ASSERT_EQ(web_sockets_.connects(), 1u);
  const Result before = Begin("C1");
  const std::string before_id = LastId();

  Run(absl::Seconds(1));
  ASSERT_EQ(web_sockets_.connects(), 2u);
  const Result after = Begin("C2");
  EXPECT_THAT(peer().written(), ElementsAre(HasSubstr("id=C2")));
  Push(StrCat("answer ", LastId(), " 200 1 - fine"));
  EXPECT_FALSE(web_sockets_.peer(0).is_closed());
  web_sockets_.peer(0).Push(StrCat("answer ", before_id, " 200 1 - fine"));
  environment_.RunUntilIdle();

  EXPECT_THAT((*before)->status, IsOk());
  EXPECT_THAT((*after)->status, IsOk());
  EXPECT_TRUE(web_sockets_.peer(0).is_closed());
  EXPECT_THAT(states_, ElementsAre("up", "up"));
}

TEST_F(OrderSocketTest, AReplacedConnectionIsNotWaitedForForever) {
  Start();
  const Result result = Begin("C1", absl::Minutes(1));

  Push("bye");
  ASSERT_EQ(web_sockets_.connects(), 2u);
  EXPECT_FALSE(web_sockets_.peer(0).is_closed());
  Run(absl::Seconds(10));

  EXPECT_TRUE(web_sockets_.peer(0).is_closed());
  EXPECT_TRUE((*result)->is_unknown());
}

TEST_F(OrderSocketTest, AConnectionThatIsAboutToEndTakesNothingNew) {
  Start();
  web_sockets_.Hold();
  Push("bye");
  http_.Answer(kPost, "fine");

  EXPECT_THAT((*Begin("C1"))->status, IsOk());

  EXPECT_EQ(http_.count(kPost), 1u);
  web_sockets_.Release();
  environment_.RunUntilIdle();
  EXPECT_TRUE(web_sockets_.peer(0).is_closed());
  Begin("C2");
  EXPECT_THAT(peer().written(), ElementsAre(HasSubstr("id=C2")));
}

TEST_F(OrderSocketTest, AQuietVenueIsAskedForASignOfLife) {
  Start();

  Run(absl::Seconds(15));
  EXPECT_THAT(peer().written(), ElementsAre(StartsWith("probe ")));
  Push("pong");
  Run(absl::Seconds(10));
  EXPECT_TRUE(socket_->is_ready());
  Run(absl::Seconds(11));

  EXPECT_THAT(states_, ElementsAre("up", "orders go by REST: silent for 20s", "up"));
}

TEST_F(OrderSocketTest, AsksForNothingWhileTheVenueWantsSilence) {
  Start();
  const Result result = Begin("C1");
  Push(StrCat("answer ", LastId(), " 429 1 60 rate_limited"));
  EXPECT_EQ((*result)->error.outcome, Outcome::kNotSent);

  const Result late = Begin("C2");
  Run(absl::Seconds(59));

  EXPECT_THAT(peer().written(), ElementsAre(HasSubstr("id=C1")));
  EXPECT_EQ((*late)->error.outcome, Outcome::kNotSent);
  EXPECT_EQ(http_.count(kPost), 0u);
}

TEST_F(OrderSocketTest, ObeysALateAnswerThatSaysToWait) {
  Start();
  const Result result = Begin("C1");
  Run(absl::Seconds(1));
  Push("pong");
  Run(absl::Seconds(4));
  ASSERT_TRUE((*result)->is_unknown());

  Push(StrCat("answer ", LastId(), " 429 1 60 rate_limited"));

  EXPECT_FALSE(throttler_.is_open());
}

TEST_F(OrderSocketTest, TellsTheThrottlerWhatTheVenueCounts) {
  Start();
  Begin("C1");

  Push(StrCat("answer ", LastId(), " 200 4321 - fine"));

  EXPECT_EQ(throttler_.used("weight"), 4321);
}

TEST_F(OrderSocketTest, ARefusalOfItsTimeIsSignedAnewAndSentOnceMore) {
  Start();
  const Result result = Begin("C1");

  Push(StrCat("answer ", LastId(), " 400 1 - clock_skew"));
  ASSERT_THAT(peer().written(), SizeIs(2));
  Push(StrCat("answer ", LastId(), " 200 1 - fine"));

  EXPECT_THAT((*result)->status, IsOk());
  EXPECT_EQ(http_.count("GET /time"), 3u);
}

TEST_F(OrderSocketTest, CallsThatTheVenueDoesNotTakeGoByRest) {
  Start();
  http_.Answer("GET /open", "");
  VenueCall call;
  call.request.path = "/open";

  EXPECT_THAT(environment_.Await(rest_.Call(call)).status, IsOk());
  EXPECT_THAT(peer().written(), IsEmpty());
}

}  // namespace
}  // namespace colibri
