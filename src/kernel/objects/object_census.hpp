// ObjectCensus: figures over the live objects that hold frames, kept up to date object by object.
#pragma once

#include <cstdint>

#include <memsim/engine/record.hpp>
#include <memsim/vm/memory_object.hpp>

#include <memsim/base/collections/ranked_counts.hpp>

namespace memsim::memmgr {

class ObjectCensus {
 public:
  // Enters or removes an object as it stands. An object without frames counts for nothing,
  // nor does one of the system. O(log distinct segment
  // counts).
  void enter(const MemoryObject& object, PageSize page_size);
  void leave(const MemoryObject& object, PageSize page_size);

  // O(distinct segment counts).
  [[nodiscard]] ObjectSample sample(PageSize page_size) const;

  bool operator==(const ObjectCensus&) const = default;

 private:
  // Wide, because lazy objects may have any logical size.
  __extension__ using Wide = unsigned __int128;

  RankedCounts segment_counts_;  // of each object
  std::uint64_t segments_ = 0;
  FrameCount given_;
  Wide asked_ = 0;  // bytes
};

}  // namespace memsim::memmgr
