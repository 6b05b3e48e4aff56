// The dialects of Binance: a path for each call, ids in the query.
#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include <nlohmann/json.hpp>

#include "core/strings.h"
#include "tests/simulation/wire_dialect.h"

namespace colibri::simulation {

using venue_sim::HttpCall;
using venue_sim::HttpReply;

namespace {

using Json = nlohmann::json;

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

struct Paths {
  std::string order;                   // of all calls that place one it is the beginning
  std::string conditional_order = {};  // likewise
  std::string open_orders;
  std::string depth;
  std::vector<std::string> book_streams;  // parts of the targets that carry books
  std::string private_stream;  // where being connected is being logged in; empty: a frame logs in
};

class BinanceDialect final : public WireDialect {
 public:
  explicit BinanceDialect(Paths paths) : paths_(std::move(paths)) {}

  std::string NameOf(const HttpCall& call) const override {
    return StrCat(call.method, " ", std::string_view(call.target));
  }

  std::string PlacedId(const HttpCall& call) const override {
    const std::string_view target = call.target;
    const bool is_conditional =
        !paths_.conditional_order.empty() && target.starts_with(paths_.conditional_order);
    if (call.method != "POST" || (!target.starts_with(paths_.order) && !is_conditional)) {
      return {};
    }
    const std::string_view key = is_conditional ? "clientAlgoId" : "newClientOrderId";
    const std::string_view id = Parameter(QueryOf(target), key);
    return std::string(id.empty() ? Parameter(call.body, key) : id);
  }

  std::optional<WireCall> CallOfFrame(std::string_view text) const override {
    const Json frame = Json::parse(text, nullptr, /*allow_exceptions=*/false);
    const std::string method = frame.is_object() ? frame.value("method", "") : "";
    if (!method.starts_with("order.") && !method.starts_with("openOrders.")) {
      return std::nullopt;
    }
    WireCall call{.id = frame["id"].dump(), .call = {}};
    const bool places = method == "order.place" || method == "order.cancelReplace";
    call.call.method = places ? "POST" : "WS";
    call.call.target = places ? paths_.order : method;
    const std::string id = frame["params"].value("newClientOrderId", "");
    call.call.body = StrCat(places ? "newClientOrderId=" : "", id);
    return call;
  }
  std::optional<WireAnswer> AnswerOfFrame(std::string_view text) const override {
    const Json frame = Json::parse(text, nullptr, /*allow_exceptions=*/false);
    if (!frame.is_object() || !frame.contains("id") || !frame.contains("status")) {
      return std::nullopt;
    }
    WireAnswer answer{.id = frame["id"].dump(), .reply = {}};
    answer.reply.status = frame["status"];
    answer.reply.body = text;
    const Json wait = frame.value("error", Json::object()).value("data", Json::object());
    if (wait.contains("retryAfter") && wait.contains("serverTime")) {
      const int64_t wait_ms = wait["retryAfter"].get<int64_t>() - wait["serverTime"].get<int64_t>();
      answer.reply.headers.emplace_back("Retry-After", StrCat((wait_ms + 999) / 1000));
    }
    return answer;
  }

  bool ReadsOpenOrders(const HttpCall& call) const override {
    return call.target.starts_with(paths_.open_orders);
  }
  bool ReadsBook(const HttpCall& call) const override {
    return call.target.starts_with(paths_.depth);
  }
  bool IsRefusedForTime(const HttpReply& reply) const override {
    return reply.body.find("-1021") != std::string::npos;
  }
  bool IsOfOrdersOnly(const HttpReply& reply) const override {
    return reply.body.find("-1015") != std::string::npos;
  }

  WireNews NewsOfTarget(std::string_view target) const override {
    const auto has = [target](const std::string& part) {
      return target.find(part) != std::string_view::npos;
    };
    WireNews news;
    news.is_login = !paths_.private_stream.empty() && has(paths_.private_stream);
    news.carries_books =
        !news.is_login && std::any_of(paths_.book_streams.begin(), paths_.book_streams.end(), has);
    return news;
  }

  WireNews NewsOfFrame(std::string_view text, bool carries_books) const override {
    WireNews news{.carries_books = carries_books};
    if (carries_books) {
      news.book_id = LastUpdateId(text);
    } else {
      news.is_login = text.find("\"subscriptionId\"") != std::string_view::npos &&
                      text.find("\"event\"") == std::string_view::npos;
    }
    return news;
  }

 private:
  Paths paths_;
};

}  // namespace

const WireDialect& BinanceSpotDialect() {
  static const auto& dialect = *new BinanceDialect({.order = "/api/v3/order",
                                                    .open_orders = "/api/v3/openOrders",
                                                    .depth = "/api/v3/depth",
                                                    .book_streams = {"/stream", "/ws/"},
                                                    .private_stream = ""});
  return dialect;
}

const WireDialect& BinancePerpetualDialect() {
  static const auto& dialect = *new BinanceDialect({.order = "/fapi/v1/order",
                                                    .conditional_order = "/fapi/v1/algoOrder",
                                                    .open_orders = "/fapi/v1/openOrders",
                                                    .depth = "/fapi/v1/depth",
                                                    .book_streams = {"/public/"},
                                                    .private_stream = "/private/"});
  return dialect;
}

}  // namespace colibri::simulation
