// Calls the program in-process, with an environment of the test's own.
//
//   const CliRun run = RunColibri({"venues", "--json"});
//   EXPECT_EQ(run.exit_code, 0) << run.err;
//   const json venues = json::parse(run.out, nullptr, /*allow_exceptions=*/false);
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>
#include <zlib.h>

#include "gtest/gtest.h"

#include "tools/cli/cli.h"

namespace colibri::cli {

struct CliRun {
  int exit_code = 0;
  std::string out;
  std::string err;
};

inline CliRun RunColibri(const std::vector<std::string>& arguments,
                         std::map<std::string, std::string, std::less<>> environment = {}) {
  std::ostringstream out;
  std::ostringstream err;
  CliIo io{.out = out,
           .err = err,
           .is_terminal = false,
           .environment = [&environment](std::string_view name) -> std::optional<std::string> {
             const auto found = environment.find(name);
             return found == environment.end() ? std::nullopt
                                               : std::optional<std::string>(found->second);
           }};
  CliRun run;
  run.exit_code = RunCli(arguments, io);
  run.out = out.str();
  run.err = err.str();
  return run;
}

// A folder of the test's own, removed at the end.
class TestFolder {
 public:
  TestFolder() : path_(testing::TempDir() + "colibri_cli_XXXXXX") {
    EXPECT_NE(mkdtemp(path_.data()), nullptr) << path_;
  }
  ~TestFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;

  std::string PathOf(std::string_view name) const { return path_ + "/" + std::string(name); }
  std::string Write(std::string_view name, std::string_view text) const {
    std::string path = PathOf(name);
    std::ofstream(path, std::ios::binary) << text;
    return path;
  }
  std::string WriteGzip(std::string_view name, std::string_view text) const {
    std::string path = PathOf(name);
    const gzFile file = gzopen(path.c_str(), "wb1");
    EXPECT_EQ(gzwrite(file, text.data(), static_cast<unsigned>(text.size())),
              static_cast<int>(text.size()));
    gzclose(file);
    return path;
  }

 private:
  std::string path_;
};

inline std::string ReadText(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// Of data/, with the name behind it; nullopt when it is not there.
inline std::optional<std::string> RecordingPath(std::string_view name) {
  const char* const folder = std::getenv("COLIBRI_DATA");
  std::string path =
      std::string(folder != nullptr ? folder : "../shared/data") + "/" + std::string(name);
  return std::filesystem::exists(path) ? std::optional<std::string>(std::move(path)) : std::nullopt;
}

// For runs on recorded data; skipped where it is not there.
class RecordedDataTest : public testing::Test {
 protected:
  void SetUp() override {
    const std::optional<std::string> recording = RecordingPath("binance/golden.json");
    if (!recording.has_value()) {
      GTEST_SKIP() << "no recordings; set COLIBRI_DATA";
    }
    data_ = recording->substr(0, recording->find("/binance/"));
  }

  std::string data_;
};

}  // namespace colibri::cli
