// An error in the venue's own words, and a value or one.
//
//   OrError<int64_t> limit = params.Integer("limit", 1, 5000);
//   ASSIGN_OR_RETURN(const int64_t limit, params.Integer("limit", 1, 5000));   // works with
//   OrError too
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace colibri::venue_sim::binance {

struct VenueError {
  int code = -1000;
  std::string message;
  int http_status = 400;

  bool operator==(const VenueError&) const = default;
};

template <typename T>
class OrError {
 public:
  // NOLINTBEGIN(google-explicit-constructor): converts as absl::StatusOr does
  OrError(T value) : content_(std::move(value)) {}
  OrError(VenueError error) : content_(std::move(error)) {}
  // NOLINTEND(google-explicit-constructor)

  bool ok() const { return std::holds_alternative<T>(content_); }
  // Only when not ok.
  const VenueError& status() const& { return std::get<VenueError>(content_); }
  VenueError&& status() && { return std::get<VenueError>(std::move(content_)); }
  // Only when ok.
  T& operator*() & { return std::get<T>(content_); }
  const T& operator*() const& { return std::get<T>(content_); }
  T&& operator*() && { return std::get<T>(std::move(content_)); }
  T* operator->() { return &std::get<T>(content_); }
  const T* operator->() const { return &std::get<T>(content_); }

 private:
  std::variant<T, VenueError> content_;
};

// The outcome of a check: an error, or nothing.
using MaybeError = std::optional<VenueError>;

}  // namespace colibri::venue_sim::binance

#define RETURN_IF_VENUE_ERROR(...)                                             \
  do {                                                                         \
    if (::colibri::venue_sim::binance::MaybeError venue_error = (__VA_ARGS__); \
        venue_error.has_value()) {                                             \
      return *std::move(venue_error);                                          \
    }                                                                          \
  } while (false)
