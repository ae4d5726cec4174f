// Messages per second of host time: send, receive and reply with states, priorities and the fingerprint on, no files.
#include <benchmark/benchmark.h>

#include <memsim/kernel/world.hpp>
#include <memsim/scenario/scenario.hpp>

#include <sys/resource.h>

#include <cstdio>
#include <cstdlib>
#include <string>

namespace memsim {
namespace {

WorldConfig load(const std::string& text) {
  HostResult<Scenario> scenario = parse_scenario(text, "bench.yaml");
  if (!scenario) {
    std::fputs(render(scenario.error(), Colour::off).c_str(), stderr);
    std::exit(2);
  }
  return std::move(*scenario).world;
}

World make(const WorldConfig& config) {
  HostResult<World> world = World::create(config, nullptr);
  if (!world) std::exit(2);
  return std::move(*world);
}

constexpr std::uint64_t kRounds = 1'000'000;

void run_rounds(benchmark::State& state, const std::string& processes) {
  const WorldConfig config = load("memsim: 1\nlimits: {events_at_one_instant: 100000000}\nprocesses:\n" + processes);
  for (auto _ : state) {
    state.PauseTiming();
    World world = make(config);
    state.ResumeTiming();
    world.run();
    benchmark::DoNotOptimize(world.records().fingerprint());
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kRounds));
}

void BM_ClientAndServer(benchmark::State& state) {
  run_rounds(state, R"(
  - name: server
    program:
      - ChannelCreate: {}
        as: chid
      - repeat:
          times: 1000000
          do:
            - MsgReceive: {chid: $chid}
              as: msg
            - MsgReply: {rcvid: $msg}
  - name: client
    start: 1ms
    program:
      - ConnectAttach: {process: server}
        as: coid
      - repeat:
          times: 1000000
          do: [{MsgSend: {coid: $coid}}]
)");
}
BENCHMARK(BM_ClientAndServer)->Unit(benchmark::kMillisecond);

void BM_ClientAndMemmgr(benchmark::State& state) {
  run_rounds(state, R"(
  - name: client
    program:
      - repeat:
          times: 1000000
          do: [{_MEM_INFO: {fd: NOFD}}]
)");
}
BENCHMARK(BM_ClientAndMemmgr)->Unit(benchmark::kMillisecond);

std::size_t peak_bytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<std::size_t>(usage.ru_maxrss) * 1024;
}

// Start, one memory call, a sleep and the end of each of 100,000 processes alive together.
void BM_HundredThousandProcesses(benchmark::State& state) {
  const WorldConfig config = load(R"(
memsim: 1
limits: {processes: 100000}
processes:
  - name: p
    count: 100000
    start_gap: 10us
    program:
      - _MEM_INFO: {fd: NOFD}
      - sleep: 10s
)");
  const std::size_t before = peak_bytes();
  for (auto _ : state) {
    World world = make(config);
    world.run();
    benchmark::DoNotOptimize(world.records().fingerprint());
  }
  state.counters["bytes/process"] = static_cast<double>(peak_bytes() - before) / 100'000;
}
BENCHMARK(BM_HundredThousandProcesses)->Unit(benchmark::kMillisecond)->Iterations(1);

}  // namespace
}  // namespace memsim
