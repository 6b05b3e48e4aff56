#include "connector/net/read_turns.h"

#include <string>
#include <unistd.h>
#include <vector>

#include "gmock/gmock.h"
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>

#include "connector/net/asio_environment.h"
#include "connector/task_group.h"
#include "core/strings.h"
#include "tests/support/loopback_server.h"
#include "tests/support/ws_server_text.h"
#include <netinet/in.h>
#include <sys/socket.h>

namespace colibri {
namespace {

using ::testing::ElementsAre;
using ::testing::Le;

// Reads chunks without an end, as a stream that floods.
Task<void> Flood(ReadTurns& turns, std::vector<std::string>& notes, std::string name, int chunks) {
  for (int i = 0; i < chunks; ++i) {
    if (turns.left() == 0) {
      co_await turns.Wait();
    }
    turns.Spend(turns.left());
    notes.push_back(StrCat(name, i));
  }
}

class ReadTurnsTest : public ::testing::Test {
 protected:
  void RunAll() {
    while (tasks_.running() > 0) {
      environment_.Await(environment_.Sleep(absl::ZeroDuration()));
    }
  }

  AsioEnvironment environment_;
  ReadTurns turns_;
  TaskGroup tasks_{environment_.executor()};
  std::vector<std::string> notes_;
};

TEST_F(ReadTurnsTest, GoesOnWhenAReaderWasCanceledWhileItWaited) {
  turns_.Spend(ReadTurns::kChunk);
  {
    TaskGroup canceled(environment_.executor());
    canceled.Spawn("canceled", Flood(turns_, notes_, "canceled", 1));
    boost::asio::post(environment_.io_context(),
                      [&] { tasks_.Spawn("other", Flood(turns_, notes_, "other", 1)); });
    environment_.Await(canceled.CancelAndJoin());
  }
  RunAll();
  EXPECT_THAT(notes_, ElementsAre("other0"));
}

TEST_F(ReadTurnsTest, CountsWhatAllReadersTakeTogether) {
  EXPECT_EQ(turns_.left(), ReadTurns::kChunk);
  turns_.Spend(1000);
  turns_.Spend(2000);
  EXPECT_EQ(turns_.left(), ReadTurns::kChunk - 3000);
  turns_.Spend(ReadTurns::kChunk);
  EXPECT_EQ(turns_.left(), 0U);
}

TEST_F(ReadTurnsTest, ServesReadersInTurn) {
  turns_.Spend(ReadTurns::kChunk);
  tasks_.Spawn("a", Flood(turns_, notes_, "a", 3));
  tasks_.Spawn("b", Flood(turns_, notes_, "b", 3));
  RunAll();
  EXPECT_THAT(notes_, ElementsAre("a0", "b0", "a1", "b1", "a2", "b2"));
}

TEST_F(ReadTurnsTest, RunsWhatWasPostedBetweenTwoChunks) {
  tasks_.Spawn("a", Flood(turns_, notes_, "a", 3));
  tasks_.Spawn("command", [](AsioEnvironment& environment, auto& notes) -> Task<void> {
    boost::asio::post(environment.io_context(), [&notes] { notes.push_back("command"); });
    co_return;
  }(environment_, notes_));
  RunAll();
  EXPECT_THAT(notes_, ElementsAre("a0", "command", "a1", "a2"));
}

// The venue's side of a connection, in the test's own hands: what it sends has arrived when the
// call returns.
class Peer {
 public:
  Peer() {
    listener_ = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    bind(listener_, reinterpret_cast<sockaddr*>(&address), size);
    listen(listener_, 1);
    getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
  }
  ~Peer() {
    close(socket_);
    close(listener_);
  }

  // A client, and this side connected to it.
  std::unique_ptr<WebSocket> Connect(AsioEnvironment& environment, bool is_bulk) {
    std::thread handshake([this] {
      socket_ = accept(listener_, nullptr, nullptr);
      std::string head;
      char buffer[4096];
      while (head.find("\r\n\r\n") == std::string::npos) {
        const ssize_t n = recv(socket_, buffer, sizeof(buffer), 0);
        if (n <= 0) {
          return;
        }
        head.append(buffer, static_cast<size_t>(n));
      }
      Send(UpgradeAnswer(head));
    });
    Url url = Url::Parse(StrCat("ws://127.0.0.1:", port_, "/")).value();
    auto client = environment.Await(
        environment.web_sockets().Connect({.url = std::move(url), .is_bulk = is_bulk}));
    handshake.join();
    return *std::move(client);
  }

  // As much as the sockets hold; the number of whole frames.
  int SendFlood(std::string_view frame) {
    std::string flood;
    while (flood.size() < 64 * ReadTurns::kChunk) {
      flood += frame;
    }
    const ssize_t n = send(socket_, flood.data(), flood.size(), MSG_DONTWAIT);
    return static_cast<int>(static_cast<size_t>(n) / frame.size());
  }
  void Send(std::string_view bytes) {
    EXPECT_EQ(send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(bytes.size()));
  }

 private:
  int listener_ = -1;
  uint16_t port_ = 0;
  int socket_ = -1;
};

TEST(MarketReaderTest, MayBeWaitingForItsTurnWhenTheLoopGoes) {
  Peer peer;
  int frames = 0;
  {
    AsioEnvironment environment;
    const std::unique_ptr<WebSocket> market = peer.Connect(environment, /*is_bulk=*/true);
    peer.SendFlood(ServerText(std::string(100, 'm')));
    const auto read = [](WebSocket& market, int& frames) -> Task<void> {
      while ((co_await market.Read()).ok()) {
        ++frames;
      }
    };
    boost::asio::co_spawn(environment.executor(), read(*market, frames), boost::asio::detached);
    // Up to the first chunk's end, and no look around.
    environment.io_context().run_one();
  }
  EXPECT_GT(frames, 0);
  EXPECT_LE(frames, static_cast<int>(ReadTurns::kChunk / 102) + 1);
}

class MarketFloodTest : public ::testing::TestWithParam<int> {};

// Two streams flood; while one of their frames is handled, an answer to an order arrives and a
// command is posted.
TEST_P(MarketFloodTest, OrderAnswersAndCommandsWaitForTheRestOfOneChunk) {
  AsioEnvironment environment;
  Peer peers[2];
  Peer order_peer;
  const std::unique_ptr<WebSocket> order = order_peer.Connect(environment, /*is_bulk=*/false);
  const std::unique_ptr<WebSocket> markets[] = {peers[0].Connect(environment, /*is_bulk=*/true),
                                                peers[1].Connect(environment, /*is_bulk=*/true)};
  const std::string frame = ServerText(std::string(100, 'm'));
  const int total = peers[0].SendFlood(frame) + peers[1].SendFlood(frame);
  const int sent_at = GetParam();
  ASSERT_GT(total, sent_at + 4 * static_cast<int>(ReadTurns::kChunk / frame.size()));

  int frames = 0;
  int answered_at = 0;
  int commanded_at = 0;
  const auto read_order = [&]() -> Task<void> {
    const absl::StatusOr<WebSocketFrame> answer = co_await order->Read();
    answered_at = answer.ok() ? frames : -1;
  };
  const auto read_market = [&](WebSocket& market) -> Task<void> {
    while (frames < total && (co_await market.Read()).ok()) {
      if (++frames == sent_at) {
        order_peer.Send(ServerText("filled"));
        boost::asio::post(environment.io_context(), [&] { commanded_at = frames; });
      }
    }
    environment.Stop();
  };
  TaskGroup tasks(environment.executor());
  tasks.Spawn("order", read_order());
  tasks.Spawn("market0", read_market(*markets[0]));
  tasks.Spawn("market1", read_market(*markets[1]));
  environment.Run();
  environment.Await(tasks.CancelAndJoin());

  const int chunk = static_cast<int>(ReadTurns::kChunk / frame.size()) + 1;
  EXPECT_GE(answered_at, sent_at);
  EXPECT_THAT(answered_at - sent_at, Le(chunk));
  EXPECT_GE(commanded_at, sent_at);
  EXPECT_THAT(commanded_at - sent_at, Le(chunk));
}

// By the number of frames before them: at the start, the middle and the end of a chunk.
INSTANTIATE_TEST_SUITE_P(Moments,
                         MarketFloodTest,
                         ::testing::Values(1, 2, 150, 320, 322, 323, 640, 1000));

}  // namespace
}  // namespace colibri
