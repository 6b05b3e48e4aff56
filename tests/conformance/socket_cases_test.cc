// Orders over the venue's WebSocket: that they go there, and what a broken one does to them.
#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "nlohmann/json.hpp"
#include "tests/conformance/conformance_case.h"
#include "tests/support/status_matchers.h"

namespace colibri::conformance {
namespace {

using testing::ElementsAre;

absl::Status StartWithSocket(VenueUnderTest& at) {
  at.config.order_entry = OrderChannel::kSocket;
  return at.Start();
}

size_t SentByRest(const VenueUnderTest& at) {
  return at.venue.SentOfKind("place") + at.venue.SentOfKind("cancel");
}

CONFORMANCE_CASE(Beyond50,
                 PlacesAndCancelsOverItsSocket,
                 Needs("trading", "order_socket"),
                 Reads("order_session", "place_open", "cancel_ok", "stream_canceled")) {
  ASSERT_OK(StartWithSocket(at));
  const ClientOrderId id = at.Place();
  EXPECT_EQ(at.StateOf(id), OrderState::kOpen);
  EXPECT_EQ(at.OrderOf(id).exchange_order_id.view(),
            BodyText(at.venue.Expected("place_open").at("exchange_order_id")));

  ASSERT_OK(at.exchange->Cancel(id));
  at.Run(absl::Milliseconds(100));
  at.venue.Push("stream_canceled");
  at.Run(absl::Seconds(1));
  EXPECT_THAT(at.seen, ElementsAre("order_created", "order_canceled"));
  EXPECT_EQ(at.venue.calls(), 2u);
  EXPECT_EQ(SentByRest(at), 0u);
}

// Done, and nobody said so: the venue is asked, and the order not sent again.
CONFORMANCE_CASE(Beyond51,
                 AsksForAnOrderWhoseSocketBroke,
                 Needs("trading", "order_socket"),
                 Reads("order_session", "order_open")) {
  ASSERT_OK(StartWithSocket(at));
  at.venue.set_answers_calls(false);
  const ClientOrderId id = at.Place();
  EXPECT_THAT(at.seen, testing::IsEmpty());
  at.venue.Break("order");
  at.Run(absl::Seconds(5));

  EXPECT_THAT(at.seen, ElementsAre("order_in_doubt", "order_created"));
  EXPECT_EQ(at.StateOf(id), OrderState::kOpen);
  EXPECT_FALSE(at.OrderOf(id).is_in_doubt);
  EXPECT_EQ(at.venue.calls(), 1u);
  EXPECT_EQ(SentByRest(at), 0u);
}

CONFORMANCE_CASE(Beyond52,
                 SendsByRestWhileItsSocketIsDown,
                 Needs("trading", "order_socket"),
                 Reads("order_session", "place_open")) {
  ASSERT_OK(StartWithSocket(at));
  at.Place();
  at.web_sockets.Hold();
  at.venue.Break("order");
  at.Run(absl::Seconds(1));
  EXPECT_FALSE(at.exchange->health().is_healthy("order_socket"));

  const ClientOrderId id = at.Place();
  EXPECT_EQ(at.StateOf(id), OrderState::kOpen);
  EXPECT_EQ(SentByRest(at), 1u);
  EXPECT_EQ(at.venue.calls(), 1u);
  at.web_sockets.Release();
  at.Run(absl::Seconds(31));
  EXPECT_TRUE(at.exchange->health().is_healthy("order_socket"));
}

}  // namespace
}  // namespace colibri::conformance
