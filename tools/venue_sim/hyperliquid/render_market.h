// What the venue tells of its markets, as JSON. Numbers are texts.
#pragma once

#include <optional>

#include <nlohmann/json_fwd.hpp>

#include "tools/venue_sim/hyperliquid/venue_state.h"

namespace colibri::venue_sim::hyperliquid {

// The perpetuals, delisted ones in their places.
Json MetaJson(const VenueState& state);
Json ContextJson(const VenueState& state, const Asset& asset);
Json ContextsJson(const VenueState& state);
// Of perpetuals and of spot pairs.
Json MidsJson(const VenueState& state);

// The whole book, or its levels at this many significant figures; the mantissa goes with 5.
Json BookJson(const VenueState& state,
              const Asset& asset,
              std::optional<int> figures,
              std::optional<int> mantissa,
              size_t depth);
Json TopJson(const VenueState& state, const Asset& asset);
Json TradeJson(const VenueState& state, const Asset& asset, const Tape& trade);
Json CandleJson(const Asset& asset, std::string_view interval, const Candle& candle);

}  // namespace colibri::venue_sim::hyperliquid
