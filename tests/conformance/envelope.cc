#include "tests/conformance/envelope.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <utility>

#include "core/check.h"
#include "core/strings.h"
#include "nlohmann/json.hpp"

namespace colibri::conformance {
namespace {

constexpr char kRoot[] = "tests/conformance";

std::string KindOf(std::string_view name) {
  for (const std::string_view kind : kRequestKinds) {
    if (name.starts_with(kind) && (name.size() == kind.size() || name[kind.size()] == '_')) {
      return std::string(kind);
    }
  }
  return "";
}

// "now_ms-1000": a variable, and what is added to it.
std::string Evaluate(std::string_view expression, const Variables& variables) {
  const size_t sign = expression.find_first_of("+-");
  const auto found = variables.find(expression.substr(0, sign));
  if (found == variables.end()) {
    return StrCat("<no variable ", expression, ">");
  }
  if (sign == std::string_view::npos) {
    return found->second;
  }
  const std::string addend(expression.substr(sign));
  return StrCat(std::strtoll(found->second.c_str(), nullptr, 10) +
                std::strtoll(addend.c_str(), nullptr, 10));
}

// Each `begin` NAME `end` in the text by the value of NAME.
std::string Replace(std::string text,
                    std::string_view begin,
                    std::string_view end,
                    const Variables& variables) {
  size_t at = text.find(begin);
  while (at != std::string::npos) {
    const size_t stop = text.find(end, at);
    CHECK(stop != std::string::npos && "a placeholder is not closed");
    const std::string value = Evaluate(
        std::string_view(text).substr(at + begin.size(), stop - at - begin.size()), variables);
    text.replace(at, stop + end.size() - at, value);
    at = text.find(begin, at + value.size());
  }
  return text;
}

std::string Unescaped(std::string_view text) {
  std::string plain;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      plain +=
          static_cast<char>(std::strtol(std::string(text.substr(i + 1, 2)).c_str(), nullptr, 16));
      i += 2;
    } else {
      plain += text[i];
    }
  }
  return plain;
}

std::string TextOf(const Json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

}  // namespace

std::string EnvelopeFolder::PathOf(std::string_view venue) {
  return StrCat(kRoot, "/", venue);
}

bool EnvelopeFolder::Exists(std::string_view venue) {
  return std::filesystem::exists(StrCat(PathOf(venue), "/venue.json"));
}

std::vector<std::string> EnvelopeFolder::Venues() {
  std::vector<std::string> venues;
  std::error_code error;  // not the project's root: the tests that need a folder say so
  for (const auto& entry : std::filesystem::directory_iterator(kRoot, error)) {
    if (Exists(entry.path().filename().string())) {
      venues.push_back(entry.path().filename().string());
    }
  }
  std::sort(venues.begin(), venues.end());
  return venues;
}

EnvelopeFolder::EnvelopeFolder(std::string_view venue) {
  for (const auto& entry : std::filesystem::directory_iterator(PathOf(venue))) {
    if (entry.path().extension() != ".json") {
      continue;
    }
    std::ifstream file(entry.path());
    Json content = Json::parse(file, nullptr, /*allow_exceptions=*/false);
    if (content.is_discarded()) {
      std::fprintf(stderr, "%s is not JSON\n", entry.path().c_str());
    }
    CHECK(!content.is_discarded());
    const std::string name = entry.path().stem().string();
    envelopes_.emplace(
        name, Envelope{name, KindOf(name), std::make_shared<const Json>(std::move(content))});
  }
}

const Envelope* EnvelopeFolder::Find(std::string_view name) const {
  const auto found = envelopes_.find(name);
  return found == envelopes_.end() ? nullptr : &found->second;
}

const Json& EnvelopeFolder::RequestOf(const Envelope& envelope) const {
  static const Json kNone;
  const auto request = envelope.content().find("request");
  if (request == envelope.content().end()) {
    return kNone;
  }
  if (!request->is_string()) {
    return *request;
  }
  const Envelope* const other = Find(request->get<std::string>());
  CHECK(other != nullptr && "\"request\" names an envelope that is not there");
  return RequestOf(*other);
}

Json Filled(const Json& content, const Variables& variables) {
  std::string text = Replace(content.dump(), "\"#{", "}\"", variables);
  text = Replace(std::move(text), "${", "}", variables);
  return Json::parse(text);
}

std::string BodyText(const Json& body) {
  return TextOf(body);
}

Json FieldsOf(const HttpRequest& request) {
  Json fields = Json::object();
  const std::string& target = request.url.path;
  size_t at = target.find('?');
  while (at != std::string::npos && at + 1 < target.size()) {
    const size_t end = target.find('&', at + 1);
    const std::string_view parameter = std::string_view(target).substr(
        at + 1, end == std::string::npos ? std::string::npos : end - at - 1);
    const size_t equals = parameter.find('=');
    fields[std::string(parameter.substr(0, equals))] =
        equals == std::string_view::npos ? "" : Unescaped(parameter.substr(equals + 1));
    at = end;
  }
  const Json body = Json::parse(request.body, nullptr, /*allow_exceptions=*/false);
  if (body.is_object()) {
    fields.update(body);
  }
  return fields;
}

Json FieldAt(const Json& fields, const std::string& path) {
  const Json::json_pointer pointer(path.starts_with("/") ? path : StrCat("/", path));
  return fields.contains(pointer) ? fields.at(pointer) : Json();
}

bool Matches(const Json& wanted, const HttpRequest& request) {
  const std::string& target = request.url.path;
  if (wanted.is_null() || wanted.value("method", "") != ToString(request.method) ||
      wanted.value("path", "") != target.substr(0, target.find('?'))) {
    return false;
  }
  const Json fields = FieldsOf(request);
  const Json where = wanted.value("where", Json::object());
  for (const auto& [path, value] : where.items()) {
    const Json found = FieldAt(fields, path);
    const bool is_one = value.is_array()
                            ? std::find(value.begin(), value.end(), found) != value.end()
                            : found == value;
    if (!is_one) {
      return false;
    }
  }
  return true;
}

std::string FindDifference(const Json& wanted, const HttpRequest& request) {
  const Json fields = FieldsOf(request);
  const Json asked = wanted.value("fields", Json::object());
  for (const auto& [path, value] : asked.items()) {
    const Json found = FieldAt(fields, path);
    const bool is_right = value.is_null()        ? found.is_null()
                          : TextOf(value) == "*" ? !found.is_null() && !TextOf(found).empty()
                                                 : TextOf(found) == TextOf(value);
    if (!is_right) {
      return StrCat(path, " is ", found.dump(), " and should be ", value.dump());
    }
  }
  const Json headers = wanted.value("headers", Json::object());
  for (const auto& [name, value] : headers.items()) {
    const auto header = std::find_if(request.headers.begin(),
                                     request.headers.end(),
                                     [&, &key = name](const auto& h) { return h.first == key; });
    if (header == request.headers.end() || (value != "*" && value != header->second)) {
      return StrCat("the header ", name, " is not ", value.dump());
    }
  }
  return "";
}

}  // namespace colibri::conformance
