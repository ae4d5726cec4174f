// QnxAllocator: the physical allocator of the modelled system (QNX Neutrino 6.4.1 in its public sources), over one
// extent. It is no buddy: free memory is kept as maximal runs of frames ("quanta").
//
// What is known, and modelled as it is:
//   queues      A free run of n < 8 frames stands in queue n, the one freed last first. All longer ones stand in queue
//               0: a run at least as long as the longest known goes to the front, every other to the back.
//   search      From the queue of the request's size upward, then queue 0; the first run that fits, in queue order.
//   carving     The extent is the highest one in the run that conforms; what is below and above stays free.
//   release     A run merges at once with its free neighbours.
//   contiguous  One run or nothing. From a big page on (4 MiB on x86) a request is first tried at a big page's
//               alignment, then without.
//   scattered   The largest power of two that fits what is left, as often as it can be had, then half of it, down to
//               one frame; pieces from a big page on at a big page's alignment.
//   zones       Since 7.0 memory is divided into zones of 16 MiB that are dedicated to kinds of allocation
//               (`zone_order`, off by default).
// What is not known publicly, and chosen here:
//   - Of a cut in the middle the lower rest is queued first. The longest known length falls to what a search saw when
//     it looked at all of queue 0 in vain; but a refused request lowers nothing, because refusal changes nothing.
//   - Zones are told apart by two kinds, `contiguous` (of more than one frame) and `paged` (the rest). A request tries
//     the zones of its kind, then fresh zones too, then all. See qnx_zones.hpp.
//   - Physical memory listed as several ranges is one allocator per region here, searched in the order of the regions.
// Left out: colours, reservations by byte count, and the kernel's one-to-one range.
//
// What is guaranteed, exactly: a contiguous request is served iff a conforming free run exists. A scattered one without
// alignment is served iff the window holds that many free frames; with one, as scatter_units.hpp says. Extents that
// touch are not merged.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <vector>

#include <memsim/phys/frame_allocator.hpp>

#include "phys/qnx/qnx_zones.hpp"
#include "phys/requests/placement.hpp"
#include "phys/structures/bit_tree.hpp"
#include "phys/structures/block_links.hpp"

namespace memsim {

class QnxAllocator final : public FrameAllocator {
 public:
  struct Options {
    std::optional<Order> big_page_order;
    std::optional<Order> zone_order;
  };

  // Requires: extent not empty, at most 2^32 frames.
  QnxAllocator(Extent extent, const Options& options);

  [[nodiscard]] std::unique_ptr<FrameAllocator> clone() const override;
  [[nodiscard]] bool can_allocate(const FrameRequest& request) const override;
  [[nodiscard]] Extent extent() const override { return extent_; }
  [[nodiscard]] FrameCount free_frames() const override { return FrameCount(free_); }
  void for_each_free(const std::function<void(Extent)>& visit) const override;
  [[nodiscard]] std::size_t metadata_bytes() const override;
  void check_invariants() const override;

 private:
  static constexpr std::uint64_t kNone = BitTree<TreeStart::empty>::kNone;
  static constexpr std::size_t kQueueCount = 8;
  static constexpr unsigned kPartOrder = 15;  // a host page of taken_

  // A free run, in indices.
  struct Run {
    std::uint64_t first;
    std::uint64_t end;
  };
  // A place found for an extent: the free run that holds it, and the index where it starts.
  struct Place {
    Run run;
    std::uint64_t start;
  };
  // What to look for.
  struct Wish {
    Constraints want;
    std::uint64_t count;
    QnxZones::Kind kind;
  };

  QnxAllocator(const QnxAllocator& other);

  [[nodiscard]] Errno do_allocate(const FrameRequest& request, std::vector<Extent>& out, AllocatorWork& work) override;
  void do_release(Extent extent, CpuId cpu, AllocatorWork& work) override;

  [[nodiscard]] bool can_scatter(const FrameRequest& request) const;
  void scatter(const FrameRequest& request, std::vector<Extent>& out, AllocatorWork& work);
  [[nodiscard]] Wish wish_for(const FrameRequest& request, std::uint64_t count, std::uint64_t alignment) const;
  [[nodiscard]] std::optional<Place> find_contiguous(const FrameRequest& request, std::uint64_t count,
                                                     std::uint32_t& steps) const;
  // The first place in queue order. `longest` takes the longest run of queue 0 where all of it was seen in vain.
  [[nodiscard]] std::optional<Place> find(const Wish& wish, std::uint32_t& steps,
                                          std::uint64_t* longest = nullptr) const;
  [[nodiscard]] std::optional<Place> find_in_queues(const Wish& wish, QnxZones::Pass pass, std::uint32_t& steps,
                                                    std::uint64_t* longest) const;
  // The highest conforming start of the wish in the run.
  [[nodiscard]] std::optional<std::uint64_t> start_in(const Wish& wish, QnxZones::Pass pass, Run run) const;

  // Calls visit(run) for the free runs that overlap [low, high), whole, ascending, until one returns true.
  template <class Visit>
  bool any_run(std::uint64_t low, std::uint64_t high, Visit&& visit) const;
  [[nodiscard]] Run run_at(std::uint64_t index) const;  // Requires: the frame is free
  [[nodiscard]] std::size_t queue_of(Run run) const {
    return run.end - run.first < kQueueCount ? static_cast<std::size_t>(run.end - run.first) : 0;
  }
  void insert(Run run);
  void touch(Run run) { touched_.insert_range(run.first >> kPartOrder, ((run.end - 1) >> kPartOrder) + 1); }
  void remove(Run run);
  void take(const Place& place, const Wish& wish, std::vector<Extent>& out, AllocatorWork& work);

  [[nodiscard]] std::uint64_t size() const { return extent_.count.count(); }
  [[nodiscard]] std::uint64_t base() const { return extent_.first.value(); }

  Extent extent_;
  Options options_;
  std::uint64_t free_;
  BitTree<TreeStart::empty> taken_;  // indices of allocated frames
  BlockLinks links_;                 // of free runs, by their first frame
  std::array<BlockList, kQueueCount> queues_{};
  std::uint64_t longest_known_ = 0;  // no run in queue 0 is longer
  QnxZones zones_;
  BitTree<TreeStart::empty> touched_;  // parts of 2^kPartOrder frames whose metadata was ever used
};

}  // namespace memsim
