// The wire form of the _MEM_OBJ_INFO message: 24 bytes in, an array of 24-byte segments out, little-endian.
//
//   request:  type u16 @0, zero u16 @2, fd i32 @4, offset u64 @8, length u64 @16
//   segment:  offset u64 @0, paddr u64 @8, length u64 @16
//
// The reply has no header and no count: the number of segments is what MsgSend() returns.
// Source: "Getting information about the layout of a shared memory object" (7.1 documentation) and the 7.1 header's
// numbers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <memsim/base/errno.hpp>
#include <memsim/base/ids.hpp>
#include <memsim/base/qnx.hpp>
#include <memsim/base/units.hpp>

namespace memsim {

struct MemObjInfoRequest {
  std::uint16_t type = qnx::kMemObjInfoType;
  std::uint16_t zero = 0;  // unused; any value is accepted
  ConnectionId fd;
  Bytes offset;
  Bytes length;
  bool operator==(const MemObjInfoRequest&) const = default;
};

void encode(const MemObjInfoRequest& request, std::span<std::byte, qnx::kMemObjInfoRequestBytes> out);
// Errors: EINVAL for a message shorter than 24 bytes. Bytes behind the 24th are ignored; so is the type, which the
// caller has looked at to come here.
[[nodiscard]] SimResult<MemObjInfoRequest> decode_mem_obj_info(std::span<const std::byte> message);

// The descriptor that a _MEM_INFO message asks about: its request begins alike. Errors: EINVAL for a message that ends
// before it.
[[nodiscard]] SimResult<ConnectionId> decode_mem_info(std::span<const std::byte> message);

// How many whole segments a reply buffer of this size holds.
[[nodiscard]] constexpr std::uint64_t segment_capacity(Bytes reply) { return reply.count() / qnx::kSegmentBytes; }

// Writes as many whole segments as fit and says how many.
std::uint64_t encode(std::span<const Segment> segments, std::span<std::byte> reply);
// Requires: bytes holds whole segments; index is one of them.
[[nodiscard]] Segment decode_segment(std::span<const std::byte> reply, std::size_t index);

}  // namespace memsim
