#include "connector/json_members.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "core/strings.h"

namespace colibri {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> Members(std::string_view object) {
  std::vector<std::string> members;
  const bool is_whole =
      ForEachMember(object, [&members](std::string_view name, std::string_view value) {
        members.push_back(StrCat(name, "=", value));
      });
  if (!is_whole) {
    members.emplace_back("broken");
  }
  return members;
}

std::vector<std::string> Elements(std::string_view array) {
  std::vector<std::string> elements;
  const bool is_whole =
      ForEachElement(array, [&elements](std::string_view value) { elements.emplace_back(value); });
  if (!is_whole) {
    elements.emplace_back("broken");
  }
  return elements;
}

TEST(JsonMembersTest, RefusesWhatIsNoWholeObject) {
  for (const std::string_view text : {"",
                                      " ",
                                      "1",
                                      "[1]",
                                      "{",
                                      "{\"a\"}",
                                      "{\"a\":}",
                                      "{a:1}",
                                      "{,\"a\":1}",
                                      "{\"a\":1,}",
                                      "{\"a\":1 \"b\":2}",
                                      "{\"a\":1}{",
                                      "{\"a\":\"b}",
                                      "{\"a\":\"\\",
                                      "{\"a\":{\"b\":1}"}) {
    EXPECT_EQ(Members(text).back(), "broken") << text;
  }
}

TEST(JsonMembersTest, GivesValuesAsTheyStand) {
  EXPECT_THAT(Members(R"( {"id" : "7","n":-1.5e3 , "o":{"x":[1,{"y":"}]"}]},"t":true,"e":{}} )"),
              ElementsAre("id=\"7\"", "n=-1.5e3", R"(o={"x":[1,{"y":"}]"}]})", "t=true", "e={}"));
}

TEST(JsonMembersTest, IsNotFooledByQuotesInTexts) {
  EXPECT_THAT(Members(R"({"a":"\"}","b\"c":"\\"})"), ElementsAre(R"(a="\"}")", R"(b\"c="\\")"));
}

TEST(JsonMembersTest, GivesNothingOfAnEmptyObject) {
  EXPECT_THAT(Members(" { } "), ElementsAre());
}

TEST(JsonMembersTest, ReadsArrays) {
  EXPECT_THAT(Elements(R"([1, {"a":[2]} ,"x"])"), ElementsAre("1", R"({"a":[2]})", "\"x\""));
  EXPECT_THAT(Elements("[]"), ElementsAre());
  EXPECT_THAT(Elements("[1,]"), ElementsAre("1", "broken"));
  EXPECT_THAT(Elements("{}"), ElementsAre("broken"));
}

TEST(JsonMembersTest, TakesTextsOutOfTheirQuotes) {
  EXPECT_EQ(RawText("\"abc\""), "abc");
  EXPECT_EQ(RawText("12"), "");
  EXPECT_EQ(RawText("\""), "");
}

}  // namespace
}  // namespace colibri
