#include "tools/venue_sim/fault_plan.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_split.h"

#include "core/status_macros.h"
#include "core/strings.h"
#include "tools/venue_sim/frame_faults.h"

namespace colibri::venue_sim {
namespace {

// Reads the words of one line up to the fault; `at` stands at its first word afterwards.
absl::Status ParseWhen(const std::vector<std::string>& words, size_t& at, PlannedFault& planned) {
  if (words[0] != "at" && words[0] != "every") {
    return absl::InvalidArgumentError(StrCat("unknown word \"",
                                             words[0],
                                             "\"; expected one of at, every",
                                             DidYouMean(words[0], {"at", "every"})));
  }
  planned.repeats = words[0] == "every";
  if (words.size() < 2) {
    return absl::InvalidArgumentError(
        StrCat("nothing follows \"", words[0], "\"; expected a duration like 10s"));
  }
  ASSIGN_OR_RETURN(planned.when, ParseFaultDuration(words[1]));
  if (planned.repeats && planned.when == absl::ZeroDuration()) {
    return absl::InvalidArgumentError("\"every\" needs a period above zero");
  }
  at = 2;
  while (planned.repeats && at + 1 < words.size()) {
    if (words[at] == "jitter") {
      ASSIGN_OR_RETURN(planned.jitter_percent, ParseFaultPercent(words[at + 1]));
    } else if (words[at] == "until") {
      ASSIGN_OR_RETURN(planned.until, ParseFaultDuration(words[at + 1]));
    } else {
      break;
    }
    at += 2;
  }
  return absl::OkStatus();
}

absl::StatusOr<PlannedFault> ParseLine(const std::vector<std::string>& words) {
  PlannedFault planned;
  size_t at = 0;
  RETURN_IF_ERROR(ParseWhen(words, at, planned));
  ASSIGN_OR_RETURN(planned.fault,
                   ParseFault({words.begin() + static_cast<std::ptrdiff_t>(at), words.end()}));
  return planned;
}

}  // namespace

absl::Duration PlannedFault::EndsAt() const {
  const FaultVerbRule* rule = FindFaultVerbRule(fault.verb, fault.subject);
  const bool waits = rule != nullptr && rule->takes_lasts && fault.lasts == absl::ZeroDuration();
  if (waits || (repeats && !until.has_value())) {
    return absl::InfiniteDuration();
  }
  absl::Duration effect = fault.retry_after.value_or(absl::ZeroDuration());
  if (fault.verb != FaultVerb::kSkew) {
    effect = std::max({effect, fault.amount, fault.amount_max});
  }
  if (fault.verb == FaultVerb::kReorder) {
    effect = FrameFaults::kReorderWaitMax;
  }
  return (repeats ? *until : when) + fault.lasts + effect;
}

absl::StatusOr<FaultPlan> FaultPlan::Parse(std::string_view text, std::string_view file) {
  FaultPlan plan;
  int line_number = 0;
  for (const absl::string_view line : absl::StrSplit(Abs(text), '\n')) {
    ++line_number;
    const std::vector<std::string> words =
        absl::StrSplit(line.substr(0, line.find('#')), absl::ByAnyChar(" \t\r"), absl::SkipEmpty());
    if (words.empty()) {
      continue;
    }
    absl::StatusOr<PlannedFault> planned = ParseLine(words);
    if (!planned.ok()) {
      return absl::Status(planned.status().code(),
                          StrCat(file, ":", line_number, ": ", planned.status().message()));
    }
    plan.faults.push_back(*std::move(planned));
  }
  return plan;
}

std::string FaultPlan::ToString() const {
  std::string text;
  for (const PlannedFault& planned : faults) {
    text += StrCat(planned.repeats ? "every " : "at ", absl::FormatDuration(planned.when));
    if (planned.jitter_percent != 0) {
      text += StrCat(" jitter ", planned.jitter_percent, "%");
    }
    if (planned.until.has_value()) {
      text += StrCat(" until ", absl::FormatDuration(*planned.until));
    }
    text += StrCat(" ", venue_sim::ToString(planned.fault), "\n");
  }
  return text;
}

}  // namespace colibri::venue_sim
