// The slow and obvious twin of BookSide, on std::map: the oracle of its tests, fuzzer and
// benchmark.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "core/book_message.h"
#include "core/order.h"

namespace colibri {

class NaiveBookSide {
 public:
  explicit NaiveBookSide(Side side) : is_bid_(side == Side::kBuy) {}

  void Clear() { quantity_by_price_.clear(); }

  bool Set(int64_t price, int64_t quantity) {
    const std::optional<BookLevel> before = best();
    if (quantity > 0) {
      quantity_by_price_[price] = quantity;
    } else {
      quantity_by_price_.erase(price);
    }
    return best() != before;
  }

  int64_t QuantityAt(int64_t price) const {
    const auto it = quantity_by_price_.find(price);
    return it == quantity_by_price_.end() ? 0 : it->second;
  }

  std::optional<BookLevel> best() const {
    if (quantity_by_price_.empty()) {
      return std::nullopt;
    }
    const auto& [price, quantity] =
        is_bid_ ? *quantity_by_price_.rbegin() : *quantity_by_price_.begin();
    return BookLevel{price, quantity};
  }

  size_t size() const { return quantity_by_price_.size(); }

  std::vector<BookLevel> levels() const {
    std::vector<BookLevel> levels;
    for (const auto& [price, quantity] : quantity_by_price_) {
      levels.push_back({price, quantity});
    }
    return is_bid_ ? std::vector<BookLevel>(levels.rbegin(), levels.rend()) : levels;
  }

 private:
  bool is_bid_;
  std::map<int64_t, int64_t> quantity_by_price_;
};

}  // namespace colibri
