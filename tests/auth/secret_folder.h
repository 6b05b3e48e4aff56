// A folder of its own for a test's key files, removed at the end.
//
//   SecretFolder folder;
//   const std::string path = folder.Write("keys.yaml", "api_key: k\n", 0600);
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "gtest/gtest.h"

#include <sys/stat.h>

namespace colibri {

class SecretFolder final {
 public:
  SecretFolder() : path_(testing::TempDir() + "colibri_secret_XXXXXX") {
    EXPECT_NE(mkdtemp(path_.data()), nullptr) << path_;
  }
  ~SecretFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  SecretFolder(const SecretFolder&) = delete;
  SecretFolder& operator=(const SecretFolder&) = delete;

  std::string PathOf(std::string_view name) const { return path_ + "/" + std::string(name); }

  std::string Write(std::string_view name, std::string_view text, mode_t mode) const {
    const std::string path = PathOf(name);
    std::ofstream(path, std::ios::binary) << text;
    EXPECT_EQ(chmod(path.c_str(), mode), 0) << path;
    return path;
  }

 private:
  std::string path_;
};

}  // namespace colibri
