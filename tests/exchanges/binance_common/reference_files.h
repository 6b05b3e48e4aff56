// Recordings and fixtures that live outside the tree; a test is skipped where they are not.
//
//   const std::optional<std::string> text = ReadFixture("http_json/order_response.json");
//   if (!text.has_value()) GTEST_SKIP() << "no fixtures; set COLIBRI_REFERENCE";
#pragma once

#include <cstdlib>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>
#include <zlib.h>

#include "core/strings.h"

namespace colibri::binance {

inline std::string FolderOf(const char* variable, std::string_view otherwise) {
  const char* const folder = std::getenv(variable);
  return folder != nullptr ? std::string(folder) : std::string(otherwise);
}

inline std::optional<std::string> ReadReferenceFile(std::string_view path) {
  std::ifstream file(
      StrCat(FolderOf("COLIBRI_REFERENCE", "../shared/reference"), "/venues/", path));
  if (!file) {
    return std::nullopt;
  }
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// "http_json/order_response.json"
inline std::optional<std::string> ReadFixture(std::string_view path) {
  return ReadReferenceFile(StrCat("fixtures/binance_spot/", path));
}

// The lines of a recording of data/binance without the time in front; nullopt when it is absent.
inline std::optional<std::vector<std::string>> ReadRecording(std::string_view name) {
  const std::string path = StrCat(FolderOf("COLIBRI_DATA", "../shared/data"), "/binance/", name);
  const gzFile file = gzopen(path.c_str(), "rb");
  if (file == nullptr) {
    return std::nullopt;
  }
  std::string text;
  std::vector<char> block(1 << 20);
  for (int size = 0;
       (size = gzread(file, block.data(), static_cast<unsigned>(block.size()))) > 0;) {
    text.append(block.data(), static_cast<size_t>(size));
  }
  gzclose(file);
  std::vector<std::string> lines;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    const std::string_view line(text.data() + begin, end - begin);
    const size_t blank = line.find(' ');
    if (blank != std::string_view::npos) {
      lines.emplace_back(line.substr(blank + 1));
    }
    begin = end + 1;
  }
  return lines;
}

}  // namespace colibri::binance
