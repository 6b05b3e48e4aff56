// A paper venue of perpetuals: PaperVenue, and beside it settings, mark prices, funding and
// liquidation.
//
//   PerpetualVenue venue(config, fees, feed, clock, [&](PaperReport report) { ... });
//   RETURN_IF_ERROR(venue.Open(spec));                 // once the rules are known
//   std::optional<FundingInfo> info = venue.OnFunding(event);      // what strategies are to see
//   venue.SetLeverage(pair, {.leverage = 5});          // reports the setting, or a refusal
//
// When the margin falls below what positions need, the open orders that share it expire, and one
// position after the other is closed at the book, as a taker, until the rest is safe. No fill is
// worse than the price that leaves nothing of the margin: beyond it, and where the book ends, the
// venue's insurance takes over. While the book is stale nothing is closed. A margin call comes
// once, when little is left. Thread: the loop's.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string_view>
#include <vector>

#include "absl/status/status.h"

#include "connector/venue_spec.h"
#include "core/event.h"
#include "core/fees.h"
#include "exchanges/paper/margin_funds.h"
#include "exchanges/paper/paper_funding.h"
#include "exchanges/paper/paper_venue.h"

namespace colibri {

class PerpetualVenue final : public PaperVenue {
 public:
  // Balances and positions are told so often while a position is open, whatever happens.
  static constexpr absl::Duration kWordPeriod = absl::Seconds(10);

  PerpetualVenue(const PaperConfig& config,
                 FeeRates fees,
                 const MarketFeed& feed,
                 Clock& clock,
                 ReportSink report);
  ~PerpetualVenue() override;

  // Takes the contracts from the rules, and the settings that the configuration wants.
  // InvalidArgument names what the venue does not have.
  absl::Status Open(const VenueSpec& spec);
  // At which orders on the pair are refused.
  int leverage_max(const TradingPair& pair) const;

  bool OnBook(const BookChanged& change) override;
  // What strategies are to see of it.
  FundingInfo OnFunding(const FundingInfoChanged& event);
  // What there is to tell where the venue's data has no mark prices; since the last call.
  std::optional<FundingInfo> TakeMidFunding(const TradingPair& pair);

  void SetLeverage(const TradingPair& pair, LeverageSetting wanted);
  void SetPositionMode(PositionMode mode);

  const MarginFunds& margin() const { return margin_; }

 private:
  struct Contract {
    PaperFunding funding;
    std::optional<FundingInfo> untold = std::nullopt;
    TimerId timer = 0;
    absl::Time armed_for = absl::InfiniteFuture();
  };

  PerpetualVenue(const PaperConfig& config,
                 std::unique_ptr<MarginFunds> margin,
                 const MarketFeed& feed,
                 Clock& clock,
                 ReportSink report);

  void Complete(PaperReport& report) override;
  void NoteMark(const TradingPair& pair);
  void ArmFunding(const TradingPair& pair);
  void PayFunding(const TradingPair& pair, PaperReport& report);
  void ExpireReduceOnly(PaperReport& report);
  void CheckMargin(PaperReport& report);
  // False when it must wait for the book.
  bool Liquidate(const PositionKey& key, PaperReport& report);
  // False when the position stays, or a part of it.
  bool CloseAtBook(const PositionKey& key, PaperReport& report);
  struct Closing {
    Price price;
    Quantity quantity;
  };
  bool CloseAt(const PositionKey& key,
               const Closing& closing,
               Notional charged,
               PaperReport& report);
  void NoteMarginCalls(PaperReport& report);
  void NotePositions(PaperReport& report);
  bool has_open_orders(const std::optional<TradingPair>& pair) const;

  MarginFunds& margin_;  // owned by the base
  PaperPerpetualConfig config_;
  PerpetualConfig settings_;
  std::map<TradingPair, Contract> contracts_;
  std::set<PositionKey> told_open_;  // positions that were not flat when last told
  std::set<PositionKey> called_;     // those with a margin call
  uint64_t last_payment_number_ = 0;
  absl::Duration told_at_ = -absl::InfiniteDuration();  // monotonic
};

}  // namespace colibri
