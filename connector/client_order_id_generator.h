// Makes client order ids that a venue accepts and that never come twice, restarts included.
//
//   ASSIGN_OR_RETURN(ClientOrderIdGenerator ids,
//                    ClientOrderIdGenerator::Create("clb", alphabet, 36, clock.now(), random));
//   ids.Next();     // "clbm8r2k5w17f3" + "0001", then ...0002
//
// prefix, the time of creation in milliseconds, three random digits, a counter; in base 36 where
// the venue's alphabet has letters, else in base 10. Two processes that start within the same
// millisecond, or after the clock was set back, differ by the random digits.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "core/ids.h"
#include "core/random.h"

namespace colibri {

class ClientOrderIdGenerator {
 public:
  // An empty alphabet allows everything. InvalidArgument when the prefix has characters outside of
  // it, or leaves too little room.
  static absl::StatusOr<ClientOrderIdGenerator> Create(std::string_view prefix,
                                                       std::string_view alphabet,
                                                       size_t length_max,
                                                       absl::Time now,
                                                       Random& random);

  ClientOrderId Next();

  // Whether an id of the venue's was made by a generator with this prefix, here or in another run.
  bool IsOurs(const ClientOrderId& id) const;

 private:
  ClientOrderIdGenerator(std::string prefix, std::string digits, std::string start)
      : prefix_(std::move(prefix)), digits_(std::move(digits)), start_(std::move(start)) {}

  std::string prefix_;
  std::string digits_;  // of the number base
  std::string start_;   // prefix, time and random digits
  uint64_t counter_ = 0;
};

// `value` in the base of `digits`, padded with its zero to at least `width`.
std::string ToDigits(uint64_t value, std::string_view digits, size_t width);

}  // namespace colibri
