// The invariants of the memory manager's state, recomputed the slow way.
#include <algorithm>
#include <map>
#include <vector>

#include <memsim/base/check.hpp>

#include "kernel/objects/objects.hpp"

namespace memsim::memmgr {
namespace {

struct Holders {
  std::uint32_t descriptions = 0;
  std::uint32_t copies = 0;
  FrameCount mapped_pages;
  bool named = false;
};

std::map<ObjectSlot, Holders> count_holders(const State& state) {
  std::map<ObjectSlot, Holders> holders;
  std::map<DescriptionSlot, std::uint32_t> descriptors;
  for (const ProcessState& process : state.processes) {
    process.descriptors.for_each([&](ConnectionId, const Descriptor& descriptor) {
      if (descriptor.kind == Descriptor::Kind::memory) ++descriptors[descriptor.description];
    });
    for (const Mapping& mapping : process.space.mappings()) {
      if (mapping.object == kNoObject) continue;
      holders[mapping.object].mapped_pages += state.page_size().frames_covering(mapping.length);
    }
  }
  MEMSIM_CHECK_THAT(descriptors.size() == state.descriptions.count(), "a description is open somewhere");
  for (const auto& [slot, count] : descriptors) {
    const OpenDescription& description = state.descriptions.at(slot);
    MEMSIM_CHECK_THAT(description.descriptors == count, "descriptors of a description are counted");
    if (description.object != kNoObject) ++holders[description.object].descriptions;
  }
  for (const auto& [number, handle] : state.handles) ++holders[handle.object].descriptions;
  for (const auto& [name, slot] : state.names) holders[slot].named = true;
  state.objects.for_each([&](ObjectSlot, const MemoryObject& object) {
    if (object.origin != kNoObject) ++holders[object.origin].copies;
  });
  return holders;
}

void check_ownership(const State& state) {
  std::vector<Extent> owned;
  state.objects.for_each([&](ObjectSlot, const MemoryObject& object) {
    if (!object.owns_frames()) return;
    object.collect({PageNumber(), PageNumber::max() - PageNumber()}, state.page_size(), owned);
    if (!object.tail.count.is_zero()) owned.push_back(object.tail);
  });
  std::sort(owned.begin(), owned.end(), [](const Extent& a, const Extent& b) { return a.first < b.first; });
  FrameCount allocated = state.frames_at_boot;
  for (std::size_t i = 0; i < owned.size(); ++i) {
    MEMSIM_CHECK_THAT(i == 0 || owned[i - 1].end() <= owned[i].first, "a frame has one owner");
    allocated += owned[i].count;
  }
  MEMSIM_CHECK_THAT(allocated == state.machine.frames_in_use(), "every allocated frame has an owner");
}

}  // namespace

void check_state(const State& state) {
  state.memory().check_invariants();
  check_ownership(state);
  ObjectCensus census;
  std::map<ObjectSlot, Holders> holders = count_holders(state);
  state.objects.for_each([&](ObjectSlot slot, const MemoryObject& object) {
    census.enter(object, state.page_size());
    const Holders& held = holders[slot];
    MEMSIM_CHECK_THAT(object.is_referenced(), "an object lives only while something holds it");
    MEMSIM_CHECK(object.named == held.named && object.descriptions == held.descriptions);
    MEMSIM_CHECK(object.copies == held.copies && object.mapped_pages == held.mapped_pages);
    MEMSIM_CHECK_THAT(object.is_paged() || object.kind == ObjectKind::physical ||
                          object.frames(state.page_size()) == state.page_size().frames_covering(object.size),
                      "a populated object has just the pages of its size");
    MEMSIM_CHECK_THAT(object.tail.count.is_zero() || !object.frames(state.page_size()).is_zero(),
                      "a tail goes with the last page");
  });
  MEMSIM_CHECK_THAT(holders.size() == state.objects.count(), "what is held exists");
  MEMSIM_CHECK_THAT(census == state.census, "the census counts every change");
}

}  // namespace memsim::memmgr
