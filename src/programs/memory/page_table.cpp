#include "programs/memory/page_table.hpp"

#include <algorithm>
#include <iterator>
#include <tuple>

namespace memsim::programs {
namespace {

using link::Change;

auto key(const Change& piece) {
  return std::tuple(piece.start, piece.bytes, piece.kind, piece.paddr, piece.protection);
}

struct Before {
  bool operator()(const Change& a, const Change& b) const { return key(a) < key(b); }
};

void append_reserved(std::uint64_t start, std::uint64_t end, std::vector<Change>& out) {
  if (start < end) out.push_back({.start = start, .bytes = end - start, .kind = Change::reserve});
}

// The mapped ranges, cut into what lies on frames and what has none.
std::vector<Change> pieces_of(const ShownMemory& shown) {
  std::vector<Change> pieces;
  auto run = shown.present.begin();
  for (const ShownRange& range : shown.mapped) {
    std::uint64_t at = range.start.value();
    const std::uint64_t end = at + range.length.count();
    for (; run != shown.present.end() && run->start.value() < end; ++run) {
      append_reserved(at, run->start.value(), pieces);
      pieces.push_back({.start = run->start.value(),
                        .bytes = run->length.count(),
                        .paddr = run->paddr.value(),
                        .kind = Change::show,
                        .protection = run->protection});
      at = run->start.value() + run->length.count();
    }
    append_reserved(at, end, pieces);
  }
  return pieces;
}

}  // namespace

std::vector<Change> PageTable::follow(const ShownMemory& shown) {
  std::vector<Change> pieces = pieces_of(shown);
  std::vector<Change> changes;
  std::set_difference(pieces_.begin(), pieces_.end(), pieces.begin(), pieces.end(), std::back_inserter(changes),
                      Before());
  for (Change& gone : changes) gone.kind = Change::unmap;
  std::set_difference(pieces.begin(), pieces.end(), pieces_.begin(), pieces_.end(), std::back_inserter(changes),
                      Before());
  pieces_ = std::move(pieces);
  return changes;
}

std::optional<PhysAddr> PageTable::page_at(VirtAddr address, Bytes page) const {
  for (const Change& piece : pieces_) {
    const std::uint64_t at = address.value();
    if (piece.kind != Change::show || at < piece.start || at - piece.start >= piece.bytes) continue;
    const std::uint64_t offset = at - piece.start;
    return PhysAddr(piece.paddr + (offset - offset % page.count()));
  }
  return std::nullopt;
}

}  // namespace memsim::programs
