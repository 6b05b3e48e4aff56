#include "tools/venue_sim/binance_common/json.h"

#include <nlohmann/json.hpp>

namespace colibri::venue_sim::binance {

namespace {

constexpr size_t kTextMax = 64 * 1024;
constexpr int kDepthMax = 16;

bool IsTooDeep(std::string_view text) {
  int depth = 0;
  bool is_in_string = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\\') {
      ++i;  // what is escaped is no quote
    } else if (c == '"') {
      is_in_string = !is_in_string;
    } else if (is_in_string) {
      continue;
    } else if (c == '[' || c == '{') {
      if (++depth > kDepthMax) {
        return true;
      }
    } else if (c == ']' || c == '}') {
      --depth;
    }
  }
  return false;
}

}  // namespace

Json ParseText(std::string_view text) {
  if (text.size() > kTextMax || IsTooDeep(text)) {
    return Json(Json::value_t::discarded);
  }
  return Json::parse(text, nullptr, false);
}

std::string Text(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace colibri::venue_sim::binance
