#include "kernel/memmgr/object_census.hpp"

#include <algorithm>

#include <memsim/base/check.hpp>

namespace memsim::memmgr {
namespace {

// Of an object that has only some of its pages, no more than these was asked for yet.
Bytes asked_for(const MemoryObject& object, PageSize page_size) {
  return std::min(object.size, page_size.bytes_of(object.frames(page_size)));
}

}  // namespace

void ObjectCensus::enter(const MemoryObject& object, PageSize page_size) {
  const FrameCount frames = object.frames(page_size);
  if (frames.is_zero()) return;
  ++objects_;
  ++objects_by_segment_count_[object.segment_count()];
  segments_ += object.segment_count();
  given_ += object.given_frames(page_size);
  asked_ += asked_for(object, page_size).count();
}

void ObjectCensus::leave(const MemoryObject& object, PageSize page_size) {
  const FrameCount frames = object.frames(page_size);
  if (frames.is_zero()) return;
  --objects_;
  const auto found = objects_by_segment_count_.find(object.segment_count());
  MEMSIM_CHECK_THAT(found != objects_by_segment_count_.end(), "who leaves has entered");
  if (--found->second == 0) objects_by_segment_count_.erase(found);
  segments_ -= object.segment_count();
  given_ -= object.given_frames(page_size);
  asked_ -= asked_for(object, page_size).count();
}

ObjectSample ObjectCensus::sample(PageSize page_size) const {
  ObjectSample sample;
  sample.object_count = objects_;
  sample.asked = Bytes(static_cast<std::uint64_t>(asked_));  // not more than what was given
  sample.given = page_size.bytes_of(given_);
  sample.segment_count = segments_;
  if (objects_ == 0) return sample;
  sample.segments_min = objects_by_segment_count_.begin()->first;
  sample.segments_max = objects_by_segment_count_.rbegin()->first;
  const std::uint64_t median_rank = objects_ - objects_ / 2;
  const std::uint64_t p99_rank = objects_ - objects_ / 100;
  std::uint64_t passed = 0;
  for (const auto& [segments, objects] : objects_by_segment_count_) {
    if (passed < median_rank && median_rank <= passed + objects) sample.segments_median = segments;
    if (passed < p99_rank && p99_rank <= passed + objects) sample.segments_p99 = segments;
    passed += objects;
  }
  return sample;
}

}  // namespace memsim::memmgr
