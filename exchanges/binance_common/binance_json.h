// connector/json_fields.h with this venue's name in the messages.
//
//   simdjson::dom::parser parser;
//   ASSIGN_OR_RETURN(const JsonFields order, ParseObject(parser, body, "order answer"));
//
// For .cc files of this folder alone.
#pragma once

#include <string_view>

#include "connector/json_fields.h"

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

inline absl::StatusOr<simdjson::dom::array> ParseArray(simdjson::dom::parser& parser,
                                                       std::string_view text,
                                                       std::string_view where) {
  return colibri::ParseArray(parser, text, kVenueWords, where);
}

inline absl::StatusOr<JsonFields> ObjectOf(simdjson::dom::element element, std::string_view where) {
  return colibri::ObjectOf(element, kVenueWords, where);
}

}  // namespace colibri::binance
