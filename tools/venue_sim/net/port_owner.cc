#include "tools/venue_sim/net/port_owner.h"

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string_view>
#include <system_error>

#include "absl/strings/numbers.h"

#include "core/strings.h"

namespace colibri::venue_sim {
namespace {

namespace fs = std::filesystem;

// A line of /proc/net/tcp: "0: 0100007F:1F90 00000000:0000 0A ... uid timeout inode ...", 0A
// meaning listening.
std::optional<std::string> ListeningInode(const char* table, uint16_t port) {
  std::ifstream file(table);
  std::string line;
  std::getline(file, line);
  while (std::getline(file, line)) {
    std::istringstream fields(line);
    std::string slot, local, remote, state, queues, timer, retransmits, uid, timeout, inode;
    fields >> slot >> local >> remote >> state >> queues >> timer >> retransmits >> uid >>
        timeout >> inode;
    const size_t colon = local.rfind(':');
    int64_t local_port = 0;
    if (state == "0A" && colon != std::string::npos &&
        absl::SimpleHexAtoi(local.substr(colon + 1), &local_port) && local_port == port) {
      return inode;
    }
  }
  return std::nullopt;
}

bool HoldsSocket(const fs::path& process, const std::string& link) {
  std::error_code error;
  for (fs::directory_iterator entry(process / "fd", error), end; !error && entry != end;
       entry.increment(error)) {
    std::error_code read_error;
    if (fs::read_symlink(entry->path(), read_error).string() == link) {
      return true;
    }
  }
  return false;
}

}  // namespace

std::optional<PortOwner> FindPortOwner(uint16_t port) {
  std::optional<std::string> inode = ListeningInode("/proc/net/tcp", port);
  if (!inode.has_value()) {
    inode = ListeningInode("/proc/net/tcp6", port);
  }
  if (!inode.has_value()) {
    return std::nullopt;
  }
  const std::string link = StrCat("socket:[", std::string_view(*inode), "]");
  std::error_code error;
  for (fs::directory_iterator entry("/proc", error), end; !error && entry != end;
       entry.increment(error)) {
    int process_id = 0;
    if (!absl::SimpleAtoi(entry->path().filename().string(), &process_id) ||
        !HoldsSocket(entry->path(), link)) {
      continue;
    }
    PortOwner owner{.process_id = process_id, .process_name = "?"};
    std::ifstream name(entry->path() / "comm");
    std::getline(name, owner.process_name);
    return owner;
  }
  return std::nullopt;
}

}  // namespace colibri::venue_sim
