// A configuration file as a tree that knows its lines.
//
//   ConfigErrors errors("run.yaml");
//   std::optional<ConfigNode> root = ParseYaml(text, environment, errors);
//   if (!root) Print(errors.lines());   // "run.yaml:3: a mistake in YAML: ..."
//
// Texts may hold ${NAME}, an environment variable, or ${NAME:-what to take when it is not set}.
// Depth and number of nodes are bounded. Thread: any.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace colibri::cli {

struct ConfigNode {
  enum class Kind : uint8_t { kEmpty, kText, kList, kMap };

  Kind kind = Kind::kEmpty;
  int line = 0;          // from 1
  std::string key = {};  // what a map calls it
  int key_line = 0;
  std::string text = {};                  // kText
  std::vector<ConfigNode> children = {};  // kList and kMap, in the order of the file
};

// "empty", "a text", "a list", "a map"
std::string_view ToString(ConfigNode::Kind kind);

// All that is wrong with one file.
class ConfigErrors {
 public:
  explicit ConfigErrors(std::string file) : file_(std::move(file)) {}

  void Add(int line, std::string_view key, std::string_view what);
  // Something is wrong with the key, or within it.
  bool Mentions(std::string_view key) const;
  bool empty() const { return errors_.empty(); }
  // "file:line: key: what", in the order of the lines.
  std::vector<std::string> lines() const;

 private:
  struct ConfigError {
    int line = 0;
    std::string key;
    std::string what;
  };

  std::string file_;
  std::vector<ConfigError> errors_;  // by line
};

using VariableLookup = std::function<std::optional<std::string>(std::string_view name)>;

// nullopt when the text is no YAML. Variables that are not set are told, and their places stay.
std::optional<ConfigNode> ParseYaml(const std::string& text,
                                    const VariableLookup& environment,
                                    ConfigErrors& errors);

}  // namespace colibri::cli
