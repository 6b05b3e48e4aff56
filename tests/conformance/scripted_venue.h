// The far side of the connector: answers each request with the envelope that its state calls for,
// and holds the sockets.
//
//   ScriptedVenue venue("binance", environment, http, web_sockets);
//   venue.Next("place_refused");          // the next request of that kind; then as before
//   venue.Push("stream_fill_part");       // on the stream that the envelope names
//   venue.fault = [](int step, std::string_view kind) { return Fault::kCutAfter; };
//
// It remembers the orders that it took, by "effect" of the envelopes: open, part, filled, canceled.
// Queries, lists and trades follow. Fails the test at a request without an envelope, or with other
// fields than the envelope asks for.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "connector/simulated_environment.h"
#include "connector/venue_spec.h"
#include "tests/conformance/envelope.h"
#include "tests/support/fake_transport.h"

namespace colibri::conformance {

// What becomes of a request instead of its answer.
enum class Fault {
  kNone,
  kNotSent,            // no connection: certainly not at the venue
  kCutBefore,          // may have been sent, and was not
  kCutAfter,           // done, and the answer lost
  kTimeoutAfter,       // done, and nothing comes
  kServerErrorBefore,  // HTTP 500, not done
  kServerErrorAfter,   // HTTP 500, done
  kUnreadableAfter,    // done, and the answer is cut in the middle
};
std::string_view ToString(Fault fault);
bool IsDone(Fault fault);

class ScriptedVenue {
 public:
  ScriptedVenue(std::string_view venue,
                SimulatedEnvironment& environment,
                FakeHttpTransport& http,
                FakeWebSocketTransport& web_sockets);

  // How its frames are packed; what is pushed to a peer directly is not.
  void set_frame_encoding(FrameEncoding encoding) { frame_encoding_ = encoding; }
  const EnvelopeFolder& folder() const { return folder_; }
  bool Has(std::string_view name) const { return folder_.Find(name) != nullptr; }
  // With its placeholders filled in; fails the test when there is none.
  Json Read(std::string_view name);
  Json Expected(std::string_view name);

  void Next(std::string_view name, int times = 1);
  // From now on, for its kind.
  void Always(std::string_view name);
  void Push(std::string_view name);
  // The latest connection of the session "market", "trade", "private" or "order"; null when there
  // is none.
  FakeWebSocketPeer* Stream(std::string_view session);
  void Break(std::string_view session);
  size_t Connections(std::string_view session);
  // The fields of requests that the envelope's request matches.
  std::vector<Json> Sent(std::string_view name) const;
  size_t SentOfKind(std::string_view kind) const;

  // Placements wait for their answers, and the last of them names the current order.
  void HoldPlacements();
  void NoteHeldPlacement();
  // What became of the current order, without a word to anybody.
  void SetOrderState(std::string_view state);
  // Of the orders that the venue has: open or filled in part.
  size_t open_orders() const;
  std::string KeyOf(std::string_view name) const;  // "POST /order", of FakeHttpTransport::Hold

  // The venue's book goes on by ten updates.
  void AdvanceBook() { book_id_ += 10; }
  // The test is over: what has no envelope is left without an answer.
  void set_is_over(bool is_over) { is_over_ = is_over; }
  // Calls on the order socket are done, and not answered.
  void set_answers_calls(bool answers_calls) { answers_calls_ = answers_calls; }
  size_t calls() const { return calls_; }  // on the order socket
  // Streams connect, and say nothing.
  void set_is_mute(bool is_mute) { is_mute_ = is_mute; }

  // Asked at each request, counted from 1.
  std::function<Fault(int step, std::string_view kind)> fault;
  int steps() const { return steps_; }
  // Names of the envelopes that were served, pushed or read.
  const std::set<std::string, std::less<>>& used() const { return used_; }

 private:
  struct VenueOrder {
    std::string client_id;  // as the venue writes it
    std::string exchange_id;
    std::string state;  // empty: the venue has it not
  };

  Variables VariablesNow() const;
  std::optional<HttpResult> Answer(const HttpRequest& request);
  const Json& RequestNamed(std::string_view name) const;
  const Envelope* Choose(const HttpRequest& request);
  const Envelope* ChooseOfKind(std::string_view kind, const HttpRequest& request);
  void Bind(const Json& wanted, const HttpRequest& request);
  void MakeCurrent(const std::string& id);
  void Apply(const Json& content);
  void Save();
  HttpResult Serve(const Envelope& envelope, const HttpRequest& request);
  void Send(FakeWebSocketPeer& peer, const std::string& frame);
  void OnConnect(FakeWebSocketPeer& peer);
  void OnWrite(FakeWebSocketPeer& peer, const std::string& frame);
  // A call on the order socket, answered by the envelope of the REST call that it stands for.
  void OnCall(FakeWebSocketPeer& peer, const std::string& frame);
  bool Is(const FakeWebSocketPeer& peer, std::string_view session) const;

  EnvelopeFolder folder_;
  FrameEncoding frame_encoding_ = FrameEncoding::kText;
  SimulatedEnvironment& environment_;
  FakeHttpTransport& http_;
  FakeWebSocketTransport& web_sockets_;
  std::deque<const Envelope*> next_;
  std::map<std::string, const Envelope*, std::less<>> standing_;  // by kind
  std::vector<VenueOrder> orders_;
  VenueOrder current_;
  std::set<std::string, std::less<>> used_;
  std::vector<std::pair<std::string, HttpRequest>> sent_;  // by kind
  int64_t book_id_ = 100;
  int64_t next_exchange_id_ = 28;
  int steps_ = 0;
  bool is_over_ = false;
  bool is_mute_ = false;
  bool answers_calls_ = true;
  size_t calls_ = 0;
};

}  // namespace colibri::conformance
