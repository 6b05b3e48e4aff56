#include "connector/kill_switch.h"

#include <utility>
#include <vector>

#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

#include "core/strings.h"

namespace colibri {
namespace {

constexpr char kHeading[] = "colibri kill switch 1";
constexpr char kEnd[] = "end";

std::string OneLine(std::string_view text) {
  std::string line(text);
  for (char& c : line) {
    c = static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c;
  }
  return line;
}

bool ReadField(std::string_view line, std::string_view name, std::string& value) {
  absl::string_view rest = Abs(line);
  if (!absl::ConsumePrefix(&rest, Abs(name)) || !absl::ConsumePrefix(&rest, " ")) {
    return false;
  }
  value = std::string(Std(rest));
  return true;
}

}  // namespace

KillSwitch::KillSwitch(std::string how_to_reset) : how_to_reset_(std::move(how_to_reset)) {}

bool KillSwitch::Engage(KillRecord record) {
  if (is_engaged_) {
    return false;
  }
  is_engaged_ = true;
  record_ = std::move(record);
  refusal_ = absl::FailedPreconditionError(StrCat("no new orders: the kill switch was ",
                                                  Describe(record_),
                                                  "; reset it with `",
                                                  how_to_reset_,
                                                  "`"));
  if (listener_) {
    listener_();
  }
  return true;
}

void KillSwitch::Reset() {
  if (!is_engaged_) {
    return;
  }
  is_engaged_ = false;
  refusal_ = absl::OkStatus();
  ++resets_;
  if (listener_) {
    listener_();
  }
}

std::string Describe(const KillRecord& record) {
  return StrCat("engaged by ",
                record.by,
                " at ",
                absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", record.at, absl::UTCTimeZone()),
                ": ",
                record.reason);
}

std::string FormatKillRecord(const KillRecord& record) {
  return StrCat(kHeading,
                "\nat ",
                absl::FormatTime(absl::RFC3339_full, record.at, absl::UTCTimeZone()),
                "\nby ",
                OneLine(record.by),
                "\nreason ",
                OneLine(record.reason),
                "\n",
                kEnd,
                "\n");
}

absl::StatusOr<KillRecord> ParseKillRecord(std::string_view text) {
  const std::vector<absl::string_view> lines = absl::StrSplit(Abs(text), '\n');
  std::string at;
  KillRecord record;
  const bool is_whole =
      lines.size() == 6 && lines[0] == kHeading && ReadField(Std(lines[1]), "at", at) &&
      ReadField(Std(lines[2]), "by", record.by) &&
      ReadField(Std(lines[3]), "reason", record.reason) && lines[4] == kEnd && lines[5].empty();
  std::string why;
  if (!is_whole || !absl::ParseTime(absl::RFC3339_full, at, &record.at, &why)) {
    return absl::DataLossError("the record of the kill switch is not whole");
  }
  return record;
}

}  // namespace colibri
