#include "exchanges/hyperliquid_common/hyperliquid_actions.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "auth/encoding.h"
#include "tests/exchanges/hyperliquid_common/signing_vectors.h"
#include "tests/support/status_matchers.h"

namespace colibri::hyperliquid {
namespace {

using testing::HasSubstr;

constexpr std::string_view kCloid = "0x00000000000000000000000000000001";

OrderFields Sample() {
  return {.asset = 1, .is_buy = true, .price = "100", .size = "100", .terms = LimitTerms("Gtc")};
}

TEST(ActionMsgpackTest, RefusesWhatIsNoAction) {
  EXPECT_THAT(ActionMsgpack(""), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(ActionMsgpack("{\"type\":\"noop\"} x"), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(ActionMsgpack("{}"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("\"type\"")));
  EXPECT_THAT(ActionMsgpack(R"({"type":"x","n":1e3})"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("exponent")));
}

TEST(ActionMsgpackTest, KeepsTheOrderOfKeys) {
  EXPECT_EQ(HexEncode(AsBytes(*ActionMsgpack(R"({"type":"x","b":1,"a":2})"))),
            "83a474797065a178a16201a16102");
  EXPECT_EQ(HexEncode(AsBytes(*ActionMsgpack(R"({"a":2,"b":1,"type":"x"})"))),
            "83a16102a16201a474797065a178");
}

TEST(ActionMsgpackTest, TakesEveryKindOfValue) {
  EXPECT_EQ(HexEncode(AsBytes(*ActionMsgpack(
                R"({"type":"x","n":null,"t":true,"i":-33,"u":18446744073709551615,"l":[{}]})"))),
            "86a474797065a178a16ec0a174c3a169d0dfa175cfffffffffffffffffa16c9180");
}

TEST(HyperliquidActionsTest, WriteTheActionsOfTheVectors) {
  OrderFields with_cloid = Sample();
  with_cloid.cloid = kCloid;
  OrderFields stop = Sample();
  stop.terms = TriggerTerms(/*is_market=*/true, "103", "sl");
  const OrderFields ioc = {
      .asset = 4, .is_buy = true, .price = "1670.1", .size = "0.0147", .terms = LimitTerms("Ioc")};

  EXPECT_EQ(OrderAction({Sample()}), kSigningVectors[0].action);
  EXPECT_EQ(OrderAction({with_cloid}), kSigningVectors[2].action);
  EXPECT_EQ(OrderAction({stop}), kSigningVectors[3].action);
  EXPECT_EQ(OrderAction({ioc}), kSigningVectors[4].action);
  EXPECT_EQ(CancelByCloidAction({{.asset = 1, .cloid = std::string(kCloid)}}),
            kSigningVectors[6].action);
  EXPECT_EQ(CancelAction({{.asset = 1, .oid = 123456789012}}), kSigningVectors[7].action);
  EXPECT_EQ(UpdateLeverageAction(1, /*is_cross=*/true, 5), kSigningVectors[9].action);
}

TEST(HyperliquidActionsTest, WriteSeveralOrdersAndCancels) {
  OrderFields sell = Sample();
  sell.is_buy = false;
  sell.is_reduce_only = true;

  EXPECT_EQ(OrderAction({Sample(), sell}),
            R"({"type":"order","orders":[)"
            R"({"a":1,"b":true,"p":"100","s":"100","r":false,"t":{"limit":{"tif":"Gtc"}}},)"
            R"({"a":1,"b":false,"p":"100","s":"100","r":true,"t":{"limit":{"tif":"Gtc"}}}],)"
            R"("grouping":"na"})");
  EXPECT_EQ(CancelAction({{1, 2}, {3, 4}}),
            R"({"type":"cancel","cancels":[{"a":1,"o":2},{"a":3,"o":4}]})");
}

TEST(HyperliquidActionsTest, WriteModificationsByEitherId) {
  EXPECT_EQ(ModifyAction(uint64_t{123456789012}, Sample()),
            R"({"type":"modify","oid":123456789012,"order":)"
            R"({"a":1,"b":true,"p":"100","s":"100","r":false,"t":{"limit":{"tif":"Gtc"}}}})");
  EXPECT_THAT(ModifyAction(std::string(kCloid), Sample()),
              HasSubstr(R"("oid":"0x00000000000000000000000000000001")"));
}

TEST(HyperliquidActionsTest, WriteMarginAndDeadMansSwitch) {
  EXPECT_EQ(UpdateLeverageAction(3, /*is_cross=*/false, 20),
            R"({"type":"updateLeverage","asset":3,"isCross":false,"leverage":20})");
  EXPECT_EQ(UpdateIsolatedMarginAction(3, -1500000),
            R"({"type":"updateIsolatedMargin","asset":3,"isBuy":true,"ntli":-1500000})");
  EXPECT_EQ(ScheduleCancelAction(absl::FromUnixMillis(1700000000000)),
            R"({"type":"scheduleCancel","time":1700000000000})");
  EXPECT_EQ(ScheduleCancelAction(std::nullopt), R"({"type":"scheduleCancel"})");
}

}  // namespace
}  // namespace colibri::hyperliquid
