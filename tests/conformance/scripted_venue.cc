#include "tests/conformance/scripted_venue.h"

#include <algorithm>
#include <utility>

#include "gtest/gtest.h"

#include "core/strings.h"
#include "nlohmann/json.hpp"
#include "tests/support/gzip.h"

namespace colibri::conformance {
namespace {

constexpr std::string_view kSessions[] = {"market", "trade", "private", "order"};

}  // namespace

std::string_view ToString(Fault fault) {
  switch (fault) {
    case Fault::kNone:
      return "no fault";
    case Fault::kNotSent:
      return "not sent";
    case Fault::kCutBefore:
      return "cut before it was done";
    case Fault::kCutAfter:
      return "cut after it was done";
    case Fault::kTimeoutAfter:
      return "no answer after it was done";
    case Fault::kServerErrorBefore:
      return "HTTP 500 before it was done";
    case Fault::kServerErrorAfter:
      return "HTTP 500 after it was done";
    case Fault::kUnreadableAfter:
      return "an unreadable answer";
  }
  return "";
}

bool IsDone(Fault fault) {
  return fault == Fault::kNone || fault == Fault::kCutAfter || fault == Fault::kTimeoutAfter ||
         fault == Fault::kServerErrorAfter || fault == Fault::kUnreadableAfter;
}

ScriptedVenue::ScriptedVenue(std::string_view venue,
                             SimulatedEnvironment& environment,
                             FakeHttpTransport& http,
                             FakeWebSocketTransport& web_sockets)
    : folder_(venue), environment_(environment), http_(http), web_sockets_(web_sockets) {
  http_.set_responder([this](const HttpRequest& request) { return Answer(request); });
  web_sockets_.set_on_connect([this](FakeWebSocketPeer& peer) { OnConnect(peer); });
}

Variables ScriptedVenue::VariablesNow() const {
  const absl::Time now = environment_.clock().now();
  return {{"now_ms", StrCat(absl::ToUnixMillis(now))},
          {"now_s", StrCat(absl::ToUnixSeconds(now))},
          {"book_id", StrCat(book_id_)},
          {"client_order_id", current_.client_id},
          {"exchange_order_id", current_.exchange_id},
          {"sent", "null"}};
}

Json ScriptedVenue::Read(std::string_view name) {
  const Envelope* const envelope = folder_.Find(name);
  if (envelope == nullptr) {
    ADD_FAILURE() << "an envelope is missing: " << name << ".json";
    return Json::object();
  }
  used_.insert(envelope->name);
  return Filled(envelope->content(), VariablesNow());
}

Json ScriptedVenue::Expected(std::string_view name) {
  return Read(name).value("expected", Json::object());
}

void ScriptedVenue::Next(std::string_view name, int times) {
  const Envelope* const envelope = folder_.Find(name);
  ASSERT_NE(envelope, nullptr) << "an envelope is missing: " << name << ".json";
  next_.insert(next_.end(), static_cast<size_t>(times), envelope);
}

void ScriptedVenue::Always(std::string_view name) {
  const Envelope* const envelope = folder_.Find(name);
  ASSERT_NE(envelope, nullptr) << "an envelope is missing: " << name << ".json";
  standing_[envelope->kind] = envelope;
}

void ScriptedVenue::Push(std::string_view name) {
  const Json content = Read(name);
  const std::string session = content.value("stream", "");
  FakeWebSocketPeer* const peer = Stream(session);
  ASSERT_NE(peer, nullptr) << "there is no connection for " << name << ".json";
  for (const Json& frame : content.value("frames", Json::array())) {
    Send(*peer, BodyText(frame));
  }
  Apply(content);
}

void ScriptedVenue::Send(FakeWebSocketPeer& peer, const std::string& frame) {
  peer.Push(frame_encoding_ == FrameEncoding::kGzip ? Gzip(frame) : frame,
            absl::ToUnixNanos(environment_.clock().now()));
}

bool ScriptedVenue::Is(const FakeWebSocketPeer& peer, std::string_view session) const {
  const Envelope* const envelope = folder_.Find(StrCat(session, "_session"));
  if (envelope == nullptr) {
    return false;
  }
  const std::string sign = envelope->content().value("identified_by", "");
  return peer.request().url.path.find(sign) != std::string::npos ||
         std::any_of(peer.written().begin(), peer.written().end(), [&](const std::string& frame) {
           return frame.find(sign) != std::string::npos;
         });
}

FakeWebSocketPeer* ScriptedVenue::Stream(std::string_view session) {
  for (size_t i = web_sockets_.size(); i-- > 0;) {
    if (Is(web_sockets_.peer(i), session)) {
      return &web_sockets_.peer(i);
    }
  }
  return nullptr;
}

void ScriptedVenue::Break(std::string_view session) {
  FakeWebSocketPeer* const peer = Stream(session);
  ASSERT_NE(peer, nullptr) << "there is no connection of the session " << session;
  peer->Break("the connection was reset");
}

size_t ScriptedVenue::Connections(std::string_view session) {
  size_t count = 0;
  for (size_t i = 0; i < web_sockets_.size(); ++i) {
    count += Is(web_sockets_.peer(i), session) ? 1 : 0;
  }
  return count;
}

std::vector<Json> ScriptedVenue::Sent(std::string_view name) const {
  const Envelope* const envelope = folder_.Find(name);
  std::vector<Json> found;
  for (const auto& [kind, request] : sent_) {
    if (envelope != nullptr && Matches(folder_.RequestOf(*envelope), request)) {
      found.push_back(FieldsOf(request));
    }
  }
  return found;
}

size_t ScriptedVenue::SentOfKind(std::string_view kind) const {
  return static_cast<size_t>(std::count_if(
      sent_.begin(), sent_.end(), [&](const auto& sent) { return sent.first == kind; }));
}

std::string ScriptedVenue::KeyOf(std::string_view name) const {
  const Json& wanted = RequestNamed(name);
  return wanted.is_null() ? "" : StrCat(wanted.value("method", ""), " ", wanted.value("path", ""));
}

void ScriptedVenue::HoldPlacements() {
  http_.Hold(KeyOf("place_open"));
}

void ScriptedVenue::NoteHeldPlacement() {
  const Json& wanted = RequestNamed("place_open");
  for (const HttpRequest& request : http_.requests()) {
    if (Matches(wanted, request)) {
      Bind(wanted, request);
    }
  }
}

void ScriptedVenue::SetOrderState(std::string_view state) {
  current_.state = std::string(state);
  Save();
}

size_t ScriptedVenue::open_orders() const {
  return static_cast<size_t>(
      std::count_if(orders_.begin(), orders_.end(), [](const VenueOrder& order) {
        return order.state == "open" || order.state == "part";
      }));
}

void ScriptedVenue::OnConnect(FakeWebSocketPeer& peer) {
  peer.set_on_write([this, &peer](const std::string& frame) { OnWrite(peer, frame); });
  for (const std::string_view session : kSessions) {
    if (is_mute_ || !Is(peer, session)) {
      continue;
    }
    const Json content = Read(StrCat(session, "_session"));
    for (const Json& frame : content.value("opening", Json::array())) {
      Send(peer, BodyText(frame));
    }
  }
}

void ScriptedVenue::OnWrite(FakeWebSocketPeer& peer, const std::string& frame) {
  OnCall(peer, frame);
  Variables variables = VariablesNow();
  variables["sent"] = frame;
  for (const std::string_view session : kSessions) {
    const Envelope* const envelope = folder_.Find(StrCat(session, "_session"));
    if (envelope == nullptr || is_mute_) {
      continue;
    }
    used_.insert(envelope->name);
    for (const Json& reply : envelope->content().value("replies", Json::array())) {
      if (frame.find(reply.value("contains", "?")) == std::string::npos) {
        continue;
      }
      const Json frames = reply.value("frames", Json::array());
      for (const Json& answer : frames) {
        Send(peer, BodyText(Filled(answer, variables)));
      }
    }
  }
}

// Null where the folder has none yet.
const Json& ScriptedVenue::RequestNamed(std::string_view name) const {
  static const Json kNone;
  const Envelope* const envelope = folder_.Find(name);
  return envelope == nullptr ? kNone : folder_.RequestOf(*envelope);
}

// What names an order makes it the current one.
void ScriptedVenue::Bind(const Json& wanted, const HttpRequest& request) {
  const std::string path = wanted.is_object() ? wanted.value("order_id", "") : "";
  if (path.empty()) {
    return;
  }
  const Json found = FieldAt(FieldsOf(request), path);
  const std::string id = BodyText(found);
  if (const std::string other = wanted.value("replaced_order_id", ""); !other.empty()) {
    const std::string replaced = BodyText(FieldAt(FieldsOf(request), other));
    for (VenueOrder& order : orders_) {
      if (order.client_id == replaced || order.exchange_id == replaced) {
        order.state = "canceled";
      }
    }
  }
  MakeCurrent(id);
}

void ScriptedVenue::Save() {
  const auto known = std::find_if(orders_.begin(), orders_.end(), [&](const VenueOrder& order) {
    return order.client_id == current_.client_id;
  });
  if (known != orders_.end()) {
    *known = current_;
  } else {
    orders_.push_back(current_);
    ++next_exchange_id_;
  }
}

void ScriptedVenue::Apply(const Json& content) {
  const std::string effect = content.value("effect", "");
  if (effect == "all_canceled") {
    for (VenueOrder& order : orders_) {
      order.state = order.state == "open" || order.state == "part" ? "canceled" : order.state;
    }
    current_.state = "canceled";
  } else if (!effect.empty() && !current_.client_id.empty()) {
    // An answer that was on its way takes nothing back.
    if (effect != "open" || current_.state.empty()) {
      current_.state = effect;
    }
    Save();
  }
}

// Of the envelopes of one kind, the one that the venue's state calls for.
const Envelope* ScriptedVenue::ChooseOfKind(std::string_view kind, const HttpRequest& request) {
  if (const auto standing = standing_.find(kind); standing != standing_.end()) {
    Bind(folder_.RequestOf(*standing->second), request);
    return standing->second;
  }
  const auto is_open = [](const VenueOrder& order) {
    return order.state == "open" || order.state == "part";
  };
  if (kind == "place") {
    for (const auto& [name, envelope] : folder_.all()) {
      const bool is_taken =
          envelope.kind == kind && envelope.content().value("effect", "") == "open";
      if (is_taken && Matches(folder_.RequestOf(envelope), request)) {
        Bind(folder_.RequestOf(envelope), request);
        return &envelope;
      }
    }
    return nullptr;
  }
  if (kind == "cancel") {
    Bind(RequestNamed("cancel_ok"), request);
    return folder_.Find(is_open(current_) ? "cancel_ok" : "cancel_unknown");
  }
  if (kind == "order") {
    Bind(RequestNamed("order_not_found"), request);
    const Envelope* known = folder_.Find(StrCat("order_", current_.state));
    return known != nullptr ? known : folder_.Find("order_not_found");
  }
  if (kind == "open_orders") {
    const auto open = std::find_if(orders_.begin(), orders_.end(), is_open);
    if (open == orders_.end()) {
      return folder_.Find("open_orders_none");
    }
    current_ = *open;
    return folder_.Find("open_orders_one");
  }
  if (kind == "trades") {
    for (const VenueOrder& order : orders_) {
      if (order.state == "filled" || order.state == "part") {
        current_ = order;
        return folder_.Find(order.state == "filled" ? "trades_full" : "trades_part");
      }
    }
    return folder_.Find("trades_none");
  }
  if (kind == "positions") {
    const bool has_one = std::any_of(orders_.begin(), orders_.end(), [](const VenueOrder& order) {
      return order.state == "filled";
    });
    return folder_.Find(has_one ? "positions_long" : "positions_none");
  }
  const std::string name(kind);
  const std::string defaults[] = {
      name, StrCat(name, "_ok"), StrCat(name, "_none"), StrCat(name, "_one_way")};
  for (const std::string& wanted : defaults) {
    const Envelope* const envelope = folder_.Find(wanted);
    if (envelope != nullptr && Matches(folder_.RequestOf(*envelope), request)) {
      Bind(folder_.RequestOf(*envelope), request);
      return envelope;
    }
  }
  for (const auto& [other, envelope] : folder_.all()) {
    if (envelope.kind == kind && Matches(folder_.RequestOf(envelope), request)) {
      Bind(folder_.RequestOf(envelope), request);
      return &envelope;
    }
  }
  return nullptr;
}

const Envelope* ScriptedVenue::Choose(const HttpRequest& request) {
  for (auto queued = next_.begin(); queued != next_.end(); ++queued) {
    const Json& wanted = folder_.RequestOf(**queued);
    if (Matches(wanted, request)) {
      const Envelope* const envelope = *queued;
      next_.erase(queued);
      Bind(wanted, request);
      return envelope;
    }
  }
  for (const std::string_view kind : kRequestKinds) {
    for (const auto& [name, envelope] : folder_.all()) {
      if (envelope.kind == kind && Matches(folder_.RequestOf(envelope), request)) {
        return ChooseOfKind(kind, request);
      }
    }
  }
  return nullptr;
}

HttpResult ScriptedVenue::Serve(const Envelope& envelope, const HttpRequest& request) {
  used_.insert(envelope.name);
  const Json wanted = Filled(folder_.RequestOf(envelope), VariablesNow());
  const std::string difference = FindDifference(wanted, request);
  EXPECT_TRUE(difference.empty()) << "the request of " << envelope.name << ".json: " << difference
                                  << ": " << ToString(request.method) << " " << request.url.path
                                  << " " << request.body;
  const Json content = Filled(envelope.content(), VariablesNow());
  const Json answer = content.value("answer", Json::object());
  HttpHeaders headers;
  const Json given = answer.value("headers", Json::object());
  for (const auto& [name, value] : given.items()) {
    headers.emplace_back(name, value.get<std::string>());
  }
  Apply(content);
  return FakeHttpTransport::Ok(
      BodyText(answer.value("body", Json(""))), answer.value("status", 200), std::move(headers));
}

std::optional<HttpResult> ScriptedVenue::Answer(const HttpRequest& request) {
  const absl::Status cut = absl::UnavailableError("the connection was cut");
  ++steps_;
  if (fault && !is_over_) {
    // The kind is told before the state changes.
    std::string kind;
    for (const auto& [name, envelope] : folder_.all()) {
      if (kind.empty() && !envelope.kind.empty() && Matches(folder_.RequestOf(envelope), request)) {
        kind = envelope.kind;
      }
    }
    const Fault wanted = fault(steps_, kind);
    if (wanted != Fault::kNone) {
      sent_.emplace_back(kind, request);
      HttpResult result;
      if (IsDone(wanted)) {
        if (const Envelope* envelope = Choose(request)) {
          result = Serve(*envelope, request);
        }
      }
      switch (wanted) {
        case Fault::kNotSent:
          return HttpResult{.status = cut, .may_have_been_sent = false, .response = {}};
        case Fault::kTimeoutAfter:
          return HttpResult{.status = absl::DeadlineExceededError("no answer"),
                            .may_have_been_sent = true,
                            .response = {}};
        case Fault::kServerErrorBefore:
        case Fault::kServerErrorAfter:
          return FakeHttpTransport::Ok("<html>Internal Server Error</html>", 500);
        case Fault::kUnreadableAfter:
          result.response.body = result.response.body.substr(0, result.response.body.size() / 2);
          return result;
        default:
          return HttpResult{.status = cut, .may_have_been_sent = true, .response = {}};
      }
    }
  }
  const Envelope* const envelope = Choose(request);
  if (envelope == nullptr) {
    if (is_over_) {
      return HttpResult{.status = cut, .may_have_been_sent = false, .response = {}};
    }
    ADD_FAILURE() << "no envelope is for " << ToString(request.method) << " " << request.url.path
                  << " " << request.body;
    return HttpResult{.status = cut, .may_have_been_sent = false, .response = {}};
  }
  sent_.emplace_back(envelope->kind, request);
  return Serve(*envelope, request);
}

}  // namespace colibri::conformance
