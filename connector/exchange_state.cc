#include "connector/exchange_state.h"

#include <utility>

#include "connector/log.h"
#include "connector/venue_hosts.h"
#include "core/strings.h"

namespace colibri {
namespace {

DomainSpec DomainOf(const VenueSpec& spec, const ExchangeConfig& config, absl::Status& status) {
  const DomainSpec* known = spec.FindDomain(config.domain);
  if (known == nullptr) {
    std::string names;
    for (const DomainSpec& domain : spec.domains) {
      names += StrCat(names.empty() ? "" : ", ", domain.name);
    }
    status = absl::InvalidArgumentError(
        StrCat(spec.name, " has no domain \"", config.domain, "\"; it has ", names));
    return {};
  }
  DomainSpec domain = *known;
  domain.hosts = ResolveHosts(spec, config);
  return domain;
}

std::string RegionHint(const VenueSpec& spec, std::string_view refused) {
  std::string others;
  for (const DomainSpec& domain : spec.domains) {
    if (domain.name != refused) {
      others += StrCat(others.empty() ? "" : ", ", domain.name);
    }
  }
  return others.empty() ? std::string() : StrCat("other domains of ", spec.name, ": ", others);
}

}  // namespace

ExchangeState::ExchangeState(Environment& the_environment,
                             const VenueSpec& the_spec,
                             ExchangeConfig the_config,
                             const VenueProtocol& the_protocol,
                             std::unique_ptr<Auth> the_auth)
    : environment(the_environment),
      clock(the_environment.clock()),
      spec(the_spec),
      config(std::move(the_config)),
      domain(DomainOf(the_spec, config, config_status)),
      protocol(the_protocol),
      auth(std::move(the_auth)),
      risk(the_spec.name, config.risk, config.pairs, clock, events),
      throttler(the_spec.limits, clock),
      time(clock),
      balances(the_spec.name, clock, events),
      tasks(the_environment.executor()) {
  if (config_status.ok()) {
    absl::StatusOr<Url> url = Url::Parse(domain.hosts.rest_url);
    if (url.ok()) {
      rest.emplace(environment, protocol, throttler, time, auth.get(), *std::move(url));
      rest->set_region_hint(RegionHint(spec, domain.name));
    } else {
      config_status = url.status();
    }
  }
  throttler.set_listener([this](bool is_open, std::string_view reason) {
    SetHealth(kLimitsHealth,
              is_open ? absl::OkStatus() : absl::ResourceExhaustedError(Abs(reason)));
  });
  health.set_listener([this](const CapabilityHealth& changed) {
    Log(changed.is_healthy || is_stopping ? LogLevel::kInfo : LogLevel::kWarning,
        "health",
        {{"venue", spec.name},
         {"capability", changed.capability},
         {"healthy", changed.is_healthy ? "yes" : "no"},
         {"why", changed.reason}});
    events.Publish(HealthChanged{.header = {.venue = spec.name,
                                            .venue_time = absl::InfinitePast(),
                                            .receive_time = clock.now(),
                                            .source = Source::kLocal},
                                 .capability = changed.capability,
                                 .is_healthy = changed.is_healthy,
                                 .reason = changed.reason});
    progress.Set();
  });
}

void ExchangeState::Apply(const OrderUpdate& update) {
  const Order* order = update.client_order_id.empty()
                           ? tracker->FindByExchangeId(update.pair, update.exchange_order_id)
                           : tracker->Find(update.client_order_id);
  if (order != nullptr) {
    const ClientOrderId id = order->client_order_id;
    if (update.state == OrderState::kRejected) {
      balances.Release(id);
    } else if (update.state != OrderState::kPendingCreate) {
      balances.NoteAcknowledged(id, update.venue_time);
    }
  }
  tracker->Apply(update);
}

void ExchangeState::Apply(const TradeUpdate& trade) {
  if (!trade.fill.client_order_id.empty()) {
    balances.NoteAcknowledged(trade.fill.client_order_id, trade.fill.venue_time);
  }
  tracker->Apply(trade);
}

void ExchangeState::Spawn(std::string name, Task<void> task) {
  if (!is_stopped) {
    tasks.Spawn(std::move(name), std::move(task));
  }
}

const Instrument* ExchangeState::FindInstrument(const TradingPair& pair) const {
  return instruments.FindPair(pair);
}

const TradingRule* ExchangeState::FindRule(const Instrument& instrument) const {
  return instrument.index < rules.size() ? &rules[instrument.index] : nullptr;
}

const TradingRule* ExchangeState::FindRule(const TradingPair& pair) const {
  const Instrument* instrument = FindInstrument(pair);
  return instrument == nullptr ? nullptr : FindRule(*instrument);
}

FeeSchema ExchangeState::fees(const Instrument* instrument) const {
  FeeSchema schema = spec.fees;
  if (config.fee_override.has_value()) {
    schema.percent = *config.fee_override;
  } else if (instrument != nullptr && instrument->index < account_fees.size()) {
    schema.percent = account_fees[instrument->index];
  }
  return schema;
}

const OrderBook* ExchangeState::SyncedBook(const Instrument& instrument) const {
  return books == nullptr ? nullptr : books->FindSynced(instrument.index);
}

void ExchangeState::SetHealth(std::string_view capability, const absl::Status& status) {
  health.Set(capability, status.ok(), clock.now(), Std(status.message()));
}

void ExchangeState::NoteFatal(const absl::Status& status) {
  if (fatal.ok()) {
    fatal = status;
  }
  progress.Set();
}

std::string KeyVariables(const VenueSpec& spec) {
  std::string upper = spec.name;
  for (char& c : upper) {
    c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  const auto [first, second] = spec.signs_with_wallet ? std::pair("_WALLET_KEY", "_ACCOUNT_ADDRESS")
                                                      : std::pair("_API_KEY", "_API_SECRET");
  return StrCat("COLIBRI_", upper, first, " and COLIBRI_", upper, second);
}

bool IsPermanent(const absl::Status& status) {
  return absl::IsUnauthenticated(status) || absl::IsPermissionDenied(status);
}

}  // namespace colibri
