#include "tools/venue_sim/binance_common/params.h"

#include <algorithm>

#include "absl/strings/numbers.h"

#include "core/status_macros.h"
#include "core/strings.h"

namespace colibri::venue_sim::binance {
namespace {

constexpr char kDigits[] = "^[0-9]{1,20}$";
constexpr char kPlainDecimal[] = "^([0-9]{1,20})(\\.[0-9]{1,20})?$";
constexpr char kClientId[] = "^[a-zA-Z0-9-_]{1,36}$";

bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}

bool IsDigits(std::string_view text) {
  return !text.empty() && text.size() <= 20 && std::all_of(text.begin(), text.end(), IsDigit);
}

bool IsPlainDecimal(std::string_view text) {
  const size_t dot = text.find('.');
  if (dot == std::string_view::npos) {
    return IsDigits(text);
  }
  return IsDigits(text.substr(0, dot)) && IsDigits(text.substr(dot + 1));
}

bool IsClientId(std::string_view text) {
  return !text.empty() && text.size() <= 36 && std::all_of(text.begin(), text.end(), [](char c) {
    return IsDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
  });
}

int HexValue(char c) {
  if (IsDigit(c)) {
    return c - '0';
  }
  if (c >= 'a' && c <= 'f') {
    return c - 'a' + 10;
  }
  if (c >= 'A' && c <= 'F') {
    return c - 'A' + 10;
  }
  return -1;
}

MaybeError ParsePart(std::string_view part, Params& params) {
  Params own;
  while (!part.empty()) {
    const size_t end = part.find('&');
    const std::string_view field = part.substr(0, end);
    part = end == std::string_view::npos ? std::string_view() : part.substr(end + 1);
    if (field.empty()) {
      continue;
    }
    const size_t equals = field.find('=');
    std::string name = PercentDecode(field.substr(0, equals));
    std::string value =
        equals == std::string_view::npos ? "" : PercentDecode(field.substr(equals + 1));
    if (own.Has(name)) {
      return VenueError{-1101, "Duplicate values for a parameter detected."};
    }
    own.Add(name, value);
    if (!params.Has(name)) {
      params.Add(std::move(name), std::move(value));
    }
  }
  return std::nullopt;
}

}  // namespace

std::string PercentDecode(std::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+') {
      decoded += ' ';
    } else if (text[i] == '%' && i + 2 < text.size() && HexValue(text[i + 1]) >= 0 &&
               HexValue(text[i + 2]) >= 0) {
      decoded += static_cast<char>(HexValue(text[i + 1]) * 16 + HexValue(text[i + 2]));
      i += 2;
    } else {
      decoded += text[i];
    }
  }
  return decoded;
}

VenueError MissingParameter(std::string_view name) {
  return {-1102,
          StrCat("Mandatory parameter '", name, "' was not sent, was empty/null, or malformed.")};
}

VenueError IllegalCharacters(std::string_view name, std::string_view legal) {
  return {
      -1100,
      StrCat("Illegal characters found in parameter '", name, "'; legal range is '", legal, "'.")};
}

OrError<Params> Params::Parse(std::string_view query, std::string_view body) {
  Params params;
  RETURN_IF_VENUE_ERROR(ParsePart(query, params));
  RETURN_IF_VENUE_ERROR(ParsePart(body, params));
  return params;
}

void Params::Add(std::string name, std::string value) {
  all_.emplace_back(std::move(name), std::move(value));
}

std::optional<std::string_view> Params::Find(std::string_view name) const {
  for (const auto& [key, value] : all_) {
    if (key == name) {
      return value;
    }
  }
  return std::nullopt;
}

OrError<std::string> Params::Required(std::string_view name) const {
  const std::optional<std::string_view> value = Find(name);
  if (!value.has_value() || value->empty()) {
    return MissingParameter(name);
  }
  return std::string(*value);
}

OrError<std::string> Params::Text(std::string_view name, std::string_view fallback) const {
  const std::optional<std::string_view> value = Find(name);
  if (!value.has_value()) {
    return std::string(fallback);
  }
  if (value->empty()) {
    return VenueError{-1105, StrCat("Parameter '", name, "' was empty.")};
  }
  return std::string(*value);
}

OrError<std::optional<int64_t>> Params::Integer(std::string_view name) const {
  ASSIGN_OR_RETURN(const std::string text, Text(name));
  if (text.empty()) {
    return std::optional<int64_t>();
  }
  int64_t value = 0;
  if (!IsDigits(text) || !absl::SimpleAtoi(text, &value)) {
    return IllegalCharacters(name, kDigits);
  }
  return std::optional<int64_t>(value);
}

OrError<int64_t> Params::IntegerOr(std::string_view name,
                                   int64_t fallback,
                                   int64_t min,
                                   int64_t max) const {
  ASSIGN_OR_RETURN(const std::optional<int64_t> value, Integer(name));
  if (!value.has_value()) {
    return fallback;
  }
  if (*value < min || *value > max) {
    return VenueError{-1130, StrCat("Data sent for parameter '", name, "' is not valid.")};
  }
  return *value;
}

OrError<std::optional<Decimal>> Params::Amount(std::string_view name) const {
  ASSIGN_OR_RETURN(const std::string text, Text(name));
  if (text.empty()) {
    return std::optional<Decimal>();
  }
  if (!IsPlainDecimal(text)) {
    return IllegalCharacters(name, kPlainDecimal);
  }
  const absl::StatusOr<Decimal> value = Decimal::Parse(text);
  if (!value.ok() || value->decimals() > 8) {
    return VenueError{-1111, StrCat("Parameter '", name, "' has too much precision.")};
  }
  return std::optional<Decimal>(*value);
}

OrError<bool> Params::Flag(std::string_view name, bool fallback) const {
  ASSIGN_OR_RETURN(const std::string text, Text(name));
  if (text.empty()) {
    return fallback;
  }
  if (text != "true" && text != "false") {
    return IllegalCharacters(name, "^(true|false)$");
  }
  return text == "true";
}

OrError<std::optional<std::string>> Params::ClientId(std::string_view name) const {
  ASSIGN_OR_RETURN(const std::string text, Text(name));
  if (text.empty()) {
    return std::optional<std::string>();
  }
  if (!IsClientId(text)) {
    return IllegalCharacters(name, kClientId);
  }
  return std::optional<std::string>(text);
}

MaybeError Params::CheckNames(std::string_view known, bool is_signed) const {
  size_t read = 0;
  for (const auto& [name, value] : all_) {
    const std::string padded = StrCat(" ", known, " ");
    if (padded.find(StrCat(" ", std::string_view(name), " ")) != std::string::npos) {
      ++read;
    }
  }
  if (read == all_.size()) {
    return std::nullopt;
  }
  if (is_signed) {
    return VenueError{-1104,
                      StrCat("Not all sent parameters were read; read '",
                             read,
                             "' parameter(s) but was sent '",
                             all_.size(),
                             "'.")};
  }
  return VenueError{
      -1101,
      StrCat("Too many parameters; expected '", read, "' and received '", all_.size(), "'.")};
}

}  // namespace colibri::venue_sim::binance
