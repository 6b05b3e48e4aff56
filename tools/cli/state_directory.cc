#include "tools/cli/state_directory.h"

#include <csignal>
#include <unistd.h>
#include <utility>

#include "absl/strings/numbers.h"
#include <nlohmann/json.hpp>

#include "core/status_macros.h"
#include "core/strings.h"

namespace colibri::cli {
namespace {

using nlohmann::json;

}  // namespace

StateDirectory::StateDirectory(std::string path)
    : path_(std::move(path)), files_(std::make_unique<PosixFiles>()) {}

std::string StateDirectory::LockPath() const {
  return StrCat(path_, "/run.lock");
}

std::string StateDirectory::ReportPath() const {
  return StrCat(path_, "/kill_report");
}

absl::StatusOr<std::unique_ptr<AppendFile>> StateDirectory::Hold() {
  ASSIGN_OR_RETURN(std::unique_ptr<AppendFile> lock, files_->OpenToAppend(LockPath()));
  RETURN_IF_ERROR(lock->Truncate(0));
  RETURN_IF_ERROR(lock->Append(StrCat(getpid(), "\n")));
  return lock;
}

std::optional<int64_t> StateDirectory::holder() {
  const absl::StatusOr<std::string> text = files_->Read(LockPath());
  int64_t process = 0;
  if (!text.ok() || !absl::SimpleAtoi(*text, &process) || process <= 0) {
    return std::nullopt;
  }
  if (kill(static_cast<pid_t>(process), 0) != 0 && errno == ESRCH) {
    return std::nullopt;
  }
  // The lock goes with its process, whatever became of the number.
  const absl::StatusOr<std::unique_ptr<AppendFile>> lock = files_->OpenToAppend(LockPath());
  return absl::IsFailedPrecondition(lock.status()) ? std::optional<int64_t>(process) : std::nullopt;
}

absl::Status StateDirectory::WriteReport(const KillReport& report) {
  json text = {{"process", report.process}, {"is_done", report.is_done}, {"venues", json::array()}};
  for (const KillReport::Venue& venue : report.venues) {
    text["venues"].push_back({{"name", venue.name},
                              {"attempts", venue.attempts},
                              {"open_orders_left", venue.open_orders_left},
                              {"is_verified", venue.is_verified},
                              {"may_be_open", venue.may_be_open}});
  }
  return files_->Replace(ReportPath(), text.dump(1) + "\n");
}

void StateDirectory::RemoveReport() {
  files_->Remove(ReportPath()).IgnoreError();
}

std::optional<KillReport> StateDirectory::ReadReport() {
  const absl::StatusOr<std::string> text = files_->Read(ReportPath());
  if (!text.ok()) {
    return std::nullopt;
  }
  try {
    const json parsed = json::parse(*text);
    KillReport report{.process = parsed.at("process").get<int64_t>(),
                      .is_done = parsed.at("is_done").get<bool>(),
                      .venues = {}};
    for (const json& venue : parsed.at("venues")) {
      report.venues.push_back(
          {.name = venue.at("name").get<std::string>(),
           .attempts = venue.at("attempts").get<int>(),
           .open_orders_left = venue.at("open_orders_left").get<int>(),
           .is_verified = venue.at("is_verified").get<bool>(),
           .may_be_open = venue.at("may_be_open").get<std::vector<std::string>>()});
    }
    return report;
  } catch (const json::exception&) {
    return std::nullopt;
  }
}

}  // namespace colibri::cli
