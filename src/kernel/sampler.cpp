#include "kernel/sampler.hpp"

namespace memsim::sampler {
namespace {

void sample_segment_lengths(Kernel& kernel, SamplePoint point) {
  const memmgr::SegmentLengths lengths = kernel.memory.sample_segment_lengths();
  kernel.records.publish(SegmentLengthSample{.point = point, .segments_by_log2 = lengths.up_to_longest()});
}

void sample_probes(Kernel& kernel, SamplePoint point) {
  const std::vector<ProbeConfig>& probes = kernel.config->record.probes;
  std::vector<FrameRequest> requests;
  for (const ProbeConfig& probe : probes) {
    requests.push_back(request_of(probe, kernel.memory.memory().page_size()));
  }
  const std::vector<bool> answers = kernel.memory.would_serve(requests);
  for (std::size_t i = 0; i < probes.size(); ++i) {
    kernel.records.publish(ProbeResult{.point = point, .probe = probes[i].name, .would_succeed = answers[i]});
  }
}

}  // namespace

void sample(Kernel& kernel, SamplePoint point) {
  // The one at the end is always taken.
  if (++kernel.samples > kernel.config->limits.samples) kernel.stop(StopReason::resource_cap, "limits.samples");
  const Machine& machine = kernel.memory.machine();
  machine.sample(kernel.records, point);
  ObjectSample objects = kernel.memory.sample_objects();
  objects.point = point;
  kernel.records.publish(objects);
  if (kernel.config->record.segment_lengths) sample_segment_lengths(kernel, point);
  sample_probes(kernel, point);
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
