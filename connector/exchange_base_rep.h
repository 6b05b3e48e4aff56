// The inside of ExchangeBase: its parts, and how they are brought up and closed. Included by
// exchange_base*.cc only.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "connector/account_keeper.h"
#include "connector/exchange_base.h"
#include "connector/exchange_state.h"
#include "connector/market_stream.h"
#include "connector/order_entry.h"
#include "connector/order_inquiry.h"
#include "connector/order_journal.h"
#include "connector/order_socket.h"
#include "connector/perpetual_account.h"
#include "connector/reconciler.h"
#include "connector/rule_keeper.h"
#include "connector/snapshot_fetcher.h"
#include "connector/user_stream.h"

namespace colibri {

struct ExchangeBase::Rep {
  // A step of bringing up; OK: the next one.
  using Step = Task<absl::Status> (Rep::*)();

  static constexpr int kTimeSamples = 3;
  static constexpr absl::Duration kTimePeriod = absl::Seconds(60);
  // A process that dies wastes so many at most.
  static constexpr absl::Duration kNoncesAhead = absl::Seconds(10);
  static constexpr absl::Duration kRestartPoll = absl::Milliseconds(100);
  static constexpr absl::Duration kPermanentDelay = absl::Seconds(30);
  static constexpr int kReasonsTold = 8;

  Rep(ExchangeBase& exchange,
      Environment& environment,
      const VenueSpec& spec,
      ExchangeConfig config,
      std::unique_ptr<Auth> auth,
      const PerpetualProtocol* perpetual_protocol);

  void EstimateBalances();
  Task<absl::Status> FetchBalances();
  bool has_account() const;  // keys, and a venue that trades
  absl::Status CheckConfig() const;
  void RequireHealth();
  // Everything that is needed is there. Without keys, market data is.
  bool is_ready() const;
  std::string WhyNotReady() const;

  // In the order of the venues' own recipe: time and rules, private stream, account, market data.
  Task<void> BringUp();
  Task<void> RunUntilOk(std::string capability, Step step);
  Task<absl::Status> SynchronizeTime();
  Task<absl::Status> LoadRules();
  Task<void> KeepTime();
  void StartMarketData();
  void StartAccount();
  void StartOrderSocket();
  void StartPerpetual();
  // What a process just before this one used of the limits.
  void NoteEarlierUse();
  // No nonce of an earlier process is used again.
  void KeepNonces();
  void StartBookStreams();
  void StartTradeStreams();
  MarketStreamOptions StreamOptions(InstrumentRange part) const;
  // Something may have been missed: all parts of the account are asked for.
  void TriggerAccount();
  UserStream::Listener MakeUserListener();
  void ApplyPrivate(PrivateMessage message);
  // CHECKs that every call is charged to pools that exist.
  void DeclareCalls();
  void DeclareAccountCalls(const Instrument& instrument);

  Task<ShutdownReport> CloseOrders(absl::Duration timeout, bool only_ours);
  Task<void> WaitForEnds(absl::Duration until);
  int CountAtVenue(bool only_ours) const;
  // Positions as they are at the end; nothing that the venue should wait for.
  Task<absl::Status> FinishPerpetual();
  void Dismantle();

  // Brings back what the journal has, and asks the venue what became of it.
  void RestoreOrders();
  Task<void> FinishRestart(std::vector<ClientOrderId> restored);
  bool is_settled(const ClientOrderId& id) const;

  ExchangeBase& owner;
  ExchangeState state;
  OrderJournal journal;  // subscribes first
  OrderInquiry inquiry;
  RuleKeeper rule_keeper;
  AccountKeeper balance_keeper;
  std::unique_ptr<PerpetualAccount> perpetual;  // null on spot
  std::optional<OrderEntry> entry;              // set unless the configuration is wrong
  std::optional<Reconciler> reconciler;
  std::unique_ptr<OrderBookDataSource> book_source;
  std::unique_ptr<OrderBookDataSource> trade_source;  // null: all comes with the books
  std::unique_ptr<UserStreamDataSource> user_source;
  std::unique_ptr<OrderSocketSource> order_source;  // null: orders go by REST
  std::optional<SnapshotFetcher> snapshots;
  std::deque<MarketStream> market_streams;  // by instrument, each with its part of them
  std::deque<MarketStream> trade_streams;
  std::vector<absl::Status> trade_states;  // of trade_streams
  std::optional<UserStream> user_stream;
  std::optional<OrderSocket> order_socket;
  ConnectorCounters past;  // of streams that are gone
  std::vector<Subscription> subscriptions;
  bool is_started = false;
};

}  // namespace colibri
