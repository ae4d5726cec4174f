#include "programs/memory/iommu.hpp"

#include <algorithm>

namespace memsim::programs {

Iommu::Table::const_iterator Iommu::page_with(std::uint64_t address) const {
  auto page = table_.upper_bound(address);
  if (page == table_.begin()) return table_.end();
  --page;
  return address - page->first < page->second.size.count() ? page : table_.end();
}

// Zero where none fits.
Bytes Iommu::largest_page(std::uint64_t address, PhysAddr to, Bytes length) const {
  Bytes largest;
  for (const Bytes size : pages_) {
    if (size > length || address % size.count() != 0 || to.value() % size.count() != 0) break;
    largest = size;
  }
  return largest;
}

const char* Iommu::map(std::uint64_t address, PhysAddr to, Bytes length) {
  if (length.is_zero() || address + (length.count() - 1) < address) return "has no such length";
  Table added;
  for (Bytes done; done < length;) {
    const std::uint64_t at = address + done.count();
    const Bytes size = largest_page(at, to + done, length - done);
    if (size.is_zero()) return "is no whole number of pages";
    const auto next = table_.lower_bound(at);
    if (page_with(at) != table_.end() || (next != table_.end() && next->first - at < size.count())) {
      return "is mapped already";
    }
    if (table_.size() + added.size() >= entries_) return "finds the table full";
    added.emplace(at, Page{to + done, size});
    done += size;
  }
  table_.merge(added);
  return nullptr;
}

const char* Iommu::unmap(std::uint64_t address, Bytes length) {
  Bytes covered;
  const auto first = table_.find(address);
  auto last = first;
  for (; last != table_.end() && covered < length && last->first - address == covered.count(); ++last) {
    covered += last->second.size;
  }
  if (covered != length) return "is no range of mapped pages";
  table_.erase(first, last);
  return nullptr;
}

std::optional<std::vector<Segment>> Iommu::translate(std::uint64_t address, Bytes length) const {
  std::vector<Segment> pieces;
  for (Bytes done; done < length;) {
    const std::uint64_t at = address + done.count();
    const auto page = page_with(at);
    if (page == table_.end()) return std::nullopt;
    const Bytes offset(at - page->first);
    const Bytes count = std::min(page->second.size - offset, length - done);
    pieces.push_back({.offset = done, .paddr = page->second.to + offset, .length = count});
    done += count;
  }
  return pieces;
}

}  // namespace memsim::programs
