// What one draw costs. The exponential must stay below 30 ns.
#include <cstdint>
#include <utility>

#include <benchmark/benchmark.h>

#include <memsim/base/distribution.hpp>

namespace {

using memsim::Distribution;
using memsim::Millionths;

void measure(benchmark::State& bench, const Distribution& distribution) {
  memsim::RandomStream stream(1);
  memsim::DrawState state;
  for ([[maybe_unused]] auto step : bench) benchmark::DoNotOptimize(distribution.draw(stream, state));
}

void next_u64(benchmark::State& bench) {
  memsim::RandomStream stream(1);
  for ([[maybe_unused]] auto step : bench) benchmark::DoNotOptimize(stream.next_u64());
}
BENCHMARK(next_u64);

void below_thousand(benchmark::State& bench) {
  memsim::RandomStream stream(1);
  for ([[maybe_unused]] auto step : bench) benchmark::DoNotOptimize(stream.below(1000));
}
BENCHMARK(below_thousand);

BENCHMARK_CAPTURE(measure, constant, Distribution::constant(7));
BENCHMARK_CAPTURE(measure, uniform, Distribution::uniform(1, 1000).value());
BENCHMARK_CAPTURE(measure, exponential, Distribution::exponential(1'000'000).value());
BENCHMARK_CAPTURE(measure, geometric, Distribution::geometric(1, 100).value());
BENCHMARK_CAPTURE(measure, lognormal, Distribution::lognormal(1'000'000, Millionths(1'000'000)).value());
BENCHMARK_CAPTURE(measure, zipf_1e3, Distribution::zipf(1'000, Millionths(1'000'000)).value());
BENCHMARK_CAPTURE(measure, zipf_1e6, Distribution::zipf(1'000'000, Millionths(1'000'000)).value());
BENCHMARK_CAPTURE(measure, table_of_4, Distribution::table({{1, 50}, {2, 30}, {3, 15}, {4, 5}}).value());

}  // namespace
