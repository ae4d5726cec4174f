// The records of what becomes of memory: objects, the frames that they get, and what _MEM_OBJ_INFO answers about them.
// See record.hpp, which lists them with the others.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include <memsim/base/errno.hpp>
#include <memsim/base/ids.hpp>
#include <memsim/base/memory_words.hpp>
#include <memsim/base/units.hpp>
#include <memsim/engine/record_kinds.hpp>

namespace memsim {

// What shm_open() is given for an object without a name.
inline constexpr std::string_view kAnonymousName = "SHM_ANON";

struct ObjectCreated {
  static constexpr RecordKind kKind = RecordKind::object_created;
  static constexpr Layer kLayer = Layer::allocator;
  static constexpr std::string_view kName = "object_created";
  ObjectId object;
  ProcessId pid;
  std::string_view name;    // empty: no name (SHM_ANON, memory of a mapping)
  bool of_mapping = false;  // mmap() made it, for its mapping; else shm_open()
  template <class F>
  void fields(F&& f) const {
    f("object", object), f("pid", pid), f("name", name), f("of_mapping", of_mapping);
  }
};

// An object's memory changed: shm_ctl(), ftruncate(), a page faulted in. The new state as a whole.
struct ObjectPopulated {
  static constexpr RecordKind kKind = RecordKind::object_populated;
  static constexpr Layer kLayer = Layer::allocator;
  static constexpr std::string_view kName = "object_populated";
  ObjectId object;
  ObjectKind backing = ObjectKind::none;
  Bytes size;         // logical
  FrameCount frames;  // given
  std::uint64_t segment_count = 0;
  template <class F>
  void fields(F&& f) const {
    f("object", object), f("backing", backing), f("size", size), f("frames", frames);
    f("segment_count", segment_count);
  }
};

struct ObjectDestroyed {
  static constexpr RecordKind kKind = RecordKind::object_destroyed;
  static constexpr Layer kLayer = Layer::allocator;
  static constexpr std::string_view kName = "object_destroyed";
  ObjectId object;
  template <class F>
  void fields(F&& f) const {
    f("object", object);
  }
};

// An object got frames. They lie behind its pages from `offset` on, which had none, in the order of `extents`; but no
// page lies on the last `tail` of them, which are the rest of a block that the allocator gave as a whole.
//
// What was asked of the allocator is `requests` equal requests, one after the other, that together are for the frames
// without the tail (none: the object had the frames when the run began); or, where the window holds just these frames,
// one for all of them in any pieces. Where frames were moved out of a contiguous request's way, it was refused first
// (where it claimed CMA areas, by these) and its range then taken piece by piece: see frames_claimed and frames_moved,
// which stand before this.
struct FramesAllocated {
  static constexpr RecordKind kKind = RecordKind::frames_allocated;
  static constexpr Layer kLayer = Layer::allocator;
  static constexpr std::string_view kName = "frames_allocated";
  ObjectId object;
  ProcessId pid;  // on whose behalf
  CpuId cpu{};    // likewise
  bool contiguous = false;
  Mobility mobility = Mobility::unmovable;  // movable: they may be moved while nobody pins them
  Bytes offset{};                           // in the object
  FrameCount tail{};
  std::span<const Extent> extents{};
  std::uint32_t requests = 1;
  FrameCount alignment{1};
  FrameCount boundary{0};                       // 0: none
  FrameNumber window_first{0};                  // no frame before this one would have done,
  FrameNumber window_end = FrameNumber::max();  // nor this one or a later one
  std::span<const RegionId> regions{};          // tried, in this order
  WorkCount splits{};
  WorkCount merges{};
  WorkCount steps{};
  template <class F>
  void fields(F&& f) const {
    f("object", object), f("pid", pid), f("cpu", cpu), f("contiguous", contiguous), f("mobility", mobility);
    f("offset", offset), f("tail", tail), f("extents", extents), f("requests", requests), f("alignment", alignment);
    f("boundary", boundary), f("window_first", window_first), f("window_end", window_end), f("regions", regions);
    f("splits", splits), f("merges", merges), f("steps", steps);
  }
};

// The limit of a processor's free lists fell, as a kernel's does once a second, and what was then too much went back to
// what all processors share (policy `linux`).
struct CpuListsDecayed {
  static constexpr RecordKind kKind = RecordKind::cpu_lists_decayed;
  static constexpr Layer kLayer = Layer::allocator;
  static constexpr std::string_view kName = "cpu_lists_decayed";
  CpuId cpu{};
  WorkCount merges{};
  WorkCount steps{};
  template <class F>
  void fields(F&& f) const {
    f("cpu", cpu), f("merges", merges), f("steps", steps);
  }
};

struct FramesReleased {
  static constexpr RecordKind kKind = RecordKind::frames_released;
  static constexpr Layer kLayer = Layer::allocator;
  static constexpr std::string_view kName = "frames_released";
  ObjectId object;
  CpuId cpu{};  // on whose behalf; 65535, past the lists of any: see kNoCpu
  WorkCount splits{};
  WorkCount merges{};
  WorkCount steps{};
  std::span<const Extent> extents;  // given back one after the other, each in its parts by region
  template <class F>
  void fields(F&& f) const {
    f("object", object), f("cpu", cpu), f("splits", splits), f("merges", merges), f("steps", steps);
    f("extents", extents);
  }
};

// A request that the allocator could not serve; it left everything as it was.
struct AllocationFailed {
  static constexpr RecordKind kKind = RecordKind::allocation_failed;
  static constexpr Layer kLayer = Layer::allocator;
  static constexpr std::string_view kName = "allocation_failed";
  ObjectId object;
  ProcessId pid;
  CpuId cpu;
  FrameCount frames;
  bool contiguous = false;
  Mobility mobility = Mobility::unmovable;
  FrameCount alignment{1};
  FrameCount boundary{0};                       // 0: none
  FrameNumber window_first{0};                  // no frame before this one will do,
  FrameNumber window_end = FrameNumber::max();  // nor this one or a later one
  std::span<const RegionId> regions;            // tried, in this order
  Errno error = Errno::enomem;
  Moving moving = Moving::off;
  FrameCount free;              // over the regions that were tried
  FrameCount largest_free_run;  // likewise
  std::string_view option;      // of the policy, which rules it out though enough is free; empty: none
  template <class F>
  void fields(F&& f) const {
    f("object", object), f("pid", pid), f("cpu", cpu), f("frames", frames), f("contiguous", contiguous);
    f("mobility", mobility), f("alignment", alignment), f("boundary", boundary), f("window_first", window_first),
        f("window_end", window_end), f("regions", regions);
    f("error", error), f("moving", moving), f("free", free), f("largest_free_run", largest_free_run);
    f("option", option);
  }
};

struct FramesReserved {
  static constexpr RecordKind kKind = RecordKind::frames_reserved;
  static constexpr Layer kLayer = Layer::allocator;
  static constexpr std::string_view kName = "frames_reserved";
  std::string_view name;
  Extent extent;  // taken at boot, and not given back but by frames_added; no object's
  template <class F>
  void fields(F&& f) const {
    f("name", name), f("extent", extent);
  }
};

// What was reserved until now is free memory from here on: _MEM_PMEM_ADD.
struct FramesAdded {
  static constexpr RecordKind kKind = RecordKind::frames_added;
  static constexpr Layer kLayer = Layer::allocator;
  static constexpr std::string_view kName = "frames_added";
  ProcessId pid;  // on whose behalf
  Extent extent;  // of one reservation
  template <class F>
  void fields(F&& f) const {
    f("pid", pid), f("extent", extent);
  }
};

// Movable frames became pinned by mlock(), or movable again. Released frames lose their pins without a record.
struct FramesPinned {
  static constexpr RecordKind kKind = RecordKind::frames_pinned;
  static constexpr Layer kLayer = Layer::allocator;
  static constexpr std::string_view kName = "frames_pinned";
  ObjectId object;
  bool pinned = true;
  std::span<const Extent> extents;
  template <class F>
  void fields(F&& f) const {
    f("object", object), f("pinned", pinned), f("extents", extents);
  }
};

// Frames of a range that lie free were taken from the allocator, each extent by a contiguous request for exactly it,
// for whom the next frames_allocated names: it tells of them as its own, with all others of the range.
struct FramesClaimed {
  static constexpr RecordKind kKind = RecordKind::frames_claimed;
  static constexpr Layer kLayer = Layer::allocator;
  static constexpr std::string_view kName = "frames_claimed";
  ProcessId pid;  // on whose behalf
  CpuId cpu;      // likewise
  Mobility mobility = Mobility::unmovable;
  std::span<const Extent> extents;
  template <class F>
  void fields(F&& f) const {
    f("pid", pid), f("cpu", cpu), f("mobility", mobility), f("extents", extents);
  }
};

// What an object had in `from` lies in `to` now, in the same order. The next frames_allocated gives `from` to another,
// or the frames_vacated behind this gives them back. `to` are the answer to one scattered, movable request to general
// memory, its CMA areas last.
struct FramesMoved {
  static constexpr RecordKind kKind = RecordKind::frames_moved;
  static constexpr Layer kLayer = Layer::allocator;
  static constexpr std::string_view kName = "frames_moved";
  ObjectId object;
  ProcessId pid;  // on whose behalf
  CpuId cpu;      // likewise
  std::span<const Extent> from;
  std::span<const Extent> to;
  template <class F>
  void fields(F&& f) const {
    f("object", object), f("pid", pid), f("cpu", cpu), f("from", from), f("to", to);
  }
};

// What the frames_moved above moved had to leave a CMA area because it was locked, and nobody asked for its place:
// these frames went back to the allocator.
struct FramesVacated {
  static constexpr RecordKind kKind = RecordKind::frames_vacated;
  static constexpr Layer kLayer = Layer::allocator;
  static constexpr std::string_view kName = "frames_vacated";
  CpuId cpu;                        // on whose behalf
  std::span<const Extent> extents;  // given back one after the other, each in its parts by region
  template <class F>
  void fields(F&& f) const {
    f("cpu", cpu), f("extents", extents);
  }
};

// shm_ctl() with SHMCTL_PHYS laid an object over physical addresses that it does not own, behind what it had.
struct ObjectOverlaid {
  static constexpr RecordKind kKind = RecordKind::object_overlaid;
  static constexpr Layer kLayer = Layer::allocator;
  static constexpr std::string_view kName = "object_overlaid";
  ObjectId object;
  ProcessId pid;  // on whose behalf
  std::span<const Segment> segments;
  template <class F>
  void fields(F&& f) const {
    f("object", object), f("pid", pid), f("segments", segments);
  }
};

// What _MEM_OBJ_INFO answered. `cut`: the caller's buffer was too small for the segments in range.
struct SegmentReply {
  static constexpr RecordKind kKind = RecordKind::segment_reply;
  static constexpr Layer kLayer = Layer::replies;
  static constexpr std::string_view kName = "segment_reply";
  ProcessId pid;
  ThreadId tid;
  ObjectId object;
  Bytes object_size;
  Bytes offset;
  Bytes length;
  std::uint64_t capacity = 0;  // whole segments that fit the caller's buffer
  std::uint64_t in_range = 0;  // segments that the range touches
  bool cut = false;
  std::span<const Segment> segments;  // what was delivered
  template <class F>
  void fields(F&& f) const {
    f("pid", pid), f("tid", tid), f("object", object), f("object_size", object_size), f("offset", offset);
    f("length", length), f("capacity", capacity), f("in_range", in_range), f("cut", cut), f("segments", segments);
  }
};

}  // namespace memsim
