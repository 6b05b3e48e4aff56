#include "exchanges/hyperliquid_common/hyperliquid_order_socket_source.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "core/strings.h"
#include "tests/support/status_matchers.h"

namespace colibri::hyperliquid {
namespace {

using Kind = OrderSocketMessage::Kind;

class HyperliquidOrderSocketSourceTest : public ::testing::Test {
 protected:
  OrderSocketMessage Read(std::string_view frame) {
    absl::StatusOr<OrderSocketMessage> message = source_.Parse(frame);
    EXPECT_OK(message.status()) << frame;
    return message.value_or(OrderSocketMessage());
  }

  HyperliquidOrderSocketSource source_;
};

TEST_F(HyperliquidOrderSocketSourceTest, TakesActionsAlone) {
  VenueCall call;
  call.request.path = "/exchange";
  call.security = CallSecurity::kSigned;
  EXPECT_TRUE(source_.Takes(call));
  call.request.path = "/info";
  call.security = CallSecurity::kNone;
  EXPECT_FALSE(source_.Takes(call));
}

TEST_F(HyperliquidOrderSocketSourceTest, CannotReadWhatIsCutOrNamesNoPost) {
  for (const std::string_view frame :
       {"{",
        R"({"channel":"post","data":{"id":7,"response":{"type":"action","payload":{"status":"o)",
        R"({"channel":"post","data":{"response":{"type":"action","payload":{}}}})",
        R"({"channel":"post","data":{"id":"7","response":{"type":"action","payload":{}}}})",
        R"({"channel":"post","data":{"id":7,"response":{"type":"action"}}})",
        R"({"channel":"post","data":{"id":7,"response":{"type":"info","payload":{}}}})",
        R"({"channel":"error","data":"Error parsing JSON into valid websocket request"})"}) {
    EXPECT_THAT(source_.Parse(frame).status(), StatusIs(absl::StatusCode::kDataLoss)) << frame;
  }
}

TEST_F(HyperliquidOrderSocketSourceTest, GivesTheAnswerAsRestWould) {
  const OrderSocketMessage message =
      Read(R"({"channel":"post","data":{"id":7,"response":{"type":"action","payload":)"
           R"({"status":"ok","response":{"type":"order","data":{"statuses":[)"
           R"({"resting":{"oid":4294967297}}]}}}}}})");

  EXPECT_EQ(message.kind, Kind::kAnswer);
  EXPECT_EQ(message.id, 7u);
  EXPECT_EQ(message.response.status, 200);
  EXPECT_EQ(message.response.body,
            R"({"status":"ok","response":{"type":"order","data":{"statuses":[)"
            R"({"resting":{"oid":4294967297}}]}}})");
}

TEST_F(HyperliquidOrderSocketSourceTest, ReadsTheStatusOfAnError) {
  const OrderSocketMessage message = Read(
      R"({"channel":"post","data":{"id":7,"response":{"type":"error","payload":"429 Too many"}}})");

  EXPECT_EQ(message.response.status, 429);
  EXPECT_EQ(message.response.body, "429 Too many");
}

TEST_F(HyperliquidOrderSocketSourceTest, AnErrorWithoutAStatusLeavesTheOutcomeOpen) {
  for (const std::string_view words : {"busy", "200 OK", "4290", ""}) {
    const OrderSocketMessage message =
        Read(StrCat(R"({"channel":"post","data":{"id":7,"response":{"type":"error","payload":")",
                    words,
                    "\"}}}"));

    EXPECT_EQ(message.response.status, 500) << words;
  }
}

TEST_F(HyperliquidOrderSocketSourceTest, LeavesTheRestAlone) {
  EXPECT_EQ(Read("Websocket connection established.").kind, Kind::kIgnored);
  EXPECT_EQ(Read(R"({"channel":"pong"})").kind, Kind::kIgnored);
  EXPECT_EQ(source_.MakeProbe(3).frame, R"({"method":"ping"})");
}

}  // namespace
}  // namespace colibri::hyperliquid
