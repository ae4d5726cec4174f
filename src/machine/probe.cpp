#include <memsim/machine/probe.hpp>

#include <algorithm>

namespace memsim {

FrameRequest request_of(const ProbeConfig& probe, PageSize page_size) {
  FrameRequest request;
  request.count = page_size.frames_covering(probe.size);
  request.contiguity = probe.contiguity;
  request.alignment = std::max(FrameCount(1), page_size.frames_covering(probe.alignment));
  request.boundary = page_size.frames_covering(probe.boundary);
  const FrameCount first = page_size.frames_covering(Bytes(probe.window_first.value()));
  request.window_first = FrameNumber(first.count());
  // The last frame that ends at or before the window's last byte.
  const std::uint64_t last = probe.window_last.value();
  const std::uint64_t page_bytes = page_size.bytes().count();
  request.window_end = FrameNumber(last / page_bytes + (last % page_bytes == page_bytes - 1 ? 1 : 0));
  return request;
}

}  // namespace memsim
