// Every policy of the table through the churn driver (tests/model/churn_driver.hpp), beside the yardsticks, in one run:
// nanoseconds per pair of release and allocation, driver included. Compare rows by ratio within one run.
//
//   phys_policies_bench --benchmark_filter=/18/            the smaller memory, 2^18 frames
//   phys_policies_bench --benchmark_filter='(yardstick|tlsf)'
#include <benchmark/benchmark.h>

#include <memsim/phys/policy.hpp>

#include "phys_best_fit_yardstick.hpp"
#include "phys_churn.hpp"
#include "phys_yardsticks.hpp"

namespace memsim::bench {
namespace {

struct Variant {
  std::string policy;
  PolicyOptions options;
};

// Every policy with its defaults, and the other placements of the buddy.
std::vector<Variant> variants() {
  std::vector<Variant> all;
  for (const Policy& policy : policies()) all.push_back({std::string(policy.name), {}});
  for (const char* placement : {"lifo", "fifo", "most_used"}) all.push_back({"buddy", {{"placement", placement}}});
  return all;
}

std::string name_of(const Variant& variant) {
  std::string name = variant.policy;
  for (const auto& [option, value] : variant.options) name.append(",").append(option).append("=").append(value);
  return name;
}

template <class Make>
void add_rows(const std::string& name, const Make& make) {
  for (const int log2_frames : {18, 22}) {
    for (const char row : {'a', 'b', 'c'}) {
      const auto measure = [=](benchmark::State& state) {
        const std::uint64_t frames = std::uint64_t{1} << log2_frames;
        auto allocator = make(frames);
        run_churn(state, allocator, static_cast<ChurnDriver::Row>(row), frames);
      };
      const std::string full_name = name + '/' + std::to_string(log2_frames) + '/' + row;
      benchmark::RegisterBenchmark(full_name.c_str(), measure)->Iterations(1)->Unit(benchmark::kMillisecond);
    }
  }
}

void add_all() {
  constexpr unsigned kTop = ChurnDriver::kTopOrder;
  add_rows("yardstick,lists", [](std::uint64_t frames) { return ListYardstick(frames, kTop); });
  add_rows("yardstick,bitmaps", [](std::uint64_t frames) { return BitmapYardstick(frames, kTop); });
  add_rows("yardstick,best_fit", [](std::uint64_t frames) { return BestFitYardstick(frames, kTop); });
  for (const Variant& variant : variants()) {
    add_rows(name_of(variant),
             [variant](std::uint64_t frames) { return PolicyUnderTest(frames, variant.policy, variant.options); });
  }
}

}  // namespace
}  // namespace memsim::bench

int main(int argc, char** argv) {
  memsim::bench::add_all();
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
