#include "core/book_text.h"

#include "core/decimal.h"

namespace colibri {
namespace {

void AppendLevels(const BookSide& side, BookScale scale, size_t depth, std::string& text) {
  size_t count = 0;
  side.ForEach([&](BookLevel level) {
    if (count == depth) {
      return false;
    }
    if (count > 0) {
      text += '|';
    }
    text += Decimal::FromScaled(level.price, scale.price_decimals).ToString();
    text += ':';
    text += Decimal::FromScaled(level.quantity, scale.quantity_decimals).ToString();
    ++count;
    return true;
  });
}

}  // namespace

std::string CanonicalText(const OrderBook& book, size_t depth) {
  std::string text;
  AppendLevels(book.bids(), book.scale(), depth, text);
  text += '#';
  AppendLevels(book.asks(), book.scale(), depth, text);
  return text;
}

}  // namespace colibri
