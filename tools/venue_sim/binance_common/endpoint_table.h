// Lookups in the tables of endpoints that a simulated Binance has. A row has rest_method, path,
// ws_method, security and is_order.
//
//   const Endpoint* endpoint = FindRest(AllTables(), "GET", "/api/v3/depth");   // null: none
#pragma once

#include <string_view>

#include "tools/venue_sim/binance_common/reply.h"
#include "tools/venue_sim/fault.h"

namespace colibri::venue_sim::binance {

template <typename Tables, typename Predicate>
auto FindEndpoint(const Tables& tables, Predicate matches) -> decltype(tables.front().data()) {
  for (const auto& table : tables) {
    for (const auto& endpoint : table) {
      if (matches(endpoint)) {
        return &endpoint;
      }
    }
  }
  return nullptr;
}

template <typename Tables>
auto FindRest(const Tables& tables, std::string_view method, std::string_view path) {
  return FindEndpoint(tables, [&](const auto& endpoint) {
    return !endpoint.rest_method.empty() && endpoint.rest_method == method && endpoint.path == path;
  });
}

template <typename Tables>
auto FindWs(const Tables& tables, std::string_view ws_method) {
  return FindEndpoint(tables, [&](const auto& endpoint) {
    return !endpoint.ws_method.empty() && endpoint.ws_method == ws_method;
  });
}

// Whether any method is served there.
template <typename Tables>
bool HasPath(const Tables& tables, std::string_view path) {
  return FindEndpoint(tables, [&](const auto& endpoint) {
           return !endpoint.rest_method.empty() && endpoint.path == path;
         }) != nullptr;
}

// endpoint may be null.
template <typename Endpoint>
FaultSubject SubjectOf(const Endpoint* endpoint) {
  if (endpoint == nullptr || endpoint->security == Security::kNone) {
    return FaultSubject::kPublic;
  }
  return endpoint->is_order ? FaultSubject::kOrders : FaultSubject::kQueries;
}

}  // namespace colibri::venue_sim::binance
