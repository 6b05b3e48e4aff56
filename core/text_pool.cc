#include "core/text_pool.h"

#include <utility>
#include <vector>

namespace colibri {
namespace {

constexpr size_t kTextsMax = 64;
// A longer one was an exception, and is not worth its memory.
constexpr size_t kRoomMax = size_t{64} * 1024;
// What fits into a string itself needs no room.
const size_t kRoomMin = std::string().capacity() + 1;

std::vector<std::string>& Texts() {
  thread_local std::vector<std::string> texts = [] {
    std::vector<std::string> made;
    made.reserve(kTextsMax);
    return made;
  }();
  return texts;
}

}  // namespace

std::string TakeText() {
  std::vector<std::string>& texts = Texts();
  if (texts.empty()) {
    return {};
  }
  std::string text = std::move(texts.back());
  texts.pop_back();
  return text;
}

void GiveText(std::string&& text) {
  std::vector<std::string>& texts = Texts();
  if (texts.size() < kTextsMax && text.capacity() >= kRoomMin && text.capacity() <= kRoomMax) {
    text.clear();
    texts.push_back(std::move(text));
  }
}

}  // namespace colibri
