// The throttler against a limiter that counts as venues do: by its own clock, in windows of unknown
// phase, at some moment between our sending and its answer.
#include <algorithm>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"

#include "connector/throttler.h"
#include "core/random.h"
#include "core/simulated_clock.h"
#include "core/strings.h"

namespace colibri {
namespace {

std::vector<RateLimitPool> Pools() {
  return {{.name = "weight",
           .limit = 600,
           .interval = absl::Seconds(60),
           .window = LimitWindow::kFixed,
           .used_header = "x-used-weight"},
          {.name = "orders",
           .limit = 50,
           .interval = absl::Seconds(10),
           .window = LimitWindow::kFixed,
           .used_header = "x-order-count"},
          {.name = "sliding",
           .limit = 40,
           .interval = absl::Seconds(5),
           .window = LimitWindow::kSliding,
           .used_header = ""},
          {.name = "bucket",
           .limit = 30,
           .interval = absl::Seconds(6),
           .window = LimitWindow::kTokenBucket,
           .used_header = ""}};
}

// One limit as its venue keeps it; exact, and of another shape than ours.
class VenueLimit {
 public:
  VenueLimit(const RateLimitPool& pool, Random& random)
      : pool_(pool), phase_(pool.interval * random.UniformReal()) {}

  // False: 429.
  bool Count(absl::Duration venue_time, int64_t weight) {
    const absl::Duration now = venue_time + phase_;
    switch (pool_.window) {
      case LimitWindow::kFixed: {
        absl::Duration rest;
        const int64_t window = absl::IDivDuration(now, pool_.interval, &rest);
        used_ = window == window_ ? used_ : 0;
        window_ = window;
        break;
      }
      case LimitWindow::kSliding:
        while (!recent_.empty() && recent_.front().first <= now - pool_.interval) {
          used_ -= recent_.front().second;
          recent_.pop_front();
        }
        break;
      case LimitWindow::kTokenBucket:
        debt_end_ = std::max(debt_end_, now) + pool_.interval * weight / pool_.limit;
        return debt_end_ - now <= pool_.interval + absl::Microseconds(1);  // rounding
    }
    used_ += weight;
    recent_.emplace_back(now, weight);
    if (pool_.window == LimitWindow::kFixed) {
      recent_.clear();
    }
    return used_ <= pool_.limit;
  }
  int64_t used() const { return used_; }
  const RateLimitPool& pool() const { return pool_; }

 private:
  RateLimitPool pool_;
  absl::Duration phase_;
  int64_t used_ = 0;
  int64_t window_ = -1;
  std::deque<std::pair<absl::Duration, int64_t>> recent_;
  absl::Duration debt_end_;
};

// Offers random requests and carries those that are granted to the venue and back.
class Traffic {
 public:
  explicit Traffic(uint64_t seed) : random_(seed) {
    for (const RateLimitPool& pool : Pools()) {
      limits_.emplace_back(pool, random_);
    }
    throttler_.Declare({{"weight", 1}}, CallPriority::kCancel);
    drift_ = 1 + (random_.UniformReal() - 0.5) * 0.002;  // a thousandth either way
  }

  void Offer(int requests) {
    for (int i = 0; i < requests; ++i) {
      if (random_.Uniform(40) == 0) {
        // Now and then a pause, so that what follows finds everything free.
        clock_.AdvanceBy(absl::Seconds(20) * random_.UniformReal());
      } else if (random_.Uniform(3) != 0) {
        clock_.AdvanceBy(absl::Milliseconds(400) * random_.UniformReal());
      }
      OfferOne();
    }
    clock_.AdvanceBy(absl::Minutes(10));
  }

  // Whether requests stop counting at their grant, as they would without permits.
  bool settles_at_once = false;
  int64_t offered = 0;
  int64_t granted = 0;
  int64_t expired = 0;
  int64_t late = 0;     // granted after their deadline
  int64_t refused = 0;  // by the venue
  std::vector<int64_t> weight_by_pool = std::vector<int64_t>(Pools().size());
  SimulatedClock& clock() { return clock_; }

 private:
  struct Request {
    std::vector<std::pair<size_t, int64_t>> charges;
    std::optional<Throttler::Permit> permit;
    HttpHeaders headers;
  };

  // Mostly quick, sometimes seconds.
  absl::Duration Way() {
    const absl::Duration longest =
        random_.Uniform(50) == 0 ? absl::Seconds(4) : absl::Milliseconds(60);
    return longest * random_.UniformReal();
  }

  void OfferOne() {
    auto request = std::make_shared<Request>();
    LimitCharges charges;
    const auto first = static_cast<size_t>(random_.Uniform(limits_.size()));
    const auto count = static_cast<size_t>(1 + random_.Uniform(3));
    for (size_t i = 0; i < count; ++i) {
      const size_t pool = (first + i) % limits_.size();
      const auto weight = static_cast<int64_t>(random_.Uniform(pool == 0 ? 40 : 5));
      request->charges.emplace_back(pool, weight);
      charges.push_back({limits_[pool].pool().name, weight});
    }
    ++offered;
    const absl::Duration timeout = absl::Seconds(8) * random_.UniformReal();
    const absl::Duration deadline = clock_.monotonic() + timeout;
    const auto priority = static_cast<CallPriority>(random_.Uniform(5));
    throttler_.Enqueue(charges,
                       priority,
                       timeout,
                       [this, request, deadline](absl::StatusOr<Throttler::Permit> permit) {
                         if (!permit.ok()) {
                           ++expired;
                           return;
                         }
                         ++granted;
                         late += clock_.monotonic() >= deadline ? 1 : 0;
                         request->permit = *std::move(permit);
                         Send(request);
                       });
  }

  void Send(const std::shared_ptr<Request>& request) {
    if (settles_at_once) {
      request->permit->Settle();
    }
    const uint64_t fate = random_.Uniform(200);
    if (fate == 0) {  // the connection could not be made
      clock_.ScheduleAfter(Way(), [request] { request->permit->GiveBack(); });
      return;
    }
    const absl::Duration there = Way();
    if (fate != 1) {  // 1: lost on the way there
      clock_.ScheduleAfter(there, [this, request] { Arrive(*request); });
    }
    // 2: lost on the way back; either is noticed by the timeout.
    const absl::Duration answered = fate <= 2 ? absl::Seconds(10) : there + Way();
    clock_.ScheduleAfter(answered, [this, request] {
      throttler_.UpdateFromHeaders(request->headers, *request->permit);
      request->permit->Settle();
    });
  }

  void Arrive(Request& request) {
    bool is_refused = false;
    for (const auto& [pool, weight] : request.charges) {
      is_refused |= !limits_[pool].Count(clock_.monotonic() * drift_, weight);
      weight_by_pool[pool] += weight;
      if (!limits_[pool].pool().used_header.empty()) {
        request.headers.emplace_back(limits_[pool].pool().used_header,
                                     StrCat(limits_[pool].used()));
      }
    }
    refused += is_refused ? 1 : 0;
  }

  Random random_;
  SimulatedClock clock_{absl::FromUnixSeconds(1'700'000'000)};
  std::vector<VenueLimit> limits_;
  Throttler throttler_{Pools(), clock_};
  double drift_ = 1;
};

class ThrottlerPropertyTest : public ::testing::TestWithParam<uint64_t> {};

TEST_P(ThrottlerPropertyTest, TheVenueNeverAnswers429ForOurOwnDoing) {
  Traffic traffic(GetParam());

  traffic.Offer(100'000);

  EXPECT_EQ(traffic.refused, 0);
  EXPECT_EQ(traffic.late, 0);  // S55
  EXPECT_EQ(traffic.granted + traffic.expired, traffic.offered);
  // Under load, and yet much of what the venue allows is used.
  EXPECT_GT(traffic.expired, 10'000);
  EXPECT_GT(traffic.granted, 10'000);
}

// A million requests together; the seed varies phases, drift and traffic.
INSTANTIATE_TEST_SUITE_P(Seeds, ThrottlerPropertyTest, ::testing::Range<uint64_t>(1, 11));

TEST(ThrottlerPropertyControlTest, CountingFromTheGrantAloneWouldExceedTheLimits) {
  Traffic traffic(1);
  traffic.settles_at_once = true;

  traffic.Offer(100'000);

  EXPECT_GT(traffic.refused, 0);
}

TEST(ThrottlerPropertyControlTest, NineTenthsOfWhatTheVenueAllowsIsUsedUnderLoad) {
  SimulatedClock clock(absl::FromUnixSeconds(1'700'000'000));
  Throttler throttler(Pools(), clock);
  int64_t sent = 0;
  const std::function<void()> send_next = [&] {
    throttler.Enqueue({{"orders", 1}},
                      CallPriority::kCreate,
                      absl::Minutes(10),
                      [&](absl::StatusOr<Throttler::Permit> permit) {
                        ASSERT_TRUE(permit.ok());
                        ++sent;
                        auto held = std::make_shared<Throttler::Permit>(*std::move(permit));
                        clock.ScheduleAfter(absl::Milliseconds(100), [&, held] {
                          held->Settle();
                          send_next();
                        });
                      });
  };
  for (int i = 0; i < 100; ++i) {
    send_next();
  }

  clock.AdvanceBy(absl::Hours(1));

  EXPECT_GT(sent, 50 * 360 * 9 / 10);
}

}  // namespace
}  // namespace colibri
