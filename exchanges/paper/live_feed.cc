#include "exchanges/paper/live_feed.h"

#include <utility>

#include "core/status_macros.h"
#include "core/strings.h"

namespace colibri {

absl::StatusOr<std::unique_ptr<LiveFeed>> LiveFeed::Make(Environment& environment,
                                                         const VenueEntry& venue,
                                                         const PaperConfig& config) {
  if (venue.make_connector == nullptr) {
    return absl::UnimplementedError(StrCat(venue.spec.name,
                                           " has no connector yet, so there is no live market data "
                                           "for paper trading: use a recording"));
  }
  ASSIGN_OR_RETURN(std::unique_ptr<Connector> connector,
                   venue.make_connector(environment, config.market, /*credentials=*/nullptr));
  return std::make_unique<LiveFeed>(std::move(connector));
}

Task<absl::Status> LiveFeed::Start(absl::Duration timeout) {
  co_return co_await connector_->Start(timeout);
}

Task<void> LiveFeed::Stop(absl::Duration timeout) {
  co_await connector_->Stop(timeout);
}

}  // namespace colibri
