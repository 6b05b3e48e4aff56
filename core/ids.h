// Identifiers as inline text: copying one allocates nothing, and the kinds cannot be mixed up.
//
//   ASSIGN_OR_RETURN(ClientOrderId id, ClientOrderId::Parse("colibri-17"));
//
// A client order id is ours, an exchange order id and a trade id are the venue's. On many venues
// the latter two are unique per pair only.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"

#include "core/check.h"

namespace colibri {

template <typename Tag, size_t kCapacity>
class InlineId {
 public:
  static constexpr size_t kMaxLength = kCapacity;

  constexpr InlineId() = default;
  // CHECKs the length: for literals and for text already validated.
  explicit InlineId(std::string_view text) {
    CHECK(text.size() <= kCapacity);
    Assign(text);
  }
  // InvalidArgument when the text is empty or longer than kMaxLength.
  static absl::StatusOr<InlineId> Parse(std::string_view text) {
    if (text.empty() || text.size() > kCapacity) {
      return absl::InvalidArgumentError(
          absl::StrCat("an id has 1 to ", kCapacity, " characters, this one has ", text.size()));
    }
    return InlineId(text);
  }
  static InlineId FromNumber(uint64_t number) { return InlineId(std::to_string(number)); }

  std::string_view view() const { return {text_.data(), length_}; }
  std::string ToString() const { return std::string(view()); }
  bool empty() const { return length_ == 0; }

  bool operator==(const InlineId& other) const { return view() == other.view(); }
  auto operator<=>(const InlineId& other) const { return view() <=> other.view(); }

  template <typename H>
  friend H AbslHashValue(H state, const InlineId& id) {
    return H::combine(std::move(state), id.view());
  }
  friend std::ostream& operator<<(std::ostream& out, const InlineId& id) {
    return out << id.view();
  }

 private:
  void Assign(std::string_view text) {
    std::memcpy(text_.data(), text.data(), text.size());
    length_ = static_cast<uint8_t>(text.size());
  }

  std::array<char, kCapacity> text_{};
  uint8_t length_ = 0;
};

using ClientOrderId = InlineId<struct ClientOrderIdTag, 47>;
using ExchangeOrderId = InlineId<struct ExchangeOrderIdTag, 79>;
using TradeId = InlineId<struct TradeIdTag, 79>;
using PaymentId = InlineId<struct PaymentIdTag, 31>;

}  // namespace colibri
