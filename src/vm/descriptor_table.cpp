#include <memsim/vm/descriptor_table.hpp>

#include <algorithm>

#include <memsim/base/check.hpp>

namespace memsim {
namespace {

constexpr Descriptor kMemmgrDescriptor{Descriptor::Kind::connection, {}, {kMemmgrPid, kMemmgrChid}};
constexpr std::int32_t kFirstSide = kSideChannel.value() + 1;  // MEMMGR_COID comes before

}  // namespace

SimResult<std::size_t> DescriptorTable::insert(Range& range, const Descriptor& descriptor, std::size_t lowest) {
  std::vector<Descriptor>& entries = range.entries;
  // Without a hole there is nothing to look for.
  std::size_t index = std::max<std::size_t>(lowest, range.lowest_hole);
  if (range.strays.empty() && range.taken == entries.size()) index = std::max(lowest, entries.size());
  while (find(range, index) != nullptr) ++index;
  if (index >= kCapacity) return refused(Errno::emfile);
  // A caller may ask for any number: the entries follow only as far as half of them stay in use.
  constexpr std::size_t kAlwaysAnEntry = 64;
  if (index >= std::max(kAlwaysAnEntry, 2 * std::size_t{range.taken} + 1) && index >= entries.size()) {
    range.strays.emplace(static_cast<std::uint32_t>(index), descriptor);
  } else {
    if (index >= entries.size()) entries.resize(index + 1);
    entries[index] = descriptor;
  }
  ++range.taken;
  if (lowest <= range.lowest_hole) range.lowest_hole = static_cast<std::uint32_t>(index + 1);
  return index;
}

SimResult<ConnectionId> DescriptorTable::add_memory(DescriptionSlot description) {
  const auto index = insert(low_, {Descriptor::Kind::memory, description, {}}, 0);
  if (!index) return refused(index.error());
  return ConnectionId(static_cast<std::int32_t>(*index));
}

SimResult<ConnectionId> DescriptorTable::add_connection(ConnectionTarget target, ConnectionId lowest) {
  const Descriptor descriptor{Descriptor::Kind::connection, {}, target};
  if (lowest >= kSideChannel) {
    const auto index = insert(side_, descriptor, 0);
    if (!index) return refused(index.error());
    return ConnectionId(kFirstSide + static_cast<std::int32_t>(*index));
  }
  if (lowest < ConnectionId(0) || lowest.value() >= static_cast<std::int32_t>(kCapacity)) return refused(Errno::einval);
  const auto index = insert(low_, descriptor, static_cast<std::size_t>(lowest.value()));
  if (!index) return refused(index.error());
  return ConnectionId(static_cast<std::int32_t>(*index));
}

void DescriptorTable::remove(ConnectionId number, Descriptor::Kind kind) {
  MEMSIM_CHECK_THAT(number != kMemmgrCoid, "every process keeps its connection to the memory manager");
  const Descriptor* found = find(number);
  MEMSIM_CHECK_THAT(found != nullptr && found->kind == kind, "only what is open is removed");
  const bool is_side = number > kSideChannel;
  Range& range = is_side ? side_ : low_;
  const auto index = static_cast<std::size_t>(is_side ? number.value() - kFirstSide : number.value());
  if (range.strays.erase(static_cast<std::uint32_t>(index)) == 0) range.entries[index] = {};
  --range.taken;
  range.lowest_hole = std::min(range.lowest_hole, static_cast<std::uint32_t>(index));
  while (!range.entries.empty() && range.entries.back().kind == Descriptor::Kind::none) range.entries.pop_back();
  range.lowest_hole = std::min(range.lowest_hole, static_cast<std::uint32_t>(range.entries.size()));
}

const Descriptor* DescriptorTable::find(ConnectionId number) const {
  if (number == kMemmgrCoid) return &kMemmgrDescriptor;
  if (number.value() < 0) return nullptr;
  const bool is_side = number > kSideChannel;
  const Range& range = is_side ? side_ : low_;
  const auto index = static_cast<std::size_t>(is_side ? number.value() - kFirstSide : number.value());
  return find(range, index);
}

const Descriptor* DescriptorTable::find(const Range& range, std::size_t index) {
  if (index < range.entries.size() && range.entries[index].kind != Descriptor::Kind::none) return &range.entries[index];
  if (range.strays.empty()) return nullptr;
  const auto stray = range.strays.find(static_cast<std::uint32_t>(index));
  return stray == range.strays.end() ? nullptr : &stray->second;
}

const ConnectionTarget* DescriptorTable::connection(ConnectionId number) const {
  const Descriptor* found = number == kMemmgrCoid ? nullptr : find(number);
  return found != nullptr && found->kind == Descriptor::Kind::connection ? &found->target : nullptr;
}

}  // namespace memsim
