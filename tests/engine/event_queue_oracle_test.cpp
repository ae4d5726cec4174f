// The queue beside the obvious model: long random runs over shapes of time that exercise each of its parts, and every
// short run there is.
#include <cstdint>
#include <vector>

#include <gtest/gtest.h>

#include <memsim/engine/event_queue.hpp>
#include <model/event_queue_model.hpp>

namespace memsim {
namespace {

using Queue = EventQueue<std::uint64_t>;

// splitmix64: enough for a test, the same everywhere.
class Draws {
 public:
  explicit Draws(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9E3779B97F4A7C15U);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31);
  }
  std::uint64_t below(std::uint64_t bound) { return next() % bound; }

 private:
  std::uint64_t state_;
};

// How far ahead of now the events of a run lie.
enum class Shape { dense, ties, instants, clustered, wide, exponents, to_the_end };

SimDuration draw_step(Shape shape, Draws& draws) {
  switch (shape) {
    case Shape::dense:
      return SimDuration(draws.below(50));
    case Shape::ties:
      return SimDuration(draws.below(8) == 0 ? 1000 : 0);
    case Shape::instants:  // few instants of many events, and now and then one more at this instant
      return SimDuration(draws.below(16) == 0 ? 0 : 100'000 * (1 + draws.below(2)));
    case Shape::clustered:  // far ahead, and near together there
      return SimDuration(draws.below(4) == 0 ? draws.below(3) : 1'000'000'000 + draws.below(100));
    case Shape::wide:
      return SimDuration(draws.below(1'000'000'000));
    case Shape::exponents:
      return SimDuration(draws.next() >> draws.below(64));
    case Shape::to_the_end:
      return draws.below(4) == 0 ? SimDuration::max() : SimDuration(draws.below(1000));
  }
  return SimDuration();
}

// What one run does, in parts of 100; the rest is pops.
struct Mix {
  unsigned post;
  unsigned schedule;
  unsigned cancel;
  unsigned peek;
  unsigned pop_until;
};

class Pair {
 public:
  explicit Pair(std::uint64_t seed) : draws_(seed) {}

  void step(Shape shape, const Mix& mix) {
    std::uint64_t what = draws_.below(100);
    const auto chosen = [&what](unsigned part) {
      const bool here = what < part;
      what -= here ? 0 : part;
      return here;
    };
    if (chosen(mix.post)) return add(draw_time(shape), false);
    if (chosen(mix.schedule)) return add(draw_time(shape), true);
    if (chosen(mix.cancel)) return cancel_any();
    if (chosen(mix.peek)) return expect_same_state();
    if (chosen(mix.pop_until)) return pop(draw_time(shape));
    pop(never());
  }

  void add(SimTime time, bool cancellable) {
    const std::uint64_t payload = payloads_++;
    const model::EventQueueModel::Key key = model_.add(time, payload);
    if (cancellable) {
      given_.push_back({queue_.schedule(time, payload), key});
    } else {
      queue_.post(time, payload);
    }
  }

  void add_after(std::uint64_t step) { add(queue_.now() + SimDuration(step), true); }
  void pop_within(std::uint64_t step) { pop(queue_.now() + SimDuration(step)); }
  void cancel_oldest() {
    if (!given_.empty()) cancel(given_.front());
  }
  void cancel_newest() {
    if (!given_.empty()) cancel(given_.back());
  }

  // Any handle ever given out: most are stale.
  void cancel_any() {
    if (given_.empty()) return;
    const std::uint64_t recent = given_.size() < 200 ? given_.size() : 200;
    const std::uint64_t back = draws_.below(8) == 0 ? draws_.below(given_.size()) : draws_.below(recent);
    cancel(given_[given_.size() - 1 - back]);
  }

  void pop(SimTime limit) {
    const auto expected = model_.pop_until(limit);
    const auto actual = queue_.pop_until(limit);
    ASSERT_EQ(actual.has_value(), expected.has_value());
    if (actual) {
      ASSERT_EQ(actual->time.value(), expected->first.value());
      ASSERT_EQ(actual->payload, expected->second);
    }
    ASSERT_EQ(queue_.now(), model_.now());
    ASSERT_EQ(queue_.size(), model_.size());
  }

  // Asking whether the next event is near may prepare the queue for it, which must change nothing that can be seen.
  void expect_same_state() {
    const SimTime next = model_.next_time();
    ASSERT_EQ(queue_.next_time().value(), next.value());
    ASSERT_TRUE(queue_.next_is_until(next));
    if (next != SimTime(0)) {
      ASSERT_FALSE(queue_.next_is_until(SimTime(next.value() - 1)));
    }
    ASSERT_EQ(queue_.size(), model_.size());
    ASSERT_EQ(queue_.empty(), model_.size() == 0);
  }

  void drain() {
    while (model_.size() != 0 && !testing::Test::HasFatalFailure()) {
      expect_same_state();
      pop(never());
    }
    pop(never());
    for (const Given& given : given_) ASSERT_FALSE(queue_.cancel(given.handle));
  }

 private:
  struct Given {
    EventHandle handle;
    model::EventQueueModel::Key key;
  };

  SimTime draw_time(Shape shape) { return saturating_add(queue_.now(), draw_step(shape, draws_)); }
  void cancel(const Given& given) { ASSERT_EQ(queue_.cancel(given.handle), model_.cancel(given.key)); }

  Draws draws_;
  Queue queue_;
  model::EventQueueModel model_;
  std::vector<Given> given_;
  std::uint64_t payloads_ = 0;
};

class EventQueueRandom : public testing::TestWithParam<Shape> {};

TEST_P(EventQueueRandom, DeliversWhatTheModelDelivers) {
  constexpr Mix mixes[] = {
      {45, 0, 0, 2, 0},     // no handles
      {20, 30, 15, 2, 5},   // everything, growing
      {5, 45, 40, 2, 2},    // armed and cancelled
      {10, 20, 10, 5, 30},  // shrinking, with limits
      {0, 70, 25, 1, 1},    // growing fast
  };
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    Pair pair(seed);
    Draws phases(seed * 977);
    for (int phase = 0; phase < 6; ++phase) {
      const Mix& mix = mixes[phases.below(std::size(mixes))];
      const std::uint64_t steps = 1 + phases.below(phases.below(4) == 0 ? 2000 : 150);
      for (std::uint64_t i = 0; i != steps && !HasFatalFailure(); ++i) pair.step(GetParam(), mix);
      // A copy taken in the middle has the same future, and taking it through that leaves the original alone.
      Pair copy = pair;
      copy.drain();
    }
    pair.drain();
    if (HasFatalFailure()) return;
  }
}

INSTANTIATE_TEST_SUITE_P(Shapes, EventQueueRandom,
                         testing::Values(Shape::dense, Shape::ties, Shape::instants, Shape::clustered, Shape::wide,
                                         Shape::exponents, Shape::to_the_end),
                         [](const testing::TestParamInfo<Shape>& shape) -> std::string {
                           switch (shape.param) {
                             case Shape::dense:
                               return "Dense";
                             case Shape::ties:
                               return "Ties";
                             case Shape::instants:
                               return "Instants";
                             case Shape::clustered:
                               return "Clustered";
                             case Shape::wide:
                               return "Wide";
                             case Shape::exponents:
                               return "Exponents";
                             case Shape::to_the_end:
                               return "ToTheEnd";
                           }
                           return "";
                         });

// Every run of five steps over: add at now + 0, 1 or 20 with a handle, cancel the oldest or the newest, pop, pop up to
// now + 1. Before them enough events are laid out that the near part is full, or none.
class EventQueueExhaustive : public testing::TestWithParam<int> {};

TEST_P(EventQueueExhaustive, DeliversWhatTheModelDelivers) {
  constexpr std::uint32_t kSteps = 5;
  constexpr std::uint32_t kChoices = 7;
  std::uint32_t runs = 1;
  for (std::uint32_t i = 0; i != kSteps; ++i) runs *= kChoices;
  Pair prefix(1);
  for (int i = 0; i != GetParam(); ++i) prefix.add(SimTime(static_cast<std::uint64_t>(i / 8)), i % 3 == 0);
  for (std::uint32_t run = 0; run != runs && !HasFatalFailure(); ++run) {
    Pair pair = prefix;
    for (std::uint32_t step = 0, rest = run; step != kSteps; ++step, rest /= kChoices) {
      switch (rest % kChoices) {
        case 0:
          pair.add_after(0);
          break;
        case 1:
          pair.add_after(1);
          break;
        case 2:
          pair.add_after(20);
          break;
        case 3:
          pair.cancel_oldest();
          break;
        case 4:
          pair.cancel_newest();
          break;
        case 5:
          pair.pop(never());
          break;
        default:
          pair.pop_within(1);
          break;
      }
    }
    pair.drain();
    ASSERT_FALSE(HasFatalFailure()) << "run " << run;
  }
}

// Around the capacity of the near part, and with some more behind it.
INSTANTIATE_TEST_SUITE_P(Prefixes, EventQueueExhaustive, testing::Values(0, 49, 63, 66, 130));

}  // namespace
}  // namespace memsim
