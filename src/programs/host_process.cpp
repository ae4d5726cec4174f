#include "programs/host_process.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include <memsim/base/utf8.hpp>
#include <memsim/kernel/shown_memory.hpp>
#include <memsim/runtime/calls.hpp>

namespace memsim::programs {
namespace {

constexpr Bytes kHostPage{4096};

std::string printable(std::string_view line) {
  std::string out;
  while (!line.empty()) {
    const Utf8Step step = next_utf8(line);
    if (step.valid) {
      out += line.substr(0, step.length);
    } else {
      append_printable(out, line, step);
    }
    line.remove_prefix(step.length);
  }
  return out;
}

}  // namespace

HostProcess::HostProcess(Shared& shared, const HostProgram& program, ProcessId pid) : shared_(shared), pid_(pid) {
  if (shared.config.memory.page_size.bytes() % kHostPage != Bytes()) {
    start_failure_ = "programs of the host need pages of a multiple of 4 KiB";
    return;
  }
  HostResult<std::unique_ptr<Child>> child = Child::start(program, shared.limits, shared.contents.file());
  if (!child) {
    start_failure_ = child.error().front().message;
    return;
  }
  child_ = std::move(*child);
  lanes_[0] = Lane::opened;
  if (program.per_1000_instructions.is_zero()) return;
  const int counter = shared.limits.count_instructions(child_->pid());
  counter_ = Descriptor(counter);
  if (counter >= 0) return;
  start_failure_ = fmt::format(
      "cannot count the instructions of {} (per_1000_instructions): {}; "
      "that takes a counter of the processor which the host lets go (perf_event_paranoid at most 2)",
      program.name, std::generic_category().message(-counter));
  child_.reset();
}

SimDuration HostProcess::measured_time(SimDuration per_1000) {
  std::uint64_t now = 0;
  if (::read(counter_.number(), &now, sizeof now) != sizeof now || now < instructions_) return {};
  const std::uint64_t thousands = (now - instructions_) / 1000;
  instructions_ += thousands * 1000;
  return checked_multiply(per_1000, thousands).value_or(SimDuration(INT64_MAX));
}

int HostProcess::open_lane(std::uint64_t lane) {
  if (lane >= link::kLanes || lanes_[lane] == Lane::taken) return EAGAIN;
  if (!child_->open(lane)) return EAGAIN;
  lanes_[lane] = Lane::opened;
  return 0;
}

bool HostProcess::take_lane(std::size_t lane, ThreadId tid) {
  if (!is_waiting(lane)) return false;
  lanes_[lane] = Lane::taken;
  link::Slot& slot = child_->slot(lane);
  slot.pid = static_cast<std::int32_t>(pid_.value());
  slot.tid = static_cast<std::int32_t>(tid.value());
  slot.page_bytes = shared_.config.memory.page_size.bytes().count();
  return true;
}

void HostProcess::forget_copy(std::size_t lane) {
  std::erase_if(copies_, [lane](const Copy& copy) { return copy.lane == lane; });
}

Stop HostProcess::show_memory(const Turn& turn, std::size_t lane, LockStep& lock_step, bool& changed) {
  const std::uint64_t count = memory_change_count(turn);
  changed = false;
  if (count == changes_seen_ && !std::exchange(may_differ_, false)) return Stop::asked;
  may_differ_ = false;
  changes_seen_ = count;
  const std::vector<link::Change> changes = page_table_.follow(shown_memory(turn));
  changed = !changes.empty();
  // Whoever goes on first after a page was copied has to see it so, be it not the one that referred to it.
  std::erase_if(copies_, [this](const Copy& copy) {
    const auto page = page_table_.page_at(copy.address, shared_.config.memory.page_size.bytes());
    if (page) shared_.contents.copy_page(copy.from, *page);
    return page.has_value();
  });
  return make(changes, lane, lock_step);
}

Stop HostProcess::make(const std::vector<link::Change>& changes, std::size_t lane, LockStep& lock_step) {
  link::Slot& slot = child_->slot(lane);
  for (std::size_t done = 0; done < changes.size();) {
    const std::size_t count = std::min(changes.size() - done, link::kChanges);
    std::copy_n(changes.begin() + static_cast<std::ptrdiff_t>(done), count, slot.changes);
    slot.reply.kind = link::Reply::changes;
    slot.reply.change_count = static_cast<std::uint32_t>(count);
    lock_step.answer(*child_);
    if (const Stop stop = lock_step.wait(*child_); stop != Stop::asked) return stop;
    if (slot.request.call != static_cast<std::uint32_t>(link::ProgramCall::changed)) return Stop::nonsense;
    done += count;
  }
  return Stop::asked;
}

End HostProcess::finish(bool is_over) {
  const End end = child_->finish();
  publish_output(true);
  child_.reset();
  is_over_ = is_over;
  return end;
}

void HostProcess::publish_output(bool is_end) {
  child_->append_written(0, unfinished_[0]);
  child_->append_written(1, unfinished_[1]);
  publish_lines(OutputStream::output, unfinished_[0], is_end);
  publish_lines(OutputStream::error, unfinished_[1], is_end);
}

void HostProcess::publish_lines(OutputStream stream, std::string& text, bool is_end) {
  std::size_t at = 0;
  for (std::size_t end = text.find('\n'); end != std::string::npos; end = text.find('\n', at)) {
    const std::string line = printable(std::string_view(text).substr(at, end - at));
    shared_.records.publish(ProgramOutput{.pid = pid_, .stream = stream, .text = line});
    at = end + 1;
  }
  text.erase(0, at);
  if (!is_end || text.empty()) return;
  const std::string line = printable(text);
  shared_.records.publish(ProgramOutput{.pid = pid_, .stream = stream, .text = line});
  text.clear();
}

}  // namespace memsim::programs
