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

std::optional<absl::Duration> RetryAfter(const HttpReply& reply) {
  for (const auto& [name, value] : reply.headers) {
    int64_t seconds = 0;
    if (absl::EqualsIgnoreCase(name, "Retry-After") && absl::SimpleAtoi(value, &seconds)) {
      return absl::Seconds(seconds);
    }
  }
  return std::nullopt;
}

}  // namespace

void WireChecker::Restart() {
  paused_at_ = paused_until_ = logged_in_at_ = absl::InfinitePast();
  orders_read_at_ = absl::InfiniteFuture();
  feeds_.clear();
  unnamed_.clear();
  logins_.clear();
  last_ended_ = {};
  whole_books_.clear();
}

void WireChecker::NoteSent(const HttpCall& call, absl::Time now, std::optional<absl::Time> intent) {
  CheckPause(call, now);
  if (const std::string id = dialect_.PlacedId(call); !id.empty()) {
    CheckPlacement(id, now, intent);
  }
  if (const std::optional<int64_t> nonce = dialect_.NonceOf(call);
      nonce.has_value() && !nonces_.insert(*nonce).second) {
    Report(StrCat("the nonce ", *nonce, " was used twice: ", dialect_.NameOf(call)));
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
  if (dialect_.IsRefusedForTime(reply)) {
    const std::string id = dialect_.PlacedId(call);
    if (!id.empty() && ++refused_for_time_[id] > 1 && ++refused_again_ > kRefusedAgainMax) {
      Report(StrCat("order ", id, " was refused for its time after the clock had been asked"));
    }
  }
  if (reply.status == 200 && dialect_.ReadsOpenOrders(call)) {
    orders_read_at_ = now;
  }
  if (reply.status == 200 && dialect_.ReadsBook(call)) {
    if (std::optional<BookTruth> book = dialect_.BookOf(reply)) {
      NoteWholeBook(*std::move(book), /*is_answer=*/true);
    }
  }
  const bool is_of_all = !dialect_.IsOfOrdersOnly(reply);
  const std::optional<absl::Duration> wait = RetryAfter(reply);
  if ((reply.status == 429 || reply.status == 418) && is_of_all && wait.has_value()) {
    if (now >= paused_until_) {
      paused_at_ = now;
    }
    paused_until_ = std::max(paused_until_, now + *wait);
  }
}

void WireChecker::NoteOpened(SessionId session, std::string_view target, absl::Time now) {
  NoteNews(session, dialect_.NewsOfTarget(target), now);
}

void WireChecker::NoteFrame(SessionId session, std::string_view text, absl::Time now) {
  NoteNews(session, dialect_.NewsOfFrame(text, feeds_.contains(session)), now);
}

void WireChecker::NoteWritten(SessionId session, std::string_view text, absl::Time now) {
  NoteNews(session, dialect_.NewsOfWritten(text), now);
}

void WireChecker::NoteNews(SessionId session, WireNews news, absl::Time now) {
  if (news.may_carry_books && !feeds_.contains(session)) {
    unnamed_[session] = now;
  }
  if (news.is_login || news.carries_books) {
    unnamed_.erase(session);
  }
  if (news.is_login) {
    NoteLogin(session, now);
  }
  if (!news.carries_books) {
    return;
  }
  Feed& feed = feeds_.try_emplace(session, Feed{.is_open = true, .changed_at = now}).first->second;
  if (news.book_id.has_value()) {
    feed.last_update_id = std::max(feed.last_update_id, *news.book_id);
    feed.changed_at = now;
  }
  if (news.book.has_value()) {
    NoteWholeBook(*std::move(news.book), /*is_answer=*/false);
  }
}

void WireChecker::NoteWholeBook(BookTruth book, bool is_answer) {
  const int64_t id = book.last_update_id;
  whole_books_[id].push_back(
      {.book = std::move(book), .is_answer = is_answer, .is_of_several = feeds_.size() > 1});
  if (whole_books_.size() > kWholeBooksMax) {
    whole_books_.erase(whole_books_.begin());
  }
}

void WireChecker::NoteLogin(SessionId session, absl::Time now) {
  if (logins_.empty()) {
    logged_in_at_ = now;
    orders_read_at_ = absl::InfinitePast();
  }
  logins_.insert(session);
}

std::vector<const BookTruth*> WireChecker::WholeBooksOf(int64_t id) const {
  std::vector<const BookTruth*> books;
  const auto found = whole_books_.find(id);
  if (found == whole_books_.end()) {
    return books;
  }
  bool is_last = true;
  for (auto book = found->second.rbegin(); book != found->second.rend(); ++book) {
    if (book->is_answer || is_last || feeds_.size() != 1) {
      books.push_back(&book->book);
    }
    is_last &= book->is_answer || book->is_of_several;
  }
  return books;
}

std::optional<int64_t> WireChecker::whole_book_min() const {
  return whole_books_.empty() ? std::nullopt : std::optional(whole_books_.begin()->first);
}

void WireChecker::NoteEnded(SessionId session, absl::Time now) {
  logins_.erase(session);
  const bool was_unnamed = unnamed_.erase(session) != 0;
  if (feeds_.erase(session) != 0 || was_unnamed) {
    last_ended_ = {.is_open = false, .changed_at = now};
  }
}

WireChecker::Feed WireChecker::feed() const {
  if (!feeds_.empty()) {
    return feeds_.begin()->second;
  }
  // It may be the one that is read, until it says that it is not.
  return unnamed_.empty() ? last_ended_
                          : Feed{.is_open = true, .changed_at = unnamed_.begin()->second};
}

}  // namespace colibri::simulation
