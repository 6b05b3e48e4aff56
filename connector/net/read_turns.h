// Lets everybody else on the loop go first after each chunk of market data, of which there may be
// no end.
//
//   ReadTurns turns(context);
//   while (true) {
//     if (turns.left() == 0) co_await turns.Wait();    // else: read on, nobody has waited long
//     const size_t n = Read(buffer, turns.left());
//     turns.Spend(n);
//   }
//
// All bulk readers of a loop share one chunk: between two of them every socket that is ready, every
// command that was posted and every timer that is due has run. So an answer to an order waits for
// what is left of one chunk, however many streams flood. Who waits is served in order.
// Thread: the loop's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>

#include <boost/asio/io_context.hpp>

#include "connector/suspension.h"
#include "connector/task.h"

namespace colibri {

class ReadTurns {
 public:
  // A fifth of a millisecond of tickers. Looking around costs about a microsecond.
  static constexpr size_t kChunk = size_t{32} * 1024;

  explicit ReadTurns(boost::asio::io_context& context) : context_(context) {}

  // Bytes of the chunk at hand.
  size_t left() const { return left_; }
  void Spend(size_t n) { left_ -= n < left_ ? n : left_; }
  // Until the others have been served; left() is a whole chunk then.
  Task<void> Wait();

 private:
  void LookAround();

  boost::asio::io_context& context_;
  size_t left_ = kChunk;
  bool is_looking_ = false;
  uint64_t next_id_ = 1;
  std::map<uint64_t, Resumer> waiting_;  // in the order of their coming
};

}  // namespace colibri
