// The churn driver (tests/model/churn_driver.hpp) as a benchmark, and a policy as what it drives.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include <benchmark/benchmark.h>

#include <memsim/phys/policy.hpp>

#include "model/churn_driver.hpp"
#include "phys_yardsticks.hpp"

namespace memsim::bench {

using model::ChurnDriver;

// A policy through the interface that the simulator uses for contiguous requests. Where it has a top order, it is the
// driver's.
class PolicyUnderTest {
 public:
  PolicyUnderTest(std::uint64_t frames, std::string_view policy, PolicyOptions options) {
    const Policy* const found = find_policy(policy);
    for (const PolicyOption& option : found->options) {
      if (option.name == "top_order") options.emplace(option.name, std::to_string(ChurnDriver::kTopOrder));
    }
    allocator_ = found->create({FrameNumber(0), FrameCount(frames)}, options);
  }

  std::uint64_t allocate(std::uint32_t order) {
    Extent run;
    if (!allocator_->allocate_run({.count = Order(order).frames()}, run)) return kRefused;
    return run.first.value();
  }
  void release(std::uint32_t first, std::uint32_t order) {
    allocator_->release({FrameNumber(first), Order(order).frames()});
  }
  [[nodiscard]] std::size_t metadata_bytes() const { return allocator_->metadata_bytes(); }

 private:
  std::unique_ptr<FrameAllocator> allocator_;
};

// Fills the allocator, and measures the pairs of one row.
template <class Allocator>
void run_churn(benchmark::State& state, Allocator& allocator, ChurnDriver::Row row, std::uint64_t frames) {
  const auto allocate = [&](std::uint32_t order) { return allocator.allocate(order); };
  const auto release = [&](std::uint32_t first, std::uint32_t order) { allocator.release(first, order); };
  ChurnDriver driver(row, frames);
  driver.fill(allocate, release);
  for ([[maybe_unused]] auto _ : state) driver.run_pairs(allocate, release);
  state.SetLabel(std::string("row ") + static_cast<char>(row));
  state.counters["ns_per_pair"] =
      benchmark::Counter(static_cast<double>(driver.pairs()) / 1e9,
                         benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
  if constexpr (requires { allocator.metadata_bytes(); }) {
    state.counters["bytes_per_frame"] = static_cast<double>(allocator.metadata_bytes()) / static_cast<double>(frames);
  }
}

}  // namespace memsim::bench
