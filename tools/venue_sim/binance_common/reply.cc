#include "tools/venue_sim/binance_common/reply.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/time/time.h"
#include <nlohmann/json.hpp>

#include "core/strings.h"

namespace colibri::venue_sim::binance {

Reply::Reply(Json json) : content(std::make_shared<Json>(std::move(json))) {}

Reply::Reply(const VenueError& error)
    : status(error.http_status),
      content(std::make_shared<Json>(Json{{"code", error.code}, {"msg", error.message}})) {}

Target SplitTarget(std::string_view target, std::initializer_list<std::string_view> roots) {
  const size_t mark = target.find('?');
  Target parts{
      .path = target.substr(0, mark),
      .query = mark == std::string_view::npos ? std::string_view() : target.substr(mark + 1)};
  for (const std::string_view root : roots) {
    const size_t found = parts.path.find(root);
    if (found != std::string_view::npos) {
      parts.path = parts.path.substr(found);
      break;
    }
  }
  return parts;
}

std::string HeaderOf(const HttpCall& call, std::string_view lower_name) {
  for (const auto& [name, value] : call.headers) {
    if (absl::AsciiStrToLower(name) == Abs(lower_name)) {
      return value;
    }
  }
  return "";
}

HttpReply JsonReply(int status, const Json& body) {
  return {.status = status,
          .headers = {{"Content-Type", "application/json;charset=UTF-8"}},
          .body = Text(body)};
}

VenueError UnknownOutcome(int http_status) {
  return {-1000, "Unknown error, please check your request or try again later.", http_status};
}

Json RefusalJson(const Refusal& refusal, int request_weight_per_minute) {
  const std::string limit =
      StrCat("current limit of IP is ", request_weight_per_minute, " request weight per 1 MINUTE");
  const std::string message =
      refusal.http_status == 418
          ? StrCat("Way too much request weight used; IP banned until ",
                   refusal.retry_at_ms,
                   ". Please use WebSocket Streams for live updates to avoid bans.")
          : StrCat("Too much request weight used; ",
                   std::string_view(limit),
                   ". Please use WebSocket Streams for live updates to avoid polling the API.");
  return {{"code", -1003}, {"msg", message}};
}

Refusal RefusalOf(const RequestFate& fate, int64_t now_ms) {
  return {.http_status = fate.http_status,
          .retry_at_ms = fate.retry_after.has_value()
                             ? now_ms + absl::ToInt64Milliseconds(*fate.retry_after)
                             : 0};
}

HttpReply NoSuchCall(bool is_known_path) {
  return is_known_path ? JsonReply(405, {{"code", -1020}, {"msg", "Method not allowed."}})
                       : JsonReply(404, {{"code", -1020}, {"msg", "Not found."}});
}

bool IsUsableId(const Json& id) {
  return id.is_null() || id.is_number_integer() ||
         (id.is_string() && id.get_ref<const std::string&>().size() <= 36);
}

OrError<Params> ParamsOf(const Json& request) {
  Params params;
  const auto given = request.find("params");
  if (given == request.end() || given->is_null()) {
    return params;
  }
  if (!given->is_object()) {
    return VenueError{-1135, "Invalid JSON Request"};
  }
  for (const auto& [name, value] : given->items()) {
    params.Add(name, value.is_string() ? value.get<std::string>() : Text(value));
  }
  return params;
}

std::string RandomId(Random& random, size_t length) {
  constexpr std::string_view kAlphabet =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  std::string id(length, '0');
  for (char& c : id) {
    c = kAlphabet[random.Uniform(kAlphabet.size())];
  }
  return id;
}

Json LimitJson(const char* type, const char* interval, int interval_count, int64_t limit) {
  return {{"rateLimitType", type},
          {"interval", interval},
          {"intervalNum", interval_count},
          {"limit", limit}};
}

HttpReply TrafficReply(const Traffic& traffic, const RateLimits& limits, std::string_view query) {
  const OrError<Params> params = Params::Parse(query, "");
  const OrError<int64_t> since =
      params.ok() ? params->IntegerOr("since", 0, 0, INT64_MAX) : OrError<int64_t>(params.status());
  if (!since.ok()) {
    const Reply refused = since.status();
    return JsonReply(refused.status, refused.body());
  }
  const SimTrafficView& view = traffic.view();
  int64_t number = view.call_count - static_cast<int64_t>(view.calls.size());
  Json calls = Json::array();
  for (const SimCallView& call : view.calls) {
    if (number >= *since) {
      calls.push_back({{"number", number},
                       {"at_us", absl::ToUnixMicros(call.at)},
                       {"name", call.name},
                       {"client_order_id", call.client_order_id}});
    }
    ++number;
  }
  return JsonReply(200,
                   {{"requests", view.requests},
                    {"repeated_client_order_ids", view.repeated_client_order_ids},
                    {"overuse_refusals", limits.refusal_count()},
                    {"overuse_bans", limits.ban_refusal_count()},
                    {"order_overuse_refusals", view.order_overuse_refusals},
                    {"stream_overuse_closings", view.stream_overuse_closings},
                    {"call_count", view.call_count},
                    {"calls", std::move(calls)}});
}

HttpReply AnswerThroughFaults(RequestFaults& faults,
                              FaultSubject request_class,
                              const std::function<HttpReply()>& execute,
                              const std::function<HttpReply(const RequestFate&)>& refuse,
                              const std::function<HttpReply(const VenueError&)>& fail) {
  const RequestFate fate = faults.Decide(request_class);
  HttpReply reply;
  if (fate.answer == FaultedAnswer::kRefusal) {
    reply = refuse(fate);
  } else if (fate.executes) {
    reply = execute();
  }
  if (fate.answer == FaultedAnswer::kError) {
    reply = fail(UnknownOutcome(fate.http_status));
  }
  reply.body = faults.Spoil(fate.answer, std::move(reply.body));
  reply.hang_up = fate.answer == FaultedAnswer::kHangUp;
  reply.is_swallowed = fate.answer == FaultedAnswer::kNothing;
  reply.delay = fate.delay;
  return reply;
}

}  // namespace colibri::venue_sim::binance
