// What recordings cost: reading a trace, replaying it, importing text of the kernel's tracer, and beginning with a
// million free blocks. script/fidelity --speed does the same with whole traces.
#include <benchmark/benchmark.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <fmt/format.h>

#include <memsim/kernel/world.hpp>
#include <memsim/replay/import_trace.hpp>
#include <memsim/replay/trace.hpp>
#include <memsim/scenario/scenario.hpp>

namespace memsim {
namespace {

const std::string kCut = std::string(MEMSIM_SOURCE_DIR) + "/traces/build";

// Files that go with the bench.
class Folder {
 public:
  Folder() : path_(std::filesystem::temp_directory_path() / "memsim_replay_bench") {
    std::filesystem::create_directories(path_);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] std::string path(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

std::uint64_t read_all(TraceReader& trace) {
  std::uint64_t count = 0;
  for (std::vector<TraceEvent> events; trace.next(events) && !events.empty();) count += events.size();
  return count;
}

// Decompressed and read as events, by one thread.
void BM_ReadTrace(benchmark::State& state) {
  std::uint64_t events = 0;
  for (auto _ : state) {
    auto trace = open_trace(kCut + ".trace.xz");
    if (!trace) return state.SkipWithError("no trace");
    events += read_all(**trace);
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(events));
}
BENCHMARK(BM_ReadTrace)->Unit(benchmark::kMillisecond)->UseRealTime();

// From its own start, which is 21 GiB, read twice.
void replay(benchmark::State& state, const std::string& policy) {
  LoadOptions options;
  options.set = {{"machine.start.lists", kCut + ".before"}, {"policy", policy}};
  std::uint64_t events = 0;
  for (auto _ : state) {
    const auto scenario = load_scenario(kCut + ".trace.xz", options);
    if (!scenario) return state.SkipWithError("no scenario");
    auto world = World::create(scenario->world, nullptr);
    world->run();
    events += world->event_count();
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(events));
}
void BM_ReplayLinux(benchmark::State& state) { replay(state, "linux"); }
void BM_ReplayBuddy(benchmark::State& state) { replay(state, "buddy"); }
BENCHMARK(BM_ReplayLinux)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(BM_ReplayBuddy)->Unit(benchmark::kMillisecond)->UseRealTime();

// Eight megabytes of what trace-cmd prints.
void BM_ImportFtrace(benchmark::State& state) {
  const Folder folder;
  std::string text = "# tracer: nop\n#\n";
  for (std::uint64_t i = 0; text.size() < 8'000'000; ++i) {
    const std::uint64_t page = 0x100000 + i * 7919 % 65536;
    const std::string head = fmt::format("           <...>-{}    [00{}] d..2. {:5}.{:06}: ", 1000 + i % 50, i % 4,
                                         100 + i / 1'000'000, i % 1'000'000);
    text += head;
    text += i % 2 == 0 ? fmt::format(
                             "mm_page_alloc: page=00000000{0:08x} pfn=0x{0:x} order=0 migratetype=1 "
                             "gfp_flags=GFP_HIGHUSER_MOVABLE|__GFP_ZERO\n",
                             page)
                       : fmt::format("mm_page_free: page=00000000{0:08x} pfn=0x{0:x} order=0\n", page);
  }
  std::ofstream(folder.path("text")) << text;
  for (auto _ : state) {
    auto writer = TraceWriter::create(folder.path("out.trace"), {}, TraceForm::binary);
    if (!writer || !import_ftrace(folder.path("text"), *writer)) return state.SkipWithError("no import");
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}
BENCHMARK(BM_ImportFtrace)->Unit(benchmark::kMillisecond);

// Every other frame of 8 GiB is free.
void BM_StartWithBlocks(benchmark::State& state) {
  const Folder folder;
  {
    std::ofstream lists(folder.path("m.blocks"));
    lists << fmt::format("# zone Normal 100000 {:x}\n", 0x100000 + 2 * state.range(0));
    for (std::int64_t i = 0; i < state.range(0); ++i) lists << fmt::format("{:x} 0 Normal 1\n", 0x100000 + 2 * i);
  }
  for (auto _ : state) {
    const auto scenario = parse_scenario(
        "memsim: 1\nmachine: {start: {lists: m}}\npolicy: linux\nprocesses: [{name: p, program: [exit]}]\n",
        folder.path("bench.yaml"));
    if (!scenario) return state.SkipWithError("no scenario");
    benchmark::DoNotOptimize(World::create(scenario->world, nullptr).has_value());
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(BM_StartWithBlocks)->Arg(62'500)->Arg(250'000)->Arg(1'000'000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace memsim
