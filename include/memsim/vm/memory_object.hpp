// MemoryObject: what descriptors and mappings share: a size, an owner, and memory.
//
// An object's memory is kept in one of two forms. A *populated* object (shm_ctl() without LAZY, ftruncate()) has all of
// its memory, as a SegmentMap. A *paged* object (lazy, or private to a mapping) has frames behind some of its pages, as
// a PageMap; one that a recorded trace fills has its small blocks in an IdentityMap beside that.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include <memsim/base/ids.hpp>
#include <memsim/base/memory_words.hpp>
#include <memsim/base/units.hpp>
#include <memsim/vm/address_space.hpp>
#include <memsim/vm/identity_map.hpp>
#include <memsim/vm/lock_depth.hpp>
#include <memsim/vm/page_map.hpp>
#include <memsim/vm/segment_map.hpp>

namespace memsim {

struct MemoryObject {
  ObjectId id;  // 0: this slot of the table is free
  ProcessId creator;
  std::uint32_t uid = 0;
  std::uint16_t mode = 0;
  ObjectKind kind = ObjectKind::none;
  bool named = false;                   // a name refers to it
  bool of_mapping = false;              // made by mmap() for one mapping; a page unmapped is a page given back
  bool of_system = false;               // no process made it: it lives as long as the machine
  bool by_identity = false;             // its pages come and go as a recorded trace says
  bool stays_put = false;               // its frames are locked by the way they were got
  std::uint32_t flags = 0;              // SHMCTL_* of the calls that populated it; 0: not special
  std::optional<std::int64_t> special;  // shm_ctl_special()'s value, if it was that
  Bytes size;                           // logical
  SegmentMap segments;                  // populated objects
  PageMap pages;                        // paged objects
  IdentityMap identities;               // likewise, where `by_identity`: blocks of few pages
  // Frames of the block that serves a contiguous object, behind those asked for: no page lies on them, and they go back
  // with the object's last page. Empty unless the allocator gives whole blocks.
  Extent tail;
  LockDepth locks;
  // What keeps it alive, besides the name.
  std::uint32_t descriptions = 0;
  std::uint32_t copies = 0;       // private copies of it, which read the pages that they have not copied yet
  FrameCount mapped_pages;        // over all mappings; a count of pages, so that splitting a mapping changes nothing
  ObjectSlot origin = kNoObject;  // of a private copy
  Bytes origin_offset;

  // Whether its memory is a PageMap.
  [[nodiscard]] bool is_paged() const { return kind == ObjectKind::lazy || of_mapping; }
  // Whether _MEM_OBJ_INFO describes it: it has its memory, and has it by shm_ctl().
  [[nodiscard]] bool is_physical_memory_object() const;
  // Whether its frames came from the allocator.
  [[nodiscard]] bool owns_frames() const { return kind != ObjectKind::physical; }
  [[nodiscard]] bool is_referenced() const;

  // Frames behind its pages that it owns.
  [[nodiscard]] FrameCount frames(PageSize page_size) const;
  // All frames that it owns.
  [[nodiscard]] FrameCount given_frames(PageSize page_size) const { return frames(page_size) + tail.count; }
  // Physically consecutive pieces of it.
  [[nodiscard]] std::uint64_t segment_count() const;

  struct Place {
    PhysAddr paddr;
    Bytes contiguous;  // bytes from there that are physically consecutive and present
  };
  // Where the byte at `offset` lies; nothing where no memory is. O(log segments), and one step for each further segment
  // that touches when they are kept apart.
  [[nodiscard]] std::optional<Place> find(Bytes offset, PageSize page_size) const;
  // How many of the pages from `offset` on have memory. `length` in whole pages.
  [[nodiscard]] FrameCount resident(Bytes offset, Bytes length, PageSize page_size) const;
  // Appends the frames behind a range of pages, by ascending page. For a populated object.
  void collect(PageRange range, PageSize page_size, std::vector<Extent>& out) const;

  // Of a paged object. Puts frames behind pages that have none, one extent after the other, or takes them from those of
  // a range that have any and appends them to `removed`.
  void put_pages(PageNumber first, std::span<const Extent> frames);
  void take_pages(PageRange range, std::vector<Extent>& removed);

  template <class Visitor>  // visit(PageNumber, Extent): runs of pages on consecutive frames, by ascending page
  void for_each_run(PageSize page_size, Visitor&& visit) const {
    if (by_identity) {
      for (const auto& [page, frames] : runs_by_identity()) visit(page, frames);
      return;
    }
    if (is_paged()) return pages.for_each_run(visit);
    for (const Segment& segment : segments.segments()) {
      visit(PageNumber(segment.offset.count() >> page_size.shift()),
            Extent{page_size.frame_of(segment.paddr), page_size.frames_covering(segment.length)});
    }
  }

  // Puts the frames of `to`, in turn, behind pages that have frames already. `moved` ascends and is disjoint.
  // Requires: as many frames as pages. O(segments), or O(log runs) for each range of a paged object.
  void replace_frames(std::span<const PageRange> moved, std::span<const Extent> to, PageSize page_size,
                      TouchingSegments touching);

 private:
  [[nodiscard]] std::vector<std::pair<PageNumber, Extent>> runs_by_identity() const;
};

// All memory objects of the machine. Ids are never used again; slots are, the most recently freed first.
class ObjectTable {
 public:
  // A new object with the next id. Requires: !is_exhausted().
  [[nodiscard]] ObjectSlot create();
  // All 2^32 - 1 ids have been given.
  [[nodiscard]] bool is_exhausted() const { return last_id_ == UINT32_MAX; }
  void destroy(ObjectSlot slot);
  // Requires: alive. References stay good until the next create().
  [[nodiscard]] MemoryObject& at(ObjectSlot slot);
  [[nodiscard]] const MemoryObject& at(ObjectSlot slot) const;
  [[nodiscard]] std::size_t count() const { return objects_.size() - free_.size(); }

  template <class Visitor>  // visit(ObjectSlot, const MemoryObject&), by slot
  void for_each(Visitor&& visit) const {
    for (std::size_t i = 0; i < objects_.size(); ++i) {
      if (objects_[i].id != ObjectId()) visit(ObjectSlot(static_cast<std::uint32_t>(i)), objects_[i]);
    }
  }

 private:
  std::vector<MemoryObject> objects_;
  std::vector<ObjectSlot> free_;
  std::uint32_t last_id_ = 0;
};

}  // namespace memsim
