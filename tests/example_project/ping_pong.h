// Joins the best bid, offers what it bought a little above what it paid, and starts again.
#pragma once

#include "strategies/strategy.h"

struct PingPongConfig {
  colibri::TradingPair pair;
  colibri::Quantity quantity;  // of each bid, in base
  colibri::Decimal gain;       // 0.003: offer 0.3 % above the price paid
};

class PingPong final : public colibri::Strategy {
 public:
  explicit PingPong(PingPongConfig config);

  colibri::StrategyStatus status() const override;

 private:
  absl::Status OnStart() override;
  void OnTimer(uint64_t tag) override;
  void OnOrderFilled(const colibri::OrderFilled& event) override;
  void OnOrderEnd(const colibri::Order& order) override;

  void Bid(colibri::Price price);
  bool Offer();  // whether an offer could be made

  PingPongConfig config_;
  colibri::Quantity held_;
  colibri::Price paid_;
  int fills_ = 0;
};
