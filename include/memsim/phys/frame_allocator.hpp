// FrameAllocator: the one small interface behind which every allocation policy sits.
//
// An allocator manages the frames of one region, [extent.first, extent.end()). It hands out frame *numbers*; it owns no
// memory and touches none. It knows no clock: what an operation cost is a return value. The order in which it picks
// among equally good blocks is part of its contract, so that a run is the same everywhere.
//
// Life of a request:
//   1. PhysicalMemory picks the regions that overlap the request's window, in preference order.
//   2. allocate() appends extents that satisfy the request, or refuses and leaves all state as it was. One run that may
//      lie anywhere is asked for with allocate_run(), which is faster.
//   3. Later, release() takes back any extent handed out, or any part of one. Parts may come back in any order.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include <memsim/base/errno.hpp>
#include <memsim/base/ids.hpp>
#include <memsim/base/units.hpp>
#include <memsim/phys/measures.hpp>
#include <memsim/phys/request.hpp>

namespace memsim {

class FrameAllocator {
 public:
  virtual ~FrameAllocator() = default;

  // An independent copy: both continue alike from here. O(metadata).
  [[nodiscard]] virtual std::unique_ptr<FrameAllocator> clone() const = 0;

  // Appends to `out` extents that add up to request.count and satisfy every constraint of the request. A policy may
  // give a contiguous request the whole block that serves it (option `tail: kept`): then its one extent is longer, and
  // all of it satisfies the constraints and comes back by release().
  //
  // Errors, each with the allocator and `out` unchanged:
  //   ENOMEM  not enough free frames, or none of the shape asked for (also: larger than the policy's largest block);
  //   EINVAL  count is zero, or alignment or boundary is not a power of two, or a contiguous count exceeds the
  //   boundary.
  [[nodiscard]] SimResult<AllocatorWork> allocate(const FrameRequest& request, std::vector<Extent>& out) {
    AllocatorWork work;
    const Errno error = do_allocate(request, out, work);
    if (error != Errno::eok) return refused(error);
    return work;
  }

  // The same for to_request(request), with the one extent in `run`: the same choice, work, errors and state afterwards.
  // With `tail: kept` the run may be longer than asked for. After an error `run` is unchanged.
  [[nodiscard]] SimResult<AllocatorWork> allocate_run(RunRequest request, Extent& run) {
    AllocatorWork work;
    const Errno error = do_allocate_run(request, run, work);
    if (error != Errno::eok) return refused(error);
    return work;
  }

  // Gives back frames. Requires: every frame of `extent` belongs to this allocator and is allocated; freeing a free or
  // foreign frame is a bug of ours and fails a check. `cpu` is the processor on whose behalf; kNoCpu: past the lists of
  // any.
  AllocatorWork release(Extent extent, CpuId cpu = CpuId()) {
    AllocatorWork work;
    do_release(extent, cpu, work);
    return work;
  }

  // Whether allocate(request) would succeed now. Changes nothing.
  [[nodiscard]] virtual bool can_allocate(const FrameRequest& request) const = 0;

  // The option of the policy that rules the request out, so that another value of it might serve what is free now;
  // empty where none does. Requires: can_allocate(request) is false, although so many frames are free, and for a
  // contiguous request free side by side.
  [[nodiscard]] virtual std::string_view refusing_option(const FrameRequest&) const { return {}; }

  // log2 of the largest block that it serves. Free memory is told in blocks of up to this order. 32: there is no limit.
  [[nodiscard]] virtual Order top_order() const { return Order(kOrderCount - 1); }

  // The frames this allocator manages, free or not.
  [[nodiscard]] virtual Extent extent() const = 0;
  [[nodiscard]] virtual FrameCount free_frames() const = 0;  // O(1)

  // Calls `visit` for every maximal free extent, or for every free block, in ascending address order. O(blocks).
  virtual void for_each_free(const std::function<void(Extent)>& visit) const = 0;

  // Host bytes of metadata in use. For the benchmarks and the tests of its bounds.
  [[nodiscard]] virtual std::size_t metadata_bytes() const = 0;

  // Walks everything and fails a check where an invariant is broken. For tests and fuzzers; may be slow.
  virtual void check_invariants() const = 0;

 protected:
  FrameAllocator() = default;
  FrameAllocator(const FrameAllocator&) = default;
  FrameAllocator& operator=(const FrameAllocator&) = default;

 private:
  // What a policy implements. The results travel by reference: small structs returned in registers are put together in
  // memory and read back wider than they were written, and that stall costs more than the allocation.
  //
  // Errno::eok, ENOMEM or EINVAL, as allocate() says. All add to `work`, which is zero before.
  [[nodiscard]] virtual Errno do_allocate(const FrameRequest& request, std::vector<Extent>& out,
                                          AllocatorWork& work) = 0;
  // For policies that serve a run faster when they know that it is one; by default do_allocate() is asked for it.
  [[nodiscard]] virtual Errno do_allocate_run(RunRequest request, Extent& run, AllocatorWork& work);
  virtual void do_release(Extent extent, CpuId cpu, AllocatorWork& work) = 0;

  std::vector<Extent> run_;  // do_allocate_run()'s own, for its room: empty between calls, and so in copies
};

inline Errno FrameAllocator::do_allocate_run(RunRequest request, Extent& run, AllocatorWork& work) {
  const Errno error = do_allocate(to_request(request), run_, work);
  if (error != Errno::eok) return error;
  run = run_.front();
  run_.clear();
  return Errno::eok;
}

}  // namespace memsim
