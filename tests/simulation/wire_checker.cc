#include "tests/simulation/wire_checker.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"

namespace colibri::simulation {

using venue_sim::HttpCall;
using venue_sim::HttpReply;
using venue_sim::SessionId;

namespace {

// How long after its intent an order may be sent: the connector's own deadline.
constexpr absl::Duration kOrderDeadline = absl::Seconds(5);

// In a run: the venue's clock may jump, or answers get lost, while it is asked for its time.
constexpr int kRefusedAgainMax = 2;

// Of a query or form: the value of `key`, or empty.
std::string_view Parameter(std::string_view text, std::string_view key) {
  size_t at = 0;
  while (at < text.size()) {
    const size_t end = std::min(text.find('&', at), text.size());
    const std::string_view part = text.substr(at, end - at);
    if (part.size() > key.size() && part.starts_with(key) && part[key.size()] == '=') {
      return part.substr(key.size() + 1);
    }
    at = end + 1;
  }
  return {};
}

std::string_view QueryOf(std::string_view target) {
  const size_t mark = target.find('?');
  return mark == std::string_view::npos ? std::string_view() : target.substr(mark + 1);
}

std::optional<absl::Duration> RetryAfter(const HttpReply& reply) {
  for (const auto& [name, value] : reply.headers) {
    int64_t seconds = 0;
    if (absl::EqualsIgnoreCase(name, "Retry-After") && absl::SimpleAtoi(value, &seconds)) {
      return absl::Seconds(seconds);
    }
  }
  return std::nullopt;
}

// Of a whole depthUpdate; nullopt for every other text, and for one that is cut off.
std::optional<int64_t> LastUpdateId(std::string_view text) {
  constexpr std::string_view kKey = "\"u\":";
  const size_t at = text.find(kKey);
  if (at == std::string_view::npos || text.find("depthUpdate") == std::string_view::npos ||
      !text.ends_with("}}")) {
    return std::nullopt;
  }
  const std::string_view rest = text.substr(at + kKey.size());
  int64_t id = 0;
  return absl::SimpleAtoi(Abs(rest.substr(0, rest.find(','))), &id) ? std::optional(id)
                                                                    : std::nullopt;
}

}  // namespace

const WireDialect& BinanceSpotDialect() {
  static const WireDialect dialect = {.order_path = "/api/v3/order",
                                      .open_orders_path = "/api/v3/openOrders",
                                      .depth_path = "/api/v3/depth",
                                      .book_streams = {"/stream", "/ws/"},
                                      .private_stream = ""};
  return dialect;
}

const WireDialect& BinancePerpetualDialect() {
  static const WireDialect dialect = {.order_path = "/fapi/v1/order",
                                      .open_orders_path = "/fapi/v1/openOrders",
                                      .depth_path = "/fapi/v1/depth",
                                      .book_streams = {"/public/"},
                                      .private_stream = "/private/"};
  return dialect;
}

std::string_view PlacedId(const WireDialect& dialect, const HttpCall& call) {
  const std::string_view target = call.target;
  if (call.method != "POST" || !target.starts_with(dialect.order_path)) {
    return {};
  }
  const std::string_view id = Parameter(QueryOf(target), "newClientOrderId");
  return id.empty() ? Parameter(call.body, "newClientOrderId") : id;
}

void WireChecker::Restart() {
  paused_at_ = paused_until_ = logged_in_at_ = absl::InfinitePast();
  orders_read_at_ = absl::InfiniteFuture();
  feeds_.clear();
  logins_.clear();
  last_ended_ = {};
}

void WireChecker::NoteSent(const HttpCall& call, absl::Time now, std::optional<absl::Time> intent) {
  CheckPause(call, now);
  if (const std::string_view id = PlacedId(dialect_, call); !id.empty()) {
    CheckPlacement(id, now, intent);
  }
}

// What is sent in the same instant was on its way already.
void WireChecker::CheckPause(const HttpCall& call, absl::Time now) {
  if (now > paused_at_ && now < paused_until_) {
    Report(StrCat(call.method,
                  " ",
                  call.target.substr(0, call.target.find('?')),
                  " was sent ",
                  absl::FormatDuration(paused_until_ - now),
                  " before the end of a Retry-After"));
  }
}

void WireChecker::CheckPlacement(std::string_view id,
                                 absl::Time now,
                                 std::optional<absl::Time> intent) {
  if (const int times = ++placed_[std::string(id)]; times > (was_refused_for_time(id) ? 2 : 1)) {
    Report(StrCat("order ", id, " was sent ", times, " times"));
  }
  if (!intent.has_value()) {
    Report(StrCat("order ", id, " was sent before its intent was in the journal"));
    return;
  }
  if (now - *intent > kOrderDeadline) {
    Report(StrCat(
        "order ", id, " was sent ", absl::FormatDuration(now - *intent), " after its intent"));
  }
  if (*intent > logged_in_at_ && orders_read_at_ < logged_in_at_) {
    Report(StrCat("order ",
                  id,
                  " was placed after the private stream had been away, and before the open orders "
                  "were read"));
  }
}

void WireChecker::NoteAnswer(const HttpCall& call, const HttpReply& reply, absl::Time now) {
  const bool is_refused_for_time = reply.body.find("-1021") != std::string::npos;
  if (const std::string_view id = PlacedId(dialect_, call); !id.empty() && is_refused_for_time) {
    if (++refused_for_time_[std::string(id)] > 1 && ++refused_again_ > kRefusedAgainMax) {
      Report(StrCat("order ", id, " was refused for its time after the clock had been asked"));
    }
  }
  if (reply.status == 200 && call.target.starts_with(dialect_.open_orders_path)) {
    orders_read_at_ = now;
  }
  const bool is_of_all = reply.body.find("-1015") == std::string::npos;
  const std::optional<absl::Duration> wait = RetryAfter(reply);
  if ((reply.status == 429 || reply.status == 418) && is_of_all && wait.has_value()) {
    if (now >= paused_until_) {
      paused_at_ = now;
    }
    paused_until_ = std::max(paused_until_, now + *wait);
  }
}

void WireChecker::NoteOpened(SessionId session, std::string_view target, absl::Time now) {
  const auto has = [target](const std::string& part) {
    return target.find(part) != std::string_view::npos;
  };
  if (!dialect_.private_stream.empty() && has(dialect_.private_stream)) {
    NoteLogin(session, now);
  } else if (std::any_of(dialect_.book_streams.begin(), dialect_.book_streams.end(), has)) {
    feeds_[session] = {.is_open = true, .changed_at = now};
  }
}

void WireChecker::NoteLogin(SessionId session, absl::Time now) {
  if (logins_.empty()) {
    logged_in_at_ = now;
    orders_read_at_ = absl::InfinitePast();
  }
  logins_.insert(session);
}

void WireChecker::NoteFrame(SessionId session, std::string_view text, absl::Time now) {
  const auto feed = feeds_.find(session);
  if (feed == feeds_.end()) {
    if (text.find("\"subscriptionId\"") != std::string_view::npos &&
        text.find("\"event\"") == std::string_view::npos) {
      NoteLogin(session, now);
    }
    return;
  }
  if (const std::optional<int64_t> id = LastUpdateId(text)) {
    feed->second.last_update_id = std::max(feed->second.last_update_id, *id);
    feed->second.changed_at = now;
  }
}

void WireChecker::NoteEnded(SessionId session, absl::Time now) {
  logins_.erase(session);
  if (feeds_.erase(session) != 0) {
    last_ended_ = {.is_open = false, .changed_at = now};
  }
}

const WireChecker::Feed& WireChecker::feed() const {
  return feeds_.empty() ? last_ended_ : feeds_.begin()->second;
}

}  // namespace colibri::simulation
