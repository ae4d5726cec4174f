// Messages per second of host time: send, receive and reply with states, priorities and the fingerprint on, no files.
// And host memory per process and per object.
#include <benchmark/benchmark.h>

#include <memsim/kernel/world.hpp>
#include <memsim/scenario/scenario.hpp>

#include <malloc.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
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

// Host memory in use now, without what the C library keeps for later.
std::size_t bytes_in_use() {
  malloc_trim(0);
  std::size_t total = 0;
  std::size_t resident = 0;
  std::ifstream("/proc/self/statm") >> total >> resident;
  return resident * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

// A world stopped while all that it made is alive: host bytes for each of `count` things.
void measure_bytes(benchmark::State& state, const std::string& text, std::uint64_t count, const char* counter) {
  const WorldConfig config = load(text);
  const std::size_t before = bytes_in_use();
  for (auto _ : state) {
    World world = make(config);
    world.run();
    benchmark::DoNotOptimize(world.records().fingerprint());
    state.PauseTiming();
    state.counters[counter] = static_cast<double>(bytes_in_use() - before) / static_cast<double>(count);
    state.ResumeTiming();
  }
}

// Start and one memory call of each of 100,000 processes alive together.
void BM_HundredThousandProcesses(benchmark::State& state) {
  measure_bytes(state, R"(
memsim: 1
until: 5s
limits: {processes: 100000}
processes:
  - name: p
    count: 100000
    start_gap: 10us
    program:
      - _MEM_INFO: {fd: NOFD}
      - sleep: 10s
)",
                100'000, "bytes/process");
}
BENCHMARK(BM_HundredThousandProcesses)->Unit(benchmark::kMillisecond)->Iterations(1);

// Objects of one page, each with its descriptor.
void BM_SixtyThousandObjects(benchmark::State& state) {
  measure_bytes(state, R"(
memsim: 1
until: 5s
machine:
  regions: [{name: ram, base: 16MiB, size: 256MiB}]
processes:
  - name: p
    program:
      - repeat:
          times: 60000
          do:
            - shm_open: {name: SHM_ANON, oflag: [O_RDWR, O_CREAT]}
              as: fd
            - shm_ctl: {fd: $fd, flags: SHMCTL_ANON, size: 4KiB}
      - sleep: 10s
)",
                60'000, "bytes/object");
}
BENCHMARK(BM_SixtyThousandObjects)->Unit(benchmark::kMillisecond)->Iterations(1);

}  // namespace
}  // namespace memsim
