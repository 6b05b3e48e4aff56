// Requests to Binance's WebSocket API as they are written. Those with one method and the same names
// of parameters differ in values alone: what stands between these is written once, and kept.
//
//   FrameTemplates templates;
//   ASSIGN_OR_RETURN(const FrameTemplate* order, templates.Of("order.place", parameters));
//   order->AppendPayload(parameters, payload);   // apiKey=vmP..&symbol=BTCUSDT: what is signed
//   std::string text = order->Write("7", parameters, signature);
//   // {"id":"7","method":"order.place","params":{"apiKey":"vmP..",..,"signature":"aa1.."}}
//
// Parameters are sorted by name. Those that the venue documents as numbers are written as such, all
// others as text; values are written as they are, not percent-encoded. Texts come from the pool
// (core/text_pool.h).
// Thread: one. Errors: InvalidArgument for a name that comes twice, or that only signing adds.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"

namespace colibri::binance {

// A name and a value.
using FrameParameter = std::pair<std::string_view, std::string_view>;

class FrameTemplate {
 public:
  // The names are each there once.
  FrameTemplate(std::string_view method, absl::Span<const FrameParameter> parameters);

  bool IsOf(std::string_view method, absl::Span<const FrameParameter> parameters) const;
  // Both take parameters of the same names in the same order.
  void AppendPayload(absl::Span<const FrameParameter> parameters, std::string& payload) const;
  std::string Write(std::string_view id,
                    absl::Span<const FrameParameter> parameters,
                    std::string_view signature) const;

 private:
  struct Field {
    size_t index;            // among the parameters
    std::string in_payload;  // "&price="
    std::string in_frame;    // ",\"price\":"
    bool is_numeric;
  };

  std::string method_;
  std::vector<std::string> names_;
  std::string head_;  // ",\"method\":\"order.place\",\"params\":{"
  std::vector<Field> fields_;
};

class FrameTemplates {
 public:
  // Good until the next call.
  absl::StatusOr<const FrameTemplate*> Of(std::string_view method,
                                          absl::Span<const FrameParameter> parameters);

 private:
  std::vector<FrameTemplate> kept_;
  size_t latest_ = 0;
};

}  // namespace colibri::binance
