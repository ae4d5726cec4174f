// Placement: where inside a free run an extent may start that honours a request's alignment, boundary and window.
#pragma once

#include <cstdint>
#include <optional>

#include <memsim/base/errno.hpp>
#include <memsim/base/units.hpp>
#include <memsim/phys/request.hpp>

namespace memsim {

// Whether one bit is set. Unlike std::has_single_bit() it is no call into the compiler's runtime on old processors.
[[nodiscard]] constexpr bool is_power_of_two(std::uint64_t value) { return value != 0 && (value & (value - 1)) == 0; }

// Errno::eok, or einval where the request makes no sense on any machine (see FrameAllocator::allocate()).
[[nodiscard]] inline Errno validate(const FrameRequest& request) {
  const std::uint64_t boundary = request.boundary.count();
  if (request.count.is_zero() || !is_power_of_two(request.alignment.count())) return Errno::einval;
  if (boundary == 0) return Errno::eok;
  if (!is_power_of_two(boundary)) return Errno::einval;
  const bool crosses_anywhere = request.contiguity == Contiguity::contiguous && request.count > request.boundary;
  return crosses_anywhere ? Errno::einval : Errno::eok;
}

// Whether neither alignment nor boundary nor window binds the request in a region of these frames.
[[nodiscard]] inline bool is_unconstrained(const FrameRequest& request, Extent region) {
  return request.alignment.count() == 1 && request.boundary.is_zero() && request.window_first <= region.first &&
         request.window_end >= region.end();
}

// The smallest multiple of `alignment`, a power of two, that is at least `value`. Requires: the sum fits.
[[nodiscard]] constexpr std::uint64_t align_up(std::uint64_t value, std::uint64_t alignment) {
  return (value + alignment - 1) & ~(alignment - 1);
}

// What every extent of one request must keep to. Frame numbers below 2^33 and counts up to 2^33, so that sums fit.
struct Constraints {
  std::uint64_t alignment = 1;
  std::uint64_t boundary = 0;
  std::uint64_t window_first = 0;
  std::uint64_t window_end = 0;

  explicit Constraints(const FrameRequest& request)
      : alignment(request.alignment.count()),
        boundary(request.boundary.count()),
        window_first(request.window_first.value()),
        window_end(request.window_end.value()) {}

  // The lowest start of `count` frames inside the run [first, end) that conforms, or nothing.
  // Requires: count <= boundary where there is one.
  [[nodiscard]] std::optional<std::uint64_t> lowest_start(std::uint64_t first, std::uint64_t end,
                                                          std::uint64_t count) const {
    return lowest_start(first, end, count, alignment);
  }
  // The same with another alignment in place of the request's.
  [[nodiscard]] std::optional<std::uint64_t> lowest_start(std::uint64_t first, std::uint64_t end, std::uint64_t count,
                                                          std::uint64_t align) const {
    first = first > window_first ? first : window_first;
    end = end < window_end ? end : window_end;
    if (first >= end) return std::nullopt;
    std::uint64_t start = align_up(first, align);
    // A start that crosses moves to the next multiple of the boundary, which is aligned too: a boundary smaller than
    // the alignment is never crossed from an aligned start.
    if (boundary != 0 && (start & (boundary - 1)) + count > boundary) start = align_up(start, boundary);
    if (start >= end || count > end - start) return std::nullopt;
    return start;
  }
};

}  // namespace memsim
