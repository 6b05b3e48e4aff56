// The order socket of the scripted venue: order_session.json says which call is which REST call.
#include <algorithm>

#include "core/strings.h"
#include "nlohmann/json.hpp"
#include "tests/conformance/scripted_venue.h"

namespace colibri::conformance {

void ScriptedVenue::MakeCurrent(const std::string& id) {
  const auto known = std::find_if(orders_.begin(), orders_.end(), [&](const VenueOrder& order) {
    return order.client_id == id || order.exchange_id == id;
  });
  current_ =
      known != orders_.end()
          ? *known
          : VenueOrder{.client_id = id, .exchange_id = StrCat(next_exchange_id_), .state = ""};
}

void ScriptedVenue::OnCall(FakeWebSocketPeer& peer, const std::string& frame) {
  const Envelope* const session = folder_.Find("order_session");
  if (session == nullptr || is_mute_) {
    return;
  }
  const Json calls = session->content().value("calls", Json::array());
  for (const Json& call : calls) {
    const Envelope* const envelope = folder_.Find(call.value("envelope", ""));
    if (envelope == nullptr || frame.find(call.value("contains", "?")) == std::string::npos) {
      continue;
    }
    ++calls_;
    used_.insert(envelope->name);
    const Json fields = Json::parse(frame);
    MakeCurrent(BodyText(FieldAt(fields, call.value("order_id", ""))));
    Variables variables = VariablesNow();
    const Json body = Filled(envelope->content(), variables).at("answer").at("body");
    Apply(envelope->content());
    if (answers_calls_) {
      variables["body"] = body.dump();
      variables["call_id"] = BodyText(FieldAt(fields, session->content().value("call_id", "")));
      Send(peer, BodyText(Filled(session->content().at("answer"), variables)));
    }
    return;
  }
}

}  // namespace colibri::conformance
