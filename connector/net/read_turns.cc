#include "connector/net/read_turns.h"

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

namespace colibri {

ReadTurns::Place::Place(ReadTurns& turns) : turns_(turns), looked_since_(turns.turns_taken_) {
  turns_.waiting_.push_back(this);
}

ReadTurns::Place::~Place() {
  std::erase(turns_.waiting_, this);
}

bool ReadTurns::Place::TakeTurn() {
  if (turns_.waiting_.front() != this || looked_since_ != turns_.turns_taken_) {
    looked_since_ = turns_.turns_taken_;
    return false;
  }
  ++turns_.turns_taken_;
  turns_.waiting_.erase(turns_.waiting_.begin());
  turns_.left_ = kChunk;
  return true;
}

void ReadTurns::ThrowIfCanceled(const boost::asio::cancellation_state& state) {
  if (state.cancelled() != boost::asio::cancellation_type::none) {
    throw boost::system::system_error(boost::asio::error::operation_aborted);
  }
}

Task<void> ReadTurns::Wait() {
  Place place(*this);
  do {
    co_await LookAround();
    co_await LookAround();
    ThrowIfCanceled(co_await boost::asio::this_coro::cancellation_state);
  } while (!place.TakeTurn());
}

}  // namespace colibri
