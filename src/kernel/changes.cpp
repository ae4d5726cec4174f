#include "kernel/changes.hpp"

#include <utility>

#include <fmt/format.h>

#include <memsim/base/check.hpp>

#include "kernel/door.hpp"
#include "kernel/lifecycle.hpp"
#include "kernel/schedule/scheduler.hpp"

namespace memsim {
namespace changes {
namespace {

Unexpected<HostError> refused(std::string message, std::string help = {}) {
  return host_failure(ExitCode::bad_input, std::move(message), std::move(help));
}

// Whether all that takes effect after the policy can: nothing is changed by halves.
HostResult<void> check(const Kernel& kernel, const WorldChange& change) {
  if (change.semantics) {
    const std::string_view fixed = fixed_semantics(kernel.config->semantics, *change.semantics);
    if (!fixed.empty()) {
      return refused(fmt::format("semantics.{} cannot change in the middle of a run", fixed),
                     "it shaped what exists; change it in the scenario");
    }
  }
  for (const std::string& name : change.kill) {
    if (!lifecycle::find_by_name(kernel, name).empty()) continue;
    return refused(fmt::format("no process '{}' is alive at {} ns", escaped_for_terminal(name), kernel.horizon.value()),
                   "branch at a time at which it is");
  }
  for (const ProcessStarts& starts : change.spawn) {
    if (kernel.names->find(starts.process)) continue;
    return refused(fmt::format("there is no process '{}'", escaped_for_terminal(starts.process)),
                   "a process of the scenario can be spawned, template or not");
  }
  return {};
}

void change_config(Kernel& kernel, const WorldChange& change) {
  if (!change.costs && !change.semantics && !change.seed) return;
  auto config = std::make_shared<WorldConfig>(*kernel.config);
  config->costs = change.costs.value_or(config->costs);
  config->semantics = change.semantics.value_or(config->semantics);
  config->seed = change.seed.value_or(config->seed);
  kernel.entry_costs = EntryCosts(config->costs);
  kernel.memory.change_semantics(config->semantics);
  kernel.config = std::move(config);
}

// Not the streams with which threads of a run with that seed begin: what they drew is past.
void reseed(Kernel& kernel) {
  for (Thread& thread : kernel.threads) {
    if (thread.caller.get() == nullptr || thread.pid == kMemmgrPid) continue;
    const Process& process = kernel.process(thread.process);
    const ProcessConfig& config = kernel.config->processes[process.config];
    const std::uint64_t tid = thread.tid.value();  // a process may start a thread of its list again and again
    thread.caller->reseed(RandomStream::derive(
        kernel.config->seed, {"branch", kernel.now().value(), config.name, std::uint64_t{process.instance}, tid}));
  }
}

void kill(Kernel& kernel, const std::string& name) {
  for (const ProcessId victim : lifecycle::find_by_name(kernel, name)) {
    const ProcessSlot slot = kernel.find_process(victim);
    if (slot != kNoProcess) lifecycle::terminate(kernel, slot, ExitCause::killed);
    door::reap(kernel);
  }
}

void spawn(Kernel& kernel, const ProcessStarts& starts) {
  const std::uint32_t config = *kernel.names->find(starts.process);
  for (std::uint32_t i = 0; i < starts.count && !kernel.stopped; ++i) {
    static_cast<void>(lifecycle::start_process(kernel, config, kMemmgrPid));
  }
}

}  // namespace

HostResult<void> apply(Kernel& kernel, const WorldChange& change) {
  MEMSIM_CHECK(kernel.events.next_time() > kernel.horizon && kernel.now() <= kernel.horizon);
  const HostResult<void> checked = check(kernel, change);
  if (!checked) return checked;
  if (kernel.now() != kernel.horizon) {
    kernel.records.set_now(kernel.horizon);
    kernel.actions_at_this_instant = 0;
  }
  if (change.policy) {
    const HostResult<void> changed =
        kernel.memory.machine().change_policy(kernel.records, change.policy->name, change.policy->options);
    if (!changed) return changed;
  }
  change_config(kernel, change);
  if (change.seed) reseed(kernel);
  for (const std::string& name : change.kill) kill(kernel, name);
  for (const ProcessStarts& starts : change.spawn) spawn(kernel, starts);
  scheduler::settle(kernel, door::act);
  return {};
}

}  // namespace changes

std::string_view fixed_semantics(const Semantics& before, const Semantics& after) {
  if (before.merge_touching_segments != after.merge_touching_segments) return "merge_touching_segments";
  if (before.memmgr_priority_inheritance != after.memmgr_priority_inheritance) return "memmgr_priority_inheritance";
  return {};
}

}  // namespace memsim
