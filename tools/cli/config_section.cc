#include "tools/cli/config_section.h"

#include <algorithm>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_join.h"

#include "core/strings.h"
#include "tools/cli/venue_options.h"

namespace colibri::cli {
namespace {

const ConfigNode* FindIn(const ConfigNode& node, std::string_view key) {
  const auto found = std::find_if(node.children.begin(),
                                  node.children.end(),
                                  [&](const ConfigNode& entry) { return entry.key == key; });
  return found == node.children.end() ? nullptr : &*found;
}

}  // namespace

ConfigSection::ConfigSection(const ConfigNode& node, std::string path, ConfigErrors& errors)
    : node_(node), path_(std::move(path)), errors_(errors) {}

bool ConfigSection::Read(std::string_view key, std::string& value) {
  const std::string* text = TakeText(key, "a text");
  if (text != nullptr) {
    value = *text;
  }
  return text != nullptr;
}

bool ConfigSection::Read(std::string_view key, bool& value) {
  const std::string* text = TakeText(key, "true or false");
  if (text == nullptr) {
    return false;
  }
  if (*text != "true" && *text != "false") {
    Tell(key, StrCat("is \"", *text, "\": write true or false"));
    return false;
  }
  value = *text == "true";
  return true;
}

bool ConfigSection::Read(std::string_view key, int& value) {
  const std::string* text = TakeText(key, "a whole number");
  if (text == nullptr) {
    return false;
  }
  int number = 0;
  if (!absl::SimpleAtoi(*text, &number)) {
    Tell(key, StrCat("is \"", *text, "\": write a whole number, such as 3"));
    return false;
  }
  value = number;
  return true;
}

bool ConfigSection::Read(std::string_view key, uint64_t& value) {
  const std::string* text = TakeText(key, "a whole number");
  if (text == nullptr) {
    return false;
  }
  uint64_t number = 0;
  if (!absl::SimpleAtoi(*text, &number)) {
    Tell(key, StrCat("is \"", *text, "\": write a whole number from 0, such as 3"));
    return false;
  }
  value = number;
  return true;
}

bool ConfigSection::Read(std::string_view key, Decimal& value) {
  const std::string* text = TakeText(key, "a number");
  if (text == nullptr) {
    return false;
  }
  const absl::StatusOr<Decimal> number = Decimal::Parse(*text);
  if (!number.ok()) {
    Tell(key, StrCat("is \"", *text, "\": write a plain number with up to 18 decimals, as 0.001"));
    return false;
  }
  value = *number;
  return true;
}

bool ConfigSection::Read(std::string_view key, absl::Duration& value) {
  const std::string* text = TakeText(key, "a duration");
  if (text == nullptr) {
    return false;
  }
  absl::Duration duration;
  if (!absl::ParseDuration(*text, &duration)) {
    Tell(key, StrCat("is \"", *text, "\": write a duration with its unit, as 250ms, 5s or 30m"));
    return false;
  }
  value = duration;
  return true;
}

bool ConfigSection::Read(std::string_view key, std::vector<std::string>& value) {
  const ConfigNode* node = Take(key);
  if (node == nullptr) {
    return false;
  }
  std::vector<std::string> texts;
  if (node->kind == ConfigNode::Kind::kText) {
    texts.push_back(node->text);
  } else if (node->kind == ConfigNode::Kind::kList) {
    for (const ConfigNode& item : node->children) {
      if (item.kind != ConfigNode::Kind::kText || item.text.empty()) {
        errors_.Add(item.line, PathOf(key), "holds something else than texts: write [a, b]");
        return false;
      }
      texts.push_back(item.text);
    }
  }
  if (texts.empty()) {
    Tell(key, StrCat("is ", ToString(node->kind), ": write a list, as [a, b]"));
    return false;
  }
  value = std::move(texts);
  return true;
}

std::optional<ConfigSection> ConfigSection::Section(std::string_view key) {
  const ConfigNode* node = Take(key);
  if (node == nullptr) {
    return std::nullopt;
  }
  if (node->kind != ConfigNode::Kind::kMap) {
    Tell(key, StrCat("is ", ToString(node->kind), ": write its keys below it, indented"));
    return std::nullopt;
  }
  return ConfigSection(*node, PathOf(key), errors_);
}

std::vector<std::pair<std::string, std::string>> ConfigSection::ReadAll() {
  std::vector<std::pair<std::string, std::string>> all;
  for (const ConfigNode& entry : node_.children) {
    if (const std::string* text = TakeText(entry.key, "a text")) {
      all.emplace_back(entry.key, *text);
    }
  }
  return all;
}

bool ConfigSection::Has(std::string_view key) const {
  return Find(key) != nullptr;
}

bool ConfigSection::Require(std::string_view key, std::string_view what) {
  const bool is_there = Has(key);
  if (!is_there) {
    Tell(key, StrCat("is missing: write ", what));
  }
  return is_there;
}

void ConfigSection::Tell(std::string_view key, std::string_view what) {
  errors_.Add(LineOf(key), PathOf(key), what);
}

void ConfigSection::TellUnknownKeys() {
  for (const ConfigNode& entry : node_.children) {
    if (std::find(known_.begin(), known_.end(), entry.key) != known_.end()) {
      continue;
    }
    const std::string near = DidYouMean(entry.key, known_);
    Tell(entry.key,
         StrCat("unknown key",
                near.empty() ? "; known here: " + absl::StrJoin(known_, ", ") : near));
  }
}

int ConfigSection::LineOf(std::string_view key) const {
  const ConfigNode* node = &node_;
  int line = node_.line;
  while (!key.empty()) {
    const size_t dot = key.find('.');
    const ConfigNode* entry = FindIn(*node, key.substr(0, dot));
    if (entry == nullptr) {
      return line;
    }
    line = entry->key_line;
    node = entry;
    key = dot == std::string_view::npos ? std::string_view() : key.substr(dot + 1);
  }
  return line;
}

std::string ConfigSection::PathOf(std::string_view key) const {
  return StrCat(path_, path_.empty() || key.empty() ? "" : ".", key);
}

const ConfigNode* ConfigSection::Find(std::string_view key) const {
  return FindIn(node_, key);
}

const ConfigNode* ConfigSection::Take(std::string_view key) {
  if (std::find(known_.begin(), known_.end(), key) == known_.end()) {
    known_.emplace_back(key);
  }
  return Find(key);
}

const std::string* ConfigSection::TakeText(std::string_view key, std::string_view allowed) {
  const ConfigNode* node = Take(key);
  if (node == nullptr) {
    return nullptr;
  }
  if (node->kind != ConfigNode::Kind::kText || node->text.empty()) {
    Tell(key,
         StrCat("is ",
                node->kind == ConfigNode::Kind::kText ? "empty" : ToString(node->kind),
                ": write ",
                allowed));
    return nullptr;
  }
  return &node->text;
}

}  // namespace colibri::cli
