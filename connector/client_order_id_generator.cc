#include "connector/client_order_id_generator.h"

#include <algorithm>
#include <array>
#include <utility>

#include "core/strings.h"

namespace colibri {
namespace {

constexpr std::string_view kLowerDigits = "0123456789abcdefghijklmnopqrstuvwxyz";
constexpr std::string_view kUpperDigits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
constexpr std::string_view kDecimalDigits = "0123456789";
constexpr size_t kRandomDigits = 3;
constexpr size_t kCounterWidth = 4;
constexpr size_t kCounterRoom = 8;  // base 36: 2.8e12 orders

bool IsWithin(std::string_view text, std::string_view alphabet) {
  return alphabet.empty() || text.find_first_not_of(alphabet) == std::string_view::npos;
}

}  // namespace

std::string ToDigits(uint64_t value, std::string_view digits, size_t width) {
  std::string text;
  do {
    text.push_back(digits[value % digits.size()]);
    value /= digits.size();
  } while (value != 0);
  while (text.size() < width) {
    text.push_back(digits[0]);
  }
  std::reverse(text.begin(), text.end());
  return text;
}

absl::StatusOr<ClientOrderIdGenerator> ClientOrderIdGenerator::Create(std::string_view prefix,
                                                                      std::string_view alphabet,
                                                                      size_t length_max,
                                                                      absl::Time now,
                                                                      Random& random) {
  if (!IsWithin(prefix, alphabet)) {
    return absl::InvalidArgumentError(StrCat("client_order_id_prefix \"",
                                             prefix,
                                             "\": the venue allows only the characters ",
                                             alphabet));
  }
  std::string_view digits = kDecimalDigits;
  for (const std::string_view candidate : {kLowerDigits, kUpperDigits}) {
    if (digits == kDecimalDigits && IsWithin(candidate, alphabet)) {
      digits = candidate;
    }
  }
  if (!IsWithin(digits, alphabet)) {
    return absl::InvalidArgumentError("the venue's client order ids allow no decimal digits");
  }
  uint64_t bound = 1;
  for (size_t i = 0; i < kRandomDigits; ++i) {
    bound *= digits.size();
  }
  std::string start = StrCat(
      prefix,
      ToDigits(static_cast<uint64_t>(std::max<int64_t>(absl::ToUnixMillis(now), 0)), digits, 0),
      ToDigits(random.Uniform(bound), digits, kRandomDigits));
  const size_t room = std::min(length_max, ClientOrderId::kMaxLength);
  if (start.size() + kCounterRoom > room) {
    return absl::InvalidArgumentError(StrCat("client_order_id_prefix \"",
                                             prefix,
                                             "\" is too long: the venue allows ",
                                             length_max,
                                             " characters in all, of which ",
                                             start.size() - prefix.size() + kCounterRoom,
                                             " are needed after it"));
  }
  return ClientOrderIdGenerator(std::string(prefix), std::string(digits), std::move(start));
}

ClientOrderId ClientOrderIdGenerator::Next() {
  std::array<char, ClientOrderId::kMaxLength> text;
  char* const end = text.data() + text.size();
  char* begin = end;
  uint64_t value = ++counter_;
  for (size_t width = 0; value != 0 || width < kCounterWidth; ++width) {
    *--begin = digits_[value % digits_.size()];
    value /= digits_.size();
  }
  begin -= start_.size();
  std::copy(start_.begin(), start_.end(), begin);
  return ClientOrderId(std::string_view(begin, static_cast<size_t>(end - begin)));
}

bool ClientOrderIdGenerator::IsOurs(const ClientOrderId& id) const {
  return !prefix_.empty() && id.view().starts_with(prefix_);
}

}  // namespace colibri
