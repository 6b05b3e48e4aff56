#include "exchanges/binance_common/binance_frame.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include <nlohmann/json.hpp>

#include "core/text_pool.h"

namespace colibri::binance {
namespace {

// Of an order's frame, with room to spare.
constexpr size_t kFrameSize = 768;

constexpr std::array<std::string_view, 13> kNumericParameters = {"timestamp",
                                                                 "recvWindow",
                                                                 "orderId",
                                                                 "cancelOrderId",
                                                                 "fromId",
                                                                 "startTime",
                                                                 "endTime",
                                                                 "limit",
                                                                 "strategyId",
                                                                 "strategyType",
                                                                 "trailingDelta",
                                                                 "orderListId",
                                                                 "subscriptionId"};

bool IsNumber(std::string_view text) {
  return !text.empty() && text.size() <= 18 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; }) &&
         (text.size() == 1 || text.front() != '0');
}

bool IsNumericParameter(std::string_view name) {
  return std::find(kNumericParameters.begin(), kNumericParameters.end(), name) !=
         kNumericParameters.end();
}

// What stands in JSON as it is. Without an early end, so that it looks at many characters at a
// time.
bool IsPlainJson(std::string_view text) {
  bool has_other = false;
  for (const char c : text) {
    has_other |= static_cast<signed char>(c) < ' ' || c == '\x7f' || c == '"' || c == '\\';
  }
  return !has_other;
}

// In quotes. Most texts need nothing more.
void AppendJsonText(std::string_view text, std::string& out) {
  if (IsPlainJson(text)) {
    out.push_back('"');
    out.append(text).push_back('"');
  } else {
    out.append(nlohmann::json(std::string(text))
                   .dump(-1,
                         ' ',
                         /*ensure_ascii=*/false,
                         nlohmann::json::error_handler_t::replace));
  }
}

}  // namespace

FrameWriter::FrameWriter(std::string_view id, std::string_view method) : frame_(TakeText()) {
  frame_.reserve(kFrameSize);
  frame_.append("{\"id\":");
  AppendJsonText(id, frame_);
  frame_.append(",\"method\":");
  AppendJsonText(method, frame_);
  frame_.append(",\"params\":{");
}

void FrameWriter::Add(std::string_view name, std::string_view value) {
  if (frame_.back() != '{') {
    frame_.push_back(',');
  }
  frame_.push_back('"');
  frame_.append(name).append("\":");
  if (IsNumber(value) && IsNumericParameter(name)) {
    frame_.append(value);
  } else {
    AppendJsonText(value, frame_);
  }
}

std::string FrameWriter::End() && {
  frame_.append("}}");
  return std::move(frame_);
}

}  // namespace colibri::binance
