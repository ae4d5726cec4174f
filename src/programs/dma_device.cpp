#include "programs/dma_device.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include <fmt/format.h>

#include <memsim/base/errno.hpp>

namespace memsim::programs {
namespace {

// The wire form of <memsim/dma.h>.
struct WireCopy {
  std::uint16_t type = 0;
  std::uint16_t sources = 0;
  std::uint16_t destinations = 0;
  std::uint16_t zero = 0;
  std::int32_t chid = 0;
  std::int32_t value = 0;
};
struct WireDescriptor {
  std::uint64_t address = 0;
  std::uint64_t length = 0;
};
struct WireMappings {
  std::uint16_t type = 0;
  std::uint16_t count = 0;
  std::uint32_t zero = 0;
};
struct WireMapping {
  std::uint64_t address = 0;
  std::uint64_t physical = 0;
  std::uint64_t length = 0;
};
constexpr std::uint16_t kCopyType = 0x300;
constexpr std::uint16_t kMapType = 0x301;
constexpr std::uint16_t kUnmapType = 0x302;
constexpr Value kRoom = static_cast<Value>(sizeof(WireCopy) + 2 * 65'535 * sizeof(WireDescriptor));
constexpr Value kDoneCode = 0;
constexpr Value kSideChannels = 0x4000'0000;

// Takes a structure off the front. Requires: it is there.
template <class T>
T read_front(std::span<const std::byte>& bytes) {
  T front;
  std::memcpy(&front, bytes.data(), sizeof front);
  bytes = bytes.subspan(sizeof front);
  return front;
}

std::vector<Segment> read_list(std::span<const std::byte>& bytes, std::size_t count) {
  std::vector<Segment> list(count);
  for (Segment& segment : list) {
    const auto descriptor = read_front<WireDescriptor>(bytes);
    segment.paddr = PhysAddr(descriptor.address);
    segment.length = Bytes(descriptor.length);
  }
  return list;
}

// Nothing where the sum has no end.
Bytes length_of(std::span<const Segment> list) {
  Bytes sum;
  for (const Segment& segment : list) sum = saturating_add(sum, segment.length);
  return sum;
}

}  // namespace

void DmaCaller::next(const Turn&, Ask& ask) {
  switch (doing_) {
    case Doing::start:
      return ask.call(Call::channel_create, {});
    case Doing::receive:
      return ask.call(Call::msg_receive, {1, kRoom});
    case Doing::reply:
      return ask.call(Call::msg_reply, {rcvid_});
    case Doing::refuse:
      if (!fault_.empty()) return ask.note(std::exchange(fault_, {}));
      return ask.call(Call::msg_error, {rcvid_, static_cast<Value>(Errno::einval)});
    case Doing::connect:
      return ask.call(Call::connect_attach, {client_, chid_, kSideChannels});
    case Doing::transfer:
      doing_ = Doing::signal;
      // Off the processor: the engine has the bus, and the processor has others to run.
      return ask.sleep(device_.setup + device_.per_kib * length_.count() / 1024);
    case Doing::signal:
      copy();
      if (coid_ < 0) {
        doing_ = Doing::receive;
        ask.kind = Ask::Kind::again;
        return;
      }
      return ask.call(Call::msg_send_pulse, {coid_, kDoneCode, pulse_});
    case Doing::disconnect:
      return ask.call(Call::connect_detach, {coid_});
  }
}

void DmaCaller::take(const Answer& answer) {
  switch (doing_) {
    case Doing::start:
      doing_ = Doing::receive;
      return;
    case Doing::receive:
      if (answer.error != Errno::eok || answer.value == 0) return;
      fault_ = read_message(answer);
      doing_ = fault_.empty() ? Doing::reply : Doing::refuse;
      return;
    case Doing::reply:
      doing_ = !copies_ ? Doing::receive : chid_ >= 0 ? Doing::connect : Doing::transfer;
      return;
    case Doing::connect:
      coid_ = answer.error == Errno::eok ? answer.value : -1;
      doing_ = Doing::transfer;
      return;
    case Doing::signal:
      doing_ = Doing::disconnect;
      return;
    case Doing::refuse:
    case Doing::transfer:
    case Doing::disconnect:
      coid_ = -1;
      doing_ = Doing::receive;
      return;
  }
}

std::string DmaCaller::read_message(const Answer& answer) {
  rcvid_ = answer.value;
  client_ = answer.more[3];
  copies_ = answer.more[0] == kCopyType;
  const bool maps = answer.more[0] == kMapType || answer.more[0] == kUnmapType;
  if (copies_) return read_copy(answer.bytes);
  if (maps && !device_.iommu_pages.empty()) return read_mappings(answer.bytes);
  return fmt::format("dma: no message of type {:#x}", answer.more[0]);
}

std::string DmaCaller::read_copy(std::span<const std::byte> bytes) {
  if (bytes.size() < sizeof(WireCopy)) return "dma: a message without its head";
  const auto head = read_front<WireCopy>(bytes);
  const std::size_t count = std::size_t{head.sources} + head.destinations;
  if (bytes.size() < count * sizeof(WireDescriptor)) {
    return fmt::format("dma: a message without its {} descriptors", count);
  }
  sources_ = read_list(bytes, head.sources);
  destinations_ = read_list(bytes, head.destinations);
  chid_ = head.chid;
  pulse_ = head.value;
  length_ = length_of(sources_);
  if (std::string fault = check("source", sources_); !fault.empty()) return fault;
  if (std::string fault = check("destination", destinations_); !fault.empty()) return fault;
  if (length_ == length_of(destinations_)) return {};
  return fmt::format("dma: {} bytes to read, {} to write", length_.count(), length_of(destinations_).count());
}

// All of them, or none.
std::string DmaCaller::read_mappings(std::span<const std::byte> bytes) {
  if (bytes.size() < sizeof(WireMappings)) return "dma: a message without its head";
  const auto head = read_front<WireMappings>(bytes);
  if (bytes.size() < head.count * sizeof(WireMapping)) {
    return fmt::format("dma: a message without its {} mappings", head.count);
  }
  Iommu changed = iommu_;
  for (std::size_t i = 0; i < head.count; ++i) {
    const auto mapping = read_front<WireMapping>(bytes);
    const Bytes length(mapping.length);
    const char* fault = nullptr;
    if (head.type == kUnmapType) {
      fault = changed.unmap(mapping.address, length);
    } else {
      const bool is_memory = contents_.holds(PhysAddr(mapping.physical), length);
      fault = is_memory ? changed.map(mapping.address, PhysAddr(mapping.physical), length) : "is no memory";
    }
    if (fault == nullptr) continue;
    return fmt::format("iommu: mapping {} of {:#x} to {:#x}, {} bytes, {}", i, mapping.address, mapping.physical,
                       mapping.length, fault);
  }
  iommu_ = std::move(changed);
  return {};
}

const char* DmaCaller::fault_in(const Segment& descriptor) const {
  const DeviceLimits& limits = device_.limits;
  const std::uint64_t address = descriptor.paddr.value();
  const std::uint64_t length = descriptor.length.count();
  const std::uint64_t last = address + length - 1;
  if (length == 0 || last < address) return "has no such length";
  if (descriptor.length > limits.max_length) return "is longer than max_length";
  if (address % limits.alignment.count() != 0) return "begins off the alignment";
  if (!limits.boundary.is_zero() && address / limits.boundary.count() != last / limits.boundary.count()) {
    return "crosses the boundary";
  }
  if (descriptor.paddr < limits.first || PhysAddr(last) > limits.last) return "lies out of reach";
  const bool has_iommu = !device_.iommu_pages.empty();
  return has_iommu || contents_.holds(descriptor.paddr, descriptor.length) ? nullptr : "is no memory";
}

std::string DmaCaller::check(const char* what, std::vector<Segment>& list) const {
  if (list.size() > device_.limits.count) {
    return fmt::format("dma: {} {} descriptors; the engine takes {}", list.size(), what, device_.limits.count);
  }
  std::vector<Segment> physical;
  for (std::size_t i = 0; i < list.size(); ++i) {
    const char* fault = fault_in(list[i]);
    if (fault == nullptr && !device_.iommu_pages.empty()) {
      const auto pieces = iommu_.translate(list[i].paddr.value(), list[i].length);
      if (pieces) {
        physical.insert(physical.end(), pieces->begin(), pieces->end());
      } else {
        fault = "is not mapped throughout";
      }
    }
    if (fault == nullptr) continue;
    return fmt::format("dma: {} descriptor {} at {:#x}, {} bytes, {}", what, i, list[i].paddr.value(),
                       list[i].length.count(), fault);
  }
  if (!device_.iommu_pages.empty()) list = std::move(physical);
  return {};
}

// Piece by piece, as far as both lists run on. The data is there at the end of the transfer, not before.
void DmaCaller::copy() {
  auto from = sources_.begin();
  auto to = destinations_.begin();
  Bytes read;
  Bytes written;
  while (from != sources_.end() && to != destinations_.end()) {
    const Bytes piece = std::min(from->length - read, to->length - written);
    contents_.copy(from->paddr + read, to->paddr + written, piece);
    read += piece;
    written += piece;
    if (read == from->length) ++from, read = Bytes();
    if (written == to->length) ++to, written = Bytes();
  }
}

}  // namespace memsim::programs
