#include "tools/cli/config_node.h"

#include <algorithm>

#include "core/strings.h"
#include <yaml-cpp/yaml.h>

namespace colibri::cli {
namespace {

constexpr int kDepthMax = 16;
constexpr int kNodesMax = 10'000;

// Copies yaml-cpp's tree into ours. Aliases may make a small text large: the nodes are counted.
class Converter {
 public:
  Converter(const VariableLookup& environment, ConfigErrors& errors)
      : environment_(environment), errors_(errors) {}

  ConfigNode Convert(const YAML::Node& node, int line, int depth) {
    ConfigNode converted;
    converted.line = node.Mark().line >= 0 ? node.Mark().line + 1 : line;
    if (depth > kDepthMax || ++nodes_ > kNodesMax) {
      TellTooLarge(converted.line);
      return converted;
    }
    switch (node.Type()) {
      case YAML::NodeType::Scalar:
        converted.kind = ConfigNode::Kind::kText;
        converted.text = Expand(node.Scalar(), converted.line);
        break;
      case YAML::NodeType::Sequence:
        converted.kind = ConfigNode::Kind::kList;
        for (const YAML::Node& item : node) {
          converted.children.push_back(Convert(item, converted.line, depth + 1));
        }
        break;
      case YAML::NodeType::Map:
        converted.kind = ConfigNode::Kind::kMap;
        for (const auto& entry : node) {
          AddEntry(converted, entry.first, entry.second, depth);
        }
        break;
      default:
        break;
    }
    return converted;
  }

 private:
  void AddEntry(ConfigNode& map, const YAML::Node& key, const YAML::Node& value, int depth) {
    const int line = key.Mark().line + 1;
    if (!key.IsScalar()) {
      errors_.Add(line, "", "a key must be a plain word");
      return;
    }
    const std::string& name = key.Scalar();
    for (const ConfigNode& known : map.children) {
      if (known.key == name) {
        errors_.Add(line, name, StrCat("is given twice; the first is in line ", known.key_line));
        return;
      }
    }
    ConfigNode& child = map.children.emplace_back(Convert(value, line, depth + 1));
    child.key = name;
    child.key_line = line;
  }

  std::string Expand(std::string_view text, int line) {
    std::string expanded;
    while (true) {
      const size_t start = text.find("${");
      const size_t end = start == std::string_view::npos ? start : text.find('}', start);
      if (end == std::string_view::npos) {
        return expanded.append(text);
      }
      expanded.append(text.substr(0, start));
      expanded += ValueOf(text.substr(start + 2, end - start - 2), line);
      text.remove_prefix(end + 1);
    }
  }

  std::string ValueOf(std::string_view reference, int line) {
    const size_t separator = reference.find(":-");
    const std::string_view name = reference.substr(0, separator);
    const std::optional<std::string> value =
        environment_ == nullptr ? std::nullopt : environment_(name);
    if (value.has_value()) {
      return *value;
    }
    if (separator != std::string_view::npos) {
      return std::string(reference.substr(separator + 2));
    }
    errors_.Add(line,
                StrCat("${", name, "}"),
                StrCat("the environment variable is not set; set it, or write ${",
                       name,
                       ":-what to take instead}"));
    return std::string();
  }

  void TellTooLarge(int line) {
    if (!is_too_large_told_) {
      errors_.Add(line,
                  "",
                  StrCat("too much for a configuration: more than ",
                         kNodesMax,
                         " values, or nested more than ",
                         kDepthMax,
                         " deep"));
    }
    is_too_large_told_ = true;
  }

  const VariableLookup& environment_;
  ConfigErrors& errors_;
  int nodes_ = 0;
  bool is_too_large_told_ = false;
};

}  // namespace

std::string_view ToString(ConfigNode::Kind kind) {
  switch (kind) {
    case ConfigNode::Kind::kText:
      return "a text";
    case ConfigNode::Kind::kList:
      return "a list";
    case ConfigNode::Kind::kMap:
      return "a map";
    default:
      return "empty";
  }
}

void ConfigErrors::Add(int line, std::string_view key, std::string_view what) {
  const auto later = std::find_if(
      errors_.begin(), errors_.end(), [&](const ConfigError& error) { return error.line > line; });
  errors_.insert(later, {line, std::string(key), std::string(what)});
}

bool ConfigErrors::Mentions(std::string_view key) const {
  return std::any_of(errors_.begin(), errors_.end(), [&](const ConfigError& error) {
    return error.key == key || error.key.starts_with(StrCat(key, ".")) ||
           error.key.starts_with(StrCat(key, "["));
  });
}

std::vector<std::string> ConfigErrors::lines() const {
  std::vector<std::string> lines;
  for (const ConfigError& error : errors_) {
    lines.push_back(StrCat(file_,
                           ":",
                           std::max(error.line, 1),
                           ": ",
                           error.key,
                           error.key.empty() ? "" : ": ",
                           error.what));
  }
  return lines;
}

std::optional<ConfigNode> ParseYaml(const std::string& text,
                                    const VariableLookup& environment,
                                    ConfigErrors& errors) {
  try {
    return Converter(environment, errors).Convert(YAML::Load(text), /*line=*/1, /*depth=*/0);
  } catch (const YAML::Exception& error) {
    errors.Add(error.mark.line + 1,
               "",
               StrCat("not YAML: ", error.msg, " (column ", error.mark.column + 1, ")"));
    return std::nullopt;
  }
}

}  // namespace colibri::cli
