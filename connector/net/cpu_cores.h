// Which cores threads run on.
//
//   RETURN_IF_ERROR(PinThisThread(3));      // InvalidArgument: names 3 and the cores allowed
//   CoresText(AllowedCores());              // "0-3,6"
//
// A thread that is started by a pinned one is pinned too: helpers that must not compete with the
// loop begin with UnpinThisThread. Thread: any.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"

namespace colibri {

// Of the process, as it was when this was first asked (PinThisThread asks); in rising order.
const std::vector<int>& AllowedCores();
std::string CoresText(const std::vector<int>& cores);

absl::Status PinThisThread(int core);
// To all the cores allowed, if PinThisThread was ever called.
void UnpinThisThread();

}  // namespace colibri
