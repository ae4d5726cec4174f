// ObjectLayout: where the bytes of one memory object lie, followed through the records of its memory.
//
// A record tells only what changed, so that a page fault costs the stream one frame and not the whole object. Who feeds
// a layout all of an object's records can list its segments at any time, as _MEM_OBJ_INFO would answer them.
#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <vector>

#include <memsim/base/units.hpp>
#include <memsim/engine/record_stream.hpp>

namespace memsim {

class ObjectLayout {
 public:
  explicit ObjectLayout(PageSize page_size) : page_size_(page_size) {}

  // One record of the object each. Frames that are not the object's are ignored. O(log pieces) for each extent.
  void allocate(const FramesAllocated& record);
  void release(const FramesReleased& record);
  void move(const FramesMoved& record);
  void overlay(const ObjectOverlaid& record);

  // The first segments, at most `most`, of an object whose logical size is `size`: by ascending offset, clipped to the
  // size. With `joined`, pieces that run on in offset and address are one segment; else each is as it came or was left
  // by a move. O(pieces that they are made of).
  [[nodiscard]] std::vector<Segment> segments(Bytes size, bool joined, std::size_t most) const;

 private:
  struct Piece {
    PhysAddr paddr;
    Bytes length;
  };
  using Pieces = std::map<Bytes, Piece>;

  void add_owned(Bytes offset, PhysAddr paddr, Bytes length);
  // Takes out what lies in the extent and appends it, by ascending address.
  void take_out(Extent extent, std::vector<Segment>& out);
  // Makes the address the start of a piece where it lies inside an owned one.
  void split_at(PhysAddr address);

  PageSize page_size_;
  Pieces pieces_;                    // by offset; disjoint
  std::map<PhysAddr, Bytes> owned_;  // the offset of each piece that the object owns, by address; not of overlays,
                                     // which may show an address twice
};

}  // namespace memsim
