// More pairs than a connection of Binance takes: how they are spread, and that all of it stays
// within what the venue takes of frames and of weight.
#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "connector/simulated_environment.h"
#include "core/strings.h"
#include "exchanges/binance/binance_venue.h"
#include "tests/support/fake_transport.h"
#include "tests/support/status_matchers.h"

namespace colibri::binance {
namespace {

using testing::SizeIs;

std::string Base(int index) {
  return absl::StrFormat("COIN%04d", index);
}

// A line of the exchange information.
std::string Listed(int index) {
  return StrCat(
      R"({"symbol":")",
      Base(index),
      R"(USDT","status":"TRADING","baseAsset":")",
      Base(index),
      R"(","baseAssetPrecision":8,"quoteAsset":"USDT","quoteAssetPrecision":8,"orderTypes":["LIMIT",)"
      R"("LIMIT_MAKER","MARKET"],"isSpotTradingAllowed":true,"filters":[)"
      R"({"filterType":"PRICE_FILTER","minPrice":"0.01","maxPrice":"1000000","tickSize":"0.01"},)"
      R"({"filterType":"LOT_SIZE","minQty":"0.00001","maxQty":"9000","stepSize":"0.00001"}]})");
}

std::string Diff(int index, int64_t first, int64_t last) {
  return StrCat(R"({"stream":"coin)",
                absl::StrFormat("%04d", index),
                R"(usdt@depth@100ms","data":{"e":"depthUpdate","E":1,"s":")",
                Base(index),
                R"(USDT","U":)",
                first,
                R"(,"u":)",
                last,
                R"(,"b":[["99.00","3"]],"a":[]}})");
}

// Streams that one connection was asked for.
int64_t StreamsOf(const FakeWebSocketPeer& peer) {
  std::string text = peer.request().url.path;
  for (const std::string& frame : peer.written()) {
    text += frame;
  }
  return std::count(text.begin(), text.end(), '@') -
         // A diff's stream has two.
         static_cast<int64_t>(
             std::vector<std::string>(absl::StrSplit(text, "@depth@100ms")).size() - 1);
}

class BinanceManyPairsTest : public testing::Test {
 protected:
  struct Sent {
    absl::Time at;
    const FakeWebSocketPeer* peer;
    size_t size;
  };

  BinanceManyPairsTest() : environment_(1, http_, web_sockets_) {
    http_.set_responder([this](const HttpRequest& request) -> std::optional<HttpResult> {
      const absl::Time now = environment_.clock().now();
      if (request.url.path == "/api/v3/time") {
        return FakeHttpTransport::Ok(StrCat(R"({"serverTime":)", absl::ToUnixMillis(now), "}"));
      }
      if (request.url.path.starts_with("/api/v3/depth")) {
        snapshots_.push_back(now);
        EXPECT_THAT(request.url.path, testing::EndsWith(weight_ == 5 ? "limit=100" : "limit=1000"));
      }
      return std::nullopt;
    });
    http_.AnswerAlways("GET /api/v3/depth",
                       R"({"lastUpdateId":100,"bids":[["100.00","1.5"]],"asks":[["101.00","2"]]})");
    web_sockets_.set_on_connect([this](FakeWebSocketPeer& peer) {
      peer.set_on_write([this, &peer](const std::string& frame) {
        frames_.push_back({environment_.clock().now(), &peer, frame.size()});
      });
    });
  }

  void Make(int pairs) {
    ExchangeConfig config;
    config.venue = "binance";
    config.domain = "testnet";
    std::string listed;
    for (int i = 0; i < pairs; ++i) {
      config.pairs.push_back({Base(i), "USDT"});
      listed += StrCat(i == 0 ? "" : ",", Listed(i));
    }
    http_.AnswerAlways("GET /api/v3/exchangeInfo",
                       StrCat(R"({"rateLimits":[],"symbols":[)", listed, "]}"));
    absl::StatusOr<std::unique_ptr<Connector>> made =
        BinanceVenue().make_connector(environment_, std::move(config), nullptr);
    ASSERT_OK(made);
    connector_ = *std::move(made);
    BreakSilence();
  }
  // A connection that says nothing for a minute is given up.
  void BreakSilence() {
    environment_.clock().ScheduleAfter(absl::Seconds(20), [this] {
      for (size_t i = 0; i < web_sockets_.size(); ++i) {
        web_sockets_.peer(i).Push(R"({"result":null,"id":1})");
      }
      BreakSilence();
    });
  }
  absl::Status Start(absl::Duration timeout) {
    return environment_.Await(connector_->Start(timeout));
  }
  bool IsSynced(int index) const { return connector_->book({Base(index), "USDT"}).ok(); }
  // The most that the venue's minutes, whatever their phase, were asked for.
  int64_t WeightOfWorstMinute() const {
    size_t most = 0;
    for (size_t first = 0, last = 0; last < snapshots_.size(); ++last) {
      while (snapshots_[last] - snapshots_[first] >= absl::Minutes(1)) {
        ++first;
      }
      most = std::max(most, last - first + 1);
    }
    return static_cast<int64_t>(most) * weight_;
  }
  void ExpectFramesWithinLimits() {
    for (const Sent& sent : frames_) {
      EXPECT_LE(sent.size, 4096u);
      const auto same_second = [&](const Sent& other) {
        return other.peer == sent.peer && other.at >= sent.at &&
               other.at - sent.at < absl::Seconds(1);
      };
      EXPECT_LE(std::count_if(frames_.begin(), frames_.end(), same_second), 4);
    }
    for (size_t i = 0; i < web_sockets_.connects(); ++i) {
      EXPECT_LE(StreamsOf(web_sockets_.peer(i)), 1024);
    }
  }

  int64_t weight_ = 5;  // of a snapshot
  std::vector<absl::Time> snapshots_;
  std::vector<Sent> frames_;
  FakeHttpTransport http_;
  FakeWebSocketTransport web_sockets_;
  SimulatedEnvironment environment_;
  std::unique_ptr<Connector> connector_;
};

TEST_F(BinanceManyPairsTest, TheLossOfOneSocketMakesItsOwnBooksStaleAndNoOthers) {
  ASSERT_NO_FATAL_FAILURE(Make(700));
  ASSERT_OK(Start(absl::Seconds(30)));
  ASSERT_THAT(web_sockets_.connects(), 3u);
  const size_t asked = snapshots_.size();

  web_sockets_.peer(1).Break("reset");
  environment_.RunUntilIdle();

  EXPECT_TRUE(IsSynced(0));
  EXPECT_TRUE(IsSynced(233));
  EXPECT_FALSE(IsSynced(234));
  EXPECT_FALSE(IsSynced(467));
  EXPECT_TRUE(IsSynced(468));
  EXPECT_TRUE(IsSynced(699));
  // A book of another socket goes on meanwhile, and keeps its place.
  web_sockets_.peer(0).Push(Diff(7, 101, 102));
  environment_.RunUntilIdle();
  EXPECT_EQ((*connector_->book({Base(7), "USDT"}))->last_update_id(), 102);

  environment_.RunFor(absl::Seconds(70));
  EXPECT_TRUE(IsSynced(234));
  EXPECT_TRUE(IsSynced(467));
  EXPECT_THAT(snapshots_, SizeIs(asked + 234));
  EXPECT_EQ((*connector_->book({Base(7), "USDT"}))->last_update_id(), 102);
  ExpectFramesWithinLimits();
  environment_.Await(connector_->Stop(absl::Seconds(1)));
}

TEST_F(BinanceManyPairsTest, AThousandPairsStartWithinAMinutesWeight) {
  ASSERT_NO_FATAL_FAILURE(Make(1000));

  ASSERT_OK(Start(absl::Seconds(30)));

  EXPECT_EQ(web_sockets_.connects(), 3u);
  EXPECT_EQ(StreamsOf(web_sockets_.peer(0)), 3 * 334);
  EXPECT_THAT(snapshots_, SizeIs(1000));
  EXPECT_EQ(WeightOfWorstMinute(), 5000);
  ExpectFramesWithinLimits();
  environment_.Await(connector_->Stop(absl::Seconds(1)));
}

TEST_F(BinanceManyPairsTest, WhatAMinuteDoesNotTakeWaitsForTheNextAndFailsNothing) {
  ASSERT_NO_FATAL_FAILURE(Make(1500));

  ASSERT_OK(Start(absl::Minutes(2)));

  EXPECT_EQ(web_sockets_.connects(), 5u);
  EXPECT_THAT(snapshots_, SizeIs(1500));
  EXPECT_LE(WeightOfWorstMinute(), 6000);
  EXPECT_EQ(connector_->counters().request_errors, 0);
  ExpectFramesWithinLimits();
  environment_.Await(connector_->Stop(absl::Seconds(1)));
}

TEST_F(BinanceManyPairsTest, AFewPairsHaveTheDepthThatIsConfigured) {
  weight_ = 50;
  ASSERT_NO_FATAL_FAILURE(Make(60));

  ASSERT_OK(Start(absl::Seconds(30)));

  EXPECT_EQ(web_sockets_.connects(), 1u);
  EXPECT_EQ(WeightOfWorstMinute(), 3000);
  environment_.Await(connector_->Stop(absl::Seconds(1)));
}

}  // namespace
}  // namespace colibri::binance
