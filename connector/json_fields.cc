#include "connector/json_fields.h"

#include <algorithm>
#include <charconv>
#include <system_error>

#include "connector/json_members.h"
#include "core/check.h"
#include "core/scaled_parse.h"
#include "core/status_macros.h"
#include "core/strings.h"

namespace colibri {
namespace {

constexpr size_t kExcerptLength = 80;

}  // namespace

std::string Excerpt(std::string_view text) {
  const bool is_cut = text.size() > kExcerptLength;
  std::string excerpt = StrCat("\"", text.substr(0, kExcerptLength), is_cut ? "...\"" : "\"");
  std::replace_if(excerpt.begin(), excerpt.end(), [](char c) { return c >= '\0' && c < ' '; }, '.');
  return excerpt;
}

absl::Status JsonFields::Missing(std::string_view key, std::string_view wanted) const {
  return absl::DataLossError(StrCat(venue_, " ", where_, ": field `", key, "` is not ", wanted));
}

std::optional<simdjson::dom::element> JsonFields::Find(std::string_view key) const {
  CHECK(flat_ == nullptr);
  simdjson::dom::element element;
  if (object_.at_key(key).get(element) != simdjson::SUCCESS) {
    return std::nullopt;
  }
  return element;
}

bool JsonFields::Has(std::string_view key) const {
  return flat_ != nullptr ? !flat_->Find(key).empty()
                          : object_.at_key(key).error() == simdjson::SUCCESS;
}

bool JsonFields::HasValue(std::string_view key) const {
  if (flat_ != nullptr) {
    const std::string_view value = flat_->Find(key);
    return !value.empty() && value != "null";
  }
  simdjson::dom::element element;
  return object_.at_key(key).get(element) == simdjson::SUCCESS && !element.is_null();
}

bool JsonFields::Get(std::string_view key, std::string_view& text) const {
  if (flat_ == nullptr) {
    return object_.at_key(key).get_string().get(text) == simdjson::SUCCESS;
  }
  const std::string_view value = flat_->Find(key);
  if (!value.starts_with('"')) {
    return false;
  }
  text = value.substr(1, value.size() - 2);
  return true;
}

bool JsonFields::Get(std::string_view key, int64_t& value) const {
  if (flat_ == nullptr) {
    return object_.at_key(key).get_int64().get(value) == simdjson::SUCCESS;
  }
  const std::string_view digits = flat_->Find(key);
  const char* const end = digits.data() + digits.size();
  const auto [read_to, error] = std::from_chars(digits.data(), end, value);
  return error == std::errc() && read_to == end;
}

bool JsonFields::Get(std::string_view key, bool& value) const {
  if (flat_ == nullptr) {
    return object_.at_key(key).get_bool().get(value) == simdjson::SUCCESS;
  }
  const std::string_view word = flat_->Find(key);
  value = word == "true";
  return value || word == "false";
}

absl::StatusOr<std::string_view> JsonFields::Text(std::string_view key) const {
  std::string_view text;
  if (!Get(key, text)) {
    return Missing(key, "a text");
  }
  return text;
}

absl::StatusOr<int64_t> JsonFields::Integer(std::string_view key) const {
  int64_t value = 0;
  if (!Get(key, value)) {
    return Missing(key, "an integer");
  }
  return value;
}

absl::StatusOr<Decimal> JsonFields::Number(std::string_view key) const {
  ASSIGN_OR_RETURN(const std::string_view text, Text(key));
  absl::StatusOr<Decimal> number = Decimal::Parse(text);
  if (!number.ok()) {
    return absl::DataLossError(
        StrCat(venue_, " ", where_, ": field `", key, "`: ", Std(number.status().message())));
  }
  return number;
}

absl::StatusOr<int64_t> JsonFields::ScaledText(std::string_view key,
                                               std::string_view text,
                                               int decimals) const {
  int64_t value = 0;
  const ScaledParse parsed = ParseScaled(text, decimals, value);
  if (parsed == ScaledParse::kOk && value >= 0) {
    return value;
  }
  const std::string message =
      StrCat(venue_,
             " ",
             where_,
             ": field `",
             key,
             "` ",
             Excerpt(text),
             parsed == ScaledParse::kOk ? " is negative" : StrCat(" is ", ToString(parsed)));
  return parsed == ScaledParse::kTooFine ? absl::InvalidArgumentError(message)
                                         : absl::DataLossError(message);
}

absl::StatusOr<int64_t> JsonFields::Scaled(std::string_view key, int decimals) const {
  ASSIGN_OR_RETURN(const std::string_view text, Text(key));
  return ScaledText(key, text, decimals);
}

absl::Status JsonFields::ReadLevels(std::string_view key,
                                    const BookScale& scale,
                                    std::vector<BookLevel>& levels) const {
  ASSIGN_OR_RETURN(const simdjson::dom::array entries, Array(key));
  levels.clear();
  for (const simdjson::dom::element entry : entries) {
    std::string_view price;
    std::string_view quantity;
    if (entry.at(0).get_string().get(price) != simdjson::SUCCESS ||
        entry.at(1).get_string().get(quantity) != simdjson::SUCCESS) {
      return Missing(key, "a list of prices and quantities as texts");
    }
    BookLevel level;
    ASSIGN_OR_RETURN(level.price, ScaledText(key, price, scale.price_decimals));
    ASSIGN_OR_RETURN(level.quantity, ScaledText(key, quantity, scale.quantity_decimals));
    levels.push_back(level);
  }
  return absl::OkStatus();
}

absl::StatusOr<Decimal> JsonFields::Amount(std::string_view key) const {
  ASSIGN_OR_RETURN(const Decimal amount, Number(key));
  if (amount.is_negative()) {
    return Missing(key, "zero or more");
  }
  return amount;
}

absl::StatusOr<Decimal> JsonFields::Positive(std::string_view key) const {
  ASSIGN_OR_RETURN(const Decimal amount, Number(key));
  if (!amount.is_positive()) {
    return Missing(key, "positive");
  }
  return amount;
}

absl::StatusOr<int64_t> JsonFields::Count(std::string_view key) const {
  ASSIGN_OR_RETURN(const int64_t count, Integer(key));
  if (count < 0) {
    return Missing(key, "zero or more");
  }
  return count;
}

absl::StatusOr<bool> JsonFields::Flag(std::string_view key) const {
  bool value = false;
  if (!Get(key, value)) {
    return Missing(key, "true or false");
  }
  return value;
}

absl::StatusOr<simdjson::dom::array> JsonFields::Array(std::string_view key) const {
  CHECK(flat_ == nullptr);
  simdjson::dom::array array;
  if (object_.at_key(key).get_array().get(array) != simdjson::SUCCESS) {
    return Missing(key, "an array");
  }
  return array;
}

absl::Status JsonFields::ForEachObject(
    std::string_view key, absl::FunctionRef<absl::Status(const JsonFields&)> each) const {
  if (flat_ == nullptr) {
    ASSIGN_OR_RETURN(const simdjson::dom::array entries, Array(key));
    for (const simdjson::dom::element entry : entries) {
      ASSIGN_OR_RETURN(const JsonFields fields, ObjectOf(entry, venue_, where_));
      RETURN_IF_ERROR(each(fields));
    }
    return absl::OkStatus();
  }
  absl::Status status;
  FlatObject entry;
  const bool is_array = ForEachElement(flat_->Find(key), [&](std::string_view text) {
    if (status.ok()) {
      status = entry.Parse(text) ? each(JsonFields(entry, venue_, where_))
                                 : Missing(key, "an array of objects");
    }
  });
  return is_array ? status : Missing(key, "an array");
}

absl::StatusOr<JsonFields> JsonFields::Object(std::string_view key) const {
  simdjson::dom::object object;
  if (flat_ != nullptr || object_.at_key(key).get_object().get(object) != simdjson::SUCCESS) {
    return Missing(key, "an object");
  }
  return JsonFields(object, venue_, where_);
}

std::string_view JsonFields::TextOr(std::string_view key, std::string_view otherwise) const {
  std::string_view text;
  return Get(key, text) ? text : otherwise;
}

int64_t JsonFields::IntegerOr(std::string_view key, int64_t otherwise) const {
  int64_t value = 0;
  return Get(key, value) ? value : otherwise;
}

bool JsonFields::FlagOr(std::string_view key, bool otherwise) const {
  bool value = false;
  return Get(key, value) ? value : otherwise;
}

absl::StatusOr<JsonFields> ObjectReader::Read(std::string_view text,
                                              std::string_view venue,
                                              std::string_view where) {
  if (flat_.Parse(text)) {
    return JsonFields(flat_, venue, where);
  }
  if (!parser_.has_value()) {
    parser_.emplace();
  }
  return ParseObject(*parser_, text, venue, where);
}

absl::StatusOr<simdjson::dom::element> ParseElement(simdjson::dom::parser& parser,
                                                    std::string_view text,
                                                    std::string_view venue,
                                                    std::string_view where) {
  simdjson::dom::element element;
  // The parser copies into its own padded buffer, which it keeps.
  const simdjson::error_code error = parser.parse(text.data(), text.size()).get(element);
  if (error != simdjson::SUCCESS) {
    return absl::DataLossError(StrCat(
        venue, " ", where, " is not JSON (", simdjson::error_message(error), "): ", Excerpt(text)));
  }
  return element;
}

absl::StatusOr<JsonFields> ParseObject(simdjson::dom::parser& parser,
                                       std::string_view text,
                                       std::string_view venue,
                                       std::string_view where) {
  ASSIGN_OR_RETURN(const simdjson::dom::element element, ParseElement(parser, text, venue, where));
  simdjson::dom::object object;
  if (element.get_object().get(object) != simdjson::SUCCESS) {
    return absl::DataLossError(StrCat(venue, " ", where, " is not an object: ", Excerpt(text)));
  }
  return JsonFields(object, venue, where);
}

absl::StatusOr<simdjson::dom::array> ParseArray(simdjson::dom::parser& parser,
                                                std::string_view text,
                                                std::string_view venue,
                                                std::string_view where) {
  ASSIGN_OR_RETURN(const simdjson::dom::element element, ParseElement(parser, text, venue, where));
  simdjson::dom::array array;
  if (element.get_array().get(array) != simdjson::SUCCESS) {
    return absl::DataLossError(StrCat(venue, " ", where, " is not an array: ", Excerpt(text)));
  }
  return array;
}

absl::StatusOr<JsonFields> ObjectOf(simdjson::dom::element element,
                                    std::string_view venue,
                                    std::string_view where) {
  simdjson::dom::object object;
  if (element.get_object().get(object) != simdjson::SUCCESS) {
    return absl::DataLossError(StrCat(venue, " ", where, " has an entry that is not an object"));
  }
  return JsonFields(object, venue, where);
}

}  // namespace colibri
