#include "tools/venue_sim/binance/user_hub.h"

#include <algorithm>
#include <optional>
#include <utility>

#include <nlohmann/json.hpp>

#include "core/strings.h"

namespace colibri::venue_sim::binance {
namespace {

std::string EventText(int64_t subscription, std::string_view event) {
  return StrCat("{\"subscriptionId\":", subscription, ",\"event\":", event, "}");
}

}  // namespace

UserSession* UserHub::Find(SessionId id) {
  const auto found = sessions_.find(id);
  return found == sessions_.end() ? nullptr : &found->second;
}

void UserHub::CloseAll(int code, std::string_view reason) {
  std::map<SessionId, UserSession> closing;
  closing.swap(sessions_);
  for (const auto& [id, session] : closing) {
    wire_.Close(id, code, reason);
  }
}

OrError<int64_t> UserHub::Subscribe(SessionId id, const Account& account) {
  UserSession& session = sessions_.at(id);
  for (const auto& [subscription, subscriber] : session.subscriptions) {
    if (subscriber == account.id()) {
      return VenueError{-2035, "User Data Stream subscription already active."};
    }
  }
  const int64_t subscription = session.next_subscription_id++;
  session.subscriptions[subscription] = account.id();
  return subscription;
}

MaybeError UserHub::Unsubscribe(SessionId id, std::optional<int64_t> subscription_id) {
  UserSession& session = sessions_.at(id);
  if (session.subscriptions.empty() ||
      (subscription_id.has_value() && session.subscriptions.erase(*subscription_id) == 0)) {
    return VenueError{-2036, "User Data Stream subscription not active."};
  }
  if (!subscription_id.has_value()) {
    session.subscriptions.clear();
  }
  return std::nullopt;
}

void UserHub::Push(const Account& account, const Json& event) {
  const bool has_listener = std::any_of(sessions_.begin(), sessions_.end(), [&](const auto& entry) {
    return std::any_of(
        entry.second.subscriptions.begin(),
        entry.second.subscriptions.end(),
        [&](const auto& subscription) { return subscription.second == account.id(); });
  });
  if (!has_listener) {
    return;
  }
  hold_.Push(account.id(), [this, id = account.id(), text = Text(event)] { SendNow(id, text); });
}

void UserHub::PushToAll(const Json& event) {
  for (const auto& [id, session] : sessions_) {
    for (const auto& [subscription, account] : session.subscriptions) {
      wire_.Send(id, {.channel = FaultSubject::kUser}, EventText(subscription, Text(event)));
    }
  }
}

void UserHub::TerminateSubscriptions(int64_t now_ms) {
  PushToAll({{"e", "eventStreamTerminated"}, {"E", now_ms}});
  for (auto& [id, session] : sessions_) {
    session.subscriptions.clear();
  }
}

std::vector<SessionId> UserHub::SessionsOf(FaultSubject channel) const {
  std::vector<SessionId> found;
  for (const auto& [id, session] : sessions_) {
    if (channel == FaultSubject::kWsApi || !session.subscriptions.empty()) {
      found.push_back(id);
    }
  }
  return found;
}

void UserHub::SendNow(AccountId account, const std::string& event) {
  for (const auto& [id, session] : sessions_) {
    for (const auto& [subscription, subscriber] : session.subscriptions) {
      if (subscriber == account) {
        wire_.Send(id, {.channel = FaultSubject::kUser}, EventText(subscription, event));
      }
    }
  }
}

}  // namespace colibri::venue_sim::binance
