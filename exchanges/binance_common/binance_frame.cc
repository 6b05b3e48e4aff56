#include "exchanges/binance_common/binance_frame.h"

#include <algorithm>
#include <array>
#include <numeric>

#include <nlohmann/json.hpp>

#include "core/status_macros.h"
#include "core/strings.h"
#include "core/text_pool.h"

namespace colibri::binance {
namespace {

// Of an order's frame, with room to spare.
constexpr size_t kFrameSize = 768;
// A strategy's orders, cancels and amendments have a few; whatever makes more than this loses time.
constexpr size_t kKeptMax = 16;

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

std::string JsonText(std::string_view text) {
  std::string out;
  AppendJsonText(text, out);
  return out;
}

// Each name once, and none that signing adds.
absl::Status CheckNames(std::string_view method, absl::Span<const FrameParameter> parameters) {
  for (size_t i = 0; i < parameters.size(); ++i) {
    const std::string_view name = parameters[i].first;
    if (name == "signature") {
      return absl::InvalidArgumentError(
          StrCat(method, " is signed already; leave `signature` and `apiKey` out"));
    }
    for (size_t j = 0; j < i; ++j) {
      if (parameters[j].first == name) {
        return absl::InvalidArgumentError(StrCat(method, " has the parameter ", name, " twice"));
      }
    }
  }
  return absl::OkStatus();
}

}  // namespace

FrameTemplate::FrameTemplate(std::string_view method, absl::Span<const FrameParameter> parameters)
    : method_(method), head_(StrCat(",\"method\":", JsonText(method), ",\"params\":{")) {
  for (const FrameParameter& parameter : parameters) {
    names_.emplace_back(parameter.first);
  }
  std::vector<size_t> sorted(names_.size());
  std::iota(sorted.begin(), sorted.end(), 0);
  std::sort(
      sorted.begin(), sorted.end(), [this](size_t a, size_t b) { return names_[a] < names_[b]; });
  for (const size_t index : sorted) {
    const std::string& name = names_[index];
    const bool is_first = fields_.empty();
    fields_.push_back({.index = index,
                       .in_payload = StrCat(is_first ? "" : "&", name, "="),
                       .in_frame = StrCat(is_first ? "" : ",", JsonText(name), ":"),
                       .is_numeric = IsNumericParameter(name)});
  }
}

bool FrameTemplate::IsOf(std::string_view method,
                         absl::Span<const FrameParameter> parameters) const {
  return method == method_ &&
         std::equal(parameters.begin(),
                    parameters.end(),
                    names_.begin(),
                    names_.end(),
                    [](const FrameParameter& parameter, std::string_view name) {
                      return parameter.first == name;
                    });
}

void FrameTemplate::AppendPayload(absl::Span<const FrameParameter> parameters,
                                  std::string& payload) const {
  for (const Field& field : fields_) {
    payload.append(field.in_payload).append(parameters[field.index].second);
  }
}

std::string FrameTemplate::Write(std::string_view id,
                                 absl::Span<const FrameParameter> parameters,
                                 std::string_view signature) const {
  std::string frame = TakeText();
  frame.reserve(kFrameSize);
  frame.append("{\"id\":");
  AppendJsonText(id, frame);
  frame.append(head_);
  for (const Field& field : fields_) {
    frame.append(field.in_frame);
    const std::string_view value = parameters[field.index].second;
    if (field.is_numeric && IsNumber(value)) {
      frame.append(value);
    } else {
      AppendJsonText(value, frame);
    }
  }
  if (!signature.empty()) {
    frame.append(",\"signature\":");
    AppendJsonText(signature, frame);
  }
  frame.append("}}");
  return frame;
}

absl::StatusOr<const FrameTemplate*> FrameTemplates::Of(
    std::string_view method, absl::Span<const FrameParameter> parameters) {
  for (size_t i = 0; i < kept_.size(); ++i) {
    const size_t at = (latest_ + i) % kept_.size();
    if (kept_[at].IsOf(method, parameters)) {
      latest_ = at;
      return &kept_[at];
    }
  }
  RETURN_IF_ERROR(CheckNames(method, parameters));
  if (kept_.size() < kKeptMax) {
    latest_ = kept_.size();
    kept_.emplace_back(method, parameters);
  } else {
    latest_ = (latest_ + 1) % kept_.size();
    kept_[latest_] = FrameTemplate(method, parameters);
  }
  return &kept_[latest_];
}

}  // namespace colibri::binance
