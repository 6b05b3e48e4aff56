// One request to a venue's REST interface, before and after signing: text only, no host.
//
//   RestRequest request = {.method = HttpMethod::kPost, .path = "/api/v3/order"};
//   request.AddParameter("symbol", "BTCUSDT");            // percent-encoded into query
//   RETURN_IF_ERROR(auth.SignRest(request, venue_now));
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/decimal.h"

namespace colibri {

enum class HttpMethod : unsigned char { kGet, kPost, kPut, kDelete };
std::string_view ToString(HttpMethod method);  // "GET"

// "name=", after a "&" where parameters stand before it.
void AppendParameterName(std::string_view name, std::string& parameters);

struct RestRequest {
  HttpMethod method = HttpMethod::kGet;
  std::string path = {};   // "/api/v3/order"
  std::string query = {};  // without the "?", already percent-encoded
  std::string body = {};
  std::vector<std::pair<std::string, std::string>> headers = {};

  // Appends name=value to the query, the value percent-encoded.
  void AddParameter(std::string_view name, std::string_view value);
  void AddParameter(std::string_view name, Decimal value);
  void AddHeader(std::string_view name, std::string_view value);
  // "/api/v3/order?symbol=BTCUSDT"
  std::string Target() const;
  void AppendTarget(std::string& target) const;
};

}  // namespace colibri
