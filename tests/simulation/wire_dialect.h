// Where a venue's wire says what: which call places which order, which frame is a book.
//
//   const WireDialect& dialect = HyperliquidDialect();
//   dialect.PlacedId(call);        // "simulatedlq3..."; empty when the call places nothing
//
// Thread: any; constant.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/decimal.h"
#include "tools/venue_sim/sim_venue.h"

namespace colibri::simulation {

// A book as the venue has it, or as a message told it whole.
struct BookTruth {
  int64_t last_update_id = 0;
  std::vector<std::pair<Decimal, Decimal>> bids = {};  // price, quantity; best first
  std::vector<std::pair<Decimal, Decimal>> asks = {};
};

// What the opening of a connection, or a frame on it, means.
struct WireNews {
  bool may_carry_books = false;         // what this connection is for, frames will say
  bool carries_books = false;           // this connection
  bool is_login = false;                // private news come from here on
  std::optional<int64_t> book_id = {};  // of a book message, whole or not
  std::optional<BookTruth> book = {};   // where messages are whole books
};

// A frame that is a call, or the answer to one: as the REST interface would have it.
struct WireCall {
  std::string id;
  venue_sim::HttpCall call;
};
struct WireAnswer {
  std::string id;  // of the call's frame
  venue_sim::HttpReply reply;
};

class WireDialect {
 public:
  virtual ~WireDialect() = default;

  // For a trace: "POST /exchange order".
  virtual std::string NameOf(const venue_sim::HttpCall& call) const = 0;
  // The client order id that a call places, or empty.
  virtual std::string PlacedId(const venue_sim::HttpCall& call) const = 0;
  // Signed requests count by it: no two may have the same. nullopt where there is none.
  virtual std::optional<int64_t> NonceOf(const venue_sim::HttpCall& /*call*/) const {
    return std::nullopt;
  }
  // nullopt where the frame is none.
  virtual std::optional<WireCall> CallOfFrame(std::string_view text) const = 0;
  virtual std::optional<WireAnswer> AnswerOfFrame(std::string_view text) const = 0;
  virtual bool ReadsOpenOrders(const venue_sim::HttpCall& call) const = 0;
  virtual bool ReadsBook(const venue_sim::HttpCall& call) const = 0;

  // Refused for its time (or nonce) alone: certainly not executed, and worth another try.
  virtual bool IsRefusedForTime(const venue_sim::HttpReply& reply) const = 0;
  // A 429 that is about orders only.
  virtual bool IsOfOrdersOnly(const venue_sim::HttpReply& /*reply*/) const { return false; }
  // Of the answer to a call that ReadsBook, where messages are whole books.
  virtual std::optional<BookTruth> BookOf(const venue_sim::HttpReply& /*reply*/) const {
    return std::nullopt;
  }

  virtual WireNews NewsOfTarget(std::string_view target) const = 0;
  // Of a frame that the process sends.
  virtual WireNews NewsOfWritten(std::string_view /*text*/) const { return {}; }
  // carries_books: what is known of the connection by now.
  virtual WireNews NewsOfFrame(std::string_view text, bool carries_books) const = 0;
};

const WireDialect& BinanceSpotDialect();
const WireDialect& BinancePerpetualDialect();
const WireDialect& HyperliquidDialect();

}  // namespace colibri::simulation
