// Holds the promises that only the wire can prove.
//
//   WireChecker checker([&](std::string violation) { ... });
//   checker.NoteSent(call, now, intent);       // at the moment a request leaves the process
//   checker.NoteAnswer(call, reply, now);      // at the moment its answer reaches it
//   checker.NoteFrame(session, text, now);
//
// No client order id is placed twice, but for a refusal of its time; no order is sent before its
// intent is in the journal, or after its deadline; nothing is sent while a Retry-After runs; a
// request is seldom refused for its time again after the clock was asked; no order is placed after
// a private stream came up until the venue's open orders were read; no nonce is used twice,
// whatever the process. Thread: the environment's.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/time/time.h"

#include "core/strings.h"
#include "tests/simulation/wire_dialect.h"
#include "tools/venue_sim/sim_venue.h"

namespace colibri::simulation {

class WireChecker {
 public:
  using Reporter = std::function<void(std::string violation)>;

  // The book's messages that have reached the process on the connection it reads.
  struct Feed {
    bool is_open = false;
    absl::Time changed_at = absl::InfinitePast();  // opened, or got its last one, or ended
    int64_t last_update_id = 0;
  };

  // Where messages are whole books: of so many ids they are remembered.
  static constexpr size_t kWholeBooksMax = 64;

  explicit WireChecker(const WireDialect& dialect) : dialect_(dialect) {}

  const WireDialect& dialect() const { return dialect_; }
  void set_reporter(Reporter reporter) { reporter_ = std::move(reporter); }

  // A new process knows nothing of what the venue told the old one.
  void Restart();

  // intent: when it was written, of an order that is placed.
  void NoteSent(const venue_sim::HttpCall& call, absl::Time now, std::optional<absl::Time> intent);
  void NoteAnswer(const venue_sim::HttpCall& call,
                  const venue_sim::HttpReply& reply,
                  absl::Time now);
  void NoteOpened(venue_sim::SessionId session, std::string_view target, absl::Time now);
  void NoteFrame(venue_sim::SessionId session, std::string_view text, absl::Time now);
  // A frame that the process sends.
  void NoteWritten(venue_sim::SessionId session, std::string_view text, absl::Time now);
  // Either side closed it, and the process knows.
  void NoteEnded(venue_sim::SessionId session, absl::Time now);

  // The private stream is back, and the open orders have not been read since.
  bool are_orders_unread(absl::Time now) const {
    return logged_in_at_ < now && orders_read_at_ < logged_in_at_;
  }
  // Of the oldest market connection that has not ended.
  Feed feed() const;
  // Where messages are whole books: those of this id that the process may go by now. Several may be
  // of one time; the last counts, but for answers and for what a second connection told. Nothing is
  // known of ids before whole_book_min().
  std::vector<const BookTruth*> WholeBooksOf(int64_t id) const;
  std::optional<int64_t> whole_book_min() const;
  // The venue's refusal of its timestamp reached us: it certainly did not execute, and the order
  // may be sent once more.
  bool was_refused_for_time(std::string_view client_order_id) const {
    return refused_for_time_.contains(Abs(client_order_id));
  }

 private:
  void CheckPlacement(std::string_view id, absl::Time now, std::optional<absl::Time> intent);
  void CheckPause(const venue_sim::HttpCall& call, absl::Time now);
  void NoteNews(venue_sim::SessionId session, WireNews news, absl::Time now);
  void NoteWholeBook(BookTruth book, bool is_answer);
  void Report(std::string violation) {
    if (reporter_) {
      reporter_(std::move(violation));
    }
  }

  void NoteLogin(venue_sim::SessionId session, absl::Time now);

  const WireDialect& dialect_;
  Reporter reporter_;
  absl::flat_hash_map<std::string, int> placed_;
  absl::flat_hash_map<std::string, int> refused_for_time_;
  int refused_again_ = 0;
  absl::flat_hash_set<int64_t> nonces_;
  // Nothing may be sent after the first and before the second.
  absl::Time paused_at_ = absl::InfinitePast();
  absl::Time paused_until_ = absl::InfinitePast();
  std::set<venue_sim::SessionId> logins_;           // private connections that are logged in
  absl::Time logged_in_at_ = absl::InfinitePast();  // when there was none before
  absl::Time orders_read_at_ = absl::InfiniteFuture();
  std::map<venue_sim::SessionId, Feed> feeds_;          // the ids rise
  std::map<venue_sim::SessionId, absl::Time> unnamed_;  // may carry books, and have said nothing
  Feed last_ended_;
  struct WholeBook {
    BookTruth book;
    bool is_answer = false;
    bool is_of_several = false;  // two connections told books: the later message may be the older
  };
  std::map<int64_t, std::vector<WholeBook>> whole_books_;
};

}  // namespace colibri::simulation
