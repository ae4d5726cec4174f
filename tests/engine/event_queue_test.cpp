// What the queue promises, one claim a test.
#include <cstdint>
#include <optional>
#include <type_traits>
#include <vector>

#include <gtest/gtest.h>

#include <memsim/engine/event_queue.hpp>

namespace memsim {
namespace {

using Queue = EventQueue<std::uint64_t>;

std::vector<std::uint64_t> drained(Queue queue) {
  std::vector<std::uint64_t> payloads;
  while (const auto event = queue.pop()) payloads.push_back(event->payload);
  return payloads;
}

std::vector<std::uint64_t> counted(std::uint64_t first, std::uint64_t last) {
  std::vector<std::uint64_t> numbers;
  for (std::uint64_t number = first; number <= last; ++number) numbers.push_back(number);
  return numbers;
}

TEST(EventQueue, IsEmptyAtFirst) {
  Queue queue;
  EXPECT_TRUE(queue.empty());
  EXPECT_EQ(queue.size(), 0U);
  EXPECT_EQ(queue.now(), SimTime(0));
  EXPECT_EQ(queue.next_time(), never());
  EXPECT_FALSE(queue.pop().has_value());
}

TEST(EventQueue, DeliversEarlierTimesFirst) {
  Queue queue;
  queue.post(SimTime(30), 3);
  queue.post(SimTime(10), 1);
  queue.post(SimTime(20), 2);
  EXPECT_EQ(queue.next_time(), SimTime(10));
  EXPECT_EQ(drained(queue), counted(1, 3));
}

TEST(EventQueue, DeliversEqualTimesInOrderOfArrival) {
  Queue queue;
  for (std::uint64_t i = 0; i != 10'000; ++i) queue.post(SimTime(7), i);
  EXPECT_EQ(drained(queue), counted(0, 9'999));
}

TEST(EventQueue, KeepsOrderOfArrivalAcrossThePartsOfTheQueue) {
  Queue queue;
  std::uint64_t next = 0;
  // Arrivals for one far instant, while the near part fills, spills and empties again and again.
  for (std::uint64_t now = 0; now != 2'000; now += 10) {
    queue.post(SimTime(5'000), next++);
    for (std::uint64_t i = 0; i != 80; ++i) queue.post(SimTime(now + 1 + i % 9), 1'000'000);
    while (queue.pop_until(SimTime(now + 10))) {
    }
  }
  EXPECT_EQ(drained(queue), counted(0, next - 1));
}

TEST(EventQueue, TakesEventsAtTheVeryEndOfTime) {
  Queue queue;
  for (std::uint64_t i = 0; i != 100; ++i) queue.post(never(), 100 + i);
  queue.post(SimTime(std::uint64_t{1} << 63), 99);
  queue.post(SimTime(0), 98);
  for (std::uint64_t i = 0; i != 100; ++i) queue.post(never(), 200 + i);
  EXPECT_EQ(drained(queue), counted(98, 299));
}

TEST(EventQueue, MovesNowToTheTimeOfTheLastDelivery) {
  Queue queue;
  queue.post(SimTime(5), 0);
  queue.post(SimTime(9), 0);
  EXPECT_EQ(queue.now(), SimTime(0));
  static_cast<void>(queue.pop());
  EXPECT_EQ(queue.now(), SimTime(5));
}

TEST(EventQueue, PopUntilLeavesWhatComesAfterTheLimit) {
  Queue queue;
  for (std::uint64_t i = 0; i != 100; ++i) queue.post(SimTime(1'000 + i), i);
  EXPECT_FALSE(queue.pop_until(SimTime(999)).has_value());
  EXPECT_EQ(queue.now(), SimTime(0));
  // Time has not moved, so there is still room before the limit, for any number of events.
  for (std::uint64_t i = 0; i != 100; ++i) queue.post(SimTime(i), i);
  for (std::uint64_t i = 0; i != 100; ++i) EXPECT_EQ(queue.pop_until(SimTime(999))->payload, i);
  EXPECT_FALSE(queue.pop_until(SimTime(999)).has_value());
  EXPECT_EQ(queue.pop_until(SimTime(1'000))->payload, 0U);
}

TEST(EventQueue, CancelledEventsAreNotDelivered) {
  Queue queue;
  const EventHandle first = queue.schedule(SimTime(1), 1);
  queue.post(SimTime(2), 2);
  EXPECT_TRUE(queue.cancel(first));
  EXPECT_EQ(queue.size(), 1U);
  EXPECT_EQ(queue.next_time(), SimTime(2));
  EXPECT_EQ(drained(queue), counted(2, 2));
}

TEST(EventQueue, NextTimeLooksThroughCancelledEvents) {
  Queue queue;
  std::vector<EventHandle> handles;
  for (std::uint64_t i = 0; i != 60; ++i) handles.push_back(queue.schedule(SimTime(1'000'000 + i), i));
  for (std::uint64_t i = 0; i != 59; ++i) {
    ASSERT_TRUE(queue.cancel(handles[i]));
    ASSERT_EQ(queue.next_time(), SimTime(1'000'001 + i));
  }
  ASSERT_TRUE(queue.cancel(handles[59]));
  EXPECT_EQ(queue.next_time(), never());
  EXPECT_FALSE(queue.pop().has_value());
}

TEST(EventQueue, ALimitAmongCancelledEventsLeavesRoomBeforeThem) {
  Queue queue;
  std::vector<EventHandle> handles;
  for (std::uint64_t i = 0; i != 200; ++i) handles.push_back(queue.schedule(SimTime(1'000 + i), 1'000 + i));
  for (std::uint64_t i = 0; i != 60; ++i) ASSERT_TRUE(queue.cancel(handles[i]));
  EXPECT_FALSE(queue.pop_until(SimTime(1'050)).has_value());
  for (std::uint64_t i = 860; i != 1'060; ++i) queue.post(SimTime(i), i);
  EXPECT_EQ(drained(queue), counted(860, 1'199));
}

TEST(EventQueue, AnInstantWithMoreEventsThanTheFrontHoldsKeepsOrderOfArrivalWhileItGrows) {
  Queue queue;
  std::uint64_t next = 0;
  for (; next != 1'000; ++next) queue.post(SimTime(7), next);
  // Each of the first ten thousand deliveries brings another event at the same instant, and one at the next.
  for (std::uint64_t expected = 0; expected != 10'000; ++expected) {
    const auto event = queue.pop();
    ASSERT_TRUE(event.has_value());
    ASSERT_EQ(event->payload, expected);
    queue.post(queue.now(), next++);
    queue.post(SimTime(8), 1'000'000 + expected);
  }
  for (std::uint64_t expected = 10'000; expected != next; ++expected) ASSERT_EQ(queue.pop()->payload, expected);
  EXPECT_EQ(queue.now(), SimTime(7));
  EXPECT_EQ(drained(queue), counted(1'000'000, 1'009'999));
}

TEST(EventQueue, EventsOfOneInstantCanBeCancelledWhileItIsDelivered) {
  Queue queue;
  std::vector<EventHandle> handles;
  for (std::uint64_t i = 0; i != 1'000; ++i) handles.push_back(queue.schedule(SimTime(7), i));
  for (std::uint64_t i = 0; i != 10; ++i) ASSERT_EQ(queue.pop()->payload, i);
  for (std::uint64_t i = 0; i != 1'000; ++i) ASSERT_EQ(queue.cancel(handles[i]), i >= 10);
  EXPECT_TRUE(queue.empty());
  queue.post(SimTime(7), 42);
  EXPECT_EQ(drained(queue), counted(42, 42));
}

TEST(EventQueue, ACopyInTheMiddleOfAnInstantContinuesOnItsOwn) {
  Queue queue;
  for (std::uint64_t i = 0; i != 300; ++i) queue.post(SimTime(7), i);
  for (std::uint64_t i = 0; i != 100; ++i) ASSERT_EQ(queue.pop()->payload, i);
  Queue copy = queue;
  copy.post(SimTime(7), 300);
  EXPECT_EQ(drained(copy), counted(100, 300));
  EXPECT_EQ(drained(queue), counted(100, 299));
}

TEST(EventQueue, EventsThatArriveAtTheEndOfTimeComeAfterThoseThatAreThere) {
  Queue queue;
  for (std::uint64_t i = 0; i != 20; ++i) queue.post(never(), i);
  for (std::uint64_t i = 0; i != 200; ++i) {
    ASSERT_EQ(queue.pop()->payload, i);
    queue.post(never(), 20 + i);
  }
  EXPECT_EQ(drained(queue), counted(200, 219));
}

TEST(EventQueue, ABucketOfCancelledEventsLeavesRoomBeforeIt) {
  Queue queue;
  std::vector<EventHandle> handles;
  for (std::uint64_t i = 0; i != 100; ++i) queue.post(SimTime(1'000'000), i);
  for (std::uint64_t i = 0; i != 100; ++i) handles.push_back(queue.schedule(SimTime(1'000 + i), 0));
  queue.post(SimTime(0), 1);
  ASSERT_EQ(queue.pop()->payload, 1U);
  for (const EventHandle handle : handles) ASSERT_TRUE(queue.cancel(handle));
  EXPECT_FALSE(queue.pop_until(SimTime(5'000)).has_value());
  EXPECT_EQ(queue.now(), SimTime(0));
  for (std::uint64_t i = 0; i != 100; ++i) queue.post(SimTime(i), 1'000 + i);
  for (std::uint64_t i = 0; i != 100; ++i) ASSERT_EQ(queue.pop()->payload, 1'000 + i);
  EXPECT_EQ(drained(queue), counted(0, 99));
}

TEST(EventQueue, TellsWhetherTheNextEventIsWithinALimit) {
  Queue queue;
  EXPECT_FALSE(queue.next_is_until(SimTime(1'000'000)));
  EXPECT_TRUE(queue.next_is_until(never()));  // as next_time() <= never()
  std::vector<EventHandle> handles;
  for (std::uint64_t i = 0; i != 100; ++i) handles.push_back(queue.schedule(SimTime(1'000 + i), i));
  for (std::uint64_t i = 0; i != 100; ++i) {
    ASSERT_FALSE(queue.next_is_until(SimTime(999 + i)));
    ASSERT_TRUE(queue.next_is_until(SimTime(1'000 + i)));
    ASSERT_TRUE(queue.cancel(handles[i]));
  }
  // Having asked leaves room before what was found.
  for (std::uint64_t i = 0; i != 100; ++i) queue.post(SimTime(5'000), i);
  EXPECT_FALSE(queue.next_is_until(SimTime(4'999)));
  for (std::uint64_t i = 0; i != 100; ++i) queue.post(SimTime(3'000 + i), i);
  EXPECT_TRUE(queue.next_is_until(SimTime(3'000)));
  for (std::uint64_t i = 0; i != 100; ++i) ASSERT_EQ(queue.pop()->time, SimTime(3'000 + i));
  EXPECT_EQ(drained(queue), counted(0, 99));
}

TEST(EventQueue, StaleAndNullHandlesCancelNothing) {
  Queue queue;
  EXPECT_FALSE(queue.cancel(EventHandle()));
  EXPECT_TRUE(EventHandle().is_null());
  const EventHandle delivered = queue.schedule(SimTime(1), 1);
  const EventHandle cancelled = queue.schedule(SimTime(2), 2);
  EXPECT_FALSE(delivered.is_null());
  static_cast<void>(queue.pop());
  EXPECT_FALSE(queue.cancel(delivered));
  EXPECT_TRUE(queue.cancel(cancelled));
  EXPECT_FALSE(queue.cancel(cancelled));
  // These may live where the old ones lived; the old handles do not reach them.
  const EventHandle later[] = {queue.schedule(SimTime(3), 3), queue.schedule(SimTime(4), 4)};
  EXPECT_FALSE(queue.cancel(delivered));
  EXPECT_FALSE(queue.cancel(cancelled));
  EXPECT_FALSE(queue.cancel(EventHandle()));
  EXPECT_TRUE(queue.cancel(later[0]));
  EXPECT_TRUE(queue.cancel(later[1]));
}

TEST(EventQueue, ACopyContinuesOnItsOwnAndHonoursOldHandles) {
  Queue queue;
  std::vector<EventHandle> handles;
  for (std::uint64_t i = 0; i != 500; ++i) handles.push_back(queue.schedule(SimTime(i * i), i));
  for (int i = 0; i != 50; ++i) static_cast<void>(queue.pop());
  Queue copy = queue;
  EXPECT_EQ(drained(copy), drained(queue));
  for (std::uint64_t i = 51; i < 500; ++i) EXPECT_TRUE(copy.cancel(handles[i]));
  EXPECT_EQ(drained(copy), counted(50, 50));
  EXPECT_EQ(drained(queue), counted(50, 499));
}

TEST(EventQueue, ArmedAndCancelledTimeoutsDoNotPileUp) {
  Queue queue;
  for (std::uint64_t i = 0; i != 100; ++i) queue.post(SimTime(1'000'000'000 + i), i);
  EventHandle timeout;
  const auto rearm = [&](std::uint64_t rounds) {
    for (std::uint64_t i = 0; i != rounds; ++i) {
      queue.cancel(timeout);
      timeout = queue.schedule(SimTime(500'000 + i), i);
    }
  };
  rearm(1'000);
  const std::size_t before = queue.memory_bytes();
  rearm(1'000'000);
  EXPECT_EQ(queue.memory_bytes(), before);
  EXPECT_EQ(queue.size(), 101U);
}

TEST(EventQueue, TakesNoMemoryWhenAGreatSizeIsReachedAgain) {
  Queue queue;
  const auto fill_and_drain = [&queue] {
    for (std::uint64_t i = 0; i != 20'000; ++i) queue.post(queue.now() + SimDuration(1'000 * i), i);
    while (queue.pop()) {
    }
  };
  fill_and_drain();
  const std::size_t before = queue.memory_bytes();
  EXPECT_LT(before, std::size_t{20'000 * 40});
  for (int i = 0; i != 10; ++i) fill_and_drain();
  // Where the same events fall among buckets varies with now(), by a chunk each at most.
  EXPECT_LT(queue.memory_bytes(), before + before / 2);
}

TEST(EventQueue, CarriesPayloadsOfUpTo24Bytes) {
  struct Wide {
    std::uint64_t a;
    std::uint64_t b;
    std::uint64_t c;
  };
  EventQueue<Wide> queue;
  for (std::uint64_t i = 0; i != 200; ++i) queue.post(SimTime(200 - i), {i, 2 * i, 3 * i});
  for (std::uint64_t i = 200; i-- != 0;) {
    const auto event = queue.pop();
    ASSERT_TRUE(event.has_value());
    ASSERT_EQ(event->payload.a, i);
    ASSERT_EQ(event->payload.c, 3 * i);
  }
}

TEST(EventQueueDeathTest, AnEventInThePastIsABug) {
  Queue queue;
  queue.post(SimTime(10), 0);
  static_cast<void>(queue.pop());
  queue.post(SimTime(10), 0);  // now is not the past
  EXPECT_EXIT(queue.post(SimTime(9), 0), testing::ExitedWithCode(70), "in the past");
  EXPECT_EXIT(static_cast<void>(queue.schedule(SimTime(9), 0)), testing::ExitedWithCode(70), "in the past");
}

TEST(HandleTable, RetiresASlotRatherThanRepeatAHandle) {
  detail::HandleTable<6> table;
  std::vector<EventHandle> given;
  for (int i = 0; i != 20; ++i) {
    const EventHandle handle = table.arm();
    const std::uint32_t slot = detail::HandleTable<6>::slot_of(handle);
    for (const EventHandle old : given) {
      ASSERT_FALSE(old == handle);
      ASSERT_FALSE(table.cancel(old));
    }
    given.push_back(handle);
    if (i % 2 == 0) {
      ASSERT_TRUE(table.cancel(handle));
    }
    ASSERT_EQ(table.release(slot), i % 2 != 0);
    ASSERT_FALSE(table.is_live(slot));
  }
}

}  // namespace
}  // namespace memsim
