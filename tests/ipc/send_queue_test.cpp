#include <memsim/ipc/send_queue.hpp>

#include <gtest/gtest.h>
#include <memsim/base/random.hpp>

#include <algorithm>

namespace memsim {
namespace {

Waiting message(std::uint32_t thread, std::uint8_t priority) {
  return {.kind = Waiting::Kind::message, .priority = priority, .thread = ThreadSlot(thread)};
}

TEST(SendQueue, TakesTheHighestPriorityAndAmongEqualsTheFirst) {
  SendQueue queue;
  queue.push(message(1, 10));
  queue.push(message(2, 20));
  queue.push(message(3, 10));
  queue.push(message(4, 20));
  std::vector<std::uint32_t> order;
  while (!queue.empty()) order.push_back(queue.pop().thread.value());
  EXPECT_EQ(order, (std::vector<std::uint32_t>{2, 4, 1, 3}));
}

TEST(SendQueue, ARaisedSenderKeepsItsPlaceInTime) {
  SendQueue queue;
  queue.push(message(1, 5));
  queue.push(message(2, 10));
  queue.reprioritise(ThreadSlot(1), 10);
  EXPECT_EQ(queue.pop().thread, ThreadSlot(1));
}

TEST(SendQueue, RemovesOneSenderOnly) {
  SendQueue queue;
  for (std::uint32_t i = 0; i < 5; ++i) queue.push(message(i, 10));
  EXPECT_TRUE(queue.remove(ThreadSlot(2)));
  EXPECT_FALSE(queue.remove(ThreadSlot(2)));
  EXPECT_EQ(queue.senders(), (std::vector<ThreadSlot>{ThreadSlot(0), ThreadSlot(1), ThreadSlot(3), ThreadSlot(4)}));
}

// The slow, obvious queue: a list that is searched.
struct Oracle {
  std::vector<Waiting> list;
  std::size_t first() const {
    std::size_t best = 0;
    for (std::size_t i = 1; i < list.size(); ++i) {
      if (list[i].priority > list[best].priority) best = i;
    }
    return best;
  }
};

TEST(SendQueue, AgreesWithAListThatIsSearched) {
  RandomStream random(4711);
  SendQueue queue;
  Oracle oracle;
  std::uint32_t next = 0;
  for (int step = 0; step < 20'000; ++step) {
    const std::uint64_t action = random.below(10);
    if (action < 5 || oracle.list.empty()) {
      const Waiting w = message(next++, static_cast<std::uint8_t>(random.below(4)));
      queue.push(w);
      oracle.list.push_back(w);
    } else if (action < 8) {
      const std::size_t first = oracle.first();
      ASSERT_EQ(queue.top_priority(), oracle.list[first].priority);
      ASSERT_EQ(queue.pop().thread, oracle.list[first].thread);
      oracle.list.erase(oracle.list.begin() + static_cast<std::ptrdiff_t>(first));
    } else {
      const std::size_t at = random.below(oracle.list.size());
      if (action == 8) {
        ASSERT_TRUE(queue.remove(oracle.list[at].thread));
        oracle.list.erase(oracle.list.begin() + static_cast<std::ptrdiff_t>(at));
      } else {
        oracle.list[at].priority = static_cast<std::uint8_t>(random.below(4));
        queue.reprioritise(oracle.list[at].thread, oracle.list[at].priority);
      }
    }
    ASSERT_EQ(queue.size(), oracle.list.size());
  }
}

}  // namespace
}  // namespace memsim
