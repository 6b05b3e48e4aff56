// Requests that are written before the call returns.
#include <future>
#include <memory>
#include <optional>
#include <string>

#include "gmock/gmock.h"

#include "connector/net/asio_environment.h"
#include "connector/net/http_client.h"
#include "tests/support/loopback_server.h"
#include "tests/support/status_matchers.h"

namespace colibri {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr std::string_view kNoContent = "HTTP/1.1 204 No Content\r\n\r\n";

// No connections but those the test asks for.
AsioEnvironmentOptions Cold() {
  return {
      .extra_ca_pem = LocalhostCertificate().ca_pem, .seed = 1, .http = {.warm_connections = 0}};
}

HttpResult Send(AsioEnvironment& environment, HttpRequest request) {
  return environment.Await(environment.http().Send(std::move(request)));
}

std::unique_ptr<LoopbackServer> Serve(bool is_tls, LoopbackServer::Script script) {
  return is_tls ? std::make_unique<LoopbackServer>(std::move(script), LocalhostCertificate())
                : std::make_unique<LoopbackServer>(std::move(script));
}

void AnswerOnceThenClose(LoopbackConnection& client) {
  client.ReadUntil("\r\n\r\n");
  client.Write(kNoContent);
}

void AnswerAll(LoopbackConnection& client) {
  while (!client.ReadUntil("\r\n\r\n").empty()) {
    client.Write(kNoContent);
  }
}

TEST(HttpTrySendTest, WritesNothingAtOnceWithoutAKeptConnection) {
  LoopbackServer server(&AnswerAll);
  AsioEnvironment environment(Cold());
  EXPECT_FALSE(environment.http().TrySend({.url = server.url("/")}).has_value());
  EXPECT_EQ(server.connections(), 0);
}

TEST(HttpTrySendTest, WritesNothingAtOnceThatBreaksOutOfItsLine) {
  LoopbackServer server(&AnswerAll);
  AsioEnvironment environment(Cold());
  EXPECT_THAT(Send(environment, {.url = server.url("/")}).status, IsOk());
  EXPECT_FALSE(environment.http().TrySend({.url = server.url("/a b")}).has_value());
}

TEST(HttpTrySendTest, WritesNothingAtOnceOnAConnectionThatThePeerClosed) {
  for (const bool is_tls : {false, true}) {
    auto server = Serve(is_tls, &AnswerOnceThenClose);
    AsioEnvironment environment(Cold());
    EXPECT_THAT(Send(environment, {.url = server->url("/")}).status, IsOk());
    const Url url = server->url("/");
    server.reset();  // the connection is closed by now
    EXPECT_FALSE(environment.http().TrySend({.url = url}).has_value());
  }
}

TEST(HttpTrySendTest, ARequestThatIsWrittenAtOnceArrivesBeforeTheLoopRuns) {
  for (const bool is_tls : {false, true}) {
    std::promise<std::string> second;
    const auto script = [&](LoopbackConnection& client) {
      client.ReadUntil("\r\n\r\n");
      client.Write(kNoContent);
      second.set_value(client.ReadUntil("\r\n\r\n"));
      client.Write(kNoContent);
      client.WaitForClose();
    };
    auto server = Serve(is_tls, script);
    AsioEnvironment environment(Cold());
    EXPECT_THAT(Send(environment, {.url = server->url("/")}).status, IsOk());

    std::optional<Task<HttpResult>> answer =
        environment.http().TrySend({.url = server->url("/order"), .method = HttpMethod::kPost});
    ASSERT_TRUE(answer.has_value());
    EXPECT_THAT(second.get_future().get(), StartsWith("POST /order HTTP/1.1\r\n"));

    const HttpResult result = environment.Await(*std::move(answer));
    EXPECT_THAT(result.status, IsOk());
    EXPECT_EQ(result.response.status, 204);
    EXPECT_EQ(server->connections(), 1);
  }
}

TEST(HttpTrySendTest, WhatIsWrittenAtOnceInPartsIsWrittenWhole) {
  for (const bool is_tls : {false, true}) {
    std::promise<void> release;
    std::promise<size_t> received;
    const std::string body(16 << 20, 'x');
    const auto script = [&](LoopbackConnection& client) {
      client.ReadUntil("\r\n\r\n");
      client.Write(kNoContent);
      release.get_future().wait();
      client.ReadUntil("\r\n\r\n");
      received.set_value(client.ReadExactly(body.size()).size());
      client.Write(kNoContent);
      client.WaitForClose();
    };
    auto server = Serve(is_tls, script);
    AsioEnvironment environment(Cold());
    EXPECT_THAT(Send(environment, {.url = server->url("/")}).status, IsOk());

    std::optional<Task<HttpResult>> answer = environment.http().TrySend(
        {.url = server->url("/order"), .method = HttpMethod::kPost, .body = body});
    ASSERT_TRUE(answer.has_value());
    release.set_value();

    EXPECT_THAT(environment.Await(*std::move(answer)).status, IsOk());
    EXPECT_EQ(received.get_future().get(), body.size());
  }
}

TEST(HttpTrySendTest, WhatIsWrittenAtOnceMayHaveBeenSentWhenNoAnswerComes) {
  LoopbackServer server([](LoopbackConnection& client) {
    client.ReadUntil("\r\n\r\n");
    client.Write(kNoContent);
    client.ReadUntil("\r\n\r\n");
    client.Reset();
  });
  AsioEnvironment environment(Cold());
  EXPECT_THAT(Send(environment, {.url = server.url("/")}).status, IsOk());
  std::optional<Task<HttpResult>> answer = environment.http().TrySend({.url = server.url("/")});
  ASSERT_TRUE(answer.has_value());
  const HttpResult result = environment.Await(*std::move(answer));
  EXPECT_THAT(result.status, StatusIs(absl::StatusCode::kUnavailable, HasSubstr("read: ")));
  EXPECT_TRUE(result.may_have_been_sent);
}

TEST(HttpTrySendTest, AnAnswerThatNobodyWaitsForTakesItsConnectionAlong) {
  LoopbackServer server(&AnswerAll);
  AsioEnvironment environment(Cold());
  EXPECT_THAT(Send(environment, {.url = server.url("/")}).status, IsOk());
  ASSERT_TRUE(environment.http().TrySend({.url = server.url("/")}).has_value());  // and dropped
  EXPECT_THAT(Send(environment, {.url = server.url("/")}).status, IsOk());
  EXPECT_EQ(server.connections(), 2);
}

}  // namespace
}  // namespace colibri
