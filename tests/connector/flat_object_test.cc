#include "connector/flat_object.h"

#include <string>

#include "gtest/gtest.h"

#include "core/strings.h"

namespace colibri {
namespace {

TEST(FlatObjectTest, TakesAPlainObjectApart) {
  FlatObject object;

  ASSERT_TRUE(object.Parse(R"( { "a" : 1 , "b":"x y", "c":-0.25,"d":[ ],"a":2 }  )"));

  EXPECT_EQ(object.members().size(), 5u);
  EXPECT_EQ(object.Find("a"), "1");
  EXPECT_EQ(object.Find("b"), "\"x y\"");
  EXPECT_EQ(object.Find("c"), "-0.25");
  EXPECT_EQ(object.Find("d"), "[ ]");
  EXPECT_EQ(object.Find("e"), "");
  EXPECT_TRUE(object.Parse("{}"));
  EXPECT_EQ(object.Find("a"), "");
}

TEST(FlatObjectTest, TakesArraysOfPlainObjects) {
  FlatObject object;

  ASSERT_TRUE(object.Parse(R"({"a":[{"b":"x","c":1},{} , {"d":null}],"e":[]})"));

  EXPECT_EQ(object.members().size(), 2u);
  EXPECT_EQ(object.Find("a"), R"([{"b":"x","c":1},{} , {"d":null}])");
  EXPECT_EQ(object.Find("e"), "[]");
}

TEST(FlatObjectTest, RefusesWhatIsNotPlain) {
  FlatObject object;
  for (const std::string_view text : {R"({"a":{}})",
                                      R"({"a":[1]})",
                                      R"({"a":["x"]})",
                                      R"({"a":[[]]})",
                                      R"({"a":[{"b":[]}]})",
                                      R"({"a":[{"b":{}}]})",
                                      R"({"a":[{"b":"\n"}]})",
                                      R"({"a":[{},{"\n":1}]})",
                                      R"({"a":"\n"})",
                                      R"({"\n":1})",
                                      "{\"a\":\"\xc3\xa9\"}",
                                      "{\"a\":\"\t\"}",
                                      "{\"a\":1,\n\"b\":2}",
                                      "{\"a\":1}\r\n",
                                      R"({"a":1e5})",
                                      R"({"a":1234567890123456789})",
                                      R"([])",
                                      R"("a")",
                                      ""}) {
    EXPECT_FALSE(object.Parse(text)) << text;
  }
}

TEST(FlatObjectTest, RefusesWhatIsNoJson) {
  FlatObject object;
  for (const std::string_view value : {"",
                                       "-",
                                       "-true",
                                       "1.",
                                       "1.null",
                                       ".5",
                                       "01",
                                       "+1",
                                       "truex",
                                       "nul",
                                       "[",
                                       "[}",
                                       "[ }",
                                       "[{]",
                                       "[{]}",
                                       "[{}}",
                                       "[{},]",
                                       "[,{}]",
                                       "[{}{}]",
                                       R"([{"b":1])",
                                       R"([{"b":1}x])",
                                       R"([{"b":01}])",
                                       "\"a",
                                       "a"}) {
    EXPECT_FALSE(object.Parse(StrCat("{\"a\":", value, "}"))) << value;
  }
  for (const std::string_view text : {R"({)",
                                      R"({"a")",
                                      R"({"a":1)",
                                      R"({"a":1,})",
                                      R"({,"a":1})",
                                      R"({"a" 1})",
                                      R"({a:1})",
                                      R"({"a":1 "b":2})",
                                      R"({"a":1}})",
                                      R"({"a":1}x)"}) {
    EXPECT_FALSE(object.Parse(text)) << text;
  }
}

TEST(FlatObjectTest, ARefusedOneHasNothing) {
  FlatObject object;
  ASSERT_TRUE(object.Parse(R"({"a":1})"));

  EXPECT_FALSE(object.Parse(R"({"a":1,)"));

  EXPECT_EQ(object.Find("a"), "");
}

TEST(FlatObjectTest, HasRoomForSoManyMembers) {
  const auto object_of = [](size_t count) {
    std::string text;
    for (size_t i = 0; i < count; ++i) {
      text += StrCat(i == 0 ? "{" : ",", "\"", i, "\":", i);
    }
    return text + "}";
  };
  const std::string largest = object_of(FlatObject::kMembersMax);
  FlatObject object;

  EXPECT_TRUE(object.Parse(largest));
  EXPECT_EQ(object.Find(StrCat(FlatObject::kMembersMax - 1)), StrCat(FlatObject::kMembersMax - 1));
  EXPECT_FALSE(object.Parse(object_of(FlatObject::kMembersMax + 1)));
  EXPECT_TRUE(object.Parse(StrCat("{\"a\":[", largest, ",", largest, "]}")));
  EXPECT_FALSE(object.Parse(StrCat("{\"a\":[{},", object_of(FlatObject::kMembersMax + 1), "]}")));
}

}  // namespace
}  // namespace colibri
