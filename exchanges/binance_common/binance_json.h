// connector/json_fields.h with this venue's name in the messages.
//
//   ObjectReader reader;
//   ASSIGN_OR_RETURN(const JsonFields order, ReadObject(reader, body, "order answer"));
//
// For .cc files of this folder alone.
#pragma once

#include <string_view>

#include "connector/json_fields.h"
#include "core/status_macros.h"

namespace colibri::binance {

inline constexpr std::string_view kVenueWords = "Binance";

inline absl::StatusOr<simdjson::dom::element> ParseElement(simdjson::dom::parser& parser,
                                                           std::string_view text,
                                                           std::string_view where) {
  return colibri::ParseElement(parser, text, kVenueWords, where);
}

inline absl::StatusOr<JsonFields> ParseObject(simdjson::dom::parser& parser,
                                              std::string_view text,
                                              std::string_view where) {
  return colibri::ParseObject(parser, text, kVenueWords, where);
}

// The same for what comes for each order: mostly without a document.
inline absl::StatusOr<JsonFields> ReadObject(ObjectReader& reader,
                                             std::string_view text,
                                             std::string_view where) {
  return reader.Read(text, kVenueWords, where);
}

inline absl::StatusOr<simdjson::dom::array> ParseArray(simdjson::dom::parser& parser,
                                                       std::string_view text,
                                                       std::string_view where) {
  return colibri::ParseArray(parser, text, kVenueWords, where);
}

inline absl::StatusOr<JsonFields> ObjectOf(simdjson::dom::element element, std::string_view where) {
  return colibri::ObjectOf(element, kVenueWords, where);
}

// Each object of an array, handed to `read`, which returns a status.
template <class Read>
absl::Status ReadEach(std::string_view body, std::string_view where, const Read& read) {
  simdjson::dom::parser parser;
  ASSIGN_OR_RETURN(const simdjson::dom::array entries, ParseArray(parser, body, where));
  for (const simdjson::dom::element entry : entries) {
    ASSIGN_OR_RETURN(const JsonFields fields, ObjectOf(entry, where));
    RETURN_IF_ERROR(read(fields));
  }
  return absl::OkStatus();
}

}  // namespace colibri::binance
