#include "connector/health.h"

#include "core/strings.h"

namespace colibri {
namespace {

constexpr std::string_view kBookPrefix = "book ";
constexpr int kReasonsTold = 3;

bool IsBook(std::string_view capability) {
  return capability.starts_with(kBookPrefix);
}

}  // namespace

void Health::Require(std::string_view capability, absl::Time now, std::string_view reason) {
  CapabilityHealth& health = capabilities_[std::string(capability)];
  health = {.capability = std::string(capability),
            .is_healthy = false,
            .since = now,
            .reason = std::string(reason)};
}

void Health::Offer(std::string_view capability, absl::Time now, std::string_view reason) {
  Require(capability, now, reason);
  capabilities_.find(capability)->second.is_needed = false;
}

void Health::Set(std::string_view capability,
                 bool is_healthy,
                 absl::Time now,
                 std::string_view reason) {
  auto found = capabilities_.find(capability);
  if (found == capabilities_.end()) {
    found = capabilities_.emplace(std::string(capability), CapabilityHealth{}).first;
    found->second.capability = std::string(capability);
    found->second.since = now;
  } else if (found->second.is_healthy == is_healthy &&
             (is_healthy || found->second.reason == reason)) {
    return;
  }
  CapabilityHealth& health = found->second;
  if (health.is_healthy != is_healthy) {
    health.since = now;
  }
  health.is_healthy = is_healthy;
  health.reason = is_healthy ? std::string() : std::string(reason);
  if (listener_) {
    const CapabilityHealth told = health;  // the listener may come back and change it
    listener_(told);
  }
}

bool Health::is_healthy(std::string_view capability) const {
  const auto found = capabilities_.find(capability);
  return found != capabilities_.end() && found->second.is_healthy;
}

bool Health::can_trade(const TradingPair& pair) const {
  const std::string book = BookCapability(pair);
  if (!is_healthy(book)) {
    return false;
  }
  for (const auto& [name, health] : capabilities_) {
    if (!health.is_healthy && health.is_needed && !IsBook(name)) {
      return false;
    }
  }
  return true;
}

bool Health::all_healthy() const {
  for (const auto& [name, health] : capabilities_) {
    if (!health.is_healthy && health.is_needed) {
      return false;
    }
  }
  return true;
}

std::string Health::Why(const TradingPair& pair) const {
  const std::string book = BookCapability(pair);
  std::string why;
  int reasons = 0;
  for (const auto& [name, health] : capabilities_) {
    if (health.is_healthy || !health.is_needed || (IsBook(name) && name != book)) {
      continue;
    }
    if (++reasons > kReasonsTold) {
      why += "; ...";
      break;
    }
    why += StrCat(why.empty() ? "" : "; ", name, ": ", health.reason);
  }
  if (why.empty() && capabilities_.find(book) == capabilities_.end()) {
    return StrCat(book, ": not one of this connector's pairs");
  }
  return why;
}

std::vector<CapabilityHealth> Health::capabilities() const {
  std::vector<CapabilityHealth> all;
  all.reserve(capabilities_.size());
  for (const auto& [name, health] : capabilities_) {
    all.push_back(health);
  }
  return all;
}

}  // namespace colibri
