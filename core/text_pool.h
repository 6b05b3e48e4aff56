// Strings that are over, whose room new ones take: texts that are made for each message or order
// allocate nothing once warm.
//
//   std::string text = TakeText();       // empty, mostly with room
//   text.append(...);
//   GiveText(std::move(text));           // when it is over; or it just ends
//
// Thread: any; each has its own.
#pragma once

#include <string>

namespace colibri {

std::string TakeText();
void GiveText(std::string&& text);

}  // namespace colibri
