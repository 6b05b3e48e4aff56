#include "exchanges/paper/recorded_feed.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "connector/recording_reader.h"
#include "core/check.h"
#include "core/status_macros.h"
#include "core/strings.h"

namespace colibri {

absl::StatusOr<absl::Time> RecordedFeed::StartTime(const std::vector<std::string>& files) {
  if (files.empty()) {
    return absl::InvalidArgumentError("recording: no files given");
  }
  RecordingReader reader(files);
  ASSIGN_OR_RETURN(const std::optional<RecordedLine> line, reader.Next());
  if (!line.has_value()) {
    return absl::InvalidArgumentError(StrCat("recording: ", files.front(), " holds no line"));
  }
  return absl::FromUnixNanos(line->receive_time_ns);
}

absl::StatusOr<std::unique_ptr<RecordedFeed>> RecordedFeed::Make(const VenueEntry& venue,
                                                                 const PaperConfig& config,
                                                                 SimulatedClock& clock) {
  RETURN_IF_ERROR(CheckPaperConfig(config));
  if (config.recording.empty()) {
    return absl::InvalidArgumentError("recording: no files given");
  }
  if (venue.make_market_data == nullptr || venue.default_symbols == nullptr) {
    return absl::UnimplementedError(
        StrCat(venue.spec.name, " has no parser for recorded market data yet"));
  }
  const TradingPair& pair = config.market.pairs.front();
  const auto rule = std::find_if(config.rules.begin(),
                                 config.rules.end(),
                                 [&](const TradingRule& known) { return known.pair == pair; });
  CHECK(rule != config.rules.end());  // CheckPaperConfig saw it
  std::unique_ptr<RecordedFeed> feed(new RecordedFeed());
  feed->pairs_ = {pair};
  feed->rule_ = *rule;
  feed->market_ =
      std::make_unique<RecordedMarket>(venue,
                                       Recording{.pair = pair,
                                                 .files = config.recording,
                                                 .scale = rule->scale(),
                                                 .book = KindOfBook(config.market, pair)},
                                       clock,
                                       feed->events_);
  return feed;
}

absl::StatusOr<bool> RecordedFeed::Step() {
  absl::StatusOr<bool> has_more = market_->Step();
  parse_errors_ += has_more.ok() ? 0 : 1;
  return has_more;
}

const TradingRule* RecordedFeed::rules(const TradingPair& pair) const {
  return pair == rule_.pair ? &rule_ : nullptr;
}

ConnectorCounters RecordedFeed::counters() const {
  ConnectorCounters counters;
  counters.market_frames = market_->totals().lines;
  counters.parse_errors = parse_errors_;
  counters.book_resyncs = market_->books().resyncs();
  return counters;
}

Task<absl::Status> RecordedFeed::Start(absl::Duration /*timeout*/) {
  co_return absl::OkStatus();
}

Task<void> RecordedFeed::Stop(absl::Duration /*timeout*/) {
  co_return;
}

}  // namespace colibri
