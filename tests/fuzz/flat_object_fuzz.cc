// What is taken for a plain object, simdjson takes for an object of the same fields and values.
#include <cstddef>
#include <cstdint>
#include <string>

#include "connector/json_fields.h"
#include "core/check.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  using colibri::JsonFields;
  // Of exactly this size, so that a read beyond the text is seen.
  const std::string text(reinterpret_cast<const char*>(bytes), size);
  colibri::FlatObject flat;
  if (!flat.Parse(text)) {
    return 0;
  }
  simdjson::dom::parser parser;
  const auto document = colibri::ParseObject(parser, text, "any", "object");
  CHECK(document.ok());
  const JsonFields fields(flat, "any", "object");
  for (const colibri::FlatObject::Member& member : flat.members()) {
    const std::string_view key = member.name;
    CHECK(fields.Has(key) && document->Has(key));
    CHECK(fields.HasValue(key) == document->HasValue(key));
    CHECK(fields.Text(key) == document->Text(key));
    CHECK(fields.Integer(key) == document->Integer(key));
    CHECK(fields.Number(key) == document->Number(key));
    CHECK(fields.Flag(key) == document->Flag(key));
    CHECK(fields.Array(key).ok() == document->Array(key).ok());
    CHECK(fields.Object(key).ok() == document->Object(key).ok());
  }
  return 0;
}
