#include "programs/caller.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

#include <fmt/format.h>

#include <memsim/base/utf8.hpp>
#include <memsim/kernel/received.hpp>
#include <memsim/kernel/shown_memory.hpp>

namespace memsim::programs {
namespace {

using link::ProgramCall;

constexpr Bytes kHostPage{4096};

bool is_clock(ProgramCall call) {
  return call == ProgramCall::ClockTime || call == ProgramCall::ClockCycles || call == ProgramCall::clock_gettime ||
         call == ProgramCall::gettimeofday || call == ProgramCall::time || call == ProgramCall::clock;
}
bool is_sleep(ProgramCall call) {
  return call == ProgramCall::delay || call == ProgramCall::sleep || call == ProgramCall::usleep ||
         call == ProgramCall::nanosleep || call == ProgramCall::clock_nanosleep;
}
// Calls after which the process may have other memory, though no frame changed hands.
bool maps(ProgramCall call) {
  return call == ProgramCall::mmap || call == ProgramCall::mmap_device_memory || call == ProgramCall::munmap ||
         call == ProgramCall::munmap_device_memory || call == ProgramCall::mprotect || call == ProgramCall::fault;
}

Answered value(Value of) {
  Answered answered;
  answered.reply.value = of;
  return answered;
}

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

ProgramCaller::ProgramCaller(Shared& shared, const HostProgram& program, const Birth& birth)
    : shared_(shared),
      program_(program),
      pid_(birth.pid),
      tid_(birth.tid),
      lock_step_(program.host_seconds != 0 ? program.host_seconds : shared.limits.seconds) {
  shared_.callers.push_back(this);
  if (shared_.config.memory.page_size.bytes() % kHostPage != Bytes()) {
    start_failure_ = "programs of the host need pages of a multiple of 4 KiB";
    return;
  }
  HostResult<std::unique_ptr<Child>> child = Child::start(program, shared.limits, shared.contents.file());
  if (!child) {
    start_failure_ = child.error().front().message;
    return;
  }
  child_ = std::move(*child);
  child_->slot().pid = static_cast<std::int32_t>(pid_.value());
  child_->slot().tid = static_cast<std::int32_t>(tid_.value());
  child_->slot().page_bytes = shared_.config.memory.page_size.bytes().count();
}

ProgramCaller::~ProgramCaller() { std::erase(shared_.callers, this); }

void ProgramCaller::next(const Turn& turn, Ask& ask) {
  if (child_ == nullptr) {
    if (!is_exiting_) return fault(ask, start_failure_);
    ask.kind = Ask::Kind::exit;
    return;
  }
  while (!go_on(turn, ask)) {
  }
}

// One step of a program's turn; true when `ask` says what comes next.
bool ProgramCaller::go_on(const Turn& turn, Ask& ask) {
  if (answered_ && !resume(turn)) return stopped(stop_, ask);
  if (is_running_) {
    const Stop stop = lock_step_.wait(*child_);
    publish_output(false);
    if (stop != Stop::asked) return stopped(stop, ask);
    if (!read_question()) return stopped(Stop::nonsense, ask);
    is_running_ = false;
    owes_compute_ = has_begun_ && !program_.compute_per_call.is_zero();
  }
  if (std::exchange(owes_compute_, false)) {
    ask.compute(program_.compute_per_call);
    return true;
  }
  return begin_question(turn, ask);
}

// Copies the question, and sees whether it can be one.
bool ProgramCaller::read_question() {
  link::Slot& slot = child_->slot();
  std::memcpy(&request_, &slot.request, sizeof request_);
  const auto call = static_cast<ProgramCall>(request_.call);
  const bool is_known = request_.call < link::kProgramCallCount || call == ProgramCall::begin ||
                        call == ProgramCall::fault || call == ProgramCall::host_call;
  if (!is_known || request_.text_bytes >= link::kTextBytes || request_.bytes > link::kWindowBytes) return false;
  if ((call == ProgramCall::begin) == has_begun_) return false;
  text_.assign(slot.text, request_.text_bytes);
  bytes_.assign(child_->window(), child_->window() + request_.bytes);
  return true;
}

bool ProgramCaller::begin_question(const Turn& turn, Ask& ask) {
  const auto call = static_cast<ProgramCall>(request_.call);
  if (call == ProgramCall::begin) {
    has_begun_ = true;
    answered_ = value(0);
    return false;
  }
  if (is_clock(call)) return ask_clock(turn, ask);
  if (is_sleep(call)) return ask_sleep(ask);
  if (ask_here(ask)) return true;
  ask_kernel(turn, ask);
  return !answered_.has_value();
}

// Looking at the clock takes time, so that waiting for a moment by looking ends.
bool ProgramCaller::ask_clock(const Turn& turn, Ask& ask) {
  if (made_.kind == Ask::Kind::compute) {
    made_.kind = Ask::Kind::again;
    answered_ = value(static_cast<Value>(turn.now.value()));
    return false;
  }
  made_.kind = Ask::Kind::compute;
  ask.compute(std::max(shared_.config.costs.kernel_call, SimDuration(1)));
  return true;
}

bool ProgramCaller::ask_sleep(Ask& ask) {
  ask.sleep(SimDuration(static_cast<std::uint64_t>(std::max<Value>(request_.arguments[0], 0))));
  answered_ = value(0);
  return true;
}

// What needs no call: questions about messages received, and what is refused, which the run notes.
bool ProgramCaller::ask_here(Ask& ask) {
  const auto call = static_cast<ProgramCall>(request_.call);
  if (call == ProgramCall::MsgInfo) {
    const Tickets::Ticket* ticket = tickets_.find(request_.arguments[0]);
    answered_ = ticket != nullptr ? value(0) : refusal(ESRCH);
    if (ticket != nullptr) std::copy(ticket->results.begin(), ticket->results.end(), answered_->reply.results);
    ask.kind = Ask::Kind::again;
    return true;
  }
  const bool is_host_call = call == ProgramCall::host_call;
  const bool is_odd_signal = call == ProgramCall::kill && request_.arguments[0] <= 0;
  const bool is_simulated = call == ProgramCall::fault || (!is_host_call && !is_odd_signal &&
                                                           link::kProgramCalls[request_.call].how == link::How::kernel);
  if (is_simulated) return false;
  answered_ = refusal(ENOSYS);
  if (is_host_call) {
    ask.note(fmt::format("refused: system call {} of the host", request_.arguments[0]));
  } else {
    ask.note(fmt::format("refused: {}() is not simulated", link::kProgramCalls[request_.call].symbol));
  }
  return true;
}

void ProgramCaller::ask_kernel(const Turn& turn, Ask& ask) {
  const Question question{
      .call = static_cast<ProgramCall>(request_.call), .arguments = request_.arguments, .text = text_, .bytes = bytes_};
  if (question.call == ProgramCall::fault) {
    page_to_copy_ = page_to_copy(turn, VirtAddr(static_cast<std::uint64_t>(request_.arguments[0])));
  }
  if (question.call == ProgramCall::MsgReceive) {
    tickets_.forget_gone([&turn](Value rcvid) { return !finds_client(turn, rcvid); });
  }
  answered_ = translate(question, tickets_, ask);
  made_.kind = ask.kind;
  made_.what = ask.what;
  made_.arguments = ask.arguments;
}

void ProgramCaller::take(const Answer& answer) {
  const auto call = static_cast<ProgramCall>(request_.call);
  if (call == ProgramCall::MsgWrite && answer.error == Errno::eok) {
    const Tickets::Ticket& ticket = *tickets_.find(request_.arguments[0]);
    const auto client = std::find_if(shared_.callers.begin(), shared_.callers.end(), [&](const ProgramCaller* caller) {
      return caller->is(ticket.results[3], ticket.results[5]);
    });
    const auto written = std::span(bytes_).first(std::min(bytes_.size(), static_cast<std::size_t>(answer.value)));
    if (client != shared_.callers.end()) {
      (*client)->write_to_reply(static_cast<std::size_t>(request_.arguments[1]), written);
    }
  }
  answered_ = reply_to(call, made_, answer, request_.arguments[0], tickets_);
  if (call == ProgramCall::MsgSend) finish_reply();
}

void ProgramCaller::write_to_reply(std::size_t offset, std::span<const std::byte> bytes) {
  if (offset > link::kWindowBytes || bytes.size() > link::kWindowBytes - offset) return;
  if (written_to_reply_.size() < offset + bytes.size()) written_to_reply_.resize(offset + bytes.size());
  std::copy(bytes.begin(), bytes.end(), written_to_reply_.begin() + static_cast<std::ptrdiff_t>(offset));
}

// What MsgReply() replied with lies over what MsgWrite() wrote before.
void ProgramCaller::finish_reply() {
  std::vector<std::byte>& reply = answered_->bytes;
  if (written_to_reply_.size() > reply.size()) {
    std::copy(reply.begin(), reply.end(), written_to_reply_.begin());
    reply = std::move(written_to_reply_);
  }
  written_to_reply_.clear();
}

std::vector<link::Change> ProgramCaller::changes(const Turn& turn) {
  const std::uint64_t count = memory_change_count(turn);
  const bool may_differ = count != changes_seen_ || maps(static_cast<ProgramCall>(request_.call));
  if (!has_begun_ || !may_differ) return {};
  changes_seen_ = count;
  return page_table_.follow(shown_memory(turn));
}

bool ProgramCaller::make(const std::vector<link::Change>& changes) {
  link::Slot& slot = child_->slot();
  for (std::size_t done = 0; done < changes.size();) {
    const std::size_t count = std::min(changes.size() - done, link::kChanges);
    std::copy_n(changes.begin() + static_cast<std::ptrdiff_t>(done), count, slot.changes);
    slot.reply.kind = link::Reply::changes;
    slot.reply.change_count = static_cast<std::uint32_t>(count);
    lock_step_.answer(*child_);
    stop_ = lock_step_.wait(*child_);
    if (stop_ != Stop::asked) return false;
    if (slot.request.call != static_cast<std::uint32_t>(ProgramCall::changed)) {
      stop_ = Stop::nonsense;
      return false;
    }
    done += count;
  }
  return true;
}

bool ProgramCaller::resume(const Turn& turn) {
  const std::vector<link::Change> changed = changes(turn);
  if (page_to_copy_ && answered_->reply.error == 0) {
    const VirtAddr address(static_cast<std::uint64_t>(request_.arguments[0]));
    const auto page = page_table_.page_at(address, shared_.config.memory.page_size.bytes());
    if (page) shared_.contents.copy_page(*page_to_copy_, *page);
  }
  page_to_copy_.reset();
  if (!make(changed)) return false;
  link::Slot& slot = child_->slot();
  answered_->reply.bytes = answered_->bytes.size();
  answered_->reply.changed = changed.empty() ? 0 : 1;
  std::memcpy(&slot.reply, &answered_->reply, sizeof slot.reply);
  std::copy(answered_->bytes.begin(), answered_->bytes.end(), child_->window());
  answered_.reset();
  is_running_ = true;
  lock_step_.answer(*child_);
  return true;
}

bool ProgramCaller::stopped(Stop stop, Ask& ask) {
  publish_output(false);
  if (stop == Stop::gone) return ended(ask);
  child_->finish();
  publish_output(true);
  child_.reset();
  if (stop == Stop::nonsense) {
    fault(ask, "it wrote nonsense on its link to memsim");
  } else {
    fault(ask, fmt::format("no simulated call for {} s of real time: ended (host_seconds)",
                           program_.host_seconds != 0 ? program_.host_seconds : shared_.limits.seconds));
  }
  return true;
}

bool ProgramCaller::ended(Ask& ask) {
  const End end = child_->finish();
  publish_output(true);
  child_.reset();
  is_exiting_ = true;
  if (!end.by_signal && end.number == 0) {
    ask.kind = Ask::Kind::exit;
  } else if (!end.by_signal) {
    ask.note(fmt::format("exit status {}", end.number));
  } else if (end.number == SIGKILL) {
    fault(ask, "it was killed, or closed its link to memsim");
  } else {
    fault(ask, fmt::format("it died of signal {} ({})", end.number, ::strsignal(end.number)));
  }
  return true;
}

void ProgramCaller::fault(Ask& ask, std::string reason) {
  ask.kind = Ask::Kind::fault;
  ask.line = 0;
  ask.text = std::move(reason);
}

void ProgramCaller::publish_output(bool is_end) {
  child_->append_written(0, unfinished_[0]);
  child_->append_written(1, unfinished_[1]);
  publish_lines(OutputStream::output, unfinished_[0], is_end);
  publish_lines(OutputStream::error, unfinished_[1], is_end);
}

void ProgramCaller::publish_lines(OutputStream stream, std::string& text, bool is_end) {
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
