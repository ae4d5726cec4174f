// What it costs to check a scenario, which should follow its size: twice the file, about twice the time.
#include <benchmark/benchmark.h>

#include <string>

#include <fmt/format.h>

#include <memsim/kernel/world.hpp>
#include <memsim/scenario/scenario.hpp>

namespace memsim {
namespace {

std::string processes(std::int64_t count, std::string_view program) {
  std::string text = "processes:\n";
  for (std::int64_t i = 0; i < count; ++i) {
    text += fmt::format("  - name: process_{}\n    program: {}\n", i, fmt::format(fmt::runtime(program), i));
  }
  return text;
}

void validate(benchmark::State& state, const std::string& text) {
  for (auto _ : state) {
    const auto scenario = parse_scenario(text, "bench.yaml");
    if (scenario) benchmark::DoNotOptimize(World::create(scenario->world, nullptr).has_value());
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}

void BM_Processes(benchmark::State& state) {
  validate(state, "memsim: 1\n" + processes(state.range(0), "[{{sleep: 1ms}}, {{kill: process_{}}}, exit]"));
}
BENCHMARK(BM_Processes)->RangeMultiplier(4)->Range(256, 16384)->Unit(benchmark::kMillisecond);

void BM_UnknownNames(benchmark::State& state) {
  validate(state, "memsim: 1\n" + processes(state.range(0), "[{{kill: nobody_{0}}}, {{set: {{x: $nothing_{0}}}}}]"));
}
BENCHMARK(BM_UnknownNames)->RangeMultiplier(4)->Range(256, 16384)->Unit(benchmark::kMillisecond);

void BM_SharedProgram(benchmark::State& state) {
  std::string text = "memsim: 1\nprograms:\n  shared:\n";
  for (std::int64_t i = 0; i < state.range(0); ++i) text += "    - sleep: 1ms\n";
  validate(state, text + processes(state.range(0), "shared"));
}
BENCHMARK(BM_SharedProgram)->RangeMultiplier(4)->Range(256, 4096)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace memsim
