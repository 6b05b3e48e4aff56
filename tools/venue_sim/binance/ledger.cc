#include "tools/venue_sim/binance/ledger.h"

#include <algorithm>

#include "core/check.h"

namespace colibri::venue_sim::binance {

Decimal Account::free(const std::string& asset) const {
  const auto found = balances_.find(asset);
  return found == balances_.end() ? Decimal() : found->second.free;
}

void Account::AddFree(const std::string& asset, Decimal amount) {
  SimBalance& balance = balances_[asset];
  balance.free += amount;
  CHECK(!balance.free.is_negative());
  touched_.insert(asset);
}

bool Account::TryLock(const std::string& asset, Decimal amount) {
  SimBalance& balance = balances_[asset];
  if (balance.free < amount) {
    return false;
  }
  balance.free -= amount;
  balance.locked += amount;
  touched_.insert(asset);
  return true;
}

void Account::Unlock(const std::string& asset, Decimal amount) {
  if (amount.is_zero()) {
    return;
  }
  SimBalance& balance = balances_[asset];
  balance.locked -= amount;
  balance.free += amount;
  CHECK(!balance.locked.is_negative());
  touched_.insert(asset);
}

void Account::SpendLocked(const std::string& asset, Decimal amount) {
  SimBalance& balance = balances_[asset];
  balance.locked -= amount;
  CHECK(!balance.locked.is_negative());
  touched_.insert(asset);
}

Account& Ledger::Add(const SimAccountOptions& options, bool is_background) {
  AccountKeys keys{.hmac_secret = options.api_secret,
                   .ed25519_public_key = options.ed25519_public_key};
  accounts_.push_back(
      std::make_unique<Account>(accounts_.size(), options.api_key, std::move(keys), is_background));
  Account& account = *accounts_.back();
  for (const auto& [asset, amount] : options.balances) {
    account.AddFree(asset, amount);
  }
  account.TakeTouched();
  return account;
}

Account* Ledger::FindByKey(std::string_view api_key) const {
  const auto found = std::find_if(accounts_.begin(), accounts_.end(), [&](const auto& account) {
    return account->api_key() == api_key && !account->is_background();
  });
  return found == accounts_.end() ? nullptr : found->get();
}

void Ledger::TakeFee(Account& payer, const std::string& asset, Decimal amount) {
  if (amount.is_zero()) {
    return;
  }
  payer.AddFree(asset, -amount);
  fees_[asset] += amount;
}

std::map<std::string, Decimal> Ledger::TotalSupply() const {
  std::map<std::string, Decimal> supply = fees_;
  for (const auto& account : accounts_) {
    for (const auto& [asset, balance] : account->balances()) {
      supply[asset] += balance.total();
    }
  }
  return supply;
}

}  // namespace colibri::venue_sim::binance
