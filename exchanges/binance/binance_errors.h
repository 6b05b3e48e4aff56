// What Binance's refusals mean: one table from (HTTP status, code) to what the caller must do.
//
//   const VenueError error = ClassifyError(response);       // any status but 2xx
//   if (error.outcome == Outcome::kUnknown) { /* ask for the order, never send again */ }
//
// Text is looked at for code -2010 alone, which stands for several reasons. Pure; thread: any.
// Messages hold the venue's code and words, and no more than 200 characters of them.
#pragma once

#include <string_view>

#include "connector/transport.h"
#include "connector/venue_error.h"

namespace colibri::binance {

VenueError ClassifyError(const HttpResponse& response);

// Of an error inside an answer: one half of a cancel-replace, or the WebSocket API. The status is
// HTTP's or like it.
VenueError ClassifyCode(int http_status, int64_t code, std::string_view words);

}  // namespace colibri::binance
