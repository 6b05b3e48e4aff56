#include "connector/transport.h"

#include "gmock/gmock.h"

#include "connector/simulated_environment.h"
#include "connector/task_group.h"
#include "tests/support/fake_transport.h"
#include "tests/support/status_matchers.h"

namespace colibri {
namespace {

using ::testing::ElementsAre;

constexpr auto kUnavailable = absl::StatusCode::kUnavailable;
constexpr auto kCancelled = absl::StatusCode::kCancelled;

TEST(HttpResponseTest, FindsTheFirstHeaderOfAnyCase) {
  const HttpResponse response = {
      .status = 200, .headers = {{"X-A", "1"}, {"retry-after", "2"}, {"Retry-After", "3"}}};
  EXPECT_EQ(response.header("Retry-After"), "2");
  EXPECT_EQ(response.header("x-a"), "1");
  EXPECT_EQ(response.header("absent"), "");
}

HttpRequest Get(std::string path) {
  return {.url = {.host = "venue", .path = std::move(path)}};
}

struct Fixture {
  FakeHttpTransport http;
  FakeWebSocketTransport web_sockets;
  SimulatedEnvironment environment{1, http, web_sockets};
  TaskGroup tasks{environment.executor()};
};

TEST(FakeHttpTransportTest, FailsAsScriptedThenAnswersInOrder) {
  Fixture f;
  f.http.Fail("GET /a", absl::UnavailableError("cut"), true);
  f.http.Answer("GET /a", "one", 429, {{"Retry-After", "7"}});
  f.http.AnswerAlways("GET /a", "rest");
  const HttpResult failure = f.environment.Await(f.http.Send(Get("/a?x=1")));
  EXPECT_THAT(failure.status, StatusIs(kUnavailable));
  EXPECT_TRUE(failure.may_have_been_sent);
  const HttpResult one = f.environment.Await(f.http.Send(Get("/a")));
  EXPECT_EQ(one.response.status, 429);
  EXPECT_EQ(one.response.header("Retry-After"), "7");
  EXPECT_EQ(f.environment.Await(f.http.Send(Get("/a"))).response.body, "rest");
  EXPECT_EQ(f.http.count("GET /a"), 3u);
  EXPECT_EQ(f.http.requests()[0].url.path, "/a?x=1");
}

Task<void> SendAndNote(HttpTransport& http, std::vector<std::string>& notes) {
  HttpResult result = co_await http.Send(Get("/a"));
  notes.push_back(std::move(result.response.body));
}

TEST(FakeHttpTransportTest, HoldsAnswersUntilReleased) {
  Fixture f;
  std::vector<std::string> notes;
  f.http.Hold("GET /a");
  f.tasks.Spawn("1", SendAndNote(f.http, notes));
  f.environment.RunUntilIdle();
  EXPECT_EQ(f.http.waiting(), 1u);
  EXPECT_EQ(f.http.requests().size(), 1u);
  f.http.Answer("GET /a", "late");
  f.http.Release();
  f.environment.RunUntilIdle();
  EXPECT_THAT(notes, ElementsAre("late"));
  EXPECT_EQ(f.http.waiting(), 0u);
}

TEST(FakeWebSocketTransportTest, FailsConnectsThenGivesASocket) {
  Fixture f;
  f.web_sockets.FailConnect(absl::UnavailableError("refused"));
  EXPECT_THAT(f.environment.Await(f.web_sockets.Connect({})), StatusIs(kUnavailable, "refused"));
  ASSERT_OK_AND_ASSIGN(auto socket, f.environment.Await(f.web_sockets.Connect({})));
  f.web_sockets.latest().Push("hello", 5);
  ASSERT_OK_AND_ASSIGN(const WebSocketFrame frame, f.environment.Await(socket->Read()));
  EXPECT_EQ(frame.text, "hello");
  EXPECT_EQ(frame.receive_time_ns, 5);
  EXPECT_THAT(f.environment.Await(socket->Write("out")), IsOk());
  EXPECT_THAT(f.web_sockets.latest().written(), ElementsAre("out"));
  EXPECT_EQ(f.web_sockets.connects(), 2u);
}

TEST(FakeWebSocketTransportTest, BreaksAfterWhatWasPushed) {
  Fixture f;
  ASSERT_OK_AND_ASSIGN(auto socket, f.environment.Await(f.web_sockets.Connect({})));
  f.web_sockets.latest().Push("last");
  f.web_sockets.latest().Break("peer closed");
  EXPECT_THAT(f.environment.Await(socket->Write("x")), StatusIs(kUnavailable, "peer closed"));
  EXPECT_THAT(f.environment.Await(socket->Read()), IsOk());
  EXPECT_THAT(f.environment.Await(socket->Read()), StatusIs(kUnavailable, "peer closed"));
}

Task<void> ReadAndNote(WebSocket& socket, std::vector<absl::StatusCode>& notes) {
  notes.push_back((co_await socket.Read()).status().code());
}

TEST(FakeWebSocketTransportTest, CloseEndsAPendingRead) {
  Fixture f;
  std::vector<absl::StatusCode> notes;
  ASSERT_OK_AND_ASSIGN(auto socket, f.environment.Await(f.web_sockets.Connect({})));
  f.tasks.Spawn("read", ReadAndNote(*socket, notes));
  f.environment.RunUntilIdle();
  EXPECT_TRUE(notes.empty());
  socket->Close();
  f.environment.RunUntilIdle();
  EXPECT_THAT(notes, ElementsAre(kCancelled));
  EXPECT_TRUE(f.web_sockets.latest().is_closed());
}

}  // namespace
}  // namespace colibri
