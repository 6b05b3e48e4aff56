// A venue's public market data. The base runs the connection; a venue supplies addresses, frames
// and pure parsers.
//
//   class BinanceOrderBookDataSource final : public OrderBookDataSource { ... };
//   source.Parse(frame, receive_time_ns, sink);        // pure: recordings and fuzzers call it too
//
// Run (connector/market_stream.h) connects, subscribes, reads, watches for silence, reconnects with
// backoff, and fetches snapshots side by side under the limiter.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"

#include "connector/instrument.h"
#include "connector/market_message.h"
#include "connector/venue_spec.h"
#include "core/order_book.h"

namespace colibri {

class OrderBookDataSource {
 public:
  virtual ~OrderBookDataSource() = default;

  // Where to connect for these instruments, and what to send once connected.
  virtual std::string StreamUrl(absl::Span<const Instrument* const> instruments) const = 0;
  virtual std::vector<std::string> SubscribeFrames(
      absl::Span<const Instrument* const> instruments) const = 0;
  // How many instruments the venue takes on one socket; more are spread over several.
  virtual size_t pairs_per_socket() const { return std::numeric_limits<size_t>::max(); }
  // The least time between two of SubscribeFrames.
  virtual absl::Duration subscribe_spacing() const { return absl::ZeroDuration(); }
  // Whether update ids of best quotes are those of the book, and an instrument's quotes and diffs
  // are subscribed together. Then the first quote says from where on the socket carries the book.
  virtual bool quotes_number_books() const { return false; }

  // Hands the frame's messages to the sink. DataLoss when it can't be read, InvalidArgument when a
  // level is finer than the instrument's scale; the message names the field and quotes up to 80
  // characters. Never throws. Allocates nothing once warm for book diffs, trades and quotes.
  virtual absl::Status Parse(std::string_view frame,
                             int64_t receive_time_ns,
                             MarketMessageSink& sink) = 0;

  virtual VenueCall SnapshotCall(const Instrument& instrument) const = 0;
  // Hands exactly one OnBookSnapshot to the sink.
  virtual absl::Status ParseSnapshot(std::string_view body,
                                     const Instrument& instrument,
                                     int64_t receive_time_ns,
                                     MarketMessageSink& sink) = 0;
  // Whether a recorded line holds a snapshot answer instead of a stream frame.
  virtual bool IsSnapshotAnswer(std::string_view text) const = 0;

  // By the venue's rule, of a book that a message with a checksum was applied to. Asked where
  // VenueSpec::has_book_checksum, for each such message: allocates nothing once warm.
  virtual uint32_t Checksum(const OrderBook& /*book*/) { return 0; }
};

}  // namespace colibri
