// A book drawn as text, one level a line, the best levels in the middle:
//
//   102 7      <- asks, the best lowest
//   101 3
//   --
//   99 4       <- bids, the best highest
//
// Numbers are the integers of the book.
#pragma once

#include <string>
#include <vector>

#include "core/book_message.h"
#include "core/order_book.h"

namespace colibri {

inline std::string BookPicture(const std::vector<BookLevel>& bids,
                               const std::vector<BookLevel>& asks) {
  std::string picture;
  const auto draw = [&picture](const BookLevel& level) {
    picture += std::to_string(level.price) + " " + std::to_string(level.quantity) + "\n";
  };
  for (auto ask = asks.rbegin(); ask != asks.rend(); ++ask) {
    draw(*ask);
  }
  picture += "--\n";
  for (const BookLevel& bid : bids) {
    draw(bid);
  }
  return picture;
}

inline std::vector<BookLevel> AllLevels(const BookSide& side) {
  std::vector<BookLevel> levels;
  side.ForEach([&levels](BookLevel level) {
    levels.push_back(level);
    return true;
  });
  return levels;
}

inline std::string BookPicture(const OrderBook& book) {
  return BookPicture(AllLevels(book.bids()), AllLevels(book.asks()));
}

}  // namespace colibri
