#include "connector/health.h"

#include <utility>

#include "core/strings.h"
#include "core/text_pool.h"

namespace colibri {
namespace {

constexpr std::string_view kBookPrefix = "book ";
constexpr int kReasonsTold = 3;

bool IsBook(std::string_view capability) {
  return capability.starts_with(kBookPrefix);
}

}  // namespace

void Health::Require(std::string_view capability, absl::Time now, std::string_view reason) {
  const auto [found, is_new] = capabilities_.try_emplace(std::string(capability));
  CapabilityHealth& health = found->second;
  if (!is_new) {
    CountFailure(health, -1);
  }
  health = {.capability = std::string(capability),
            .is_healthy = false,
            .since = now,
            .reason = std::string(reason)};
  CountFailure(health, 1);
}

void Health::Offer(std::string_view capability, absl::Time now, std::string_view reason) {
  Require(capability, now, reason);
  CapabilityHealth& health = capabilities_.find(capability)->second;
  CountFailure(health, -1);
  health.is_needed = false;
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
    CountFailure(found->second, 1);
  } else if (found->second.is_healthy == is_healthy &&
             (is_healthy || found->second.reason == reason)) {
    return;
  }
  CapabilityHealth& health = found->second;
  if (health.is_healthy != is_healthy) {
    health.since = now;
  }
  CountFailure(health, -1);
  health.is_healthy = is_healthy;
  CountFailure(health, 1);
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

void Health::CountFailure(const CapabilityHealth& health, int by) {
  if (!health.is_healthy && health.is_needed && !IsBook(health.capability)) {
    common_failures_ += by;
  }
}

bool Health::can_trade(const TradingPair& pair) const {
  if (common_failures_ > 0) {
    return false;
  }
  if (last_book_ == nullptr || last_pair_ != pair) {
    std::string name = TakeText();
    name.append(kBookPrefix).append(pair.base).append("-").append(pair.quote);
    const auto found = capabilities_.find(name);
    GiveText(std::move(name));
    if (found == capabilities_.end()) {
      return false;
    }
    last_pair_ = pair;
    last_book_ = &found->second;
  }
  return last_book_->is_healthy;
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
