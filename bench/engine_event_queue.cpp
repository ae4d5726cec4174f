// EventQueue beside bare structures. Compare by ratio, within one run, and let the rounds of all interleave:
//   engine_bench --benchmark_enable_random_interleaving=true --benchmark_repetitions=5
//
// Hold:    take the earliest of N events and add one an exponential draw later (mean N microseconds); draw included.
// Instant: N events at one instant, each of which comes again at the next instant.
// Timeout: hold, and each event also arms a timeout far ahead and cancels the one that its predecessor in a ring of N
// armed.
#include <cstdint>
#include <vector>

#include <benchmark/benchmark.h>

#include <memsim/engine/event_queue.hpp>

#include "engine_draws.hpp"
#include "engine_yardsticks.hpp"

namespace memsim::bench {
namespace {

// EventQueue with the face of the yardsticks. Inlined, as are the two best yardsticks.
class Ours {
 public:
  [[gnu::always_inline]] void push(std::uint64_t time, std::uint64_t payload) { queue_.post(SimTime(time), payload); }
  [[gnu::always_inline]] BareEvent pop() {
    const auto event = queue_.pop();
    return {event->time.value(), 0, event->payload};
  }
  [[nodiscard]] std::size_t memory_bytes() const { return queue_.memory_bytes(); }

 private:
  EventQueue<std::uint64_t> queue_;
};

// The same, each event with a handle that nobody uses.
class OursWithHandles {
 public:
  [[gnu::always_inline]] void push(std::uint64_t time, std::uint64_t payload) {
    benchmark::DoNotOptimize(queue_.schedule(SimTime(time), payload));
  }
  [[gnu::always_inline]] BareEvent pop() {
    const auto event = queue_.pop();
    return {event->time.value(), 0, event->payload};
  }
  [[nodiscard]] std::size_t memory_bytes() const { return queue_.memory_bytes(); }

 private:
  EventQueue<std::uint64_t> queue_;
};

template <class Queue>
void report(benchmark::State& state, const Queue& queue) {
  state.SetItemsProcessed(state.iterations());
  state.counters["bytes_per_event"] = static_cast<double>(queue.memory_bytes()) / static_cast<double>(state.range(0));
}

template <class Queue>
void hold(benchmark::State& state) {
  const auto pending = static_cast<std::uint64_t>(state.range(0));
  const std::uint64_t mean = pending * 1000;
  Draws draws(12345);
  Queue queue;
  for (std::uint64_t i = 0; i != pending; ++i) queue.push(draws.exponential(mean), i);
  for (std::uint64_t i = 0; i != 3 * pending; ++i) {
    const BareEvent event = queue.pop();
    queue.push(event.time + draws.exponential(mean), event.payload);
  }
  for (auto _ : state) {
    const BareEvent event = queue.pop();
    queue.push(event.time + draws.exponential(mean), event.payload);
  }
  report(state, queue);
}

template <class Queue>
void instant(benchmark::State& state) {
  const auto pending = static_cast<std::uint64_t>(state.range(0));
  Queue queue;
  for (std::uint64_t i = 0; i != pending; ++i) queue.push(0, i);
  for (auto _ : state) {
    const BareEvent event = queue.pop();
    queue.push(event.time + 1000, event.payload);
  }
  report(state, queue);
}

// What a bare structure needs for timeouts: a mark for each, looked at when it comes. Nothing is ever compacted.
template <class Queue>
class Marked {
 public:
  explicit Marked(std::uint64_t ring) : armed_(ring, 0) {}
  void push(std::uint64_t time, std::uint64_t payload) { queue_.push(time, payload); }
  // The timeout that this place of the ring had armed before is cancelled.
  void rearm(std::uint64_t place, std::uint64_t time) {
    armed_[place] = ++timeouts_;
    queue_.push(time, kTimeout | (timeouts_ % kRounds * armed_.size() + place));
  }
  BareEvent pop() {
    for (;;) {
      const BareEvent event = queue_.pop();
      if ((event.payload & kTimeout) == 0) return event;
      const std::uint64_t place = (event.payload & ~kTimeout) % armed_.size();
      if (armed_[place] % kRounds == (event.payload & ~kTimeout) / armed_.size()) return event;
    }
  }
  [[nodiscard]] std::size_t memory_bytes() const { return queue_.memory_bytes() + armed_.capacity() * 8; }

 private:
  static constexpr std::uint64_t kTimeout = std::uint64_t{1} << 63;
  static constexpr std::uint64_t kRounds = 1U << 24;
  Queue queue_;
  std::vector<std::uint64_t> armed_;
  std::uint64_t timeouts_ = 0;
};

class OursWithTimeouts {
 public:
  explicit OursWithTimeouts(std::uint64_t ring) : armed_(ring) {}
  void push(std::uint64_t time, std::uint64_t payload) { queue_.post(SimTime(time), payload); }
  void rearm(std::uint64_t place, std::uint64_t time) {
    queue_.cancel(armed_[place]);
    armed_[place] = queue_.schedule(SimTime(time), place);
  }
  BareEvent pop() {
    const auto event = queue_.pop();
    return {event->time.value(), 0, event->payload};
  }
  [[nodiscard]] std::size_t memory_bytes() const { return queue_.memory_bytes() + armed_.capacity() * 8; }

 private:
  EventQueue<std::uint64_t> queue_;
  std::vector<EventHandle> armed_;
};

template <class Queue>
void timeout(benchmark::State& state) {
  const auto pending = static_cast<std::uint64_t>(state.range(0));
  const std::uint64_t mean = pending * 1000;
  Draws draws(12345);
  Queue queue(pending);
  for (std::uint64_t i = 0; i != pending; ++i) queue.push(draws.exponential(mean), i);
  std::uint64_t place = 0;
  const auto step = [&] {
    const BareEvent event = queue.pop();
    queue.push(event.time + draws.exponential(mean), event.payload);
    queue.rearm(place, event.time + 5 * mean);
    if (++place == pending) place = 0;
  };
  for (std::uint64_t i = 0; i != 6 * pending; ++i) step();
  for (auto _ : state) step();
  report(state, queue);
}

void sizes(benchmark::internal::Benchmark* bench) {
  for (const std::int64_t pending : {10, 1'000, 100'000, 1'000'000}) bench->Arg(pending);
}

BENCHMARK(hold<Ours>)->Apply(sizes);
BENCHMARK(hold<OursWithHandles>)->Apply(sizes);
BENCHMARK(hold<BareRadixHeap>)->Apply(sizes);
BENCHMARK(hold<BareLadderQueue>)->Apply(sizes);
BENCHMARK(hold<BareStdHeap>)->Apply(sizes);
BENCHMARK(hold<BareFourAryHeap>)->Apply(sizes);

BENCHMARK(instant<Ours>)->Apply(sizes);
BENCHMARK(instant<OursWithHandles>)->Apply(sizes);
BENCHMARK(instant<BareRadixHeap>)->Apply(sizes);
BENCHMARK(instant<BareLadderQueue>)->Apply(sizes);
BENCHMARK(instant<BareStdHeap>)->Apply(sizes);
BENCHMARK(instant<BareFourAryHeap>)->Apply(sizes);

BENCHMARK(timeout<OursWithTimeouts>)->Apply(sizes);
BENCHMARK(timeout<Marked<BareRadixHeap>>)->Apply(sizes);
BENCHMARK(timeout<Marked<BareLadderQueue>>)->Apply(sizes);
BENCHMARK(timeout<Marked<BareStdHeap>>)->Apply(sizes);
BENCHMARK(timeout<Marked<BareFourAryHeap>>)->Apply(sizes);

}  // namespace
}  // namespace memsim::bench
