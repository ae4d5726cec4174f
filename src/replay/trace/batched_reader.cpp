#include "replay/trace/batched_reader.hpp"

namespace memsim {
namespace {

constexpr std::size_t kBatch = 4096;

}  // namespace

std::string_view fault_of(std::uint64_t first, std::uint64_t count, std::uint64_t cpu) {
  if (count == 0 || count > std::uint64_t{1} << kMaxTraceOrder) return "a count of pages that is not in 1..2^31";
  if (first >= kMaxTraceFrames || first + count > kMaxTraceFrames) return "pages past the 2^32nd";
  if (cpu >= kMaxTraceCpus) return "a processor above 1023";
  return {};
}

HostResult<void> BatchedReader::next(std::vector<TraceEvent>& events) {
  events.clear();
  if (held_) events.push_back(*held_);
  held_.reset();
  while (!is_ended_ && !error_ && events.size() < kBatch) {
    HostResult<Step> step = read(events);
    if (!step) {
      error_ = std::move(step).error();
    } else {
      is_ended_ = *step == Step::ended;
    }
  }
  if (!is_ended_ && !error_) {
    held_ = events.back();
    events.pop_back();
  }
  if (error_ && events.empty()) return Unexpected(*error_);
  return {};
}

}  // namespace memsim
