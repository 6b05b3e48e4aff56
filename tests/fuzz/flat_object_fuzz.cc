// What is taken for a plain object, simdjson takes for an object of the same fields and values.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "connector/json_fields.h"
#include "core/check.h"

namespace {

using colibri::FlatObject;
using colibri::JsonFields;

// All that can be asked of a field that is no array.
std::string Flattened(const JsonFields& fields, std::string_view key) {
  std::string told = fields.Has(key) ? "has " : "has not ";
  told += fields.HasValue(key) ? "a value " : "no value ";
  told += fields.Text(key).ok() ? *fields.Text(key) : fields.Text(key).status().ToString();
  told += fields.Integer(key).ok() ? std::to_string(*fields.Integer(key)) : " no integer ";
  told += fields.Number(key).ok() ? fields.Number(key)->ToString() : " no number ";
  told += fields.Flag(key).ok() ? std::to_string(*fields.Flag(key)) : " no flag ";
  told += fields.Object(key).ok() ? " object" : " no object";
  return told;
}

// The values of this name in each object of the array `key`, as text; why not, where there are
// none.
std::string EntryValues(const JsonFields& fields, std::string_view key, std::string_view name) {
  std::string values;
  const absl::Status status =
      fields.ForEachObject(key, [&](const JsonFields& entry) -> absl::Status {
        values += Flattened(entry, name) + ";";
        return absl::OkStatus();
      });
  return values + status.ToString();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  // Of exactly this size, so that a read beyond the text is seen.
  const std::string text(reinterpret_cast<const char*>(bytes), size);
  FlatObject flat;
  if (!flat.Parse(text)) {
    return 0;
  }
  simdjson::dom::parser parser;
  const auto document = colibri::ParseObject(parser, text, "any", "object");
  CHECK(document.ok());
  const JsonFields fields(flat, "any", "object");
  for (const FlatObject::Member& member : flat.members()) {
    CHECK(Flattened(fields, member.name) == Flattened(*document, member.name));
    for (const std::string_view name : {"price", "qty", "a", "b"}) {
      CHECK(EntryValues(fields, member.name, name) == EntryValues(*document, member.name, name));
    }
  }
  return 0;
}
