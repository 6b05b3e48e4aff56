#include "connector/net/ws_client.h"

#include <chrono>
#include <future>
#include <semaphore>
#include <thread>

#include "gmock/gmock.h"
#include <boost/asio/post.hpp>
#include <openssl/err.h>

#include "connector/async_event.h"
#include "connector/deadline.h"
#include "connector/net/asio_environment.h"
#include "connector/net/ws_frame.h"
#include "connector/task_group.h"
#include "core/strings.h"
#include "tests/support/loopback_server.h"
#include "tests/support/status_matchers.h"
#include "tests/support/ws_server_text.h"

namespace colibri {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;

constexpr auto kUnavailable = absl::StatusCode::kUnavailable;
constexpr auto kCancelled = absl::StatusCode::kCancelled;
constexpr auto kDeadlineExceeded = absl::StatusCode::kDeadlineExceeded;
constexpr auto kResourceExhausted = absl::StatusCode::kResourceExhausted;

std::string Upgrade(LoopbackConnection& client) {
  return UpgradeAnswer(client.ReadUntil("\r\n\r\n"));
}

// The next frame of a client, short ones only: opcode and unmasked payload.
std::string ReadClientFrame(LoopbackConnection& client) {
  const std::string header = client.ReadExactly(6);
  if (header.size() < 6) {
    return "gone";
  }
  EXPECT_EQ(header[1] & 0x80, 0x80) << "a client must mask";
  std::string payload = client.ReadExactly(static_cast<size_t>(header[1] & 0x7F));
  for (size_t i = 0; i < payload.size(); ++i) {
    payload[i] = static_cast<char>(payload[i] ^ header[2 + i % 4]);
  }
  return StrCat(header[0] & 0x0F, ":", payload);
}

absl::StatusOr<std::unique_ptr<WebSocket>> Connect(AsioEnvironment& environment,
                                                   Url url,
                                                   absl::Duration timeout = absl::Seconds(5)) {
  return environment.Await(
      environment.web_sockets().Connect({.url = std::move(url), .timeout = timeout}));
}

absl::StatusOr<std::string> Read(AsioEnvironment& environment, WebSocket& socket) {
  const absl::StatusOr<WebSocketFrame> frame = environment.Await(socket.Read());
  if (!frame.ok()) {
    return frame.status();
  }
  return std::string(frame->text);
}

TEST(WsClientTest, SaysWithWhichStatusTheHandshakeWasRefused) {
  LoopbackServer server([](LoopbackConnection& client) {
    client.ReadUntil("\r\n\r\n");
    client.Write(client.number() == 1
                     ? "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"
                     : "HTTP/1.1 429 Too Many\r\nRetry-After: 30\r\nContent-Length: 900\r\n\r\n");
    client.WaitForClose();
  });
  AsioEnvironment environment;
  EXPECT_THAT(Connect(environment, server.url("/ws")),
              StatusIs(kUnavailable, EndsWith("WebSocket handshake: refused with HTTP 403")));
  EXPECT_THAT(Connect(environment, server.url("/ws")),
              StatusIs(kUnavailable, EndsWith("refused with HTTP 429, Retry-After 30")));
}

TEST(WsClientTest, RefusesAServerThatDidNotReadItsKey) {
  LoopbackServer server([](LoopbackConnection& client) {
    client.ReadUntil("\r\n\r\n");
    client.Write(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n");
    client.WaitForClose();
  });
  AsioEnvironment environment;
  EXPECT_THAT(Connect(environment, server.url("/ws")),
              StatusIs(kUnavailable, HasSubstr("no WebSocket handshake")));
}

TEST(WsClientTest, FailsTheHandshakeWhenThePeerClosesOrStalls) {
  LoopbackServer server([](LoopbackConnection& client) {
    client.ReadUntil("\r\n\r\n");
    if (client.number() == 2) {
      client.WaitForClose();
    }
  });
  AsioEnvironment environment;
  EXPECT_THAT(Connect(environment, server.url("/ws")),
              StatusIs(kUnavailable, HasSubstr("closed without an answer")));
  EXPECT_THAT(Connect(environment, server.url("/ws"), absl::Milliseconds(60)),
              StatusIs(kDeadlineExceeded, HasSubstr("WebSocket handshake: time is up (")));
}

TEST(WsClientTest, RefusesAnUntrustedServer) {
  LoopbackServer server([](LoopbackConnection&) {}, LocalhostCertificate());
  AsioEnvironment environment;
  EXPECT_THAT(Connect(environment, server.url("/ws")),
              StatusIs(kUnavailable, HasSubstr("handshake: certificate refused")));
}

TEST(WsClientTest, SaysHowThePeerClosed) {
  std::promise<std::string> answer;
  LoopbackServer server([&](LoopbackConnection& client) {
    client.Write(Upgrade(client) + ServerText("last") + std::string("\x88\x04\x03\xE9go", 6));
    answer.set_value(ReadClientFrame(client));
  });
  AsioEnvironment environment;
  ASSERT_OK_AND_ASSIGN(auto socket, Connect(environment, server.url("/ws")));
  EXPECT_THAT(Read(environment, *socket), IsOkAndHolds("last"));
  EXPECT_THAT(Read(environment, *socket),
              StatusIs(kUnavailable, EndsWith("read: closed by the peer: 1001 going away (go)")));
  EXPECT_EQ(answer.get_future().get(), "8:\x03\xE9");
  EXPECT_THAT(Read(environment, *socket), StatusIs(kUnavailable, HasSubstr("1001")));
  EXPECT_THAT(environment.Await(socket->Write("x")), StatusIs(kUnavailable, HasSubstr("1001")));
}

TEST(WsClientTest, SaysWhenTheConnectionEndsOrBreaks) {
  LoopbackServer server([](LoopbackConnection& client) {
    client.Write(Upgrade(client));
    ReadClientFrame(client);
    if (client.number() == 2) {
      client.Reset();
    } else if (client.number() == 3) {
      client.Write(std::string("\x81\x80\0\0\0\0", 6));
      client.WaitForClose();
    }
  });
  AsioEnvironment environment;
  for (const std::string problem :
       {"ended without a close frame", "Connection reset by peer", "a server must not mask"}) {
    ASSERT_OK_AND_ASSIGN(auto socket, Connect(environment, server.url("/ws")));
    EXPECT_THAT(environment.Await(socket->Write("go")), IsOk());
    EXPECT_THAT(Read(environment, *socket), StatusIs(kUnavailable, HasSubstr(problem)));
  }
}

// Reads until it fails, then says so.
Task<void> ReadToTheEnd(WebSocket& socket, std::vector<absl::Status>& ends, AsyncEvent& ended) {
  while (true) {
    const absl::StatusOr<WebSocketFrame> frame = co_await socket.Read();
    if (!frame.ok()) {
      ends.push_back(frame.status());
      ended.Set();
      co_return;
    }
  }
}

TEST(WsClientTest, CloseEndsAPendingReadOfAHalfOpenConnection) {
  std::promise<void> release;
  std::promise<std::string> last;
  LoopbackServer server([&](LoopbackConnection& client) {
    client.Write(Upgrade(client));
    release.get_future().wait();
    last.set_value(ReadClientFrame(client));
  });
  AsioEnvironment environment;
  TaskGroup tasks(environment.executor());
  std::vector<absl::Status> ends;
  AsyncEvent ended;
  ASSERT_OK_AND_ASSIGN(auto socket, Connect(environment, server.url("/ws")));
  tasks.Spawn("read", ReadToTheEnd(*socket, ends, ended));
  environment.Await(environment.Sleep(absl::Milliseconds(1)));
  socket->Close();
  EXPECT_TRUE(environment.Await(ended.Wait(environment, absl::Seconds(5))));
  EXPECT_THAT(ends, ElementsAre(StatusIs(kCancelled)));
  EXPECT_THAT(environment.Await(socket->Write("x")), StatusIs(kCancelled));
  release.set_value();
  EXPECT_EQ(last.get_future().get(), "8:\x03\xE8");
  environment.Await(tasks.CancelAndJoin());
}

TEST(WsClientTest, DestroyingTheSocketEndsAPendingRead) {
  LoopbackServer server([](LoopbackConnection& client) {
    client.Write(Upgrade(client));
    client.WaitForClose();
  });
  AsioEnvironment environment;
  TaskGroup tasks(environment.executor());
  std::vector<absl::Status> ends;
  AsyncEvent ended;
  ASSERT_OK_AND_ASSIGN(auto socket, Connect(environment, server.url("/ws")));
  tasks.Spawn("read", ReadToTheEnd(*socket, ends, ended));
  environment.Await(environment.Sleep(absl::Milliseconds(1)));
  socket.reset();
  EXPECT_TRUE(environment.Await(ended.Wait(environment, absl::Seconds(5))));
  EXPECT_THAT(ends, ElementsAre(StatusIs(kCancelled)));
  environment.Await(tasks.CancelAndJoin());
}

TEST(WsClientTest, ACanceledReadLosesNothing) {
  LoopbackServer server([](LoopbackConnection& client) {
    client.Write(Upgrade(client));
    client.Write(ServerText("whole").substr(0, 4));
    ReadClientFrame(client);
    client.Write(ServerText("whole").substr(4));
    client.WaitForClose();
  });
  for (const bool is_bulk : {false, true}) {
    AsioEnvironment environment;
    ASSERT_OK_AND_ASSIGN(auto socket,
                         environment.Await(environment.web_sockets().Connect(
                             {.url = server.url("/ws"), .is_bulk = is_bulk})));
    const auto frame =
        environment.Await(WithTimeout(environment, absl::Milliseconds(20), socket->Read()));
    EXPECT_FALSE(frame.has_value());
    EXPECT_THAT(environment.Await(socket->Write("go on")), IsOk());
    EXPECT_THAT(Read(environment, *socket), IsOkAndHolds("whole"));
  }
}

TEST(WsClientTest, AnswersPingsWhileReading) {
  std::promise<std::string> pong;
  LoopbackServer server([&](LoopbackConnection& client) {
    client.Write(Upgrade(client) + std::string("\x89\x03") + "abc");
    pong.set_value(ReadClientFrame(client));
    client.Write(ServerText("after"));
    client.WaitForClose();
  });
  AsioEnvironment environment;
  ASSERT_OK_AND_ASSIGN(auto socket, Connect(environment, server.url("/ws")));
  EXPECT_THAT(Read(environment, *socket), IsOkAndHolds("after"));
  EXPECT_EQ(pong.get_future().get(), "10:abc");
}

TEST(WsClientTest, AcknowledgesWhatCameAfterItWasServed) {
  constexpr int kFrames = 20;
  std::binary_semaphore is_served(0);
  std::binary_semaphore is_looked_at(0);
  int served_first = 0;
  LoopbackServer server([&](LoopbackConnection& client) {
    client.Write(Upgrade(client));
    for (int i = 0; i < kFrames; ++i) {
      client.Write(ServerText("tick"));
      is_served.try_acquire_for(std::chrono::seconds(5));
      served_first += client.IsAcknowledged() ? 0 : 1;
      is_looked_at.release();
      while (!client.IsAcknowledged()) {
        std::this_thread::yield();
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(2));  // until it waits for the next
    }
    client.Write(ServerText("end"));
    client.WaitForClose();
  });
  AsioEnvironment environment;
  ASSERT_OK_AND_ASSIGN(auto socket, Connect(environment, server.url("/ws")));
  for (int i = 0; i < kFrames; ++i) {
    ASSERT_THAT(Read(environment, *socket), IsOkAndHolds("tick"));
    is_served.release();
    is_looked_at.try_acquire_for(std::chrono::seconds(5));
  }
  EXPECT_THAT(Read(environment, *socket), IsOkAndHolds("end"));
  // Not of all: the kernel's own timer may be first on a machine that is busy.
  EXPECT_GT(served_first, 0);
}

TEST(WsClientTest, WaitsOverTlsWhateverErrorSomebodyElseLeftInOpenSsl) {
  LoopbackServer server(
      [](LoopbackConnection& client) {
        client.Write(Upgrade(client));
        ReadClientFrame(client);
        client.Write(ServerText("whole"));
        client.WaitForClose();
      },
      LocalhostCertificate());
  AsioEnvironment environment({.extra_ca_pem = LocalhostCertificate().ca_pem});
  ASSERT_OK_AND_ASSIGN(auto socket, Connect(environment, server.url("/ws")));
  ERR_raise(ERR_LIB_USER, ERR_R_INTERNAL_ERROR);
  const auto frame =
      environment.Await(WithTimeout(environment, absl::Milliseconds(20), socket->Read()));
  EXPECT_FALSE(frame.has_value());
  EXPECT_THAT(environment.Await(socket->Write("go on")), IsOk());
  EXPECT_THAT(Read(environment, *socket), IsOkAndHolds("whole"));
}

TEST(WsClientTest, WritesMaskedFramesInOrderOverTls) {
  std::promise<std::string> frames;
  LoopbackServer server(
      [&](LoopbackConnection& client) {
        client.Write(Upgrade(client));
        const std::string first = ReadClientFrame(client);
        frames.set_value(first + " " + ReadClientFrame(client));
        client.Write(ServerText("done"));
        client.WaitForClose();
      },
      LocalhostCertificate());
  AsioEnvironment environment({.extra_ca_pem = LocalhostCertificate().ca_pem});
  ASSERT_OK_AND_ASSIGN(auto socket, Connect(environment, server.url("/ws", "localhost")));
  EXPECT_THAT(environment.Await(socket->Write("one")), IsOk());
  EXPECT_THAT(environment.Await(socket->Write("two")), IsOk());
  EXPECT_EQ(frames.get_future().get(), "1:one 1:two");
  const absl::Time before = environment.clock().now();
  ASSERT_OK_AND_ASSIGN(const WebSocketFrame frame, environment.Await(socket->Read()));
  EXPECT_EQ(frame.text, "done");
  EXPECT_GE(absl::FromUnixNanos(frame.receive_time_ns), before);
  EXPECT_LE(absl::FromUnixNanos(frame.receive_time_ns), environment.clock().now());
}

Task<void> WriteAndNote(WebSocket& socket, std::string text, std::vector<absl::Status>& results) {
  results.push_back(co_await socket.Write(std::move(text)));
}

TEST(WsClientTest, RefusesAWriteWhenTheQueueIsFull) {
  for (const bool is_tls : {false, true}) {
    std::promise<void> release;
    const auto script = [&](LoopbackConnection& client) {
      client.Write(Upgrade(client));
      release.get_future().wait();
      client.WaitForClose();
    };
    auto server = is_tls ? std::make_unique<LoopbackServer>(script, LocalhostCertificate())
                         : std::make_unique<LoopbackServer>(script);
    AsioEnvironment environment({.extra_ca_pem = LocalhostCertificate().ca_pem});
    TaskGroup tasks(environment.executor());
    ASSERT_OK_AND_ASSIGN(auto socket, Connect(environment, server->url("/ws")));
    std::vector<absl::Status> results;
    // The system's buffers take some megabytes of it; then it stands.
    for (int i = 0; i < 1200; ++i) {
      tasks.Spawn("write", WriteAndNote(*socket, std::string(64 * 1024, 'x'), results));
    }
    environment.Await(environment.Sleep(absl::Milliseconds(50)));
    ASSERT_FALSE(results.empty());
    EXPECT_THAT(results.back(),
                StatusIs(kResourceExhausted, HasSubstr("1024 frames wait to be written")));
    EXPECT_GE(tasks.running(), 1024u - 8);
    socket->Close();
    environment.Await(environment.Sleep(absl::Milliseconds(1)));
    EXPECT_EQ(tasks.running(), 0u);
    EXPECT_THAT(results.back(), StatusIs(kCancelled));
    release.set_value();
  }
}

TEST(WsClientTest, SendsAllThatWasQueuedOnceThePeerReads) {
  std::promise<void> release;
  std::promise<size_t> received;
  LoopbackServer server(
      [&](LoopbackConnection& client) {
        client.Write(Upgrade(client));
        release.get_future().wait();
        size_t size = 0;
        for (int i = 0; i < 200; ++i) {
          size += client.ReadExactly(14 + 65536).size();
        }
        received.set_value(size);
        client.Write(ServerText("all"));
        client.WaitForClose();
      },
      LocalhostCertificate());
  AsioEnvironment environment({.extra_ca_pem = LocalhostCertificate().ca_pem});
  TaskGroup tasks(environment.executor());
  ASSERT_OK_AND_ASSIGN(auto socket, Connect(environment, server.url("/ws")));
  std::vector<absl::Status> results;
  for (int i = 0; i < 200; ++i) {
    tasks.Spawn("write", WriteAndNote(*socket, std::string(65536, 'x'), results));
  }
  environment.Await(environment.Sleep(absl::Milliseconds(20)));
  release.set_value();
  EXPECT_THAT(Read(environment, *socket), IsOkAndHolds("all"));
  EXPECT_EQ(received.get_future().get(), 200u * (14 + 65536));
  environment.Await(tasks.CancelAndJoin());
}

TEST(WsClientTest, WritesAtOnceBeforeTheLoopRuns) {
  for (const bool is_tls : {false, true}) {
    std::promise<size_t> received;
    const auto script = [&](LoopbackConnection& client) {
      client.Write(Upgrade(client));
      received.set_value(client.ReadExactly(6 + 5).size());
      client.WaitForClose();
    };
    auto server = is_tls ? std::make_unique<LoopbackServer>(script, LocalhostCertificate())
                         : std::make_unique<LoopbackServer>(script);
    AsioEnvironment environment({.extra_ca_pem = LocalhostCertificate().ca_pem});
    ASSERT_OK_AND_ASSIGN(auto socket, Connect(environment, server->url("/ws")));
    EXPECT_THAT(socket->TryWrite("hello"), IsOkAndHolds(WebSocket::Written::kAll));
    EXPECT_EQ(received.get_future().get(), 6u + 5);
    socket->Close();
    EXPECT_THAT(socket->TryWrite("hello"), IsOkAndHolds(WebSocket::Written::kNothing));
  }
}

TEST(WsClientTest, WhatDoesNotFitAtOnceFollowsAndNothingOvertakesIt) {
  std::promise<void> release;
  LoopbackServer server([&](LoopbackConnection& client) {
    client.Write(Upgrade(client));
    release.get_future().wait();
    client.ReadExactly(14 + (16 << 20));
    client.Write(ServerText("all"));
    client.WaitForClose();
  });
  AsioEnvironment environment({});
  ASSERT_OK_AND_ASSIGN(auto socket, Connect(environment, server.url("/ws")));
  EXPECT_THAT(socket->TryWrite(std::string(16 << 20, 'x')),
              IsOkAndHolds(WebSocket::Written::kPart));
  EXPECT_THAT(socket->TryWrite("next"), IsOkAndHolds(WebSocket::Written::kNothing));
  release.set_value();
  EXPECT_THAT(Read(environment, *socket), IsOkAndHolds("all"));
  EXPECT_THAT(socket->TryWrite("next"), IsOkAndHolds(WebSocket::Written::kAll));
}

}  // namespace
}  // namespace colibri
