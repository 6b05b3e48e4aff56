// Listen keys, the private connections, and the user events that flow on them.
//
//   std::string key = hub.Create(account.id(), now_ms);
//   hub.Open(session, "/private/ws/" + key);
//   hub.Push(account.id(), "ORDER_TRADE_UPDATE", event);
//
// A connection names its keys in the path, in the query (with a filter of events, when given), or
// later with SUBSCRIBE. A key that is unknown or has expired stays silent.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"

#include "core/clock.h"
#include "core/random.h"
#include "tools/venue_sim/binance_common/event_hold.h"
#include "tools/venue_sim/binance_common/stream_hub.h"
#include "tools/venue_sim/binance_perpetual/common.h"

namespace colibri::venue_sim::binance_perpetual {

class PrivateHub {
 public:
  PrivateHub(FrameFaults& wire,
             Clock& clock,
             uint64_t seed,
             absl::Duration lifetime,
             int messages_per_second)
      : hub_(wire, messages_per_second),
        wire_(wire),
        hold_(clock),
        random_(seed),
        lifetime_ms_(absl::ToInt64Milliseconds(lifetime)) {}

  static bool IsTarget(std::string_view target);

  // The account's active key, for another lifetime; a new one where there is none.
  std::string Create(uint64_t account, int64_t now_ms);
  // Empty, or the key that was extended.
  std::string Keep(uint64_t account, int64_t now_ms);
  // Closes every connection that the key alone keeps busy. False when there is no key.
  bool Delete(uint64_t account);
  // Ends keys whose time is over.
  void ExpireKeys(int64_t now_ms);
  void ExpireAll(int64_t now_ms);

  void Open(SessionId session, std::string_view target);
  bool Has(SessionId session) const { return hub_.Has(session); }
  // False when the client has been disconnected for sending too much.
  bool OnText(SessionId session, std::string_view text, int64_t now_ms) {
    return hub_.OnText(session, text, now_ms);
  }
  void Forget(SessionId session) { hub_.Forget(session); }
  void CloseAll(int code, std::string_view reason) { hub_.CloseAll(code, reason); }
  std::vector<SessionId> Sessions() const { return hub_.SessionsOf(FaultSubject::kMarket); }
  size_t size() const { return hub_.size(); }

  void Push(uint64_t account, std::string_view event_name, const Json& event);
  void BeginHold() { hold_.Begin(); }
  void EndHold(absl::Duration delay) { hold_.End(delay); }

 private:
  struct ListenKey {
    uint64_t account = 0;
    int64_t expires_ms = 0;
  };

  void SendNow(uint64_t account, const std::string& event_name, const std::string& text);
  void Expire(const std::string& key, int64_t now_ms);
  std::map<std::string, ListenKey>::iterator FindBy(uint64_t account);

  binance::StreamHub hub_;
  FrameFaults& wire_;
  binance::EventHold hold_;
  Random random_;
  int64_t lifetime_ms_;
  std::map<std::string, ListenKey> keys_;
};

}  // namespace colibri::venue_sim::binance_perpetual
