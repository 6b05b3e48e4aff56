#include "tools/venue_sim/binance_perpetual/private_hub.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_split.h"
#include <nlohmann/json.hpp>

#include "core/strings.h"

namespace colibri::venue_sim::binance_perpetual {
namespace {

constexpr size_t kKeyLength = 64;
constexpr std::string_view kEventNames[] = {"ORDER_TRADE_UPDATE",
                                            "TRADE_LITE",
                                            "ACCOUNT_UPDATE",
                                            "ACCOUNT_CONFIG_UPDATE",
                                            "MARGIN_CALL",
                                            "ALGO_UPDATE",
                                            "listenKeyExpired"};

std::string FilteredName(std::string_view key, std::string_view event_name) {
  return StrCat(key, "@", event_name);
}

}  // namespace

bool PrivateHub::IsTarget(std::string_view target) {
  const std::string_view path = target.substr(0, target.find('?'));
  return path.find("/private/") != std::string_view::npos;
}

std::map<std::string, PrivateHub::ListenKey>::iterator PrivateHub::FindBy(uint64_t account) {
  return std::find_if(keys_.begin(), keys_.end(), [&](const auto& entry) {
    return entry.second.account == account;
  });
}

std::string PrivateHub::Create(uint64_t account, int64_t now_ms) {
  std::string key = Keep(account, now_ms);
  if (key.empty()) {
    key = binance::RandomId(random_, kKeyLength);
    keys_[key] = {.account = account, .expires_ms = now_ms + lifetime_ms_};
  }
  return key;
}

std::string PrivateHub::Keep(uint64_t account, int64_t now_ms) {
  const auto found = FindBy(account);
  if (found == keys_.end()) {
    return "";
  }
  found->second.expires_ms = now_ms + lifetime_ms_;
  return found->first;
}

bool PrivateHub::Delete(uint64_t account) {
  const auto found = FindBy(account);
  if (found == keys_.end()) {
    return false;
  }
  const std::string key = found->first;
  keys_.erase(found);
  for (const SessionId session : hub_.SubscribersOf(key)) {
    hub_.Forget(session);
    wire_.Close(session, 1000, "listen key closed");
  }
  return true;
}

void PrivateHub::Expire(const std::string& key, int64_t now_ms) {
  // The venue sends E as a string here.
  const Json event = {{"e", "listenKeyExpired"}, {"E", StrCat(now_ms)}, {"listenKey", key}};
  const auto found = keys_.find(key);
  SendNow(found->second.account, "listenKeyExpired", Text(event));
  keys_.erase(found);
  hub_.Drop(key);
  for (const std::string_view name : kEventNames) {
    hub_.Drop(FilteredName(key, name));
  }
}

void PrivateHub::ExpireKeys(int64_t now_ms) {
  std::vector<std::string> over;
  for (const auto& [key, listen_key] : keys_) {
    if (listen_key.expires_ms <= now_ms) {
      over.push_back(key);
    }
  }
  for (const std::string& key : over) {
    Expire(key, now_ms);
  }
}

void PrivateHub::ExpireAll(int64_t now_ms) {
  for (auto& [key, listen_key] : keys_) {
    listen_key.expires_ms = now_ms;
  }
  ExpireKeys(now_ms);
}

void PrivateHub::Open(SessionId session, std::string_view target) {
  const size_t mark = target.find('?');
  const std::string_view path = target.substr(0, mark);
  hub_.Open(session, path);
  if (path.find("/private/stream") != std::string_view::npos) {
    hub_.set_is_combined(session, true);
  }
  constexpr std::string_view kRoot = "/private/ws/";
  if (const size_t root = path.find(kRoot); root != std::string_view::npos) {
    hub_.Add(session, std::string(path.substr(root + kRoot.size())));
  }
  if (mark == std::string_view::npos) {
    return;
  }
  // Each key is followed by the filter that applies to it.
  std::string key;
  bool is_filtered = false;
  const auto finish = [&] {
    if (!key.empty() && !is_filtered) {
      hub_.Add(session, key);
    }
  };
  for (const absl::string_view field : absl::StrSplit(Abs(target.substr(mark + 1)), '&')) {
    const std::pair<std::string, std::string> parts =
        absl::StrSplit(field, absl::MaxSplits('=', 1));
    const std::string value = binance::PercentDecode(parts.second);
    if (parts.first == "listenKey") {
      finish();
      key = value;
      is_filtered = false;
    } else if (parts.first == "events") {
      is_filtered = true;
      for (const absl::string_view name : absl::StrSplit(value, '/', absl::SkipEmpty())) {
        hub_.Add(session, FilteredName(key, Std(name)));
      }
    }
  }
  finish();
}

void PrivateHub::Push(uint64_t account, std::string_view event_name, const Json& event) {
  if (hub_.size() == 0) {
    return;
  }
  hold_.Push(account, [this, account, name = std::string(event_name), text = Text(event)] {
    SendNow(account, name, text);
  });
}

void PrivateHub::SendNow(uint64_t account, const std::string& event_name, const std::string& text) {
  const auto found = FindBy(account);
  if (found != keys_.end()) {
    const std::string& key = found->first;
    hub_.PublishAs(key, key, FaultSubject::kUser, text);
    hub_.PublishAs(FilteredName(key, event_name), key, FaultSubject::kUser, text);
  }
}

}  // namespace colibri::venue_sim::binance_perpetual
