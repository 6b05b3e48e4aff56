// One map of a configuration file, read key by key; every mistake is told, none ends the reading.
//
//   ConfigSection section(node, "strategy", errors);
//   section.Read("levels", config.levels);                // absent: the default stays
//   section.Read("bid_spread", config.bid_spread);
//   section.TellUnknownKeys();                            // "levles: unknown key; did you mean
//   ..."
//
// Read gives true when the key is there and its value is good. Thread: any.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"

#include "core/decimal.h"
#include "core/units.h"
#include "tools/cli/config_node.h"

namespace colibri::cli {

class ConfigSection {
 public:
  // The node, a map, outlives the section. An empty path is the file itself.
  ConfigSection(const ConfigNode& node, std::string path, ConfigErrors& errors);

  bool Read(std::string_view key, std::string& value);
  bool Read(std::string_view key, bool& value);
  bool Read(std::string_view key, int& value);
  bool Read(std::string_view key, uint64_t& value);
  bool Read(std::string_view key, Decimal& value);
  bool Read(std::string_view key, absl::Duration& value);
  // A list of texts; a single text is a list of one.
  bool Read(std::string_view key, std::vector<std::string>& value);
  template <typename Tag>
  bool Read(std::string_view key, Unit<Tag>& value) {
    Decimal number = value.value();
    const bool is_read = Read(key, number);
    value = Unit<Tag>(number);
    return is_read;
  }
  // nullopt when absent, or not a map.
  std::optional<ConfigSection> Section(std::string_view key);
  // All keys and texts, whatever they are called.
  std::vector<std::pair<std::string, std::string>> ReadAll();

  bool Has(std::string_view key) const;
  bool is_empty() const { return node_.children.empty(); }
  // Tells that the key is missing, unless it is there.
  bool Require(std::string_view key, std::string_view what);
  // Tells what is wrong with a key, in its line, or in the section's where it is absent. The key
  // may reach into sections: "inventory.price_shift".
  void Tell(std::string_view key, std::string_view what);
  // Keys that nobody has asked for.
  void TellUnknownKeys();

  int line() const { return node_.line; }
  int LineOf(std::string_view key) const;
  std::string PathOf(std::string_view key) const;

 private:
  const ConfigNode* Find(std::string_view key) const;
  // Also makes the key known; nullptr when absent.
  const ConfigNode* Take(std::string_view key);
  // Of a text that is not empty; else tells and gives nullptr.
  const std::string* TakeText(std::string_view key, std::string_view allowed);

  const ConfigNode& node_;
  std::string path_;
  ConfigErrors& errors_;
  std::vector<std::string> known_;
};

}  // namespace colibri::cli
