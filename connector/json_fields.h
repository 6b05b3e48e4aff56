// Checked access to a venue's JSON: every missing or mistyped field is a DataLoss that names it.
//
//   ObjectReader reader;
//   ASSIGN_OR_RETURN(const JsonFields order, reader.Read(body, "Binance", "order answer"));
//   ASSIGN_OR_RETURN(const Decimal filled, order.Number("executedQty"));
//
// For .cc files of venues: its include is costly. Views point into the parser's document, or into
// the body itself: they live until the next parse, and as long as the body. Nothing here throws.
#pragma once

#include <cstdint>
#include <optional>
#include <simdjson.h>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"

#include "connector/flat_object.h"
#include "core/book_message.h"
#include "core/decimal.h"

namespace colibri {

// Up to 80 characters of `text` in quotes, control characters as dots: for messages.
std::string Excerpt(std::string_view text);

class JsonFields {
 public:
  // Both name the object in messages, "Binance order answer", and outlive this.
  JsonFields(simdjson::dom::object object, std::string_view venue, std::string_view where)
      : object_(object), venue_(venue), where_(where) {}
  // `object` outlives this too.
  JsonFields(const FlatObject& object, std::string_view venue, std::string_view where)
      : flat_(&object), venue_(venue), where_(where) {}

  // Only of what ParseObject and ObjectOf give: a plain object has no such elements.
  std::optional<simdjson::dom::element> Find(std::string_view key) const;
  bool Has(std::string_view key) const;
  // It has the field, and it is not null.
  bool HasValue(std::string_view key) const;

  absl::StatusOr<std::string_view> Text(std::string_view key) const;
  absl::StatusOr<int64_t> Integer(std::string_view key) const;
  // A decimal written as text, as venues write them.
  absl::StatusOr<Decimal> Number(std::string_view key) const;
  // One that is not negative, or that is positive.
  absl::StatusOr<Decimal> Amount(std::string_view key) const;
  absl::StatusOr<Decimal> Positive(std::string_view key) const;
  // A price or a quantity of a book, zero or more, in integers at the instrument's scale;
  // InvalidArgument for one that is finer.
  absl::StatusOr<int64_t> Scaled(std::string_view key, int decimals) const;
  // [["61837.6","1.5"],...] into `levels`: price and quantity, and whatever follows them.
  absl::Status ReadLevels(std::string_view key,
                          const BookScale& scale,
                          std::vector<BookLevel>& levels) const;
  // An id, a count or a time: an integer of zero or more.
  absl::StatusOr<int64_t> Count(std::string_view key) const;
  absl::StatusOr<bool> Flag(std::string_view key) const;
  // Only of what ParseObject and ObjectOf give.
  absl::StatusOr<simdjson::dom::array> Array(std::string_view key) const;
  // Each object of an array, until `each` fails.
  absl::Status ForEachObject(std::string_view key,
                             absl::FunctionRef<absl::Status(const JsonFields&)> each) const;
  absl::StatusOr<JsonFields> Object(std::string_view key) const;

  // The default when the field is absent, null or of another type.
  std::string_view TextOr(std::string_view key, std::string_view otherwise) const;
  int64_t IntegerOr(std::string_view key, int64_t otherwise) const;
  bool FlagOr(std::string_view key, bool otherwise) const;

  absl::Status Missing(std::string_view key, std::string_view wanted) const;
  std::string_view where() const { return where_; }

 private:
  // False: absent or of another type.
  bool Get(std::string_view key, std::string_view& text) const;
  bool Get(std::string_view key, int64_t& value) const;
  bool Get(std::string_view key, bool& value) const;
  absl::StatusOr<int64_t> ScaledText(std::string_view key,
                                     std::string_view text,
                                     int decimals) const;

  const FlatObject* flat_ = nullptr;  // null: in object_
  simdjson::dom::object object_;
  std::string_view venue_;
  std::string_view where_;
};

// Reads one object at a time: a plain one in place, any other by simdjson.
class ObjectReader {
 public:
  // DataLoss when `text` is not a JSON object.
  absl::StatusOr<JsonFields> Read(std::string_view text,
                                  std::string_view venue,
                                  std::string_view where);

 private:
  FlatObject flat_;
  std::optional<simdjson::dom::parser> parser_;
};

// DataLoss when `text` is not JSON.
absl::StatusOr<simdjson::dom::element> ParseElement(simdjson::dom::parser& parser,
                                                    std::string_view text,
                                                    std::string_view venue,
                                                    std::string_view where);
// DataLoss when `text` is not a JSON object, or not an array.
absl::StatusOr<JsonFields> ParseObject(simdjson::dom::parser& parser,
                                       std::string_view text,
                                       std::string_view venue,
                                       std::string_view where);
absl::StatusOr<simdjson::dom::array> ParseArray(simdjson::dom::parser& parser,
                                                std::string_view text,
                                                std::string_view venue,
                                                std::string_view where);
// Of one element of an array.
absl::StatusOr<JsonFields> ObjectOf(simdjson::dom::element element,
                                    std::string_view venue,
                                    std::string_view where);

}  // namespace colibri
