// Entering mappings into a process and taking them out, with what that means for the objects behind them.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "kernel/objects/state.hpp"

namespace memsim::memmgr {

// A range of an address space in whole pages.
struct VirtRange {
  VirtAddr start;
  Bytes length;
  [[nodiscard]] VirtAddr end() const { return start + length; }
};

// The pages that [address, address + length) touches, cut at the end of the address space; nothing when the range
// begins outside it. An empty range gives an empty one.
[[nodiscard]] std::optional<VirtRange> pages_of(std::uint64_t address, Bytes length, PageSize page_size);

// Requires: the mapping's place is free.
void enter_mapping(Context& context, const Mapping& mapping);
// Unmaps the range, holes and all. Private memory is given back, and objects end that nothing holds any more.
void remove_mappings(Context& context, VirtRange range);

// The pieces of mappings that lie in the range. Requires: all of it is mapped.
[[nodiscard]] std::vector<Mapping> pieces_of(const AddressSpace& space, VirtRange range);

// Whether what the mappings show can leave the CMA areas that it borrows, as it must when it is locked.
[[nodiscard]] bool may_lock(const State& state, std::span<const Mapping> mappings);

// Locks or unlocks what a mapping shows of its object, on behalf of that mapping. What is locked leaves the areas that
// it borrows, as long as other memory has room for it.
void lock_pages(Context& context, const Mapping& mapping);
void unlock_pages(Context& context, const Mapping& mapping);

// Locks or unlocks a range, whose every page is mapped, on behalf of the process.
void lock_range(Context& context, VirtRange range, bool locked);

// The pages of its object that a mapping shows. Requires: it has an object.
[[nodiscard]] PageRange pages_shown(const Mapping& mapping, PageSize page_size);

}  // namespace memsim::memmgr
