#include <memsim/machine/machine.hpp>

#include <algorithm>

#include <memsim/base/check.hpp>
#include <memsim/engine/version.hpp>
#include <memsim/machine/settings.hpp>

namespace memsim {
namespace {

// Calls visit(part) for the pieces of `extent` that lie in one region each.
template <class Visitor>
void for_each_region_part(const PhysicalMemory& memory, Extent extent, Visitor&& visit) {
  while (!extent.count.is_zero()) {
    const auto region = memory.region_of(extent.first);
    MEMSIM_CHECK_THAT(region.has_value(), "an object's frames are RAM");
    const FrameNumber end = std::min(extent.end(), memory.region_extent(*region).end());
    visit(Extent{extent.first, end - extent.first});
    extent = {end, extent.end() - end};
  }
}

RegionId region_at(std::size_t index) { return RegionId(static_cast<RegionId::rep>(index)); }

void tell_region(RecordStream& records, const PhysicalMemory& memory, RegionId region) {
  const RegionConfig& config = memory.region(region);
  records.publish(RegionAdded{.region = region,
                              .name = config.name,
                              .base = config.base,
                              .frames = memory.region_extent(region).count,
                              .general = config.general,
                              .preference = config.preference});
  if (config.cma) records.publish(CmaArea{.region = region});
}

}  // namespace

HostResult<Machine> Machine::create(const PhysicalMemoryConfig& config, const StartState& start) {
  auto memory = PhysicalMemory::create(config, start);
  if (!memory) return Unexpected(std::move(memory).error());
  return Machine(std::move(*memory));
}

void Machine::announce(RecordStream& records, const RunHead& head, FrameOwner holder) const {
  const SettingList options = policy_settings(memory_.policy(), memory_.policy_options());
  const std::vector<Setting> all_options = options.view();
  records.publish(RunStarted{.seed = head.seed,
                             .page_size = memory_.page_size().bytes(),
                             .cpus = head.cpus,
                             .policy = memory_.policy(),
                             .merge_touching_segments = head.merge_touching_segments,
                             .policy_options = all_options,
                             .settings = head.settings,
                             .overridden = head.overridden,
                             .version = {version()}});
  for (std::size_t i = 0; i < memory_.region_count(); ++i) tell_region(records, memory_, region_at(i));
  for (const ReservationConfig& reserved : memory_.reservations()) {
    const PageSize page_size = memory_.page_size();
    records.publish(
        FramesReserved{.name = reserved.name,
                       .extent = {page_size.frame_of(reserved.base), page_size.frames_covering(reserved.size)}});
  }
  const std::vector<Extent> held = memory_.frames_held();
  MEMSIM_CHECK_THAT(held.empty() || holder.object != ObjectId(), "somebody has the frames that were held at the start");
  if (held.empty()) return;
  records.publish(ObjectCreated{.object = holder.object, .pid = holder.pid, .name = kHeldAtStart});
  records.publish(FramesAllocated{.object = holder.object, .pid = holder.pid, .extents = held, .requests = 0});
}

SimResult<TakenFrames> Machine::take(const FrameRequest& request, std::span<const RegionId> from) {
  auto allocation = memory_.allocate(request, from);
  if (!allocation) return refused(allocation.error());
  ++change_count_;
  return TakenFrames{.allocation = std::move(*allocation), .request = request, .from = from};
}

void Machine::tell_taken(RecordStream& records, FrameOwner owner, Bytes offset, const TakenFrames& taken) const {
  if (taken.allocation.extents.empty()) return;
  std::span<const Extent> extents = taken.allocation.extents;
  std::vector<Extent> with_tail;
  if (!taken.allocation.tail.count.is_zero()) {
    with_tail = taken.allocation.extents;
    with_tail.back().count += taken.allocation.tail.count;
    extents = with_tail;
  }
  const FrameRequest& request = taken.request;
  records.publish(FramesAllocated{.object = owner.object,
                                  .pid = owner.pid,
                                  .cpu = request.cpu,
                                  .contiguous = request.contiguity == Contiguity::contiguous,
                                  .mobility = request.mobility,
                                  .offset = offset,
                                  .tail = taken.allocation.tail.count,
                                  .extents = extents,
                                  .requests = taken.requests,
                                  .alignment = request.alignment,
                                  .boundary = request.boundary,
                                  .window_first = request.window_first,
                                  .window_end = request.window_end,
                                  .regions = memory_.candidates(taken.from),
                                  .splits = WorkCount(taken.allocation.work.splits),
                                  .merges = WorkCount(taken.allocation.work.merges),
                                  .steps = WorkCount(taken.allocation.work.steps)});
}

void Machine::tell_refused(RecordStream& records, FrameOwner owner, const FrameRequest& request,
                           std::span<const RegionId> from, Errno error, Moving moving) const {
  records.publish(AllocationFailed{.object = owner.object,
                                   .pid = owner.pid,
                                   .cpu = request.cpu,
                                   .frames = request.count,
                                   .contiguous = request.contiguity == Contiguity::contiguous,
                                   .mobility = request.mobility,
                                   .alignment = request.alignment,
                                   .boundary = request.boundary,
                                   .window_first = request.window_first,
                                   .window_end = request.window_end,
                                   .regions = memory_.candidates(from),
                                   .error = error,
                                   .moving = moving,
                                   .free = memory_.free_frames(from),
                                   .largest_free_run = memory_.largest_free_run(from),
                                   .option = memory_.refusing_option(request, from)});
}

SimResult<TakenFrames> Machine::allocate(RecordStream& records, FrameOwner owner, Bytes offset,
                                         const FrameRequest& request, std::span<const RegionId> from) {
  auto taken = take(request, from);
  if (taken) {
    tell_taken(records, owner, offset, *taken);
  } else {
    tell_refused(records, owner, request, from, taken.error(), Moving::off);
  }
  return taken;
}

AllocatorWork Machine::give_back(std::span<const Extent> extents, CpuId cpu) {
  AllocatorWork work;
  for (const Extent& extent : extents) {
    for_each_region_part(memory_, extent, [&](Extent part) { work += memory_.release(part, cpu); });
  }
  ++change_count_;
  return work;
}

AllocatorWork Machine::release(RecordStream& records, ObjectId object, std::span<const Extent> extents, CpuId cpu) {
  const AllocatorWork work = give_back(extents, cpu);
  records.publish(FramesReleased{.object = object,
                                 .cpu = cpu,
                                 .splits = WorkCount(work.splits),
                                 .merges = WorkCount(work.merges),
                                 .steps = WorkCount(work.steps),
                                 .extents = extents});
  return work;
}

AllocatorWork Machine::vacate(RecordStream& records, std::span<const Extent> extents, CpuId cpu) {
  const AllocatorWork work = give_back(extents, cpu);
  records.publish(FramesVacated{.cpu = cpu, .extents = extents});
  return work;
}

std::optional<AllocatorWork> Machine::add_reserved(RecordStream& records, ProcessId pid, Extent extent) {
  const std::optional<AllocatorWork> work = memory_.add_reserved(extent);
  if (!work) return std::nullopt;
  ++change_count_;
  records.publish(FramesAdded{.pid = pid, .extent = extent});
  return work;
}

void Machine::decay(RecordStream& records, CpuId cpu) {
  if (memory_.policy() != "linux") return;
  const AllocatorWork work = memory_.decay(cpu);
  records.publish(CpuListsDecayed{.cpu = cpu, .merges = WorkCount(work.merges), .steps = WorkCount(work.steps)});
}

void Machine::pin(std::span<const Extent> extents) {
  for (const Extent& extent : extents) {
    for_each_region_part(memory_, extent, [this](Extent part) { memory_.pin(part); });
  }
}

void Machine::unpin(std::span<const Extent> extents) {
  for (const Extent& extent : extents) {
    for_each_region_part(memory_, extent, [this](Extent part) { memory_.unpin(part); });
  }
}

void Machine::tell_pinned(RecordStream& records, ObjectId object, bool pinned, std::span<const Extent> extents) const {
  records.publish(FramesPinned{.object = object, .pinned = pinned, .extents = extents});
}

void Machine::sample(RecordStream& records, SamplePoint point) const {
  for (std::size_t i = 0; i < memory_.region_count(); ++i) {
    const RegionId region = region_at(i);
    const FreeSpace space = memory_.measure(region);
    records.publish(RegionSample{.point = point,
                                 .region = region,
                                 .total = space.total,
                                 .free = space.free,
                                 .largest_free_run = space.largest_free_run,
                                 .free_run_count = space.free_run_count,
                                 .large_pages_free = space.large_pages_free,
                                 .large_page_ranges = space.large_page_ranges,
                                 .large_page_ranges_pinned = space.large_page_ranges_pinned,
                                 .free_blocks = space.free_blocks,
                                 .free_runs_by_log2 = space.free_runs_by_log2});
  }
}

void Machine::probe(RecordStream& records, SamplePoint point, std::span<const ProbeConfig> probes) const {
  for (const ProbeConfig& probe : probes) {
    const FrameRequest request = request_of(probe, memory_.page_size());
    const auto regions = memory_.general().serving(request);
    records.publish(
        ProbeResult{.point = point, .probe = probe.name, .would_succeed = memory_.can_allocate(request, regions)});
  }
}

HostResult<void> Machine::change_policy(RecordStream& records, const std::string& policy,
                                        const PolicyOptions& options) {
  auto changed = memory_.with_policy(policy, options);
  if (!changed) return Unexpected(std::move(changed).error());
  memory_ = std::move(*changed);
  const SettingList settings = policy_settings(policy, options);
  const std::vector<Setting> all_options = settings.view();
  records.publish(PolicyChanged{.policy = policy, .policy_options = all_options});
  return {};
}

FrameCount Machine::frames_in_use() const {
  FrameCount used;
  for (std::size_t i = 0; i < memory_.region_count(); ++i) {
    used += memory_.region_extent(region_at(i)).count - memory_.allocator(region_at(i)).free_frames();
  }
  return used;
}

}  // namespace memsim
