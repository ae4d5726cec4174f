// Frames as the bytes that people are told of.
#pragma once

#include <string>

#include <memsim/base/numbers.hpp>
#include <memsim/base/units.hpp>

namespace memsim {

// The most there is where that is more.
[[nodiscard]] inline Bytes bytes_of(FrameCount frames, Bytes page_size) {
  return checked_multiply(page_size, frames.count()).value_or(Bytes::max());
}
[[nodiscard]] inline std::string size_of(FrameCount frames, Bytes page_size) {
  return format_size_human(bytes_of(frames, page_size));
}

}  // namespace memsim
