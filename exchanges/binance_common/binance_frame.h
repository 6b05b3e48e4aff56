// A request to Binance's WebSocket API as it is written, parameter by parameter.
//
//   FrameWriter frame("7", "order.place");
//   frame.Add("symbol", "BTCUSDT");
//   frame.Add("timestamp", "1645423376532");
//   std::string text = std::move(frame).End();
//   // {"id":"7","method":"order.place","params":{"symbol":"BTCUSDT","timestamp":1645423376532}}
//
// Parameters that the venue documents as numbers are written as such, all others as text; values
// are written as they are, not percent-encoded. The text comes from the pool (core/text_pool.h).
#pragma once

#include <string>
#include <string_view>

namespace colibri::binance {

class FrameWriter {
 public:
  FrameWriter(std::string_view id, std::string_view method);

  // Names are ours, and plain.
  void Add(std::string_view name, std::string_view value);
  std::string End() &&;

 private:
  std::string frame_;
};

}  // namespace colibri::binance
