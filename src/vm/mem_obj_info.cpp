#include <memsim/vm/mem_obj_info.hpp>

#include <algorithm>

#include <memsim/base/check.hpp>

namespace memsim {
namespace {

// Byte by byte, so that the layout is the same on any host.
template <class T>
void put(std::span<std::byte> out, std::size_t at, T value) {
  for (std::size_t i = 0; i < sizeof(T); ++i) {
    out[at + i] = static_cast<std::byte>(static_cast<std::uint8_t>(static_cast<std::uint64_t>(value) >> (8 * i)));
  }
}

template <class T>
T get(std::span<const std::byte> in, std::size_t at) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < sizeof(T); ++i) value |= std::to_integer<std::uint64_t>(in[at + i]) << (8 * i);
  return static_cast<T>(value);
}

}  // namespace

void encode(const MemObjInfoRequest& request, std::span<std::byte, qnx::kMemObjInfoRequestBytes> out) {
  put(out, 0, request.type);
  put(out, 2, request.zero);
  put(out, 4, static_cast<std::uint32_t>(request.fd.value()));
  put(out, 8, request.offset.count());
  put(out, 16, request.length.count());
}

SimResult<MemObjInfoRequest> decode_mem_obj_info(std::span<const std::byte> message) {
  if (message.size() < qnx::kMemObjInfoRequestBytes) return refused(Errno::einval);
  MemObjInfoRequest request;
  request.type = get<std::uint16_t>(message, 0);
  request.zero = get<std::uint16_t>(message, 2);
  request.fd = ConnectionId(get<std::int32_t>(message, 4));
  request.offset = Bytes(get<std::uint64_t>(message, 8));
  request.length = Bytes(get<std::uint64_t>(message, 16));
  return request;
}

SimResult<ConnectionId> decode_mem_info(std::span<const std::byte> message) {
  constexpr std::size_t kFd = 4;
  if (message.size() < kFd + sizeof(ConnectionId::rep)) return refused(Errno::einval);
  return ConnectionId(get<ConnectionId::rep>(message, kFd));
}

std::uint64_t encode(std::span<const Segment> segments, std::span<std::byte> reply) {
  const std::size_t count = std::min(segments.size(), reply.size() / qnx::kSegmentBytes);
  for (std::size_t i = 0; i < count; ++i) {
    const std::span<std::byte> out = reply.subspan(i * qnx::kSegmentBytes, qnx::kSegmentBytes);
    put(out, 0, segments[i].offset.count());
    put(out, 8, segments[i].paddr.value());
    put(out, 16, segments[i].length.count());
  }
  return count;
}

Segment decode_segment(std::span<const std::byte> reply, std::size_t index) {
  MEMSIM_CHECK_THAT(index < reply.size() / qnx::kSegmentBytes, "a whole segment");
  const std::span<const std::byte> in = reply.subspan(index * qnx::kSegmentBytes, qnx::kSegmentBytes);
  return {Bytes(get<std::uint64_t>(in, 0)), PhysAddr(get<std::uint64_t>(in, 8)), Bytes(get<std::uint64_t>(in, 16))};
}

}  // namespace memsim
