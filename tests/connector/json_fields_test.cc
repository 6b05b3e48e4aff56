#include "connector/json_fields.h"

#include <string>
#include <string_view>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "core/status_macros.h"
#include "tests/support/status_matchers.h"

namespace colibri {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr auto kDataLoss = absl::StatusCode::kDataLoss;

TEST(JsonFieldsTest, SaysWhatIsNoJson) {
  simdjson::dom::parser parser;

  EXPECT_THAT(ParseObject(parser, "{\"a\":", "Acme", "order"),
              StatusIs(kDataLoss, AllOf(HasSubstr("Acme order"), HasSubstr("{\"a\":"))));
  EXPECT_THAT(ParseObject(parser, "[]", "Acme", "order"),
              StatusIs(kDataLoss, HasSubstr("not an object")));
  EXPECT_THAT(ParseArray(parser, "{}", "Acme", "orders"),
              StatusIs(kDataLoss, HasSubstr("not an array")));
}

TEST(JsonFieldsTest, ReadsLevelsAtTheScaleOfTheBook) {
  simdjson::dom::parser parser;
  const auto fields = ParseObject(parser,
                                  R"({"text":[["1","x"]],"short":[["1"]],"fine":[["1.255","1"]],)"
                                  R"("negative":[["1","-1"]],"good":[["1.25","0.5",7],["1","0"]],)"
                                  R"("one":"1.25"})",
                                  "Acme",
                                  "book");
  ASSERT_THAT(fields, IsOk());
  const BookScale scale = {.price_decimals = 2, .quantity_decimals = 1};
  std::vector<BookLevel> levels;

  EXPECT_THAT(fields->ReadLevels("none", scale, levels),
              StatusIs(kDataLoss, HasSubstr("Acme book: field `none`")));
  EXPECT_THAT(fields->ReadLevels("text", scale, levels), StatusIs(kDataLoss, HasSubstr("\"x\"")));
  EXPECT_THAT(fields->ReadLevels("short", scale, levels),
              StatusIs(kDataLoss, HasSubstr("`short`")));
  EXPECT_THAT(fields->ReadLevels("negative", scale, levels),
              StatusIs(kDataLoss, HasSubstr("negative")));
  EXPECT_THAT(fields->ReadLevels("fine", scale, levels),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("finer")));
  EXPECT_THAT(fields->Scaled("one", 1), StatusIs(absl::StatusCode::kInvalidArgument));

  ASSERT_THAT(fields->ReadLevels("good", scale, levels), IsOk());
  EXPECT_THAT(levels, ElementsAre(BookLevel{125, 5}, BookLevel{100, 0}));
  EXPECT_THAT(fields->Scaled("one", 2), IsOkAndHolds(125));
}

// The field `qty` of each object of an array.
absl::StatusOr<std::vector<std::string>> Quantities(const JsonFields& fields,
                                                    std::string_view key) {
  std::vector<std::string> quantities;
  RETURN_IF_ERROR(fields.ForEachObject(key, [&](const JsonFields& entry) -> absl::Status {
    ASSIGN_OR_RETURN(const std::string_view quantity, entry.Text("qty"));
    quantities.emplace_back(quantity);
    return absl::OkStatus();
  }));
  return quantities;
}

// The same of both ways to read an object.
TEST(ObjectReaderTest, APlainObjectReadsAsSimdjsonReadsIt) {
  constexpr std::string_view kPlain =
      R"({"id":28,"status":"NEW","price":"0.5","ok":true,"no":false,"none":null,"none_yet":[],)"
      R"("fills":[{"qty":"1"},{"qty":"2","other":1}],"bad":[{"qty":"1"},{"qty":2},{"qty":"3"}],)"
      R"("half":0.5,"minus":-3})";
  ObjectReader reader;
  simdjson::dom::parser parser;
  const auto flat = reader.Read(kPlain, "Acme", "order");
  const auto document = ParseObject(parser, kPlain, "Acme", "order");
  ASSERT_THAT(flat, IsOk());
  ASSERT_THAT(document, IsOk());
  for (const JsonFields& fields : {*flat, *document}) {
    EXPECT_THAT(fields.Count("id"), IsOkAndHolds(28));
    EXPECT_THAT(fields.Integer("minus"), IsOkAndHolds(-3));
    EXPECT_THAT(fields.Text("status"), IsOkAndHolds("NEW"));
    EXPECT_THAT(fields.Number("price"), IsOkAndHolds(Decimal::FromScaled(5, 1)));
    EXPECT_THAT(fields.Flag("ok"), IsOkAndHolds(true));
    EXPECT_THAT(fields.Flag("no"), IsOkAndHolds(false));
    EXPECT_TRUE(fields.Has("none"));
    EXPECT_FALSE(fields.HasValue("none"));
    EXPECT_TRUE(fields.HasValue("id"));
    EXPECT_FALSE(fields.Has("nothing"));
    EXPECT_FALSE(fields.HasValue("nothing"));
    EXPECT_EQ(fields.TextOr("id", "none"), "none");
    EXPECT_EQ(fields.IntegerOr("half", 7), 7);
    EXPECT_TRUE(fields.FlagOr("status", true));
    EXPECT_THAT(Quantities(fields, "none_yet"), IsOkAndHolds(IsEmpty()));
    EXPECT_THAT(Quantities(fields, "fills"), IsOkAndHolds(ElementsAre("1", "2")));
    EXPECT_THAT(Quantities(fields, "bad"), StatusIs(kDataLoss, HasSubstr("`qty` is not a text")));
    for (const std::string_view key : {"id", "status", "nothing"}) {
      EXPECT_THAT(Quantities(fields, key), StatusIs(kDataLoss, HasSubstr(key)));
      EXPECT_THAT(fields.Object(key), StatusIs(kDataLoss, HasSubstr(key)));
      EXPECT_THAT(fields.Flag(key), StatusIs(kDataLoss, HasSubstr(key)));
    }
    EXPECT_THAT(fields.Text("id"), StatusIs(kDataLoss, HasSubstr("`id` is not a text")));
    EXPECT_THAT(fields.Integer("half"), StatusIs(kDataLoss, HasSubstr("`half`")));
    EXPECT_THAT(fields.Count("minus"), StatusIs(kDataLoss, HasSubstr("zero or more")));
  }
}

TEST(ObjectReaderTest, WhatIsNotPlainIsSimdjsons) {
  ObjectReader reader;

  const auto escaped = reader.Read(R"({"a":"x\u0041"})", "Acme", "order");
  ASSERT_THAT(escaped, IsOk());
  EXPECT_THAT(escaped->Text("a"), IsOkAndHolds("xA"));
  const auto nested = reader.Read(R"({"fills":[{"qty":"1","of":[{}]}]})", "Acme", "order");
  ASSERT_THAT(nested, IsOk());
  EXPECT_THAT(Quantities(*nested, "fills"), IsOkAndHolds(ElementsAre("1")));
  const auto plain = reader.Read(R"({"a":"x"})", "Acme", "order");
  ASSERT_THAT(plain, IsOk());
  EXPECT_THAT(plain->Text("a"), IsOkAndHolds("x"));
  EXPECT_THAT(reader.Read(R"({"a":)", "Acme", "order"),
              StatusIs(kDataLoss, HasSubstr("Acme order is not JSON")));
  EXPECT_THAT(reader.Read("[]", "Acme", "order"), StatusIs(kDataLoss, HasSubstr("not an object")));
}

TEST(JsonFieldsTest, NamesTheFieldThatIsMissingOrOfAnotherType) {
  simdjson::dom::parser parser;
  const auto fields = ParseObject(parser, R"({"n":"1.5x","i":1.5,"t":3})", "Acme", "order");
  ASSERT_THAT(fields, IsOk());

  EXPECT_THAT(fields->Number("n"), StatusIs(kDataLoss, HasSubstr("Acme order: field `n`")));
  EXPECT_THAT(fields->Integer("i"), StatusIs(kDataLoss, HasSubstr("`i` is not an integer")));
  EXPECT_THAT(fields->Text("t"), StatusIs(kDataLoss, HasSubstr("`t` is not a text")));
  EXPECT_THAT(fields->Flag("gone"), StatusIs(kDataLoss, HasSubstr("`gone`")));
  EXPECT_THAT(fields->Object("t"), StatusIs(kDataLoss));
  EXPECT_THAT(fields->Array("t"), StatusIs(kDataLoss));
}

TEST(JsonFieldsTest, RefusesAmountsThatAreOutOfBounds) {
  simdjson::dom::parser parser;
  const auto fields = ParseObject(parser, R"({"zero":"0","less":"-1","i":-1})", "Acme", "order");
  ASSERT_THAT(fields, IsOk());

  EXPECT_THAT(fields->Amount("less"), StatusIs(kDataLoss, HasSubstr("`less` is not zero or more")));
  EXPECT_THAT(fields->Positive("zero"), StatusIs(kDataLoss, HasSubstr("`zero` is not positive")));
  EXPECT_THAT(fields->Count("i"), StatusIs(kDataLoss, HasSubstr("`i` is not zero or more")));
  EXPECT_TRUE(fields->Amount("zero")->is_zero());
}

TEST(JsonFieldsTest, ReadsFields) {
  simdjson::dom::parser parser;
  const auto fields = ParseObject(
      parser, R"({"n":"1.50","i":-7,"f":true,"o":{"t":"x"},"z":null})", "Acme", "order");
  ASSERT_THAT(fields, IsOk());

  EXPECT_EQ(fields->Number("n")->ToString(), "1.5");
  EXPECT_EQ(*fields->Integer("i"), -7);
  EXPECT_TRUE(*fields->Flag("f"));
  EXPECT_EQ(*fields->Object("o")->Text("t"), "x");
  EXPECT_EQ(fields->TextOr("z", "-"), "-");
  EXPECT_EQ(fields->IntegerOr("gone", 9), 9);
  EXPECT_TRUE(fields->Has("z"));
  EXPECT_FALSE(fields->Has("gone"));
}

TEST(ExcerptTest, CutsLongTextsAndShowsControlCharactersAsDots) {
  EXPECT_EQ(Excerpt("a\nb"), "\"a.b\"");
  EXPECT_EQ(Excerpt(std::string(81, 'x')), "\"" + std::string(80, 'x') + "...\"");
}

}  // namespace
}  // namespace colibri
