#include "kernel/sampler.hpp"

namespace memsim::sampler {
namespace {

void sample_region(Kernel& kernel, SamplePoint point, RegionId region) {
  const FreeSpace space = kernel.memory.memory().measure(region);
  kernel.records.publish(RegionSample{.point = point,
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

void sample_segment_lengths(Kernel& kernel, SamplePoint point) {
  const memmgr::SegmentLengths lengths = kernel.memory.sample_segment_lengths();
  kernel.records.publish(SegmentLengthSample{.point = point, .segments_by_log2 = lengths.up_to_longest()});
}

FrameRequest request_of(const ProbeConfig& probe, PageSize page) {
  FrameRequest request;
  request.count = page.frames_covering(probe.size);
  request.contiguity = probe.contiguity;
  request.alignment = std::max(FrameCount(1), page.frames_covering(probe.alignment));
  request.boundary = page.frames_covering(probe.boundary);
  const FrameCount first = page.frames_covering(Bytes(probe.window_first.value()));
  request.window_first = FrameNumber(first.count());
  // The last frame that ends at or before the window's last byte.
  const std::uint64_t last = probe.window_last.value();
  const std::uint64_t page_bytes = page.bytes().count();
  request.window_end = FrameNumber(last / page_bytes + (last % page_bytes == page_bytes - 1 ? 1 : 0));
  return request;
}

}  // namespace

void sample(Kernel& kernel, SamplePoint point) {
  const PhysicalMemory& memory = kernel.memory.memory();
  for (std::size_t i = 0; i < memory.region_count(); ++i) {
    sample_region(kernel, point, RegionId(static_cast<std::uint16_t>(i)));
  }
  ObjectSample objects = kernel.memory.sample_objects();
  objects.point = point;
  kernel.records.publish(objects);
  if (kernel.config->record.segment_lengths) sample_segment_lengths(kernel, point);
  for (const ProbeConfig& probe : kernel.config->record.probes) {
    kernel.records.publish(ProbeResult{.point = point,
                                       .probe = probe.name,
                                       .would_succeed = memory.can_allocate(request_of(probe, memory.page_size()))});
  }
}

void schedule_next(Kernel& kernel) {
  const SimDuration every = kernel.config->record.every;
  if (every.is_zero()) return;
  kernel.events.post(saturating_add(kernel.now(), every), {.kind = KernelEvent::Kind::sample});
  kernel.sample_pending = true;
}

void memory_changed(Kernel& kernel) {
  if (!kernel.config->record.at_each_change || kernel.memory.change_count() == kernel.sampled_change) return;
  kernel.sampled_change = kernel.memory.change_count();
  sample(kernel, SamplePoint::change);
}

}  // namespace memsim::sampler
