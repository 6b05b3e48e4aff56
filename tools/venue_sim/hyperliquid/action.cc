#include "tools/venue_sim/hyperliquid/action.h"

#include <algorithm>
#include <map>
#include <vector>

#include "absl/strings/ascii.h"
#include <nlohmann/json.hpp>

#include "core/strings.h"
#include "tools/venue_sim/hyperliquid/signature.h"

namespace colibri::venue_sim::hyperliquid {
namespace {

constexpr size_t kBatchMax = 1000;
constexpr size_t kTextMax = 64;

enum class Kind {
  kUnsigned,
  kSigned,
  kFlag,
  kAmount,
  kText,
  kCloid,
  kAddress,
  kOrderId,   // a number or a cloid
  kGrouping,  // a text, or an object with a priority
  kObject,
  kList,
};

struct Member {
  std::string_view name;
  Kind kind;
  bool is_optional = false;
  const std::vector<Member>* members = nullptr;  // of an object, or of a list's elements
};
using Members = std::vector<Member>;

// Where one of several is needed, all are optional here and the reader of the order looks.
const Members& OrderMembers() {
  static const auto& limit = *new Members{{"tif", Kind::kText}};
  static const auto& trigger =
      *new Members{{"isMarket", Kind::kFlag}, {"triggerPx", Kind::kAmount}, {"tpsl", Kind::kText}};
  static const auto& type = *new Members{{"limit", Kind::kObject, true, &limit},
                                         {"trigger", Kind::kObject, true, &trigger}};
  static const auto& order = *new Members{{"a", Kind::kUnsigned},
                                          {"b", Kind::kFlag},
                                          {"p", Kind::kAmount},
                                          {"s", Kind::kAmount},
                                          {"r", Kind::kFlag},
                                          {"t", Kind::kObject, false, &type},
                                          {"c", Kind::kCloid, true}};
  return order;
}

const Members* MembersOf(std::string_view type) {
  static const auto& builder = *new Members{{"b", Kind::kAddress}, {"f", Kind::kUnsigned}};
  static const auto& cancel = *new Members{{"a", Kind::kUnsigned}, {"o", Kind::kUnsigned}};
  static const auto& by_cloid = *new Members{{"asset", Kind::kUnsigned}, {"cloid", Kind::kCloid}};
  static const auto& modify =
      *new Members{{"oid", Kind::kOrderId}, {"order", Kind::kObject, false, &OrderMembers()}};
  static const auto& all = *new std::map<std::string_view, Members>{
      {"order",
       {{"orders", Kind::kList, false, &OrderMembers()},
        {"grouping", Kind::kGrouping},
        {"builder", Kind::kObject, true, &builder}}},
      {"cancel", {{"cancels", Kind::kList, false, &cancel}}},
      {"cancelByCloid", {{"cancels", Kind::kList, false, &by_cloid}}},
      {"modify", {{"oid", Kind::kOrderId}, {"order", Kind::kObject, false, &OrderMembers()}}},
      {"batchModify", {{"modifies", Kind::kList, false, &modify}}},
      {"scheduleCancel", {{"time", Kind::kUnsigned, true}}},
      {"updateLeverage",
       {{"asset", Kind::kUnsigned}, {"isCross", Kind::kFlag}, {"leverage", Kind::kUnsigned}}},
      {"updateIsolatedMargin",
       {{"asset", Kind::kUnsigned}, {"isBuy", Kind::kFlag}, {"ntli", Kind::kSigned}}},
      {"setReferrer", {{"code", Kind::kText}}},
      {"noop", {}}};
  const auto found = all.find(type);
  return found == all.end() ? nullptr : &found->second;
}

bool IsUnsigned(const Json& value) {
  return value.is_number_unsigned() || (value.is_number_integer() && value.get<int64_t>() >= 0);
}

std::optional<Json> ReadText(const Json& value, Kind kind) {
  if (!value.is_string() || value.get_ref<const std::string&>().size() > kTextMax) {
    return std::nullopt;
  }
  const std::string& text = value.get_ref<const std::string&>();
  switch (kind) {
    case Kind::kAmount: {
      const absl::StatusOr<Decimal> amount = Decimal::Parse(text);
      return amount.ok() ? std::optional<Json>(amount->ToString()) : std::nullopt;
    }
    case Kind::kCloid:
      return IsHex(text, 32) ? std::optional<Json>(absl::AsciiStrToLower(text)) : std::nullopt;
    case Kind::kAddress:
      return IsHex(text, 40) ? std::optional<Json>(absl::AsciiStrToLower(text)) : std::nullopt;
    default:
      return value;
  }
}

std::optional<Json> ReadMembers(const Json& value, const Members& members, Json read);

std::optional<Json> ReadList(const Json& value, const Members& members) {
  if (!value.is_array() || value.size() > kBatchMax) {
    return std::nullopt;
  }
  Json list = Json::array();
  for (const Json& element : value) {
    std::optional<Json> read = ReadMembers(element, members, Json::object());
    if (!read.has_value()) {
      return std::nullopt;
    }
    list.push_back(*std::move(read));
  }
  return list;
}

std::optional<Json> ReadValue(const Json& value, const Member& member) {
  switch (member.kind) {
    case Kind::kUnsigned:
      return IsUnsigned(value) ? std::optional<Json>(value) : std::nullopt;
    case Kind::kSigned:
      return value.is_number_integer() ? std::optional<Json>(value) : std::nullopt;
    case Kind::kFlag:
      return value.is_boolean() ? std::optional<Json>(value) : std::nullopt;
    case Kind::kOrderId:
      return IsUnsigned(value) ? std::optional<Json>(value) : ReadText(value, Kind::kCloid);
    case Kind::kGrouping: {
      static const auto& priority = *new Members{{"p", Kind::kUnsigned}};
      return value.is_object() ? ReadMembers(value, priority, Json::object())
                               : ReadText(value, Kind::kText);
    }
    case Kind::kObject:
      return ReadMembers(value, *member.members, Json::object());
    case Kind::kList:
      return ReadList(value, *member.members);
    default:
      return ReadText(value, member.kind);
  }
}

// Puts the members behind what has been read.
std::optional<Json> ReadMembers(const Json& value, const Members& members, Json read) {
  if (!value.is_object()) {
    return std::nullopt;
  }
  for (const Member& member : members) {
    const auto given = value.find(member.name);
    if (given == value.end() || given->is_null()) {
      if (!member.is_optional) {
        return std::nullopt;
      }
      continue;
    }
    std::optional<Json> one = ReadValue(*given, member);
    if (!one.has_value()) {
      return std::nullopt;
    }
    read[member.name] = *std::move(one);
  }
  return read;
}

struct TypedField {
  std::string_view name;
  std::string_view type;  // "string", "uint64", "address" or "bool"
};
struct TypedAction {
  std::string_view primary;
  std::vector<TypedField> fields;
};

const TypedAction* TypedActionOf(std::string_view type) {
  static const auto& all =
      *new std::map<std::string_view, TypedAction>{{"usdSend",
                                                    {"UsdSend",
                                                     {{"hyperliquidChain", "string"},
                                                      {"destination", "string"},
                                                      {"amount", "string"},
                                                      {"time", "uint64"}}}},
                                                   {"spotSend",
                                                    {"SpotSend",
                                                     {{"hyperliquidChain", "string"},
                                                      {"destination", "string"},
                                                      {"token", "string"},
                                                      {"amount", "string"},
                                                      {"time", "uint64"}}}},
                                                   {"usdClassTransfer",
                                                    {"UsdClassTransfer",
                                                     {{"hyperliquidChain", "string"},
                                                      {"amount", "string"},
                                                      {"toPerp", "bool"},
                                                      {"nonce", "uint64"}}}},
                                                   {"approveAgent",
                                                    {"ApproveAgent",
                                                     {{"hyperliquidChain", "string"},
                                                      {"agentAddress", "address"},
                                                      {"agentName", "string"},
                                                      {"nonce", "uint64"}}}},
                                                   {"approveBuilderFee",
                                                    {"ApproveBuilderFee",
                                                     {{"hyperliquidChain", "string"},
                                                      {"maxFeeRate", "string"},
                                                      {"builder", "address"},
                                                      {"nonce", "uint64"}}}}};
  const auto found = all.find(type);
  return found == all.end() ? nullptr : &found->second;
}

std::optional<std::string> WordOf(const Json& value, std::string_view type) {
  if (type == "string" && value.is_string()) {
    return Keccak256(value.get_ref<const std::string&>());
  }
  if (type == "address" && value.is_string() && IsHex(value.get_ref<const std::string&>(), 40)) {
    return AddressWord(value.get_ref<const std::string&>());
  }
  if (type == "uint64" && IsUnsigned(value)) {
    return NumberWord(value.get<uint64_t>());
  }
  if (type == "bool" && value.is_boolean()) {
    return NumberWord(value.get<bool>() ? 1 : 0);
  }
  return std::nullopt;
}

}  // namespace

std::optional<Json> ReadAction(const Json& action) {
  if (!action.is_object() || !action.contains("type") || !action["type"].is_string()) {
    return std::nullopt;
  }
  const std::string& type = action["type"].get_ref<const std::string&>();
  if (IsUserSigned(type)) {
    return action;
  }
  const Members* members = MembersOf(type);
  if (members == nullptr) {
    return std::nullopt;
  }
  return ReadMembers(action, *members, Json{{"type", type}});
}

bool IsKnownAction(std::string_view type) {
  return MembersOf(type) != nullptr || IsUserSigned(type);
}

bool IsUserSigned(std::string_view type) {
  return TypedActionOf(type) != nullptr;
}

std::optional<std::string> UserSignedHash(const Json& action) {
  const TypedAction& typed = *TypedActionOf(action["type"].get_ref<const std::string&>());
  std::string type = StrCat("HyperliquidTransaction:", typed.primary, "(");
  std::string words;
  for (const TypedField& field : typed.fields) {
    type += StrCat(&field == &typed.fields.front() ? "" : ",", field.type, " ", field.name);
    const auto given = action.find(field.name);
    // An agent without a name is approved under the empty one.
    const bool is_missing = given == action.end() || given->is_null();
    if (is_missing && field.name != "agentName") {
      return std::nullopt;
    }
    const std::optional<std::string> word = WordOf(is_missing ? Json("") : *given, field.type);
    if (!word.has_value()) {
      return std::nullopt;
    }
    words += *word;
  }
  type += ")";
  return Keccak256(Keccak256(type) + words);
}

int BatchSize(const Json& action) {
  for (const char* list : {"orders", "cancels", "modifies"}) {
    if (const auto found = action.find(list); found != action.end() && found->is_array()) {
      return std::max<int>(1, static_cast<int>(found->size()));
    }
  }
  return 1;
}

}  // namespace colibri::venue_sim::hyperliquid
