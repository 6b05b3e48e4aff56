// What Hyperliquid's refusals mean. Its codes are words: a table of how they begin.
#pragma once

#include <optional>
#include <string_view>

#include "connector/transport.h"
#include "connector/venue_error.h"

namespace colibri::hyperliquid {

// A refusal in the venue's words. Words that the table lacks are a refusal all the same.
VenueError ClassifyWords(std::string_view words);

// An answer whose HTTP status is not 2xx.
VenueError ClassifyError(const HttpResponse& response);

// Most refusals come with HTTP 200: {"status":"err","response":"words"}, an {"error":"words"} in
// place of an order's status, and {"status":"unknownOid"} when asked for an order. nullopt for
// anything else; an answer that can't be read is left to its parser.
std::optional<VenueError> FindError(const HttpResponse& response);

}  // namespace colibri::hyperliquid
