// The members of a JSON object as raw text: for envelopes whose content is handed on as it is.
//
//   const bool is_whole = ForEachMember(frame, [&](std::string_view name, std::string_view value) {
//     if (name == "result") body = value;           // {"orderId":1,...}
//   });
//
// Allocates nothing, and looks into values only as far as it takes to find their ends: whoever
// reads the content finds what is wrong in it. Thread: any.
#pragma once

#include <string_view>

#include "absl/functional/function_ref.h"

namespace colibri {

// `each` gets the name without its quotes, escapes as they are, and the value with all that belongs
// to it. False when the text is no object or not all of one: cut off, or with something behind it.
bool ForEachMember(std::string_view object,
                   absl::FunctionRef<void(std::string_view name, std::string_view value)> each);

// The same for the elements of an array.
bool ForEachElement(std::string_view array, absl::FunctionRef<void(std::string_view value)> each);

// A text value without its quotes; empty for anything else.
std::string_view RawText(std::string_view value);

}  // namespace colibri
