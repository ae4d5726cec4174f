#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <string>
#include <vector>

#include <fmt/format.h>

#include <memsim/base/check.hpp>
#include <memsim/kernel/world.hpp>
#include <memsim/replay/import_machine.hpp>
#include <memsim/replay/trace.hpp>
#include <memsim/scenario/scenario.hpp>

#include "fuzz/targets.hpp"

namespace memsim::fuzz {
namespace {

constexpr std::uint64_t kMostEvents = 100'000;

void check_complete(const HostError& error) {
  MEMSIM_CHECK(!error.empty());
  for (const Diagnostic& diagnostic : error) MEMSIM_CHECK(!diagnostic.message.empty());
  MEMSIM_CHECK(!render(error, Colour::off).empty());
}

// The readers take a path: a file that lives in memory has one.
std::string file_of(std::string_view bytes) {
  static const int file = ::memfd_create("recording", 0);
  MEMSIM_CHECK(file >= 0 && ::ftruncate(file, 0) == 0 && ::lseek(file, 0, SEEK_SET) == 0);
  MEMSIM_CHECK(::write(file, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
  return fmt::format("/proc/self/fd/{}", file);
}

TraceLimits limits() {
  TraceLimits limits;
  limits.events = kMostEvents;
  limits.blocks = kMostEvents;
  limits.decompressor = Bytes(std::uint64_t{1} << 26);
  return limits;
}

// Whether it is a trace, as far as its end.
bool is_readable(const std::string& path) {
  const auto trace = open_trace(path, limits());
  if (!trace) {
    check_complete(trace.error());
    return false;
  }
  SimTime last;
  std::uint64_t read = 0;
  for (std::vector<TraceEvent> events;;) {
    const HostResult<void> more = (*trace)->next(events);
    if (!more) check_complete(more.error());
    if (!more || events.empty()) return more.has_value();
    read += events.size();
    MEMSIM_CHECK(read <= kMostEvents);
    for (const TraceEvent& event : events) {
      MEMSIM_CHECK(event.time >= last && event.count >= 1 && event.alignment_log2 < 64);
      last = event.time;
    }
  }
}

void fuzz_trace(std::string_view bytes) {
  const std::string path = file_of(bytes);
  if (!is_readable(path)) return;
  LoadOptions options;
  options.caps.recordings = limits();
  for (const char* policy : {"linux", "tlsf"}) {
    const HostResult<Scenario> scenario =
        parse_scenario(fmt::format("memsim: 1\nmachine: {{regions: [{{name: m, base: 0, size: 4MiB}}]}}\npolicy: {}\n"
                                   "limits: {{events: 200000}}\n"
                                   "background: [{{trace: {}, name: t, housekeeping: true, frees_start: false}}]\n",
                                   policy, path),
                       "fuzz.yaml", options);
    if (!scenario) {
      check_complete(scenario.error());
      continue;
    }
    HostResult<World> world = World::create(scenario->world, nullptr);
    MEMSIM_CHECK(world.has_value());
    world->run();
    world->check_invariants();
  }
}

template <class Result>
void check_told(const Result& result) {
  if (!result) check_complete(result.error());
}

}  // namespace

void fuzz_recordings(std::string_view text) {
  if (text.empty()) return;
  const std::string_view rest = text.substr(1);
  if (text.front() == 't') fuzz_trace(rest);
  if (text.front() == 'b') check_told(import_buddyinfo(file_of(rest), {.frames = FrameCount(4096)}, limits()));
  if (text.front() == 'i') check_told(import_iomem(file_of(rest), {}, limits()));
  if (text.front() == 'd') check_told(import_dts(file_of(rest), {}, limits()));
  if (text.front() == 'a') check_told(import_asinfo(file_of(rest), {}, limits()));
}

}  // namespace memsim::fuzz
