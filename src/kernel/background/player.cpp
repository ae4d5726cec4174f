#include "kernel/background/player.hpp"

#include <algorithm>

#include <memsim/kernel/background_time.hpp>

namespace memsim::background {
namespace {

// Fills an empty batch, which stays empty at the trace's end.
HostResult<void> read_batch(const BackgroundConfig& config, BackgroundPlayer& player) {
  player.batch.clear();
  player.played = 0;
  std::uint64_t behind = 0;
  if (player.source.reader == nullptr) {
    auto opened = config.open();
    if (!opened) return Unexpected(std::move(opened).error());
    player.source.reader = std::move(*opened);
    behind = player.events_read;  // a copy, whose original has read these
  }
  do {
    HostResult<void> read = player.source.reader->next(player.batch);
    if (!read || player.batch.empty()) return read;
    const std::uint64_t passed = std::min<std::uint64_t>(behind, player.batch.size());
    player.batch.erase(player.batch.begin(), player.batch.begin() + static_cast<std::ptrdiff_t>(passed));
    behind -= passed;
  } while (player.batch.empty());
  player.events_read += player.batch.size();
  return {};
}

// Makes the next event of the layer the first of the batch that is not played, in a further pass where the present
// one is over. False where all is played.
HostResult<bool> find_next(const BackgroundConfig& config, BackgroundPlayer& player) {
  if (config.passes != 0 && player.passes == config.passes) return false;
  bool has_begun_anew = false;
  while (true) {
    for (; player.played < player.batch.size(); ++player.played) {
      if (is_of(player.batch[player.played].op, config.layer)) return true;
    }
    HostResult<void> read = read_batch(config, player);
    if (!read) return Unexpected(std::move(read).error());
    if (!player.batch.empty()) continue;
    // A trace that has become empty since it was looked at has no further pass.
    if (++player.passes == config.passes || std::exchange(has_begun_anew, true)) return false;
    player.source.reader.reset();
    player.events_read = 0;
    player.clock = DecayClock(config.decays);
    const SimDuration pass = played_time(config.length, config.speed_percent);
    player.pass_begin = saturating_add(saturating_add(player.pass_begin, pass), config.pause);
  }
}

// When a moment of the pass comes.
SimTime time_of(const BackgroundConfig& config, const BackgroundPlayer& player, SimTime moment) {
  return saturating_add(player.pass_begin, played_time(moment - SimTime(), config.speed_percent));
}

// The next event, or nothing where all is played or the run has been stopped.
const TraceEvent* next_event(Kernel& kernel, const BackgroundConfig& config, BackgroundPlayer& player) {
  HostResult<bool> found = find_next(config, player);
  if (found) return *found ? &player.batch[player.played] : nullptr;
  kernel.failure = std::move(found).error();
  kernel.stop(StopReason::interrupted, {});
  return nullptr;
}

// The next thing to do before `event` or with it: the lists of a processor decay before what comes at the same moment.
SimTime next_moment(const BackgroundPlayer& player, const TraceEvent& event) {
  return std::min(event.time, player.clock.next());
}

void play_event(Kernel& kernel, std::uint32_t number, const TraceEvent& event) {
  const BackgroundConfig& config = kernel.config->background[number];
  BackgroundPlayer& player = kernel.backgrounds[number];
  const bool is_left_out =
      takes(event.op) && config.share_percent < 100 && player.draws.below(100) >= config.share_percent;
  CpuId cpu(static_cast<CpuId::rep>(event.cpu.value() % kernel.config->cpus));
  if (config.keeps_house) {
    player.clock.meet(cpu, event.time);
    if ((event.flags & TraceEvent::bypass) != 0) cpu = kNoCpu;
  }
  kernel.memory.play(number, config, event, is_left_out ? Share::left_out : Share::played, cpu, kernel.records);
}

void enter_next(Kernel& kernel, std::uint32_t number) {
  BackgroundPlayer& player = kernel.backgrounds[number];
  const BackgroundConfig& config = kernel.config->background[number];
  const TraceEvent* const event = next_event(kernel, config, player);
  player.is_pending = event != nullptr;
  if (!player.is_pending) return;
  kernel.events.post(std::max(kernel.now(), time_of(config, player, next_moment(player, *event))),
                     {.kind = KernelEvent::Kind::background, .index = number});
}

}  // namespace

void start(Kernel& kernel) {
  for (std::uint32_t i = 0; i < kernel.config->background.size(); ++i) {
    const BackgroundConfig& config = kernel.config->background[i];
    BackgroundPlayer& player = kernel.backgrounds.emplace_back();
    player.draws = RandomStream::derive(kernel.config->seed, {"background", config.name});
    player.pass_begin = config.at;
    player.clock = DecayClock(config.decays);
    enter_next(kernel, i);
  }
}

void play(Kernel& kernel, std::uint32_t number) {
  BackgroundPlayer& player = kernel.backgrounds[number];
  const BackgroundConfig& config = kernel.config->background[number];
  player.is_pending = false;
  bool is_first = true;
  while (const TraceEvent* event = next_event(kernel, config, player)) {
    if (time_of(config, player, next_moment(player, *event)) > kernel.now()) break;
    // The first is what the queue's own event counts.
    if (!std::exchange(is_first, false)) kernel.enter_instant(kernel.now());
    if (kernel.stopped) return;
    if (player.clock.next() <= event->time) {
      kernel.memory.machine().decay(kernel.records, player.clock.pass());
      continue;
    }
    play_event(kernel, number, *event);
    ++player.played;
  }
  if (!kernel.stopped) enter_next(kernel, number);
}

std::size_t endless_pending(const Kernel& kernel) {
  std::size_t pending = 0;
  for (std::size_t i = 0; i < kernel.backgrounds.size(); ++i) {
    if (kernel.config->background[i].passes == 0 && kernel.backgrounds[i].is_pending) ++pending;
  }
  return pending;
}

}  // namespace memsim::background
