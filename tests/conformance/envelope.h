// One exchange with a venue as a file: what is asked or streamed, what the venue says, and what
// that means in our words. README.md has the form.
//
//   const EnvelopeFolder folder("binance");
//   const Envelope* placed = folder.Find("place_open");        // null when there is no such file
//   Json body = Filled(placed->content()["answer"]["body"], variables);
//
// In texts ${name} is replaced by a variable; "#{name+1}" becomes a bare number. CHECKs that files
// can be read: they are the project's own. Includers that look into JSON include nlohmann/json.hpp
// themselves.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "connector/transport.h"
#include "nlohmann/json_fwd.hpp"

namespace colibri::conformance {

using Json = nlohmann::ordered_json;
using Variables = std::map<std::string, std::string, std::less<>>;

// What is asked of a venue. In the order of the search: one whose requests or names another one's
// would match too stands first.
inline constexpr std::string_view kRequestKinds[] = {"server_time",
                                                     "rules",
                                                     "balances",
                                                     "fees",
                                                     "book_snapshot",
                                                     "listen_key_create",
                                                     "listen_key_keep",
                                                     "trades",
                                                     "open_orders",
                                                     "order",
                                                     "open_conditional_orders",
                                                     "conditional_order",
                                                     "conditional_cancel",
                                                     "place",
                                                     "cancel_all_conditional",
                                                     "cancel_all",
                                                     "cancel",
                                                     "amend",
                                                     "replace",
                                                     "position_mode",
                                                     "set_position_mode",
                                                     "leverage",
                                                     "set_leverage",
                                                     "positions",
                                                     "funding_info",
                                                     "open_interest",
                                                     "funding_payments",
                                                     "dead_mans_switch"};

struct Envelope {
  std::string name;  // of the file, without .json
  std::string kind;  // of the request: "place" of place_open; empty for streams and sessions
  std::shared_ptr<const Json> text;  // never null

  const Json& content() const { return *text; }
};

class EnvelopeFolder {
 public:
  static std::string PathOf(std::string_view venue);
  static bool Exists(std::string_view venue);
  // Folders that hold a venue.json, sorted.
  static std::vector<std::string> Venues();

  explicit EnvelopeFolder(std::string_view venue);

  const Envelope* Find(std::string_view name) const;
  const std::map<std::string, Envelope, std::less<>>& all() const { return envelopes_; }
  // The envelope's own, or that of the envelope which it names.
  const Json& RequestOf(const Envelope& envelope) const;

 private:
  std::map<std::string, Envelope, std::less<>> envelopes_;
};

Json Filled(const Json& content, const Variables& variables);
// As the venue sends it: a text as it is, anything else as JSON.
std::string BodyText(const Json& body);

// The query's parameters and the body's members, by name.
Json FieldsOf(const HttpRequest& request);
// Of a name, or of a JSON pointer; null where there is none.
Json FieldAt(const Json& fields, const std::string& path);
// Method, path and what "where" tells apart; each value there may be a list of alternatives.
bool Matches(const Json& wanted, const HttpRequest& request);
// Empty when all "fields" and "headers" are as wanted: "*" is anything, null is absence.
std::string FindDifference(const Json& wanted, const HttpRequest& request);

}  // namespace colibri::conformance
