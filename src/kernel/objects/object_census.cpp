#include "kernel/objects/object_census.hpp"

#include <algorithm>

namespace memsim::memmgr {
namespace {

// Of an object that has only some of its pages, no more than these was asked for yet.
Bytes asked_for(const MemoryObject& object, PageSize page_size) {
  return std::min(object.size, page_size.bytes_of(object.frames(page_size)));
}

}  // namespace

void ObjectCensus::enter(const MemoryObject& object, PageSize page_size) {
  const FrameCount frames = object.frames(page_size);
  if (frames.is_zero() || object.of_system) return;
  segment_counts_.add(object.segment_count());
  segments_ += object.segment_count();
  given_ += object.given_frames(page_size);
  asked_ += asked_for(object, page_size).count();
}

void ObjectCensus::leave(const MemoryObject& object, PageSize page_size) {
  const FrameCount frames = object.frames(page_size);
  if (frames.is_zero() || object.of_system) return;
  segment_counts_.remove(object.segment_count());
  segments_ -= object.segment_count();
  given_ -= object.given_frames(page_size);
  asked_ -= asked_for(object, page_size).count();
}

ObjectSample ObjectCensus::sample(PageSize page_size) const {
  ObjectSample sample;
  sample.object_count = segment_counts_.size();
  sample.asked = Bytes(static_cast<std::uint64_t>(asked_));  // not more than what was given
  sample.given = page_size.bytes_of(given_);
  sample.segment_count = segments_;
  sample.segments_min = segment_counts_.smallest();
  sample.segments_median = segment_counts_.median();
  sample.segments_p99 = segment_counts_.p99();
  sample.segments_max = segment_counts_.largest();
  return sample;
}

}  // namespace memsim::memmgr
