// LinuxAllocator: the page allocator of a current Linux kernel over one extent: a LinuxZone and the per-CPU lists
// before it, and how requests of the simulated system are put to them.
//
// Frames in the lists of a processor count as free. A request that finds no place, but would if they were merged back,
// drains all those lists and tries again, as the kernel does before it gives up; where that would not help either it is
// refused and nothing changes.
//
// What is guaranteed, exactly (with the free and cached blocks fully merged, and none above the top order):
//   contiguous  Serves count frames iff some free block holds a conforming run of that length. Where the request asks
//               for no more than the covering block gives, it is served as the kernel does: from the processor's list
//               or the zone, the frames behind the count going back one by one (alloc_pages_exact). Any other place is
//               one that the kernel knows no request for: through a window of at most a top block by address, the
//               smallest block first; else list by list. Page blocks that it covers take its type.
//   scattered   Takes blocks of `scatter_order` (0: page by page, as the kernel populates memory), and smaller
//               ones where none is free. Blocks that touch in ascending order make one extent. Succeeds iff count
//               frames are free. With an alignment or a window it takes the largest conforming power of two that fits
//               what is left, as scatter_units.hpp says.
//
// An extent comes back block by block as it was handed out; of a block that comes back in part first all becomes single
// frames (split_page).
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include <memsim/phys/frame_allocator.hpp>
#include <memsim/phys/linux_free_lists.hpp>

#include "phys/linux/linux_cpu_lists.hpp"
#include "phys/linux/linux_zone.hpp"
#include "phys/requests/placement.hpp"

namespace memsim {

class LinuxAllocator final : public FrameAllocator {
 public:
  struct Options {
    Order top_order{10};
    Order page_block_order{9};
    Order scatter_order{9};
    bool has_cpu_lists = true;
    LinuxCpuLists::Limits limits;
  };

  LinuxAllocator(Extent extent, const Options& options);
  // Starts with exactly these lists (linux_free_lists.hpp).
  LinuxAllocator(Extent extent, const Options& options, const LinuxFreeLists& start);

  [[nodiscard]] std::unique_ptr<FrameAllocator> clone() const override;
  [[nodiscard]] bool can_allocate(const FrameRequest& request) const override;
  [[nodiscard]] Extent extent() const override { return geometry().extent; }
  [[nodiscard]] FrameCount free_frames() const override { return FrameCount(free_); }
  // Every free block, and every cached one.
  void for_each_free(const std::function<void(Extent)>& visit) const override;
  [[nodiscard]] std::size_t metadata_bytes() const override;
  void check_invariants() const override;
  [[nodiscard]] Order top_order() const override { return Order(geometry().top); }
  [[nodiscard]] std::string_view refusing_option(const FrameRequest& request) const override {
    const bool is_run = request.contiguity == Contiguity::contiguous;
    return is_run && order_covering(request.count) > options_.top_order ? "top_order" : "";
  }

  [[nodiscard]] LinuxFreeLists free_lists() const;
  [[nodiscard]] PerOrder free_blocks() const;
  // What a second does to the lists of a processor (LinuxCpuLists::decay()).
  AllocatorWork decay(CpuId cpu);

 private:
  // A place found for an extent: the free block that holds it, and the index where it starts.
  struct Place {
    std::uint32_t block = 0;
    unsigned order = 0;
    std::uint64_t start = 0;
  };
  // How a request is served: as the kernel serves one block or many pages, or by searching for a run or for units.
  enum class Kind : std::uint8_t { block, run, pages, units };

  LinuxAllocator(const LinuxAllocator&) = default;

  [[nodiscard]] Errno do_allocate(const FrameRequest& request, std::vector<Extent>& out, AllocatorWork& work) override;
  void do_release(Extent extent, CpuId cpu, AllocatorWork& work) override;

  [[nodiscard]] const BuddyGeometry& geometry() const { return zone_.geometry(); }
  [[nodiscard]] Kind kind_of(const FrameRequest& request) const;
  // Whether the request finds its place at once, or would after a drain.
  [[nodiscard]] bool is_ready(const FrameRequest& request) const;
  [[nodiscard]] bool is_ready_if_drained(const FrameRequest& request) const;
  [[nodiscard]] bool has_block(const FrameRequest& request, unsigned order) const {
    return zone_.has(order) || (options_.has_cpu_lists && cpu_lists_.has(zone_, request.cpu, order, request.mobility));
  }

  std::uint32_t take_block(const FrameRequest& request, unsigned order, AllocatorWork& work);
  void allocate_block(const FrameRequest& request, std::vector<Extent>& out, AllocatorWork& work);
  void allocate_place(const FrameRequest& request, std::uint64_t count, std::vector<Extent>& out, AllocatorWork& work);
  void allocate_pages(const FrameRequest& request, std::vector<Extent>& out, AllocatorWork& work);
  void allocate_units(const FrameRequest& request, std::vector<Extent>& out, AllocatorWork& work);

  // The place for `count` frames aligned to `alignment` that conforms otherwise, as the head of this file has it.
  [[nodiscard]] std::optional<Place> find_place(const FrameRequest& request, std::uint64_t count,
                                                std::uint64_t alignment, std::uint32_t& steps) const;
  [[nodiscard]] std::optional<Place> find_by_address(const FrameRequest& request, std::uint64_t count,
                                                     std::uint64_t alignment, std::uint32_t& steps) const;
  [[nodiscard]] std::optional<std::uint64_t> start_in(const Constraints& want, std::uint32_t block, unsigned order,
                                                      std::uint64_t count, std::uint64_t alignment) const;
  void take_place(const Place& place, const FrameRequest& request, std::uint64_t count, std::vector<Extent>& out,
                  AllocatorWork& work);
  void set_allocated(std::uint64_t first, std::uint64_t count, Mobility type);
  void release_block(std::uint32_t block, unsigned order, CpuId cpu, AllocatorWork& work);

  // The window's indices.
  [[nodiscard]] std::uint64_t low(const FrameRequest& request) const;
  [[nodiscard]] std::uint64_t high(const FrameRequest& request) const;

  Options options_;
  LinuxZone zone_;
  LinuxCpuLists cpu_lists_;
  std::uint64_t free_;  // frames, cached ones too
};

}  // namespace memsim
