// Lists in Hyperliquid's answers. For .cc files of the venues' folders alone.
#pragma once

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"

#include "connector/json_fields.h"
#include "core/status_macros.h"
#include "exchanges/hyperliquid_common/hyperliquid_family.h"

namespace colibri::hyperliquid {

// What a reader makes of each entry of an array; entries that it leaves out are left out.
template <typename Value, typename Read>
absl::StatusOr<std::vector<Value>> ReadAll(simdjson::dom::array entries,
                                           std::string_view where,
                                           Read read) {
  std::vector<Value> values;
  for (const simdjson::dom::element entry : entries) {
    ASSIGN_OR_RETURN(const JsonFields fields, ObjectOf(entry, kVenueWords, where));
    ASSIGN_OR_RETURN(std::optional<Value> value, read(fields));
    if (value.has_value()) {
      values.push_back(*std::move(value));
    }
  }
  return values;
}

// The venue lists some newest first. Those of one time stay in its order.
template <typename Value, typename TimeOf>
void PutOldestFirst(std::vector<Value>& values, TimeOf time_of) {
  const auto is_earlier = [&](const Value& a, const Value& b) { return time_of(a) < time_of(b); };
  if (!std::is_sorted(values.begin(), values.end(), is_earlier)) {
    std::reverse(values.begin(), values.end());
  }
  if (!std::is_sorted(values.begin(), values.end(), is_earlier)) {
    std::sort(values.begin(), values.end(), is_earlier);
  }
}

}  // namespace colibri::hyperliquid
