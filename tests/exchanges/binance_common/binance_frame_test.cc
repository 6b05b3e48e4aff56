#include "exchanges/binance_common/binance_frame.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include <nlohmann/json.hpp>

#include "core/strings.h"
#include "tests/support/status_matchers.h"

namespace colibri::binance {
namespace {

using ::testing::HasSubstr;
using Parameters = std::vector<FrameParameter>;

std::string Write(FrameTemplates& templates,
                  std::string_view method,
                  const Parameters& parameters,
                  std::string_view signature = "") {
  const absl::StatusOr<const FrameTemplate*> kept = templates.Of(method, parameters);
  EXPECT_OK(kept);
  return (*kept)->Write("7", parameters, signature);
}

TEST(BinanceFrameTest, RefusesANameThatComesTwiceEachTime) {
  FrameTemplates templates;
  for (int i = 0; i < 2; ++i) {
    EXPECT_THAT(
        templates.Of("order.place", Parameters{{"price", "1"}, {"side", "BUY"}, {"price", "2"}}),
        StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("the parameter price twice")));
    EXPECT_THAT(templates.Of("order.place", Parameters{{"signature", "ab"}}),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("signed already")));
  }
}

TEST(BinanceFrameTest, SortsByNameWhateverTheOrder) {
  FrameTemplates templates;
  const Parameters parameters = {{"symbol", "BTCUSDT"}, {"apiKey", "k"}, {"price", "1.5"}};
  std::string payload = "before ";

  templates.Of("m", parameters).value()->AppendPayload(parameters, payload);

  EXPECT_EQ(payload, "before apiKey=k&price=1.5&symbol=BTCUSDT");
  EXPECT_EQ(Write(templates, "m", parameters, "ab"),
            R"({"id":"7","method":"m","params":{"apiKey":"k","price":"1.5","symbol":"BTCUSDT",)"
            R"("signature":"ab"}})");
}

TEST(BinanceFrameTest, TakesNumbersFromItsValuesAndNotFromThoseBefore) {
  FrameTemplates templates;

  EXPECT_EQ(Write(templates, "m", {{"orderId", "12"}}),
            R"({"id":"7","method":"m","params":{"orderId":12}})");
  for (const std::string_view text : {"", "012", "1.5", "-1", "1234567890123456789", "x"}) {
    EXPECT_EQ(Write(templates, "m", {{"orderId", text}}),
              StrCat(R"({"id":"7","method":"m","params":{"orderId":")", text, "\"}}"));
  }
  EXPECT_EQ(Write(templates, "m", {{"price", "12"}}),
            R"({"id":"7","method":"m","params":{"price":"12"}})");
}

TEST(BinanceFrameTest, WritesWhateverTextsHoldAsJson) {
  constexpr std::string_view kText = "quote\" back\\ line\n";
  FrameTemplates templates;

  const std::string frame =
      Write(templates, kText, {{"a", kText}, {"b", "\xEF\xBC\x91"}, {kText, "1"}});

  const nlohmann::json read = nlohmann::json::parse(frame);
  EXPECT_EQ(read["method"], kText);
  EXPECT_EQ(read["params"],
            nlohmann::json({{"a", kText}, {"b", "\xEF\xBC\x91"}, {std::string(kText), "1"}}));
}

TEST(BinanceFrameTest, TellsMethodsAndNamesApart) {
  FrameTemplates templates;

  EXPECT_EQ(Write(templates, "order.place", {{"a", "1"}, {"b", "2"}}),
            R"({"id":"7","method":"order.place","params":{"a":"1","b":"2"}})");
  EXPECT_EQ(Write(templates, "order.cancel", {{"a", "1"}, {"b", "2"}}),
            R"({"id":"7","method":"order.cancel","params":{"a":"1","b":"2"}})");
  EXPECT_EQ(Write(templates, "order.place", {{"b", "1"}, {"a", "2"}}),
            R"({"id":"7","method":"order.place","params":{"a":"2","b":"1"}})");
  EXPECT_EQ(Write(templates, "order.place", {{"a", "1"}}),
            R"({"id":"7","method":"order.place","params":{"a":"1"}})");
  EXPECT_EQ(Write(templates, "order.place", {}),
            R"({"id":"7","method":"order.place","params":{}})");
}

// More kinds than are kept, twice over: each is still itself.
TEST(BinanceFrameTest, WritesMoreKindsThanItKeeps) {
  FrameTemplates templates;
  for (int i = 0; i < 80; ++i) {
    const std::string name = StrCat("p", i % 40);

    EXPECT_EQ(Write(templates, "m", {{name, "v"}}),
              StrCat(R"({"id":"7","method":"m","params":{")", name, R"(":"v"}})"));
  }
}

}  // namespace
}  // namespace colibri::binance
