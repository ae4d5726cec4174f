// One device of `record: {devices: ...}`.
#include <algorithm>
#include <bit>
#include <cstdint>

#include "scenario/world_reader.hpp"

namespace memsim::loader {
namespace {

// What the device reaches: the addresses of its width, further limited by `above` and `below`.
void read_reach(Context& context, MapReader& map, DeviceLimits& limits) {
  const std::uint64_t bits = map.integer("address_bits", 64);
  if (bits < 64) limits.last = PhysAddr((std::uint64_t{1} << bits) - 1);
  limits.first = map.address("above", limits.first);
  if (map.find("below") != nullptr) {
    const PhysAddr last(map.address("below", PhysAddr::max()).value() - 1);
    limits.last = std::min(limits.last, last);
  }
  if (limits.last < limits.first) {
    context.faults.add(map.place("above"), "above: the device reaches no address from here on");
  }
}

}  // namespace

DeviceConfig read_device(Context& context, const Node& node) {
  MapReader map(context, node, device_group());
  DeviceConfig device;
  DeviceLimits& limits = device.limits;
  device.name = map.text("name", "device");
  device.object = map.text("object", "");
  limits.max_length = map.size("max_length", limits.max_length);
  limits.alignment = map.size("alignment", limits.alignment);
  limits.boundary = map.size("boundary", limits.boundary);
  limits.count = map.integer("descriptors", limits.count);
  if (!std::has_single_bit(limits.alignment.count())) {
    context.faults.add(map.place("alignment"), "alignment: expected a power of two");
    limits.alignment = Bytes(1);
  }
  if (limits.max_length < limits.alignment) {
    context.faults.add(map.place("max_length"), "max_length: no descriptor is so short and aligned",
                       "make it at least as large as 'alignment'");
    limits.max_length = limits.alignment;
  }
  const bool has_boundary = !limits.boundary.is_zero();
  if (has_boundary && (!std::has_single_bit(limits.boundary.count()) || limits.boundary < limits.alignment)) {
    context.faults.add(map.place("boundary"), "boundary: expected a power of two, at least as large as 'alignment'");
    limits.boundary = Bytes();
  }
  read_reach(context, map, limits);
  return device;
}

}  // namespace memsim::loader
