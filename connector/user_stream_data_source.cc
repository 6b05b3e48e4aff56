#include "connector/user_stream_data_source.h"

namespace colibri {

std::optional<VenueCall> UserStreamDataSource::KeepListenKeyCall(
    std::string_view /*listen_key*/) const {
  return std::nullopt;
}

absl::StatusOr<std::string> UserStreamDataSource::ParseListenKey(std::string_view /*body*/) const {
  return absl::UnimplementedError("this venue's private stream uses no listen key");
}

}  // namespace colibri
