// The dialect of Hyperliquid: two paths, and the body says what is asked for. Books come whole, on
// the same kind of connection as the private news.
#include <string>

#include "absl/strings/numbers.h"
#include <nlohmann/json.hpp>

#include "core/ids.h"
#include "core/strings.h"
#include "exchanges/hyperliquid_common/cloid.h"
#include "tests/simulation/wire_dialect.h"

namespace colibri::simulation {

using venue_sim::HttpCall;
using venue_sim::HttpReply;

namespace {

using Json = nlohmann::json;

Json Parse(std::string_view text) {
  return Json::parse(text, nullptr, /*allow_exceptions=*/false);
}

std::string TextOf(const Json& object, const char* key) {
  const auto found = object.is_object() ? object.find(key) : object.end();
  return object.is_object() && found != object.end() && found->is_string()
             ? found->get<std::string>()
             : std::string();
}

std::string KindOf(const HttpCall& call) {
  const Json body = Parse(call.body);
  return call.target == "/exchange" && body.is_object()
             ? TextOf(body.value("action", Json()), "type")
             : TextOf(body, "type");
}

// {"coin":"BTC","levels":[[{"n":1,"px":"60000","sz":"0.1"},...],[...]],"time":1700000000000}
std::optional<BookTruth> ReadBook(const Json& data) {
  if (!data.is_object() || !data.contains("levels") || !data.contains("time")) {
    return std::nullopt;
  }
  BookTruth book{.last_update_id = data["time"].get<int64_t>()};
  for (const size_t side : {0, 1}) {
    for (const Json& level : data["levels"].at(side)) {
      (side == 0 ? book.bids : book.asks)
          .emplace_back(*Decimal::Parse(level["px"].get_ref<const std::string&>()),
                        *Decimal::Parse(level["sz"].get_ref<const std::string&>()));
    }
  }
  return book;
}

class Dialect final : public WireDialect {
 public:
  std::string NameOf(const HttpCall& call) const override {
    return StrCat(call.target, " ", std::string_view(call.body).substr(0, 300));
  }

  std::string PlacedId(const HttpCall& call) const override {
    if (call.target != "/exchange") {
      return {};
    }
    const Json body = Parse(call.body);
    const Json action = body.is_object() ? body.value("action", Json()) : Json();
    const std::string type = TextOf(action, "type");
    if (type != "order" && type != "modify") {
      return {};
    }
    const Json& order = type == "order" ? action["orders"].at(0) : action["order"];
    return hyperliquid::ClientOrderIdOf(TextOf(order, "c")).ToString();
  }

  std::optional<int64_t> NonceOf(const HttpCall& call) const override {
    if (call.target != "/exchange") {
      return std::nullopt;
    }
    const Json body = Parse(call.body);
    return body.is_object() && body.contains("nonce") ? std::optional(body["nonce"].get<int64_t>())
                                                      : std::nullopt;
  }

  std::optional<WireCall> CallOfFrame(std::string_view text) const override {
    const Json frame = Parse(text);
    if (TextOf(frame, "method") != "post" || TextOf(frame["request"], "type") != "action") {
      return std::nullopt;
    }
    WireCall call{.id = frame["id"].dump(), .call = {}};
    call.call.method = "POST";
    call.call.target = "/exchange";
    call.call.body = frame["request"]["payload"].dump();
    return call;
  }
  std::optional<WireAnswer> AnswerOfFrame(std::string_view text) const override {
    const Json frame = Parse(text);
    if (TextOf(frame, "channel") != "post") {
      return std::nullopt;
    }
    WireAnswer answer{.id = frame["data"]["id"].dump(), .reply = {}};
    const Json& response = frame["data"]["response"];
    answer.reply.body = response["payload"].dump();
    int status = 200;
    if (TextOf(response, "type") == "error") {
      (void)absl::SimpleAtoi(TextOf(response, "payload").substr(0, 3), &status);
    }
    answer.reply.status = status;
    return answer;
  }

  bool ReadsOpenOrders(const HttpCall& call) const override {
    return call.target == "/info" && KindOf(call) == "frontendOpenOrders";
  }
  bool ReadsBook(const HttpCall& call) const override {
    return call.target == "/info" && KindOf(call) == "l2Book";
  }
  bool IsRefusedForTime(const HttpReply& reply) const override {
    return reply.body.find("\"Invalid nonce") != std::string::npos;
  }
  std::optional<BookTruth> BookOf(const HttpReply& reply) const override {
    return ReadBook(Parse(reply.body));
  }

  // Connections are alike, until they are asked for something.
  WireNews NewsOfTarget(std::string_view /*target*/) const override { return {}; }
  WireNews NewsOfWritten(std::string_view text) const override {
    return {.may_carry_books = text.find("\"subscribe\"") != std::string_view::npos &&
                               text.find("\"l2Book\"") != std::string_view::npos};
  }

  WireNews NewsOfFrame(std::string_view text, bool carries_books) const override {
    WireNews news{.carries_books = carries_books};
    const bool is_book = text.find("\"l2Book\"") != std::string_view::npos;
    if (!is_book && text.find("\"subscriptionResponse\"") == std::string_view::npos) {
      return news;
    }
    const Json frame = Parse(text);
    if (!frame.is_object()) {
      return news;  // cut off
    }
    if (TextOf(frame, "channel") == "l2Book") {
      news.carries_books = true;
      news.book = ReadBook(frame.value("data", Json()));
      if (news.book.has_value()) {
        news.book_id = news.book->last_update_id;
      }
      return news;
    }
    const std::string type = TextOf(frame["data"].value("subscription", Json()), "type");
    news.carries_books |= type == "l2Book";
    news.is_login = type == "orderUpdates";  // the last that the connector asks for
    return news;
  }
};

}  // namespace

const WireDialect& HyperliquidDialect() {
  static const auto& dialect = *new Dialect();
  return dialect;
}

}  // namespace colibri::simulation
