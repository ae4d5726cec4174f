#include <memsim/vm/open_description.hpp>

#include <utility>

#include <memsim/base/check.hpp>

namespace memsim {

DescriptionSlot DescriptionTable::insert(OpenDescription description) {
  if (free_.empty()) {
    entries_.push_back(std::move(description));
    return DescriptionSlot(static_cast<std::uint32_t>(entries_.size() - 1));
  }
  const DescriptionSlot slot = free_.back();
  free_.pop_back();
  entries_[slot.value()] = std::move(description);
  return slot;
}

void DescriptionTable::remove(DescriptionSlot slot) {
  MEMSIM_CHECK_THAT(at(slot).descriptors == 0, "nothing refers to a description that goes");
  entries_[slot.value()] = {};
  free_.push_back(slot);
}

OpenDescription& DescriptionTable::at(DescriptionSlot slot) {
  MEMSIM_CHECK_THAT(slot.value() < entries_.size() && entries_[slot.value()].kind != OpenDescription::Kind::free,
                    "an open description");
  return entries_[slot.value()];
}

const OpenDescription& DescriptionTable::at(DescriptionSlot slot) const {
  MEMSIM_CHECK_THAT(slot.value() < entries_.size() && entries_[slot.value()].kind != OpenDescription::Kind::free,
                    "an open description");
  return entries_[slot.value()];
}

}  // namespace memsim
