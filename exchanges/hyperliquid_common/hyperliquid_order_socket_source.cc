#include "exchanges/hyperliquid_common/hyperliquid_order_socket_source.h"

#include <charconv>

#include "connector/json_members.h"
#include "core/strings.h"

namespace colibri::hyperliquid {
namespace {

template <typename Integer>
bool ReadInteger(std::string_view text, Integer& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size();
}

// An error's payload is a text, "429 Too many requests" where it has a status. Without one nobody
// knows what became of the action: like an error of the server.
int StatusOf(std::string_view words) {
  int status = 0;
  const bool has_status =
      ReadInteger(words.substr(0, words.find(' ')), status) && status >= 400 && status <= 599;
  return has_status ? status : 500;
}

absl::Status Unreadable(std::string_view what) {
  return absl::DataLossError(StrCat("Hyperliquid post answer: ", what));
}

}  // namespace

bool HyperliquidOrderSocketSource::Takes(const VenueCall& call) const {
  return call.security == CallSecurity::kSigned && call.request.path == "/exchange";
}

absl::StatusOr<std::string> HyperliquidOrderSocketSource::MakeFrame(const VenueCall& call,
                                                                    uint64_t id,
                                                                    const Auth& auth,
                                                                    absl::Time venue_now) const {
  return auth.SignFrame("post", {{"action", call.request.body}}, StrCat(id), venue_now);
}

OrderSocketProbe HyperliquidOrderSocketSource::MakeProbe(uint64_t /*id*/) const {
  return {.frame = R"({"method":"ping"})", .charges = {}};
}

// {"channel":"post","data":{"id":7,"response":{"type":"action","payload":{"status":"ok",
//  "response":{...}}}}}, or "type":"error" and a text for payload.
absl::StatusOr<OrderSocketMessage> HyperliquidOrderSocketSource::Parse(std::string_view frame) {
  OrderSocketMessage message;
  if (!frame.starts_with('{')) {
    return message;  // "Websocket connection established."
  }
  std::string_view channel;
  std::string_view id;
  std::string_view type;
  std::string_view payload;
  const bool is_whole = ForEachMember(frame, [&](std::string_view name, std::string_view value) {
    if (name == "channel") {
      channel = RawText(value);
    } else if (name == "data") {
      ForEachMember(value, [&](std::string_view key, std::string_view content) {
        if (key == "id") {
          id = content;
        } else if (key == "response") {
          ForEachMember(content, [&](std::string_view part, std::string_view what) {
            (part == "type" ? type : payload) = part == "type" ? RawText(what) : what;
          });
        }
      });
    }
  });
  if (!is_whole) {
    return Unreadable("is no whole JSON object");
  }
  if (channel == "error") {
    return Unreadable("an error that names no post");  // one of ours could not be read
  }
  if (channel != "post") {
    return message;
  }
  if (!ReadInteger(id, message.id)) {
    return Unreadable("id is none of ours");
  }
  message.kind = OrderSocketMessage::Kind::kAnswer;
  if (type == "error") {
    message.response.body = std::string(RawText(payload));
    message.response.status = StatusOf(message.response.body);
  } else if (type == "action" && payload.starts_with('{')) {
    message.response.body = std::string(payload);
    message.response.status = 200;
  } else {
    return Unreadable("response is neither an action nor an error");
  }
  return message;
}

}  // namespace colibri::hyperliquid
