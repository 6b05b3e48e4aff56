#include "exchanges/binance_common/binance_order_socket_source.h"

#include <algorithm>
#include <charconv>
#include <list>
#include <utility>

#include "auth/encoding.h"
#include "connector/json_members.h"
#include "core/status_macros.h"
#include "core/strings.h"

namespace colibri::binance {
namespace {

constexpr std::string_view kLogonMethod = "session.logon";
constexpr int kUnauthorized = 401;

template <typename Integer>
bool ReadInteger(std::string_view text, Integer& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size();
}

// "symbol=BTCUSDT&newClientOrderId=a%2Fb": frames carry values as they are. Those that are encoded
// are decoded into `decoded`.
absl::Status ReadParameters(std::string_view query,
                            std::list<std::string>& decoded,
                            FrameParameters& parameters) {
  while (!query.empty()) {
    const size_t end = std::min(query.find('&'), query.size());
    const std::string_view parameter = query.substr(0, end);
    const size_t equals = std::min(parameter.find('='), parameter.size());
    std::string_view value = parameter.substr(std::min(equals + 1, parameter.size()));
    if (value.find('%') != std::string_view::npos) {
      ASSIGN_OR_RETURN(std::string text, PercentDecode(value));
      value = decoded.emplace_back(std::move(text));
    }
    parameters.emplace_back(parameter.substr(0, equals), value);
    query.remove_prefix(std::min(end + 1, query.size()));
  }
  return absl::OkStatus();
}

// {"rateLimitType":"ORDERS","interval":"SECOND","intervalNum":10,"limit":50,"count":3} as the
// header x-mbx-order-count-10s: 3.
void AddUsed(std::string_view entry, HttpHeaders& headers) {
  std::string_view type;
  std::string_view interval;
  std::string_view number;
  std::string_view count;
  ForEachMember(entry, [&](std::string_view name, std::string_view value) {
    if (name == "rateLimitType") {
      type = RawText(value);
    } else if (name == "interval") {
      interval = RawText(value);
    } else if (name == "intervalNum") {
      number = value;
    } else if (name == "count") {
      count = value;
    }
  });
  const std::string_view header = type == "REQUEST_WEIGHT" ? "x-mbx-used-weight-"
                                  : type == "ORDERS"       ? "x-mbx-order-count-"
                                                           : std::string_view();
  if (header.empty() || interval.empty() || count.empty()) {
    return;
  }
  const char letter = static_cast<char>(interval.front() - 'A' + 'a');  // MINUTE: m
  headers.emplace_back(StrCat(header, number, std::string_view(&letter, 1)), std::string(count));
}

// {"code":-1003,"msg":"..","data":{"serverTime":1659142907531,"retryAfter":1659142920000}}: REST
// says so in seconds, in a header.
void AddRetryAfter(std::string_view error, HttpHeaders& headers) {
  int64_t now_ms = 0;
  int64_t until_ms = 0;
  ForEachMember(error, [&](std::string_view name, std::string_view value) {
    if (name != "data") {
      return;
    }
    ForEachMember(value, [&](std::string_view key, std::string_view number) {
      if (key == "serverTime") {
        ReadInteger(number, now_ms);
      } else if (key == "retryAfter") {
        ReadInteger(number, until_ms);
      }
    });
  });
  if (now_ms > 0 && until_ms > now_ms) {
    headers.emplace_back("retry-after", StrCat((until_ms - now_ms + 999) / 1000));
  }
}

absl::Status Unreadable(std::string_view what) {
  return absl::DataLossError(StrCat("Binance order answer: ", what));
}

}  // namespace

const SocketMethod* BinanceOrderSocketSource::Find(const VenueCall& call) const {
  const auto found = std::find_if(
      dialect_.methods.begin(), dialect_.methods.end(), [&call](const SocketMethod& method) {
        return method.method == call.request.method && method.path == call.request.path;
      });
  return found == dialect_.methods.end() ? nullptr : &*found;
}

bool BinanceOrderSocketSource::Takes(const VenueCall& call) const {
  return Find(call) != nullptr && call.request.body.empty();
}

absl::StatusOr<std::string> BinanceOrderSocketSource::MakeFrame(const VenueCall& call,
                                                                uint64_t id,
                                                                const Auth& auth,
                                                                absl::Time venue_now) const {
  const SocketMethod* method = Find(call);
  if (method == nullptr) {
    return absl::InvalidArgumentError(StrCat(call.request.path, " goes by REST"));
  }
  std::list<std::string> decoded;
  parameters_.clear();
  RETURN_IF_ERROR(ReadParameters(call.request.query, decoded, parameters_));
  const absl::AlphaNum id_text(id);
  if (!auth.takes_logon()) {
    return auth.SignFrame(method->name, parameters_, Std(id_text.Piece()), venue_now);
  }
  const absl::AlphaNum now_text(absl::ToUnixMillis(venue_now));
  parameters_.emplace_back("timestamp", Std(now_text.Piece()));
  ASSIGN_OR_RETURN(const FrameTemplate* frame, templates_.Of(method->name, parameters_));
  return frame->Write(Std(id_text.Piece()), parameters_, /*signature=*/"");
}

absl::StatusOr<std::string> BinanceOrderSocketSource::LoginFrame(uint64_t id,
                                                                 const Auth& auth,
                                                                 absl::Time venue_now) const {
  return auth.takes_logon() ? auth.SignFrame(kLogonMethod, {}, StrCat(id), venue_now)
                            : OrderSocketSource::LoginFrame(id, auth, venue_now);
}

OrderSocketProbe BinanceOrderSocketSource::MakeProbe(uint64_t id) const {
  return {.frame = StrCat("{\"id\":\"", id, "\",\"method\":\"", dialect_.probe_method, "\"}"),
          .charges = dialect_.probe_charges};
}

// {"id":"7","status":200,"result":{...},"rateLimits":[...]}, or with "error":{"code":..,"msg":..}.
// {"event":{"e":"serverShutdown",...}} announces the end of the connection. A logon whose key is no
// longer allowed is revoked with {"id":null,"status":401,"error":{"code":-2015,...}}.
absl::StatusOr<OrderSocketMessage> BinanceOrderSocketSource::Parse(std::string_view frame) {
  std::string_view id;
  std::string_view status;
  std::string_view content;
  std::string_view error;
  std::string_view limits;
  std::string_view event;
  const bool is_whole = ForEachMember(frame, [&](std::string_view name, std::string_view value) {
    if (name == "id") {
      id = value.starts_with('"') ? RawText(value) : value;
    } else if (name == "status") {
      status = value;
    } else if (name == "result") {
      content = value;
    } else if (name == "error") {
      error = content = value;
    } else if (name == "rateLimits") {
      limits = value;
    } else if (name == "event" || name == "e") {
      event = value;
    }
  });
  if (!is_whole) {
    return Unreadable("is no whole JSON object");
  }
  OrderSocketMessage message;
  if (!event.empty()) {
    const bool is_ending = event.find("serverShutdown") != std::string_view::npos;
    message.kind =
        is_ending ? OrderSocketMessage::Kind::kEnding : OrderSocketMessage::Kind::kIgnored;
    return message;
  }
  HttpResponse& response = message.response;
  if (!ReadInteger(status, response.status) || response.status < 100 || response.status > 599) {
    return Unreadable("status is no HTTP status");
  }
  if (id == "null" && response.status == kUnauthorized) {
    message.kind = OrderSocketMessage::Kind::kEnded;
    return message;
  }
  if (!ReadInteger(id, message.id)) {
    return Unreadable("id is none of ours");
  }
  message.kind = OrderSocketMessage::Kind::kAnswer;
  response.body = std::string(content);
  ForEachElement(limits, [&](std::string_view entry) { AddUsed(entry, response.headers); });
  if (!error.empty()) {
    AddRetryAfter(error, response.headers);
  }
  return message;
}

}  // namespace colibri::binance
