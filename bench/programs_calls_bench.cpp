// What a program of the host costs: its start and end, and each simulated call that it makes.
#include <benchmark/benchmark.h>

#include <memsim/kernel/world.hpp>
#include <memsim/programs/programs.hpp>

#include <cstdlib>
#include <string>

namespace memsim {
namespace {

// `count` programs that make `calls` calls each.
WorldConfig config_of(std::uint32_t count, std::int64_t calls) {
  HostProgram program;
  program.name = "programs_calls";
  program.path = MEMSIM_PROGRAM;
  program.arguments = {std::to_string(calls)};
  ProcessConfig process;
  process.name = "caller";
  process.count = count;
  process.fleet = true;
  process.threads.resize(1);
  process.threads.front().name = "main";
  process.threads.front().host_program = std::make_shared<const HostProgram>(program);
  WorldConfig config;
  config.memory.regions.push_back({.name = "memory/ram/sysram", .base = PhysAddr(1 << 20), .size = Bytes(16 << 20)});
  config.processes.push_back(process);
  config.caller_source = host_programs();
  return config;
}

void run(const WorldConfig& config) {
  HostResult<World> world = World::create(config, nullptr);
  if (!world || world->run() != StopReason::finished) std::abort();
}

void programs(benchmark::State& state, std::uint32_t count, std::int64_t calls) {
  const WorldConfig config = config_of(count, calls);
  for (auto _ : state) run(config);
  state.SetItemsProcessed(state.iterations() * count * std::max<std::int64_t>(calls, 1));
}

void start_and_end(benchmark::State& state) { programs(state, 1, 0); }
void a_million_calls(benchmark::State& state) { programs(state, 1, 1'000'000); }
void a_million_calls_of_a_hundred(benchmark::State& state) { programs(state, 100, 10'000); }
BENCHMARK(start_and_end)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(a_million_calls)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(a_million_calls_of_a_hundred)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
}  // namespace memsim
