#include "replay/input/text_lines.hpp"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "replay/input/input_fault.hpp"

namespace memsim {

HostResult<TextLines> TextLines::open(const std::string& path, const TraceLimits& limits) {
  HostResult<CompressedInput> input = CompressedInput::open(path);
  if (!input) return Unexpected(std::move(input).error());
  return TextLines(path, std::move(*input), limits.line_bytes);
}

// The next bytes behind those read. False at the end and after an error.
bool TextLines::refill() {
  at_ = end_ = "";
  if (error_) return false;
  HostResult<std::string_view> block = input_.next();
  if (!block) {
    error_ = std::move(block).error();
    error_->front().where.line = static_cast<std::uint32_t>(std::min<std::uint64_t>(line_, 0xffffffffU));
    return false;
  }
  if (block->empty()) return false;
  at_ = block->data();
  end_ = at_ + block->size();
  return true;
}

bool TextLines::next_over_blocks(std::string_view& line) {
  if (error_) return false;
  pieced_.assign(at_, end_);
  while (true) {
    const bool is_end = !refill();
    if (error_) return false;
    const std::string_view block(at_, static_cast<std::size_t>(end_ - at_));
    const std::size_t length = block.find('\n');
    pieced_.append(block, 0, length);
    at_ = length != std::string_view::npos ? at_ + length + 1 : end_;
    if (pieced_.size() > line_bytes_) {
      error_ = wrong(pieced_, 0, fmt::format("a line of more than {} bytes", line_bytes_),
                     "is this a text file? the cap can be raised with --max-line, or --cap trace_line=N where a "
                     "scenario names it")
                   .error();
      at_ = end_;
      return false;
    }
    if (is_end && pieced_.empty()) return false;
    if (is_end || length != std::string_view::npos) break;
  }
  line = pieced_;
  return true;
}

HostResult<void> TextLines::status() const {
  if (error_) return Unexpected(*error_);
  return {};
}

Unexpected<HostError> TextLines::wrong(std::string_view line, std::size_t column, std::string message,
                                       std::string help) const {
  const auto narrow = [](std::uint64_t value) {
    return static_cast<std::uint32_t>(std::min<std::uint64_t>(value, std::numeric_limits<std::uint32_t>::max()));
  };
  return input_fault({.path = path_, .line = narrow(line_), .column = narrow(column)}, std::move(message),
                     std::move(help), std::string(line.substr(0, 4096)));
}

}  // namespace memsim
