// Lets everybody else on the loop go first after each chunk of market data, of which there may be
// no end.
//
//   ReadTurns turns;
//   while (true) {
//     if (turns.left() == 0) co_await turns.Wait();    // else: read on, nobody has waited long
//     const size_t n = Read(buffer, turns.left());
//     turns.Spend(n);
//   }
//
// All bulk readers of a loop share one chunk: between two of them every socket that is ready, every
// command that was posted and every timer that is due has run. So an answer to an order waits for
// what is left of one chunk, however many streams flood. Who waits is served in order. The turns
// outlive those that wait. Thread: the loop's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "connector/task.h"

namespace colibri {

class ReadTurns {
 public:
  // A fifth of a millisecond of tickers. Looking around costs about a microsecond.
  static constexpr size_t kChunk = size_t{32} * 1024;

  // What the first handler finds queued behind itself is what the kernel had ready when it was
  // queued: Asio asks the kernel between the two, and puts what is ready behind the first. So only
  // the second one comes after all of it: who waits looks around twice.
  static Task<void> LookAround() { return boost::asio::post(boost::asio::use_awaitable); }

  // A look around can't be canceled, and what goes on behind it must not be done in vain.
  static void ThrowIfCanceled(const boost::asio::cancellation_state& state);

  // Bytes of the chunk at hand.
  size_t left() const { return left_; }
  void Spend(size_t n) { left_ -= n < left_ ? n : left_; }
  // Until the others have been served; left() is a whole chunk then. Throws when the task is
  // canceled.
  Task<void> Wait();

 private:
  // Among those that wait.
  class Place {
   public:
    explicit Place(ReadTurns& turns);
    ~Place();
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

    // After two looks around: whether everybody else has been served since the last chunk, and
    // nobody has waited longer. left() is a whole chunk then.
    bool TakeTurn();

   private:
    ReadTurns& turns_;
    uint64_t looked_since_;  // so many turns had been taken before the first of the two looks
  };

  size_t left_ = kChunk;
  uint64_t turns_taken_ = 0;
  std::vector<const Place*> waiting_;  // in the order of their coming
};

}  // namespace colibri
