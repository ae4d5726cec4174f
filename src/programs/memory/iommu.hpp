// The page table of a device's IOMMU: where its addresses lie physically. A plain value.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include <memsim/base/units.hpp>

namespace memsim::programs {

class Iommu {
 public:
  // `pages`: the sizes that a page may have, powers of two, ascending.
  Iommu(std::vector<Bytes> pages, std::uint64_t entries) : pages_(std::move(pages)), entries_(entries) {}

  // Maps a range in the largest pages that it can have. Gives what is wrong with it, or null; nothing is mapped then.
  [[nodiscard]] const char* map(std::uint64_t address, PhysAddr to, Bytes length);
  // Unmaps all pages of a range that begins and ends with a page. Likewise.
  [[nodiscard]] const char* unmap(std::uint64_t address, Bytes length);
  // The physical pieces of a range; nothing where not all of it is mapped.
  [[nodiscard]] std::optional<std::vector<Segment>> translate(std::uint64_t address, Bytes length) const;
  [[nodiscard]] std::size_t entries() const { return table_.size(); }

 private:
  struct Page {
    PhysAddr to;
    Bytes size;
  };
  using Table = std::map<std::uint64_t, Page>;  // by address; disjoint
  [[nodiscard]] Table::const_iterator page_with(std::uint64_t address) const;
  [[nodiscard]] Bytes largest_page(std::uint64_t address, PhysAddr to, Bytes length) const;

  std::vector<Bytes> pages_;
  std::uint64_t entries_;
  Table table_;
};

}  // namespace memsim::programs
