#include "tools/venue_sim/hyperliquid/exchange.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include <nlohmann/json.hpp>

#include "core/strings.h"
#include "tools/venue_sim/hyperliquid/action.h"
#include "tools/venue_sim/hyperliquid/render.h"

namespace colibri::venue_sim::hyperliquid {
namespace {

constexpr int64_t kSpareActionMs = 10'000;
constexpr int64_t kCancelExtra = 100'000;
constexpr int64_t kExpiredUnits = 5;
constexpr int64_t kScheduleAheadMs = 5000;
constexpr int64_t kDayMs = 24 * 3600 * 1000;
constexpr int kScheduleTriggersMax = 10;
constexpr int kCollateralDecimals = 6;
constexpr char kTypedDomain[] = "HyperliquidSignTransaction";

Json DefaultJson() {
  return {{"status", "ok"}, {"response", {{"type", "default"}}}};
}

std::optional<uint64_t> ChainIdOf(const Json& action) {
  const auto given = action.find("signatureChainId");
  if (given == action.end() || !given->is_string()) {
    return std::nullopt;
  }
  const std::optional<std::string> bytes = FromHex(given->get_ref<const std::string&>(), 8);
  if (!bytes.has_value()) {
    return std::nullopt;
  }
  uint64_t id = 0;
  for (const char c : *bytes) {
    id = id << 8 | static_cast<unsigned char>(c);
  }
  return id;
}

std::optional<GivenSignature> ReadSignature(const Json& request) {
  const auto given = request.find("signature");
  if (given == request.end() || !given->is_object()) {
    return std::nullopt;
  }
  const Json r = given->value("r", Json());
  const Json s = given->value("s", Json());
  const Json v = given->value("v", Json());
  if (!r.is_string() || !s.is_string() || !v.is_number_integer()) {
    return std::nullopt;
  }
  return GivenSignature{.r = r.get<std::string>(), .s = s.get<std::string>(), .v = v.get<int>()};
}

bool IsNumber(const Json& value) {
  return value.is_number_unsigned() || (value.is_number_integer() && value.get<int64_t>() >= 0);
}

std::string DepositWords(const Address& address) {
  return StrCat("Must deposit before performing actions. User: ", std::string_view(address));
}

bool HasFunds(const VenueState& state, const User& user) {
  if (user.account.wallet(kCollateral).is_positive()) {
    return true;
  }
  const std::map<int, SpotWallet>& wallets = state.spot.WalletsOf(user.account);
  return std::any_of(wallets.begin(), wallets.end(), [](const auto& wallet) {
    return wallet.second.total.is_positive();
  });
}

}  // namespace

Json ErrorJson(std::string_view text) {
  return {{"status", "err"}, {"response", text}};
}

const std::string& SignedRequest::type() const {
  return (*action)["type"].get_ref<const std::string&>();
}

std::optional<SignedRequest> ReadSignedRequest(const Json& request) {
  if (!request.is_object() || !request.contains("action")) {
    return std::nullopt;
  }
  std::optional<Json> action = ReadAction(request["action"]);
  std::optional<GivenSignature> signature = ReadSignature(request);
  const Json nonce = request.value("nonce", Json());
  const Json vault = request.value("vaultAddress", Json());
  const Json expires = request.value("expiresAfter", Json());
  const bool has_vault = vault.is_string() && IsHex(vault.get<std::string>(), 40);
  if (!action.has_value() || !signature.has_value() || !IsNumber(nonce) ||
      (!vault.is_null() && !has_vault) || (!expires.is_null() && !IsNumber(expires))) {
    return std::nullopt;
  }
  return SignedRequest{.action = std::make_shared<const Json>(*std::move(action)),
                       .nonce = nonce.get<uint64_t>(),
                       .signature = *std::move(signature),
                       .vault = has_vault ? absl::AsciiStrToLower(vault.get<std::string>()) : "",
                       .expires_after = expires.is_null()
                                            ? std::nullopt
                                            : std::optional<uint64_t>(expires.get<uint64_t>())};
}

std::optional<Address> SignerOf(const SignedRequest& request, bool is_testnet) {
  if (!IsUserSigned(request.type())) {
    const std::string id =
        ConnectionId(*request.action, request.nonce, request.vault, request.expires_after);
    return RecoverAddress(AgentDigest(id, is_testnet), request.signature);
  }
  const std::optional<std::string> hash = UserSignedHash(*request.action);
  const std::optional<uint64_t> chain_id = ChainIdOf(*request.action);
  if (!hash.has_value() || !chain_id.has_value()) {
    return std::nullopt;
  }
  return RecoverAddress(TypedDigest(kTypedDomain, *chain_id, *hash), request.signature);
}

std::optional<std::string> ExchangeDesk::Admit(const SignedRequest& request,
                                               const Address& signer,
                                               User*& user) {
  // An agent signs no transfers and approvals: they are the wallet's own.
  user = IsUserSigned(request.type()) ? state_.FindUser(signer) : state_.UserOfSigner(signer);
  User* vault = request.vault.empty() ? nullptr : state_.FindUser(request.vault);
  if (user == nullptr) {
    return IsUserSigned(request.type())
               ? DepositWords(signer)
               : StrCat("User or API Wallet ", std::string_view(signer), " does not exist.");
  }
  if (!request.vault.empty()) {
    if (vault == nullptr || (vault != user && vault->master != user->address)) {
      return StrCat("Vault not registered: ", std::string_view(request.vault));
    }
    user = vault;
  }
  const int64_t now_ms = state_.NowMs();
  if (std::optional<std::string> refused = state_.nonces.Use(signer, request.nonce, now_ms)) {
    return refused;
  }
  const int64_t count = BatchSize(*request.action);
  if (request.expires_after.has_value() && *request.expires_after < static_cast<uint64_t>(now_ms)) {
    user->actions_used += kExpiredUnits * count;
    return StrCat("Action expired: expiresAfter ", *request.expires_after, " is before ", now_ms);
  }
  if (!HasFunds(state_, *user)) {
    return DepositWords(user->address);
  }
  return ChargeActions(*user, count, request.type().starts_with("cancel"));
}

std::optional<std::string> ExchangeDesk::ChargeActions(User& user, int64_t count, bool is_cancel) {
  const int64_t limit = ActionsMax(state_, user);
  const int64_t cap = is_cancel ? std::min(limit + kCancelExtra, 2 * limit) : limit;
  const int64_t now_ms = state_.NowMs();
  if (user.actions_used + count > cap) {
    if (now_ms - user.last_spare_action_ms < kSpareActionMs) {
      state_.traffic.CountOrderOveruse();
      return StrCat("Too many cumulative requests sent (",
                    user.actions_used,
                    " > ",
                    cap,
                    ") for cumulative volume traded $",
                    user.volume,
                    ". Place taker orders to free up 1 request per USDC traded.");
    }
    user.last_spare_action_ms = now_ms;
  }
  user.actions_used += count;
  return std::nullopt;
}

Answer ExchangeDesk::Handle(const SignedRequest& request) {
  const std::optional<Address> signer = SignerOf(request, state_.options.is_testnet);
  if (!signer.has_value()) {
    return {.text = Text(ErrorJson("L1 error: could not recover the signer of the action"))};
  }
  User* user = nullptr;
  if (const std::optional<std::string> refused = Admit(request, *signer, user)) {
    return {.text = Text(ErrorJson(*refused))};
  }
  return {.text = Text(Execute(*user, *request.action))};
}

Json ExchangeDesk::Execute(User& user, const Json& action) {
  const std::string& type = action["type"].get_ref<const std::string&>();
  if (type == "noop" || type == "setReferrer") {
    return DefaultJson();
  }
  if (IsUserSigned(type)) {
    return ExecuteUserSigned(user, action);
  }
  if (type == "scheduleCancel") {
    return ScheduleCancel(user, action);
  }
  if (type == "updateLeverage") {
    return UpdateLeverage(user, action);
  }
  if (type == "updateIsolatedMargin") {
    return UpdateIsolatedMargin(user, action);
  }
  // All of a batch is told at once.
  state_.defers_events = true;
  Json answer = orders_.Execute(user, action);
  state_.defers_events = false;
  publisher_.FlushAll();
  return answer;
}

Json ExchangeDesk::ScheduleCancel(User& user, const Json& action) {
  const Decimal needed = state_.options.limits.schedule_cancel_volume;
  if (user.volume < needed) {
    return ErrorJson(
        StrCat("Cannot set scheduled cancel time until enough volume traded. Required: $",
               needed,
               ". Traded: $",
               user.volume,
               "."));
  }
  if (!action.contains("time")) {
    user.schedule_cancel_ms = 0;
    return DefaultJson();
  }
  const int64_t now_ms = state_.NowMs();
  const auto time_ms = static_cast<int64_t>(action["time"].get<uint64_t>());
  if (time_ms < now_ms + kScheduleAheadMs) {
    return ErrorJson("Scheduled cancel time must be at least 5 seconds from now.");
  }
  if (user.schedule_cancel_day == now_ms / kDayMs &&
      user.schedule_cancel_triggers >= kScheduleTriggersMax) {
    return ErrorJson("Cannot set scheduled cancel: too many triggers today.");
  }
  user.schedule_cancel_ms = time_ms;
  return DefaultJson();
}

Json ExchangeDesk::UpdateLeverage(User& user, const Json& action) {
  Asset* asset = state_.PerpetualAt(action["asset"].get<uint64_t>());
  if (asset == nullptr) {
    return ErrorJson("Asset not found.");
  }
  const auto leverage = action["leverage"].get<uint64_t>();
  const bool is_isolated = !action["isCross"].get<bool>();
  if (leverage < 1 || leverage > static_cast<uint64_t>(asset->coin.leverage_max)) {
    return ErrorJson("Invalid leverage value");
  }
  if (!is_isolated && asset->coin.is_only_isolated) {
    return ErrorJson("Cross margin is not allowed for this asset.");
  }
  const bool was_isolated = user.account.settings(asset->instrument).is_isolated;
  if (was_isolated != is_isolated &&
      state_.exchange.SetIsolated(user.account, asset->instrument, is_isolated) !=
          margin::Refusal::kNone) {
    return ErrorJson("Cannot switch leverage type with open position.");
  }
  const margin::Refusal refusal =
      state_.exchange.SetLeverage(user.account, asset->instrument, static_cast<int>(leverage));
  if (refusal != margin::Refusal::kNone) {
    if (was_isolated != is_isolated) {
      (void)state_.exchange.SetIsolated(user.account, asset->instrument, was_isolated);
    }
    return ErrorJson(refusal == margin::Refusal::kMargin
                         ? "Insufficient margin to decrease leverage."
                         : "Cannot decrease leverage with open position.");
  }
  user.has_new_state = true;
  return DefaultJson();
}

Json ExchangeDesk::UpdateIsolatedMargin(User& user, const Json& action) {
  Asset* asset = state_.PerpetualAt(action["asset"].get<uint64_t>());
  if (asset == nullptr) {
    return ErrorJson("Asset not found.");
  }
  const Decimal amount = Decimal::FromScaled(action["ntli"].get<int64_t>(), 6);
  switch (state_.exchange.MoveMargin(
      user.account, asset->instrument, margin::PositionSide::kNet, amount)) {
    case margin::Refusal::kNone:
      return DefaultJson();
    case margin::Refusal::kNotIsolated:
      return ErrorJson("No isolated position to update margin of.");
    default:
      return ErrorJson("Insufficient margin to update isolated margin.");
  }
}

Json ExchangeDesk::ExecuteUserSigned(User& user, const Json& action) {
  const std::string& type = action["type"].get_ref<const std::string&>();
  if (type == "approveAgent") {
    user.agents.insert(absl::AsciiStrToLower(action["agentAddress"].get<std::string>()));
    return DefaultJson();
  }
  if (type == "usdSend") {
    const absl::StatusOr<Decimal> amount =
        Decimal::Parse(action["amount"].get_ref<const std::string&>());
    User* to = state_.FindUser(action["destination"].get<std::string>());
    if (!amount.ok() || !amount->is_positive() || to == nullptr ||
        state_.exchange.Transfer(user.account, kCollateral, -*amount) != margin::Refusal::kNone) {
      return ErrorJson("Insufficient balance for withdrawal.");
    }
    (void)state_.exchange.Transfer(to->account, kCollateral, *amount);
    return DefaultJson();
  }
  if (type == "approveBuilderFee") {
    return ErrorJson("Builder has insufficient balance to be approved.");
  }
  return type == "spotSend" ? SpotSend(user, action) : ClassTransfer(user, action);
}

// The token by its name and its id: "PURR:0x...".
Json ExchangeDesk::SpotSend(User& user, const Json& action) {
  const std::string& wanted = action["token"].get_ref<const std::string&>();
  const auto& tokens = state_.options.tokens;
  const auto token = std::find_if(tokens.begin(), tokens.end(), [&](const auto& one) {
    return wanted == StrCat(std::string_view(one.name), ":", std::string_view(one.id));
  });
  if (token == tokens.end()) {
    return ErrorJson(StrCat("Invalid token: ", std::string_view(wanted)));
  }
  const absl::StatusOr<Decimal> amount =
      Decimal::Parse(action["amount"].get_ref<const std::string&>());
  User* to = state_.FindUser(action["destination"].get_ref<const std::string&>());
  if (!amount.ok() || !amount->is_positive() || amount->decimals() > token->wei_decimals ||
      to == nullptr || to == &user || !state_.spot.Transfer(user.account, token->index, -*amount)) {
    return ErrorJson("Insufficient balance for token transfer.");
  }
  CHECK(state_.spot.Transfer(to->account, token->index, *amount));
  const std::string delta =
      Text(Json{{"type", "spotTransfer"},
                {"token", token->name},
                {"amount", NumberText(*amount)},
                {"usdcValue", NumberText(state_.spot.WorthOf(token->index, *amount))},
                {"user", user.address},
                {"destination", to->address},
                {"fee", "0.0"},
                {"nativeTokenFee", "0.0"},
                {"nonce", Json()},
                {"feeToken", ""}});
  publisher_.NoteLedger(user, delta);
  publisher_.NoteLedger(*to, delta);
  return DefaultJson();
}

// "100", or "100 subaccount:0x..." of a sub-account of the signer's.
Json ExchangeDesk::ClassTransfer(User& signer, const Json& action) {
  const std::string& given = action["amount"].get_ref<const std::string&>();
  const std::vector<std::string> words = absl::StrSplit(given, " subaccount:");
  const absl::StatusOr<Decimal> amount = Decimal::Parse(words.front());
  User* user = words.size() < 2 ? &signer : state_.FindUser(words[1]);
  if (user == nullptr || (user != &signer && user->master != signer.address)) {
    return ErrorJson(StrCat("Sub-account not registered: ", std::string_view(words.back())));
  }
  if (!amount.ok() || !amount->is_positive() || amount->decimals() > kCollateralDecimals) {
    return ErrorJson("Invalid amount for class transfer.");
  }
  const bool is_to_perp = action["toPerp"].get<bool>();
  const int money = SpotExchange::kMoneyToken;
  const bool is_paid = is_to_perp
                           ? state_.spot.Transfer(user->account, money, -*amount)
                           : state_.exchange.Transfer(user->account, kCollateral, -*amount) ==
                                 margin::Refusal::kNone;
  if (!is_paid) {
    return ErrorJson("Insufficient balance for withdrawal.");
  }
  if (is_to_perp) {
    (void)state_.exchange.Transfer(user->account, kCollateral, *amount);
  } else {
    (void)state_.spot.Transfer(user->account, money, *amount);
  }
  publisher_.NoteLedger(*user,
                        Text(Json{{"type", "accountClassTransfer"},
                                  {"usdc", NumberText(*amount)},
                                  {"toPerp", is_to_perp}}));
  return DefaultJson();
}

}  // namespace colibri::venue_sim::hyperliquid
