#include "auth/rest_request.h"

#include "auth/encoding.h"
#include "core/text_pool.h"

namespace colibri {

std::string_view ToString(HttpMethod method) {
  switch (method) {
    case HttpMethod::kGet:
      return "GET";
    case HttpMethod::kPost:
      return "POST";
    case HttpMethod::kPut:
      return "PUT";
    case HttpMethod::kDelete:
      return "DELETE";
  }
  return "UNKNOWN";
}

void AppendParameterName(std::string_view name, std::string& parameters) {
  if (!parameters.empty()) {
    parameters.push_back('&');
  }
  parameters.append(name).push_back('=');
}

void RestRequest::AddParameter(std::string_view name, std::string_view value) {
  AppendParameterName(name, query);
  AppendPercentEncoded(value, query);
}

void RestRequest::AddParameter(std::string_view name, Decimal value) {
  AppendParameterName(name, query);
  value.AppendTo(query);
}

void RestRequest::AddHeader(std::string_view name, std::string_view value) {
  std::string text = TakeText();
  text.assign(value);
  headers.emplace_back(name, std::move(text));
}

std::string RestRequest::Target() const {
  std::string target;
  target.reserve(path.size() + 1 + query.size());
  AppendTarget(target);
  return target;
}

void RestRequest::AppendTarget(std::string& target) const {
  target.append(path);
  if (!query.empty()) {
    target.append("?").append(query);
  }
}

}  // namespace colibri
