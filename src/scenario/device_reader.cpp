// One device of `record: {devices: ...}`.
#include <algorithm>
#include <bit>
#include <cstdint>

#include <memsim/base/numbers.hpp>

#include "scenario/world_reader.hpp"

namespace memsim::loader {
namespace {

// What the device reaches: the addresses of its width, further limited by `above` and `below`.
void read_reach(Loading& loading, MapReader& map, DeviceLimits& limits) {
  const std::uint64_t bits = map.integer("address_bits", 64);
  if (bits < 64) limits.last = PhysAddr((std::uint64_t{1} << bits) - 1);
  limits.first = map.address("above", limits.first);
  if (map.find("below") != nullptr) {
    const PhysAddr last(map.address("below", PhysAddr::max()).value() - 1);
    limits.last = std::min(limits.last, last);
  }
  if (limits.last < limits.first) {
    loading.faults.add(map.place("above"), "above: the device reaches no address from here on");
  }
}

// What its descriptors can say, of a map that has these keys among others.
void read_limits_of(Loading& loading, MapReader& map, DeviceLimits& limits) {
  limits.max_length = map.size("max_length", limits.max_length);
  limits.alignment = map.size("alignment", limits.alignment);
  limits.boundary = map.size("boundary", limits.boundary);
  limits.count = map.integer("descriptors", limits.count);
  if (!std::has_single_bit(limits.alignment.count())) {
    loading.faults.add(map.place("alignment"), "alignment: expected a power of two");
    limits.alignment = Bytes(1);
  }
  if (limits.max_length < limits.alignment) {
    loading.faults.add(map.place("max_length"), "max_length: no descriptor is so short and aligned",
                       "make it at least as large as 'alignment'");
    limits.max_length = limits.alignment;
  }
  const bool has_boundary = !limits.boundary.is_zero();
  if (has_boundary && (!std::has_single_bit(limits.boundary.count()) || limits.boundary < limits.alignment)) {
    loading.faults.add(map.place("boundary"), "boundary: expected a power of two, at least as large as 'alignment'");
    limits.boundary = Bytes();
  }
  read_reach(loading, map, limits);
}

void read_iommu(Loading& loading, const Node& node, DmaDevice& device) {
  MapReader map(loading, node, iommu_group());
  device.iommu_entries = map.integer("entries", device.iommu_entries);
  const Node* sizes = map.find("page_sizes");
  if (sizes == nullptr) return;
  for (const NodeId id : sizes->items) {
    const std::string* text = scalar_text(loading, loading.tree[id], "a size such as 4KiB");
    if (text == nullptr) continue;
    const auto size = parse_size(*text, loading.page_size);
    const bool is_possible = size && std::has_single_bit(size->count());
    if (!is_possible) {
      loading.faults.add(loading.tree[id].place, size ? "page_sizes: expected powers of two" : size.error());
    } else {
      device.iommu_pages.push_back(*size);
    }
  }
  if (sizes->kind != Node::Kind::sequence || sizes->items.empty()) {
    loading.faults.add(sizes->place, "page_sizes: expected a list of sizes, such as [4KiB, 64KiB]");
  }
  std::sort(device.iommu_pages.begin(), device.iommu_pages.end());
}

}  // namespace

DeviceConfig read_device(Loading& loading, const Node& node) {
  MapReader map(loading, node, device_group());
  DeviceConfig device;
  device.name = map.text("name", "device");
  device.object = map.text("object", "");
  read_limits_of(loading, map, device.limits);
  return device;
}

std::shared_ptr<const DmaDevice> read_process_device(Loading& loading, const Node& node) {
  MapReader kinds(loading, node, process_device_group());
  DmaDevice device;
  const Node* dma = kinds.find("dma");
  if (dma == nullptr) return nullptr;
  MapReader map(loading, *dma, dma_group());
  read_limits_of(loading, map, device.limits);
  if (const Node* iommu = map.find("iommu")) read_iommu(loading, *iommu, device);
  device.setup = map.duration("setup", device.setup);
  device.per_kib = map.duration("per_kib", device.per_kib);
  return std::make_shared<const DmaDevice>(device);
}

}  // namespace memsim::loader
