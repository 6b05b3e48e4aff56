#include "connector/net/http_client.h"

#include <future>

#include "gmock/gmock.h"
#include <boost/asio/post.hpp>
#include <openssl/ssl.h>

#include "connector/async_event.h"
#include "connector/net/asio_environment.h"
#include "connector/task_group.h"
#include "tests/support/loopback_server.h"
#include "tests/support/status_matchers.h"

namespace colibri {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Pair;
using ::testing::StartsWith;

constexpr auto kUnavailable = absl::StatusCode::kUnavailable;
constexpr auto kDeadlineExceeded = absl::StatusCode::kDeadlineExceeded;
constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;

constexpr absl::Duration kShort = absl::Milliseconds(60);
constexpr std::string_view kNoContent = "HTTP/1.1 204 No Content\r\n\r\n";

// No connections but those the test asks for.
AsioEnvironmentOptions Cold(std::string extra_ca_pem = {}) {
  return {.extra_ca_pem = std::move(extra_ca_pem), .seed = 1, .http = {.warm_connections = 0}};
}

HttpResult Send(AsioEnvironment& environment, HttpRequest request) {
  return environment.Await(environment.http().Send(std::move(request)));
}

// Answers every request of a connection.
void AnswerAll(LoopbackConnection& client) {
  while (!client.ReadUntil("\r\n\r\n").empty()) {
    client.Write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
  }
}

TEST(HttpClientTest, WasNotSentWhenRefused) {
  AsioEnvironment environment(Cold());
  const uint16_t port = ClosedPort();
  const HttpResult result =
      Send(environment,
           {.url = {.is_tls = false, .host = "127.0.0.1", .port = port, .path = "/secret-path"}});
  EXPECT_THAT(result.status,
              StatusIs(kUnavailable,
                       "127.0.0.1:" + std::to_string(port) + ": connect: Connection refused"));
  EXPECT_FALSE(result.may_have_been_sent);
}

TEST(HttpClientTest, WasNotSentWhenTheNameIsUnknown) {
  AsioEnvironmentOptions options = Cold();
  options.resolve = [](const std::string&) -> absl::StatusOr<IpAddresses> {
    return absl::UnavailableError("Name or service not known");
  };
  AsioEnvironment environment(std::move(options));
  const HttpResult result = Send(environment, {.url = {.host = "api.nowhere.test", .path = "/"}});
  EXPECT_THAT(result.status,
              StatusIs(kUnavailable, "api.nowhere.test:443: resolve: Name or service not known"));
  EXPECT_FALSE(result.may_have_been_sent);
}

TEST(HttpClientTest, WasNotSentWhenTheNameHasNoAddress) {
  AsioEnvironmentOptions options = Cold();
  options.resolve = [](const std::string&) { return IpAddresses(); };
  AsioEnvironment environment(std::move(options));
  EXPECT_THAT(Send(environment, {.url = {.host = "a.test", .path = "/"}}).status,
              StatusIs(kUnavailable, "a.test:443: resolve: the name has no address"));
}

TEST(HttpClientTest, TimesOutWhileResolvingAndEndsWithoutWaitingForTheNameServer) {
  std::promise<void> release;
  std::promise<void> ended;
  {
    AsioEnvironmentOptions options = Cold();
    options.resolve = [gate = release.get_future().share(),
                       &ended](const std::string&) -> absl::StatusOr<IpAddresses> {
      gate.wait();
      ended.set_value();
      return IpAddresses();
    };
    AsioEnvironment environment(std::move(options));
    const HttpResult result =
        Send(environment, {.url = {.host = "slow.test", .path = "/"}, .timeout = kShort});
    EXPECT_THAT(result.status, StatusIs(kDeadlineExceeded, StartsWith("slow.test:443: resolve: ")));
    EXPECT_FALSE(result.may_have_been_sent);
  }
  release.set_value();
  ended.get_future().wait();
}

TEST(HttpClientTest, TimesOutWhileConnecting) {
  const FullBacklog backlog;
  AsioEnvironment environment(Cold());
  const HttpResult result =
      Send(environment,
           {.url = {.is_tls = false, .host = "127.0.0.1", .port = backlog.port(), .path = "/"},
            .timeout = kShort});
  EXPECT_THAT(result.status, StatusIs(kDeadlineExceeded, HasSubstr(": connect: time is up (")));
  EXPECT_FALSE(result.may_have_been_sent);
}

TEST(HttpClientTest, TimesOutInTheHandshake) {
  LoopbackServer server([](LoopbackConnection& client) { client.WaitForClose(); });
  AsioEnvironment environment(Cold());
  Url url = server.url("/");
  url.is_tls = true;
  const HttpResult result = Send(environment, {.url = url, .timeout = kShort});
  EXPECT_THAT(result.status, StatusIs(kDeadlineExceeded, HasSubstr(": handshake: ")));
  EXPECT_FALSE(result.may_have_been_sent);
}

TEST(HttpClientTest, MayHaveBeenSentWhenItTimesOutWhileWriting) {
  std::promise<void> done;
  LoopbackServer server([gate = done.get_future().share()](LoopbackConnection&) { gate.wait(); });
  AsioEnvironment environment(Cold());
  const HttpResult result = Send(environment,
                                 {.url = server.url("/"),
                                  .method = HttpMethod::kPost,
                                  .body = std::string(32 << 20, 'x'),
                                  .timeout = absl::Milliseconds(300)});
  done.set_value();
  EXPECT_THAT(result.status, StatusIs(kDeadlineExceeded, HasSubstr(": write: ")));
  EXPECT_TRUE(result.may_have_been_sent);
}

TEST(HttpClientTest, MayHaveBeenSentWhenItTimesOutWhileReading) {
  LoopbackServer server([](LoopbackConnection& client) { client.WaitForClose(); });
  AsioEnvironment environment(Cold());
  const HttpResult result = Send(environment, {.url = server.url("/"), .timeout = kShort});
  EXPECT_THAT(result.status, StatusIs(kDeadlineExceeded, HasSubstr(": read: ")));
  EXPECT_TRUE(result.may_have_been_sent);
}

TEST(HttpClientTest, RefusesACertificateOfAnUnknownAuthority) {
  LoopbackServer server(&AnswerAll, LocalhostCertificate());
  AsioEnvironment environment(Cold());
  const HttpResult result = Send(environment, {.url = server.url("/")});
  EXPECT_THAT(
      result.status,
      StatusIs(kUnavailable,
               AllOf(HasSubstr(": handshake: certificate refused: "), HasSubstr("certificate"))));
  EXPECT_FALSE(result.may_have_been_sent);
}

TEST(HttpClientTest, RefusesACertificateForAnotherName) {
  const TestCertificate certificate = MakeTestCertificate("DNS:example.test");
  LoopbackServer server(&AnswerAll, certificate);
  AsioEnvironment environment(Cold(certificate.ca_pem));
  EXPECT_THAT(
      Send(environment, {.url = server.url("/", "localhost")}).status,
      StatusIs(kUnavailable, EndsWith("certificate refused: it is not for host localhost")));
  EXPECT_THAT(
      Send(environment, {.url = server.url("/", "127.0.0.1")}).status,
      StatusIs(kUnavailable, EndsWith("certificate refused: it is not for host 127.0.0.1")));
}

TEST(HttpClientTest, RefusesOldTls) {
  LoopbackServer server(&AnswerAll, LocalhostCertificate(), TLS1_1_VERSION);
  AsioEnvironment environment(Cold(LocalhostCertificate().ca_pem));
  const HttpResult result = Send(environment, {.url = server.url("/")});
  EXPECT_THAT(result.status, StatusIs(kUnavailable, HasSubstr(": handshake: ")));
  EXPECT_FALSE(result.may_have_been_sent);
}

TEST(HttpClientTest, RefusesAnUnreadableExtraAuthority) {
  LoopbackServer server(&AnswerAll, LocalhostCertificate());
  for (const std::string& pem :
       {std::string("garbage"),
        LocalhostCertificate().ca_pem.substr(0, 200),
        LocalhostCertificate().ca_pem + LocalhostCertificate().ca_pem.substr(0, 200)}) {
    AsioEnvironment environment(Cold(pem));
    const HttpResult result = Send(environment, {.url = server.url("/")});
    EXPECT_THAT(result.status, StatusIs(kInvalid, HasSubstr("extra CA certificate")));
    EXPECT_FALSE(result.may_have_been_sent);
  }
}

TEST(HttpClientTest, SpeaksTlsToATrustedServer) {
  LoopbackServer server(&AnswerAll, LocalhostCertificate());
  AsioEnvironment environment(
      Cold(MakeTestCertificate("DNS:other").ca_pem + LocalhostCertificate().ca_pem));
  for (const std::string host : {"localhost", "127.0.0.1", "localhost"}) {
    const HttpResult result = Send(environment, {.url = server.url("/", host)});
    EXPECT_THAT(result.status, IsOk());
    EXPECT_EQ(result.response.body, "ok");
  }
  EXPECT_EQ(server.connections(), 2) << "one for each host name";
}

TEST(HttpClientTest, RefusesRequestsThatBreakOutOfTheirLine) {
  AsioEnvironment environment(Cold());
  const Url url = {.is_tls = false, .host = "127.0.0.1", .port = 1, .path = "/a b"};
  const HttpResult result = Send(environment, {.url = url});
  EXPECT_THAT(result.status, StatusIs(kInvalid, HasSubstr("percent-encode")));
  EXPECT_FALSE(result.may_have_been_sent);
  const Url good = {.is_tls = false, .host = "127.0.0.1", .port = 1, .path = "/"};
  EXPECT_THAT(Send(environment, {.url = good, .headers = {{"X-A", "1\r\nX-B: 2"}}}).status,
              StatusIs(kInvalid, AllOf(HasSubstr("X-A"), Not(HasSubstr("X-B")))));
  EXPECT_THAT(Send(environment, {.url = good, .headers = {{"X A", "1"}}}).status,
              StatusIs(kInvalid));
}

struct BrokenAnswer {
  std::string text;
  std::string problem;
};

TEST(HttpClientTest, MayHaveBeenSentWhenTheAnswerIsBroken) {
  const BrokenAnswer cases[] = {
      {"", "read: the peer closed without an answer"},
      {"HTTP/1.1 200 OK\r\nContent-Le", "read: the peer closed within the answer"},
      {"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nfive5", "read: the peer closed within"},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfive5\r\n", "closed within"},
      {"SSH-2.0-OpenSSH\r\n\r\n", "read: the answer can't be read: bad version"},
      {"HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n", "can't be read: body limit exceeded"},
      {"HTTP/1.1 200 OK\r\nX: " + std::string(100'000, 'x') + "\r\n\r\n", "header limit exceeded"},
  };
  for (const BrokenAnswer& broken : cases) {
    LoopbackServer server([&](LoopbackConnection& client) {
      client.ReadUntil("\r\n\r\n");
      client.Write(broken.text);
    });
    AsioEnvironmentOptions options = Cold();
    options.http.body_limit = 1000;
    AsioEnvironment environment(std::move(options));
    const HttpResult result = Send(environment, {.url = server.url("/")});
    EXPECT_THAT(result.status, StatusIs(kUnavailable, HasSubstr(broken.problem)));
    EXPECT_TRUE(result.may_have_been_sent) << broken.problem;
    EXPECT_EQ(server.connections(), 1) << broken.problem << ": the request was sent again";
  }
}

TEST(HttpClientTest, MayHaveBeenSentWhenTheConnectionIsReset) {
  LoopbackServer server([](LoopbackConnection& client) {
    client.ReadUntil("\r\n\r\n");
    client.Reset();
  });
  AsioEnvironment environment(Cold());
  const HttpResult result = Send(environment, {.url = server.url("/")});
  EXPECT_THAT(result.status, StatusIs(kUnavailable, EndsWith("read: Connection reset by peer")));
  EXPECT_TRUE(result.may_have_been_sent);
}

TEST(HttpClientTest, DoesNotTrustAnAnswerCutWithoutATlsNotice) {
  LoopbackServer server(
      [](LoopbackConnection& client) {
        client.ReadUntil("\r\n\r\n");
        client.Write("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\npart of it");
        client.Reset();
      },
      LocalhostCertificate());
  AsioEnvironment environment(Cold(LocalhostCertificate().ca_pem));
  const HttpResult result = Send(environment, {.url = server.url("/")});
  EXPECT_THAT(result.status, StatusIs(kUnavailable, HasSubstr(": read: ")));
  EXPECT_TRUE(result.may_have_been_sent);
}

TEST(HttpClientTest, SendsMethodPathHeadersAndBody) {
  std::string head;
  std::string body;
  LoopbackServer server([&](LoopbackConnection& client) {
    head = client.ReadUntil("\r\n\r\n");
    body = client.ReadExactly(9);
    client.Write(kNoContent);
  });
  {
    AsioEnvironment environment(Cold());
    const HttpResult result = Send(environment,
                                   {.url = server.url("/api/v3/order?a=1%202"),
                                    .method = HttpMethod::kPost,
                                    .headers = {{"X-MBX-APIKEY", "k"}},
                                    .body = "b=2&c=3&d"});
    EXPECT_THAT(result.status, IsOk());
    EXPECT_EQ(result.response.status, 204);
  }
  EXPECT_EQ(
      head,
      "POST /api/v3/order?a=1%202 HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(server.port()) +
          "\r\nUser-Agent: colibri/0.1\r\nContent-Length: 9\r\n"
          "X-MBX-APIKEY: k\r\n\r\n");
  EXPECT_EQ(body, "b=2&c=3&d");
}

TEST(HttpClientTest, ReadsEveryFormOfAnswer) {
  LoopbackServer server([](LoopbackConnection& client) {
    client.ReadUntil("\r\n\r\n");
    client.Write("HTTP/1.1 429 Too Many\r\nretry-after: 7\r\nX-A: 1\r\nContent-Length: 2\r\n\r\n");
    client.Write("{}");
    client.ReadUntil("\r\n\r\n");
    client.Write("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n");
    client.Write("Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
    client.ReadUntil("\r\n\r\n");
    client.Write("HTTP/1.0 200 OK\r\n\r\nuntil the end");
  });
  AsioEnvironment environment(Cold());
  const HttpResult limited = Send(environment, {.url = server.url("/")});
  EXPECT_EQ(limited.response.status, 429);
  EXPECT_THAT(limited.response.headers,
              ElementsAre(Pair("retry-after", "7"), Pair("X-A", "1"), Pair("Content-Length", "2")));
  EXPECT_EQ(limited.response.header("Retry-After"), "7");
  EXPECT_EQ(Send(environment, {.url = server.url("/")}).response.body, "abcde");
  EXPECT_EQ(Send(environment, {.url = server.url("/")}).response.body, "until the end");
  EXPECT_EQ(server.connections(), 1);
}

TEST(HttpClientTest, ReadsAnAnswerThatComesByteByByte) {
  LoopbackServer server([](LoopbackConnection& client) {
    client.ReadUntil("\r\n\r\n");
    for (const char c : std::string_view("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")) {
      client.Write(std::string_view(&c, 1));
    }
  });
  AsioEnvironment environment(Cold());
  EXPECT_EQ(Send(environment, {.url = server.url("/")}).response.body, "hello");
}

TEST(HttpClientTest, OpensANewConnectionAfterConnectionClose) {
  LoopbackServer server([](LoopbackConnection& client) {
    client.ReadUntil("\r\n\r\n");
    client.Write("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
    client.WaitForClose();
  });
  AsioEnvironment environment(Cold());
  EXPECT_THAT(Send(environment, {.url = server.url("/")}).status, IsOk());
  EXPECT_THAT(Send(environment, {.url = server.url("/")}).status, IsOk());
  EXPECT_EQ(server.connections(), 2);
}

// The server closes while the connection is idle, before the second request.
void AnswerOnceThenClose(LoopbackConnection& client) {
  client.ReadUntil("\r\n\r\n");
  client.Write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
}

TEST(HttpClientTest, ReplacesAnIdleConnectionThatThePeerClosed) {
  for (const bool is_tls : {false, true}) {
    auto server =
        is_tls ? std::make_unique<LoopbackServer>(&AnswerOnceThenClose, LocalhostCertificate())
               : std::make_unique<LoopbackServer>(&AnswerOnceThenClose);
    AsioEnvironment environment(Cold(LocalhostCertificate().ca_pem));
    for (int i = 0; i < 20; ++i) {
      const HttpResult result = Send(environment, {.url = server->url("/")});
      // Between the answer and the close there is a moment in which the next request is written;
      // then its outcome is not known, and it must not have gone out twice.
      if (result.status.ok()) {
        EXPECT_EQ(result.response.body, "ok");
      } else {
        EXPECT_TRUE(result.may_have_been_sent);
      }
    }
    EXPECT_LE(server->connections(), 20);
  }
}

TEST(HttpClientTest, NeverSendsTwiceOnAConnectionThatWentStale) {
  std::atomic<int> requests = 0;
  LoopbackServer server([&](LoopbackConnection& client) {
    client.ReadUntil("\r\n\r\n");
    client.Write(kNoContent);
    if (!client.ReadUntil("\r\n\r\n").empty()) {
      ++requests;  // read, and then the connection ends without an answer
    }
  });
  AsioEnvironment environment(Cold());
  EXPECT_THAT(Send(environment, {.url = server.url("/")}).status, IsOk());
  const HttpResult result = Send(environment, {.url = server.url("/")});
  EXPECT_THAT(result.status, StatusIs(kUnavailable, HasSubstr("closed without an answer")));
  EXPECT_TRUE(result.may_have_been_sent);
  EXPECT_EQ(requests, 1);
  EXPECT_EQ(server.connections(), 1);
}

TEST(HttpClientTest, KeepsASecondConnectionWarm) {
  AsioEnvironment environment({.seed = 1});
  AsyncEvent accepted;
  LoopbackServer server([&](LoopbackConnection& client) {
    if (client.number() == 2) {
      boost::asio::post(environment.io_context(), [&] { accepted.Set(); });
    }
    AnswerAll(client);
  });
  EXPECT_THAT(Send(environment, {.url = server.url("/")}).status, IsOk());
  EXPECT_TRUE(environment.Await(accepted.Wait(environment, absl::Seconds(5))));
  EXPECT_THAT(Send(environment, {.url = server.url("/")}).status, IsOk());
  EXPECT_EQ(server.connections(), 2);
}

Task<void> SendAndNote(AsioEnvironment& environment,
                       HttpRequest request,
                       std::vector<HttpResult>& results,
                       AsyncEvent& done) {
  results.push_back(co_await environment.http().Send(std::move(request)));
  done.Set();
}

TEST(HttpClientTest, WaitsForABusyConnectionUntilTheDeadline) {
  std::promise<void> release;
  LoopbackServer server([gate = release.get_future().share()](LoopbackConnection& client) {
    client.ReadUntil("\r\n\r\n");
    gate.wait();
    client.Write(kNoContent);
    AnswerAll(client);
  });
  AsioEnvironmentOptions options = Cold();
  options.http.connections_per_host_max = 1;
  AsioEnvironment environment(std::move(options));
  TaskGroup tasks(environment.executor());
  AsyncEvent done;
  std::vector<HttpResult> results;
  tasks.Spawn("busy", SendAndNote(environment, {.url = server.url("/")}, results, done));
  environment.Await(environment.Sleep(absl::ZeroDuration()));
  const HttpResult late = Send(environment, {.url = server.url("/"), .timeout = kShort});
  EXPECT_THAT(late.status, StatusIs(kDeadlineExceeded, HasSubstr("every connection stayed busy")));
  EXPECT_FALSE(late.may_have_been_sent);
  release.set_value();
  EXPECT_THAT(Send(environment, {.url = server.url("/")}).status, IsOk());
  EXPECT_TRUE(environment.Await(done.Wait(environment, absl::Seconds(5))));
  ASSERT_EQ(results.size(), 1u);
  EXPECT_THAT(results[0].status, IsOk());
  EXPECT_EQ(server.connections(), 1);
}

TEST(HttpClientTest, ClosesTheConnectionOfACanceledRequest) {
  AsioEnvironment environment(Cold());
  TaskGroup tasks(environment.executor());
  AsyncEvent reached;
  AsyncEvent done;
  std::promise<bool> closed;
  LoopbackServer server([&](LoopbackConnection& client) {
    if (client.number() == 1) {
      client.ReadUntil("\r\n\r\n");
      boost::asio::post(environment.io_context(), [&] { reached.Set(); });
      closed.set_value(client.WaitForClose());
    } else {
      AnswerAll(client);
    }
  });
  std::vector<HttpResult> results;
  tasks.Spawn("canceled", SendAndNote(environment, {.url = server.url("/")}, results, done));
  EXPECT_TRUE(environment.Await(reached.Wait(environment, absl::Seconds(5))));
  environment.Await(tasks.CancelAndJoin());
  EXPECT_TRUE(closed.get_future().get());
  EXPECT_TRUE(results.empty());
  EXPECT_THAT(Send(environment, {.url = server.url("/")}).status, IsOk());
  EXPECT_EQ(server.connections(), 2);
}

TEST(HttpClientTest, TriesTheNextAddress) {
  LoopbackServer server(&AnswerAll);
  AsioEnvironmentOptions options = Cold();
  options.resolve = [](const std::string&) {
    return IpAddresses{boost::asio::ip::make_address("::1"),
                       boost::asio::ip::make_address("127.0.0.1")};
  };
  AsioEnvironment environment(std::move(options));
  EXPECT_THAT(Send(environment, {.url = server.url("/", "both.test")}).status, IsOk());
}

TEST(ResolverTest, ResolvesLocalhostByTheSystem) {
  ASSERT_OK_AND_ASSIGN(const IpAddresses addresses, ResolveBySystem("localhost"));
  ASSERT_FALSE(addresses.empty());
  EXPECT_TRUE(addresses[0].is_loopback());
}

}  // namespace
}  // namespace colibri
