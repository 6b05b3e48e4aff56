#include "connector/inflating_web_socket.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "connector/simulated_environment.h"
#include "core/strings.h"
#include "tests/support/fake_transport.h"
#include "tests/support/gzip.h"
#include "tests/support/status_matchers.h"

namespace colibri {
namespace {

using ::testing::HasSubstr;

class InflatingWebSocketTest : public ::testing::Test {
 protected:
  InflatingWebSocketTest() { socket_ = Connect(FrameEncoding::kGzip); }

  std::unique_ptr<WebSocket> Connect(FrameEncoding encoding) {
    absl::StatusOr<std::unique_ptr<WebSocket>> socket = environment_.Await(
        ConnectWebSocket(transport_, {.url = *Url::Parse("wss://venue.example/ws")}, encoding));
    EXPECT_THAT(socket, IsOk());
    return *std::move(socket);
  }
  // What the next Read makes of a frame of the venue.
  absl::StatusOr<std::string> Read(std::string frame) {
    transport_.latest().Push(std::move(frame), 77);
    absl::StatusOr<WebSocketFrame> read = environment_.Await(socket_->Read());
    if (!read.ok()) {
      return read.status();
    }
    EXPECT_EQ(read->receive_time_ns, 77);
    return std::string(read->text);
  }

  FakeHttpTransport http_;
  FakeWebSocketTransport transport_;
  SimulatedEnvironment environment_{1, http_, transport_};
  std::unique_ptr<WebSocket> socket_;
};

TEST_F(InflatingWebSocketTest, ACutFrameIsDataLoss) {
  const std::string packed = Gzip(R"({"bids":[["1","2"]],"asks":[["3","4"]]})");
  for (size_t size = 2; size < packed.size(); ++size) {
    EXPECT_THAT(Read(packed.substr(0, size)), StatusIs(absl::StatusCode::kDataLoss)) << size;
  }
}

TEST_F(InflatingWebSocketTest, ADamagedFrameIsDataLoss) {
  const std::string packed = Gzip(R"({"bids":[["1","2"]],"asks":[["3","4"]]})");
  // From the content on: what the header says of the sender's system is nobody's business.
  for (size_t at = 10; at < packed.size(); ++at) {
    std::string damaged = packed;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x10);
    EXPECT_THAT(Read(damaged), StatusIs(absl::StatusCode::kDataLoss)) << at;
  }
}

TEST_F(InflatingWebSocketTest, WhatFollowsTheMemberIsDataLoss) {
  EXPECT_THAT(Read(Gzip("{}") + "x"),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("goes on after its end")));
}

TEST_F(InflatingWebSocketTest, ABombIsDataLoss) {
  EXPECT_THAT(Read(Gzip(std::string(InflatingWebSocket::kInflatedMax + 1, ' '))),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("longer than")));
}

TEST_F(InflatingWebSocketTest, ReadsOnAfterADamagedFrame) {
  EXPECT_THAT(Read("\x1f\x8b damaged"), StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_THAT(Read(Gzip("next")), IsOkAndHolds("next"));
}

TEST_F(InflatingWebSocketTest, UnpacksShortAndLongFrames) {
  EXPECT_THAT(Read(Gzip("")), IsOkAndHolds(""));
  EXPECT_THAT(Read(Gzip(R"({"ping":1})")), IsOkAndHolds(R"({"ping":1})"));
  const std::string whole(300'000, 'x');
  EXPECT_THAT(Read(Gzip(whole)), IsOkAndHolds(whole));
  EXPECT_THAT(Read(Gzip("short again")), IsOkAndHolds("short again"));
}

TEST_F(InflatingWebSocketTest, PassesOnWhatIsNotPacked) {
  EXPECT_THAT(Read(R"({"event":"subscribed"})"), IsOkAndHolds(R"({"event":"subscribed"})"));
}

TEST_F(InflatingWebSocketTest, IsNotThereForVenuesOfText) {
  socket_ = Connect(FrameEncoding::kText);
  const std::string packed = Gzip("packed");
  EXPECT_THAT(Read(packed), IsOkAndHolds(packed));
}

TEST_F(InflatingWebSocketTest, WritesAndClosesTheSocketBeneath) {
  EXPECT_THAT(environment_.Await(socket_->Write("hello")), IsOk());
  EXPECT_THAT(transport_.latest().written(), ::testing::ElementsAre("hello"));
  socket_->Close();
  EXPECT_TRUE(transport_.latest().is_closed());
}

}  // namespace
}  // namespace colibri
