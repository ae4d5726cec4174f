// Frames and pages by their numbers, for the tests of this floor.
#pragma once

#include <cstdint>

#include <memsim/base/units.hpp>
#include <memsim/vm/page_map.hpp>

namespace memsim::test {

constexpr Extent extent(std::uint64_t first, std::uint64_t count) { return {FrameNumber(first), FrameCount(count)}; }
constexpr PageRange pages(std::uint64_t first, std::uint64_t count) { return {PageNumber(first), FrameCount(count)}; }

}  // namespace memsim::test
