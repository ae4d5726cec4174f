#include <memsim/kernel/world.hpp>

#include <algorithm>
#include <limits>
#include <utility>

#include "kernel/background/player.hpp"
#include "kernel/changes.hpp"
#include "kernel/door.hpp"
#include "kernel/lifecycle.hpp"
#include "kernel/messages/deadlock.hpp"
#include "kernel/messages/messenger.hpp"
#include "kernel/notices/interrupts.hpp"
#include "kernel/notices/timers.hpp"
#include "kernel/sampler.hpp"
#include "kernel/schedule/scheduler.hpp"
#include "kernel/sync/sync.hpp"
#include "kernel/tables/kernel.hpp"
#include "kernel/tables/settings.hpp"

namespace memsim {

// Some tens of KiB: it is made where it stays, on the heap.
struct World::Impl {
  Impl(const WorldConfig& config, MemoryManager memory, DeadlockFinder find_deadlocks)
      : kernel(std::make_shared<const WorldConfig>(config), std::move(memory), find_deadlocks) {}

  // Makes ready for all that happens up to and including `time`.
  void run_to(SimTime time);

  Kernel kernel;
  bool started = false;
};

namespace {

void announce(Kernel& kernel) {
  const WorldConfig& config = *kernel.config;
  const SettingList settings = run_settings(config);
  const std::vector<Setting> all_settings = settings.view();
  std::vector<Setting> overridden;
  for (const ConfigOverride& override : config.overridden) overridden.push_back({override.path, override.value});
  kernel.memory.machine().announce(kernel.records,
                                   {.seed = config.seed,
                                    .cpus = config.cpus,
                                    .merge_touching_segments = config.semantics.merge_touching_segments,
                                    .settings = all_settings,
                                    .overridden = overridden},
                                   {kernel.memory.held_at_start(), kMemmgrPid});
  for (const DeviceConfig& device : config.record.devices) {
    kernel.records.publish(DeviceAdded{.device = device.name,
                                       .object_name = device.object,
                                       .max_length = device.limits.max_length,
                                       .alignment = device.limits.alignment,
                                       .boundary = device.limits.boundary,
                                       .first = device.limits.first,
                                       .last = device.limits.last,
                                       .descriptors = device.limits.count});
  }
}

void start(Kernel& kernel) {
  announce(kernel);
  lifecycle::start_memmgr(kernel);
  sampler::sample(kernel, SamplePoint::start);
  const std::vector<ProcessConfig>& processes = kernel.config->processes;
  for (std::uint32_t i = 0; i < processes.size(); ++i) {
    if (processes[i].start && processes[i].count > 0) {
      kernel.events.post(processes[i].start_at, {.kind = KernelEvent::Kind::start_process, .index = i});
    }
  }
  background::start(kernel);
  sampler::schedule_next(kernel);
}

void start_instance(Kernel& kernel, const KernelEvent& event) {
  const ProcessConfig& config = kernel.config->processes[event.index];
  lifecycle::start_process(kernel, event.index, kMemmgrPid);
  if (event.instance + 1 < config.count) {
    kernel.events.post(saturating_add(kernel.now(), config.start_gap),
                       {.kind = event.kind, .index = event.index, .instance = event.instance + 1});
  }
}

void timer_expired(Kernel& kernel, ThreadSlot slot) {
  Thread& thread = kernel.thread(slot);
  if (sync::is_waiting(thread.state)) return sync::timed_out(kernel, slot);
  if (thread.state == ThreadState::interrupt) return notices::interrupts::timed_out(kernel, slot);
  if (thread.state != ThreadState::nanosleep) return messenger::timed_out(kernel, slot);
  thread.timer = EventHandle{};
  scheduler::make_ready(kernel, slot, ReadyQueue::End::tail);
  scheduler::publish_state(kernel, slot);
}

void periodic_sample(Kernel& kernel) {
  kernel.sample_pending = false;
  sampler::sample(kernel, SamplePoint::periodic);
  sampler::schedule_next(kernel);
}

void handle(Kernel& kernel, const KernelEvent& event) {
  switch (event.kind) {
    case KernelEvent::Kind::start_process:
      return start_instance(kernel, event);
    case KernelEvent::Kind::burst_end:
      return scheduler::burst_ended(kernel, CpuId(static_cast<std::uint16_t>(event.index)));
    case KernelEvent::Kind::timer:
      return timer_expired(kernel, ThreadSlot(event.index));
    case KernelEvent::Kind::sample:
      return periodic_sample(kernel);
    case KernelEvent::Kind::interrupts:
      return notices::interrupts::ask(kernel);
    case KernelEvent::Kind::interrupt:
      return notices::interrupts::tell(kernel, event.index);
    case KernelEvent::Kind::process_timer:
      return notices::timers::expire(kernel, ProcessSlot(event.index), event.instance);
    case KernelEvent::Kind::background:
      background::play(kernel, event.index);
      return sampler::memory_changed(kernel);
  }
}

// Whether anything is left to happen. A sample that is due keeps no run going: it would find what the end's finds. Nor
// does a background without an end.
bool is_anything_pending(const Kernel& kernel) {
  return kernel.events.size() > (kernel.sample_pending ? 1U : 0U) + background::endless_pending(kernel);
}

bool step(Kernel& kernel) {
  if (!is_anything_pending(kernel)) return false;
  const auto event = kernel.events.pop_until(kernel.horizon);
  if (!event) return false;
  kernel.enter_instant(event->time);
  if (kernel.events.size() > kernel.config->limits.pending_events) {
    kernel.stop(StopReason::resource_cap, "limits.pending_events");
  }
  if (kernel.stopped) return false;
  handle(kernel, event->payload);
  scheduler::settle(kernel, door::act);
  return !kernel.stopped;
}

std::uint64_t unseed(const Kernel& kernel) {
  std::uint64_t sum = kernel.unseed;
  for (const BackgroundPlayer& player : kernel.backgrounds) sum += player.draws.peek();
  for (const Thread& thread : kernel.threads) {
    if (thread.caller.get() != nullptr) sum += thread.caller->residue();
  }
  return sum;
}

// The greatest simulated time: a program reads the clock as a signed number.
constexpr SimTime kLastTime{static_cast<std::uint64_t>(std::numeric_limits<Value>::max())};

// Why nothing happens any more: the clock reached its limit, all is done, or somebody waits in a circle.
StopReason natural_end(Kernel& kernel) {
  if (is_anything_pending(kernel)) {
    return kernel.config->until <= kLastTime ? StopReason::reached_until : StopReason::time_cap;
  }
  return deadlock::look_at_end(kernel) ? StopReason::deadlock : StopReason::finished;
}

void finish(Kernel& kernel) {
  const SimTime until = kernel.config->until;
  if (!kernel.stopped) {
    const StopReason reason = natural_end(kernel);
    if (reason == StopReason::reached_until) kernel.records.set_now(until);
    if (reason == StopReason::time_cap) kernel.records.set_now(kLastTime);
    kernel.stop(reason, {});
  }
  sampler::sample(kernel, SamplePoint::end);
  kernel.records.publish(
      RunEnded{.reason = kernel.stop_reason, .events = kernel.event_count, .unseed = unseed(kernel)});
  kernel.ended = true;
}

}  // namespace

World::World(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
World::World(const World& other) : impl_(std::make_unique<Impl>(*other.impl_)) {}
World& World::operator=(const World& other) {
  impl_ = std::make_unique<Impl>(*other.impl_);
  return *this;
}
World::World(World&&) noexcept = default;
World& World::operator=(World&&) noexcept = default;
World::~World() = default;

HostResult<World> World::create(const WorldConfig& config, DeadlockFinder find_deadlocks) {
  MEMSIM_CHECK(config.cpus > 0 && config.memmgr.threads > 0 && !config.timeslice.is_zero());
  const auto lacks_source = [&config](const ThreadConfig& thread) {
    return (thread.host_program || thread.device) && !config.caller_source;
  };
  for (const ProcessConfig& process : config.processes) {
    if (!std::any_of(process.threads.begin(), process.threads.end(), lacks_source)) continue;
    return host_failure(ExitCode::bad_input,
                        "process " + process.name + " runs a program of the host, and none may start");
  }
  HostResult<StartState> start = lay_out(config.memory, config.start, config.seed);
  if (!start) return Unexpected(std::move(start).error());
  HostResult<MemoryManager> memory =
      MemoryManager::create(config.memory, config.semantics, config.contiguous_failure, *start);
  if (!memory) return Unexpected(std::move(memory).error());
  return World(std::make_unique<Impl>(config, std::move(*memory), find_deadlocks));
}

bool World::can_be_copied() const {
  const std::vector<Thread>& threads = impl_->kernel.threads;
  return std::all_of(threads.begin(), threads.end(), [](const Thread& thread) {
    return thread.caller.get() == nullptr || thread.caller->clone() != nullptr;
  });
}

RecordStream& World::records() { return impl_->kernel.records; }
const RecordStream& World::records() const { return impl_->kernel.records; }

void World::Impl::run_to(SimTime time) {
  if (!std::exchange(started, true)) start(kernel);
  kernel.horizon = std::min({time, kernel.config->until, kLastTime});
}

namespace {

// Whether somebody asked for the end. Each look costs a call: not at every event, and often enough that nobody waits.
class Impatience {
 public:
  explicit Impatience(bool (*wants_end)() noexcept) : wants_end_(wants_end) {}
  [[nodiscard]] bool ends() {
    constexpr std::uint64_t kEventsBetweenLooks = 1024;
    return events_++ % kEventsBetweenLooks == 0 && wants_end_ != nullptr && wants_end_();
  }

 private:
  bool (*wants_end_)() noexcept;
  std::uint64_t events_ = 0;
};

}  // namespace

bool World::run_until(SimTime time, bool (*wants_end)() noexcept) {
  Kernel& kernel = impl_->kernel;
  if (kernel.ended) return false;
  impl_->run_to(time);
  Impatience impatience(wants_end);
  while (step(kernel) && !impatience.ends()) {
  }
  return !kernel.stopped && is_anything_pending(kernel);
}

StopReason World::run(bool (*wants_end)() noexcept) {
  Kernel& kernel = impl_->kernel;
  if (!kernel.ended) impl_->run_to(never());
  Impatience impatience(wants_end);
  while (!kernel.ended && step(kernel)) {
    if (!impatience.ends()) continue;
    kernel.stop(StopReason::interrupted, {});
    break;
  }
  if (!kernel.ended) finish(kernel);
  return impl_->kernel.stop_reason;
}

HostResult<void> World::change(const WorldChange& change) {
  Kernel& kernel = impl_->kernel;
  MEMSIM_CHECK_THAT(impl_->started && !kernel.stopped && !kernel.ended, "a world changes in the middle of a run");
  return changes::apply(kernel, change);
}

bool World::would_serve(const ProbeConfig& probe) const {
  const MemoryManager& memory = impl_->kernel.memory;
  return memory.would_serve(std::array{request_of(probe, memory.memory().page_size())}).front();
}

SimTime World::next_event() const { return impl_->kernel.events.next_time(); }

SimTime World::now() const { return impl_->kernel.now(); }
std::uint64_t World::event_count() const { return impl_->kernel.event_count; }
std::string_view World::cap_reached() const { return impl_->kernel.cap_reached; }
const std::vector<Diagnostic>& World::failure() const { return impl_->kernel.failure; }
BackgroundCounts World::background_counts(std::size_t number) const {
  return impl_->kernel.memory.background_counts(number);
}
const PhysicalMemory& World::memory() const { return impl_->kernel.memory.memory(); }
std::vector<WaitEdge> World::wait_edges() const { return deadlock::wait_edges(impl_->kernel); }

GraphSnapshot World::graph() const {
  const Kernel& kernel = impl_->kernel;
  GraphSnapshot graph;
  for (const ProcessSlot slot : kernel.slot_of_pid) {
    if (slot == kNoProcess) continue;
    const Process& process = kernel.process(slot);
    graph.processes.push_back({process.pid, lifecycle::name_of(kernel, process)});
    for (const OwnedChannel& channel : process.channels) graph.channels.push_back({process.pid, channel.chid});
    if (slot == kMemmgrProcess) continue;
    kernel.memory.descriptors(process.pid).for_each_connection([&](ConnectionId coid, const ConnectionTarget& target) {
      graph.connections.push_back({process.pid, coid, target.server, target.chid});
    });
    graph.connections.push_back({process.pid, kMemmgrCoid, kMemmgrPid, kMemmgrChid});
  }
  return graph;
}

void World::check_invariants() const {
  const Kernel& kernel = impl_->kernel;
  kernel.memory.check_invariants();
  for (std::size_t i = 0; i < kernel.cpus.size(); ++i) {
    const ThreadSlot running = kernel.cpus[i].running;
    if (running == kNoThread) continue;
    MEMSIM_CHECK(kernel.thread(running).state == ThreadState::running);
    MEMSIM_CHECK(kernel.thread(running).cpu.value() == i);
  }
}

}  // namespace memsim
