#include "tests/conformance/capabilities.h"

#include <algorithm>

#include "core/check.h"

namespace colibri::conformance {
namespace {

bool HasMode(const VenueSpec& spec, PositionMode mode) {
  return std::find(spec.position_modes.begin(), spec.position_modes.end(), mode) !=
         spec.position_modes.end();
}

bool HasMargin(const VenueSpec& spec, MarginMode mode) {
  return std::find(spec.margin_modes.begin(), spec.margin_modes.end(), mode) !=
         spec.margin_modes.end();
}

bool Triggers(const VenueSpec& spec, TriggerSource source) {
  return std::find(spec.trigger_sources.begin(), spec.trigger_sources.end(), source) !=
         spec.trigger_sources.end();
}

bool HasListenKey(const VenueSpec& spec) {
  return spec.domains.front().uses_listen_key;
}

bool HasOrderSocket(const VenueSpec& spec) {
  return spec.has_order_socket();
}

bool HasPackedFrames(const VenueSpec& spec) {
  return spec.frame_encoding == FrameEncoding::kGzip;
}

bool HasClientOrderIds(const VenueSpec& spec) {
  return !spec.client_order_id_alphabet.empty();
}

using Spec = const VenueSpec&;

std::vector<Capability> CommonCapabilities() {
  return {
      {"market_data", "books and trades", [](Spec) { return true; }},
      {"numbered_book",
       "books by numbered changes",
       [](Spec spec) { return spec.gap_rule != GapRule::kSnapshotOnly; }},
      {"whole_book",
       "books sent whole",
       [](Spec spec) { return spec.gap_rule == GapRule::kSnapshotOnly; }},
      {"book_checksum", "checksums of books", [](Spec spec) { return spec.has_book_checksum; }},
      {"packed_frames", "gzipped frames", HasPackedFrames},
      {"trade_socket",
       "a socket of its own for trades",
       [](Spec spec) { return !spec.domains.front().hosts.trade_stream_url.empty(); }},
      {"best_quotes",
       "best quotes of their own",
       [](Spec spec) { return spec.capabilities.has_best_quote_stream; }},
      {"candles", "candles", [](Spec spec) { return spec.capabilities.has_candles; }},
      {"heartbeat", "heartbeats of ours", [](Spec spec) { return !spec.heartbeat_frame.empty(); }},
      {"trading", "orders", [](Spec spec) { return spec.capabilities.can_trade; }},
      {"order_socket", "orders over a WebSocket", HasOrderSocket},
      {"client_order_ids", "order ids of ours", HasClientOrderIds},
      {"query_by_client_order_id",
       "queries by them",
       [](Spec spec) { return spec.capabilities.can_query_by_client_order_id; }},
      {"cancel_by_client_order_id",
       "cancels by them",
       [](Spec spec) { return spec.capabilities.can_cancel_by_client_order_id; }},
      {"final_cancel_answer",
       "the cancel's answer ends the order",
       [](Spec spec) { return spec.capabilities.is_cancel_answer_final; }},
      {"cancel_all",
       "one call cancels all of a pair",
       [](Spec spec) { return spec.capabilities.can_cancel_all_on_pair; }},
      {"amend", "amendments", [](Spec spec) { return spec.capabilities.can_amend; }},
      {"market_price",
       "market orders with a worst price",
       [](Spec spec) { return spec.capabilities.needs_market_price; }},
      {"balance_events",
       "balances by stream",
       [](Spec spec) { return spec.capabilities.has_balance_events; }},
      {"listen_key", "listen keys", HasListenKey},
  };
}

// Of perpetuals, and what few other venues have.
std::vector<Capability> PerpetualCapabilities() {
  return {
      {"spot", "spot", [](Spec spec) { return !spec.is_perpetual(); }},
      {"perpetual", "perpetuals", [](Spec spec) { return spec.is_perpetual(); }},
      {"one_way_mode",
       "one position a pair",
       [](Spec spec) { return HasMode(spec, PositionMode::kOneWay); }},
      {"hedge_mode",
       "a long and a short position a pair",
       [](Spec spec) { return HasMode(spec, PositionMode::kHedge); }},
      {"cross_margin",
       "cross margin",
       [](Spec spec) { return HasMargin(spec, MarginMode::kCross); }},
      {"isolated_margin",
       "isolated margin",
       [](Spec spec) { return HasMargin(spec, MarginMode::kIsolated); }},
      {"position_events",
       "positions by stream",
       [](Spec spec) { return spec.is_perpetual() && spec.capabilities.has_position_events; }},
      {"open_interest_call",
       "open interest by asking",
       [](Spec spec) { return spec.capabilities.has_open_interest_call; }},
      {"dead_mans_switch",
       "dead man's switch",
       [](Spec spec) { return spec.capabilities.has_dead_mans_switch; }},
      {"conditional_orders",
       "stops and take-profits",
       [](Spec spec) { return !spec.trigger_kinds.empty(); }},
      {"triggers_by_last",
       "by the last price",
       [](Spec spec) { return Triggers(spec, TriggerSource::kLast); }},
      {"triggers_by_mark",
       "by the mark price",
       [](Spec spec) { return Triggers(spec, TriggerSource::kMark); }},
      {"conditional_lists",
       "a list of their own while they wait",
       [](Spec spec) { return spec.capabilities.keeps_conditional_orders_apart; }},
  };
}

}  // namespace

const std::vector<Capability>& AllCapabilities() {
  static const std::vector<Capability> capabilities = [] {
    std::vector<Capability> all = CommonCapabilities();
    const std::vector<Capability> more = PerpetualCapabilities();
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }();
  return capabilities;
}

bool Claims(const VenueSpec& spec, std::string_view name) {
  for (const Capability& capability : AllCapabilities()) {
    if (capability.name == name) {
      return capability.is_claimed(spec);
    }
  }
  CHECK(false && "a case needs a capability that capabilities.cc lacks");
  return false;
}

}  // namespace colibri::conformance
