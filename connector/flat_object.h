// A JSON object of plain members, taken apart in one pass and in place: the answers that come for
// each order are such.
//
//   FlatObject order;
//   if (order.Parse(body)) {  // {"orderId":28,"status":"FILLED","fills":[{"price":"1","qty":"2"}]}
//     std::string_view status = order.Find("status");   // "FILLED" with its quotes
//   }
//
// Plain: printable ASCII without escapes and line breaks; texts, short numbers without exponents,
// true, false, null, and arrays of objects that have such values and no arrays. Whatever else there
// is, JSON or not, is refused, and simdjson's to judge.
// Allocates nothing; the text outlives this. Thread: any.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "absl/types/span.h"

namespace colibri {

class FlatObject {
 public:
  struct Member {
    std::string_view name;
    std::string_view value;  // as it is written
  };
  static constexpr size_t kMembersMax = 48;

  // False: not such an object; nothing can be found then.
  bool Parse(std::string_view text);

  // The first of this name; empty when there is none.
  std::string_view Find(std::string_view name) const {
    for (const Member& member : members()) {
      if (member.name == name) {
        return member.value;
      }
    }
    return {};
  }
  absl::Span<const Member> members() const { return {members_.data(), size_}; }

 private:
  std::array<Member, kMembersMax> members_;
  size_t size_ = 0;
};

}  // namespace colibri
