// Runs a scenario given as text, through the public face only, and keeps what happened.
#pragma once

#include <memsim/analysis/wait_graph.hpp>
#include <memsim/kernel/world.hpp>
#include <memsim/scenario/scenario.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>

#include "support/recorder.hpp"

namespace memsim::test {

// A machine of 16 MiB with every call free of charge: what the tests about order, not time, start from. Add processes.
inline constexpr std::string_view kFreeMachine = R"(
memsim: 1
machine:
  regions:
    - {name: memory/ram/sysram, base: 16MiB, size: 16MiB}
  costs: {msg_send: 0ns, msg_receive: 0ns, msg_reply: 0ns, copy_per_kib: 0ns, kernel_call: 0ns, pulse: 0ns,
          memmgr_call: 0ns, segment_walk: 0ns, segment_seek: 0ns, allocator_split: 0ns, allocator_merge: 0ns,
          allocator_step: 0ns, frame_zero: 0ns, frame_free: 0ns, frame_move: 0ns, page_map: 0ns, page_unmap: 0ns,
          page_fault: 0ns, mem_offset: 0ns, process_spawn: 0ns, process_exit: 0ns, interrupt: 0ns}
processes:
)";

struct Outcome {
  std::unique_ptr<Recorder> recorder = std::make_unique<Recorder>();
  StopReason reason = StopReason::finished;
  std::uint64_t fingerprint = 0;
  std::string cap;
  const Recorder* operator->() const { return recorder.get(); }
};

inline WorldConfig load(std::string_view text, const LoadOptions& options = {}) {
  HostResult<Scenario> scenario = parse_scenario(text, "test.yaml", options);
  if (!scenario) {
    ADD_FAILURE() << render(scenario.error(), Colour::off);
    return {};
  }
  return std::move(*scenario).world;
}

inline World make_world(const WorldConfig& config) {
  HostResult<World> world = World::create(config, find_deadlocks);
  if (!world) ADD_FAILURE() << render(world.error(), Colour::off);
  return std::move(*world);
}

inline Outcome finish(World& world) {
  Outcome run;
  world.records().subscribe(*run.recorder);
  run.reason = world.run();
  world.check_invariants();
  run.fingerprint = world.records().fingerprint();
  run.cap = world.cap_reached();
  return run;
}

inline Outcome run_config(const WorldConfig& config) {
  World world = make_world(config);
  return finish(world);
}

inline Outcome run_text(std::string_view text, const LoadOptions& options = {}) {
  return run_config(load(text, options));
}

// The processes of `text` on the free machine.
inline Outcome run_free(std::string_view processes, const LoadOptions& options = {}) {
  return run_text(std::string(kFreeMachine) + std::string(processes), options);
}

inline Outcome run_file(const std::string& name, const LoadOptions& options = {}) {
  HostResult<Scenario> scenario = load_scenario(std::string(MEMSIM_SOURCE_DIR "/scenarios/") + name, options);
  if (!scenario) {
    ADD_FAILURE() << render(scenario.error(), Colour::off);
    return {};
  }
  return run_config(scenario->world);
}

}  // namespace memsim::test
