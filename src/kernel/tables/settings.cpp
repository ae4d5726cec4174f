#include "kernel/tables/settings.hpp"

#include <fmt/format.h>

#include <memsim/base/errno.hpp>
#include <memsim/base/numbers.hpp>
#include <memsim/kernel/cost_names.hpp>

namespace memsim {
namespace {

// The values as a scenario writes them.
std::string written(bool value) { return value ? "true" : "false"; }
std::string written(std::uint64_t value) { return fmt::format("{}", value); }
std::string written(Bytes value) { return format_size_exact(value); }
std::string written(SimDuration value) { return format_duration_exact(value); }
std::string written(PhysAddr value) { return fmt::format("{:#x}", value.value()); }
std::string written(Errno value) { return std::string(errno_name(value)); }

void add_machine(SettingList& list, const WorldConfig& config) {
  list.add("machine.timeslice", written(config.timeslice));
  list.add("machine.memory_manager.threads", written(std::uint64_t{config.memmgr.threads}));
  list.add("machine.memory_manager.priority", written(std::uint64_t{config.memmgr.priority}));
  const bool defragments = config.contiguous_failure == ContiguousFailure::defragment;
  list.add("machine.contiguous_failure", defragments ? "defragment" : "none");
  for (const CostName& cost : kCostNames) {
    list.add(fmt::format("machine.costs.{}", cost.name), written(config.costs.*cost.member));
  }
}

void add_interrupts(SettingList& list, const std::vector<InterruptSource>& sources) {
  for (const InterruptSource& source : sources) {
    const auto add = [&](std::string_view key, std::string value) {
      list.add(fmt::format("machine.interrupts.{}.{}", source.name, key), std::move(value));
    };
    add("vector", written(std::uint64_t{source.vector}));
    add("first", written(source.first - SimTime()));
    add("every", written(source.every));
    add("priority", written(std::uint64_t{source.priority}));
    if (source.count != UINT64_MAX) add("count", written(source.count));
  }
}

void add_semantics(SettingList& list, const Semantics& semantics) {
  list.add("semantics.not_physical_errno", written(semantics.not_physical_errno));
  list.add("semantics.merge_touching_segments", written(semantics.merge_touching_segments));
  list.add("semantics.already_special_errno", written(semantics.already_special_errno));
  list.add("semantics.anon_phys_needs_ability", written(semantics.anon_phys_needs_ability));
  list.add("semantics.memmgr_priority_inheritance", written(semantics.memmgr_priority_inheritance));
  if (semantics.mem_offset_marks_unmovable) list.add("semantics.mem_offset_marks_unmovable", written(true));
  if (semantics.flags_of_6x) list.add("semantics.flags_of_6x", written(true));
}

void add_record(SettingList& list, const RecordConfig& record) {
  list.add("record.every", written(record.every));
  list.add("record.at_each_change", written(record.at_each_change));
  list.add("record.segment_lengths", written(record.segment_lengths));
  for (const ProbeConfig& probe : record.probes) {
    const auto add = [&](std::string_view key, std::string value) {
      list.add(fmt::format("record.probes.{}.{}", probe.name, key), std::move(value));
    };
    add("size", written(probe.size));
    add("contiguous", written(probe.contiguity == Contiguity::contiguous));
    if (!probe.alignment.is_zero()) add("alignment", written(probe.alignment));
    if (!probe.boundary.is_zero()) add("boundary", written(probe.boundary));
    if (probe.window_first != PhysAddr()) add("above", written(probe.window_first));
    if (probe.window_last != PhysAddr::max()) add("below", written(probe.window_last + Bytes(1)));
  }
}

void add_background(SettingList& list, const BackgroundConfig& background) {
  const auto add = [&](std::string_view key, std::string value) {
    list.add(fmt::format("background.{}.{}", background.name, key), std::move(value));
  };
  add("start", written(background.at - SimTime()));
  add("repeat", written(background.passes));
  add("pause", written(background.pause));
  add("speed_percent", written(std::uint64_t{background.speed_percent}));
  add("share_percent", written(std::uint64_t{background.share_percent}));
}

void add_limits(SettingList& list, const Limits& limits) {
  list.add("limits.events", written(limits.events));
  list.add("limits.events_at_one_instant", written(limits.events_at_one_instant));
  list.add("limits.processes", written(std::uint64_t{limits.processes}));
  list.add("limits.objects", written(limits.objects));
  list.add("limits.pending_events", written(limits.pending_events));
  // Those that came later are told where they are not the defaults, so that the heads of older records still stand.
  const auto add = [&](std::string_view name, std::uint64_t Limits::*limit) {
    if (limits.*limit != Limits{}.*limit) list.add(fmt::format("limits.{}", name), written(limits.*limit));
  };
  add("samples", &Limits::samples);
  add("processes_started", &Limits::processes_started);
  add("threads", &Limits::threads);
  add("variables", &Limits::variables);
  add("channels", &Limits::channels);
  add("pulses", &Limits::pulses);
  add("descriptors", &Limits::descriptors);
  add("mappings", &Limits::mappings);
}

}  // namespace

SettingList run_settings(const WorldConfig& config) {
  SettingList list;
  if (config.until != never()) list.add("until", written(config.until - SimTime()));
  add_machine(list, config);
  add_interrupts(list, config.interrupts);
  add_semantics(list, config.semantics);
  add_record(list, config.record);
  for (const BackgroundConfig& background : config.background) add_background(list, background);
  add_limits(list, config.limits);
  return list;
}

}  // namespace memsim
