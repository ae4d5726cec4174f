#include "programs/caller.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

#include <fmt/format.h>

#include <memsim/kernel/received.hpp>
#include <memsim/kernel/shown_memory.hpp>

namespace memsim::programs {
namespace {

using link::ProgramCall;

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

}  // namespace

ProgramCaller::ProgramCaller(Shared& shared, const HostProgram& program, const Birth& birth)
    : ProgramCaller(shared, program, birth, std::make_shared<HostProcess>(shared, program, birth.pid), 0) {}

ProgramCaller::ProgramCaller(Shared& shared, const HostProgram& program, const Birth& birth,
                             std::shared_ptr<HostProcess> process, std::size_t lane)
    : shared_(shared),
      program_(program),
      pid_(birth.pid),
      tid_(birth.tid),
      process_(std::move(process)),
      lane_(lane),
      lock_step_(program.host_seconds != 0 ? program.host_seconds : shared.limits.seconds, lane) {
  shared_.callers.push_back(this);
  owns_lane_ = process_->take_lane(lane, birth.tid);
}

ProgramCaller::~ProgramCaller() {
  std::erase(shared_.callers, this);
  if (owns_lane_) process_->give_back_lane(lane_);
  process_->forget_copy(lane_);
}

NewThread ProgramCaller::new_thread(const Birth& birth) {
  const auto& [lane, priority, policy, detached] =
      std::tie(request_.arguments[0], request_.arguments[1], request_.arguments[2], request_.arguments[3]);
  const auto wanted = static_cast<std::size_t>(lane);
  if (!process_->is_waiting(wanted)) return {};
  NewThread made{.caller = std::make_unique<ProgramCaller>(shared_, program_, birth, process_, wanted)};
  if (0 < priority && priority <= 255) made.priority = static_cast<std::uint8_t>(priority);
  if (policy >= 0) made.scheduling = policy == 0 ? Scheduling::fifo : Scheduling::round_robin;
  made.detached = detached != 0;
  return made;
}

void ProgramCaller::next(const Turn& turn, Ask& ask) {
  if (process_->child() == nullptr) {
    if (!process_->is_over()) return fault(ask, process_->start_failure());
    ask.kind = Ask::Kind::exit;
    return;
  }
  while (!go_on(turn, ask)) {
  }
}

// One step of a program's turn; true when `ask` says what comes next.
bool ProgramCaller::go_on(const Turn& turn, Ask& ask) {
  if (answered_) {
    if (const Stop stop = resume(turn); stop != Stop::asked) return stopped(stop, ask);
  }
  if (is_running_) {
    const Stop stop = lock_step_.wait(*process_->child());
    process_->publish_output(false);
    if (stop != Stop::asked) return stopped(stop, ask);
    if (!read_question()) return stopped(Stop::nonsense, ask);
    is_running_ = false;
    owe_compute();
  }
  if (!owed_.is_zero()) {
    ask.compute(std::exchange(owed_, SimDuration::zero()));
    return true;
  }
  return begin_question(turn, ask);
}

// What it did until it began is the C library's.
void ProgramCaller::owe_compute() {
  SimDuration measured;
  if (const SimDuration per_1000 = program_.per_1000_instructions; !per_1000.is_zero()) {
    measured = process_->measured_time(per_1000);
  }
  if (has_begun_) owed_ = saturating_add(program_.compute_per_call, measured);
}

// Copies the question, and sees whether it can be one.
bool ProgramCaller::read_question() {
  link::Slot& slot = process_->child()->slot(lane_);
  std::memcpy(&request_, &slot.request, sizeof request_);
  const auto call = static_cast<ProgramCall>(request_.call);
  const bool is_known = request_.call < link::kProgramCallCount || call == ProgramCall::begin ||
                        call == ProgramCall::fault || call == ProgramCall::host_call ||
                        call == ProgramCall::open_lane || call == ProgramCall::thread_end;
  if (!is_known || request_.text_bytes >= link::kTextBytes || request_.bytes > link::kWindowBytes) return false;
  if ((call == ProgramCall::begin) == has_begun_) return false;
  text_.assign(slot.text, request_.text_bytes);
  const std::byte* window = process_->child()->window(lane_);
  bytes_.assign(window, window + request_.bytes);
  return true;
}

bool ProgramCaller::begin_question(const Turn& turn, Ask& ask) {
  const auto call = static_cast<ProgramCall>(request_.call);
  if (call == ProgramCall::begin) {
    has_begun_ = true;
    answered_ = value(0);
    return false;
  }
  if (call == ProgramCall::thread_end) {
    ask.finish();
    return true;
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
    const Tickets::Ticket* ticket = process_->tickets().find(request_.arguments[0]);
    answered_ = ticket != nullptr ? value(0) : refusal(ESRCH);
    if (ticket != nullptr) std::copy(ticket->results.begin(), ticket->results.end(), answered_->reply.results);
    ask.kind = Ask::Kind::again;
    return true;
  }
  if (call == ProgramCall::open_lane) {
    const int error = process_->open_lane(static_cast<std::uint64_t>(request_.arguments[0]));
    answered_ = error == 0 ? value(0) : refusal(error);
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
    const VirtAddr address(static_cast<std::uint64_t>(request_.arguments[0]));
    if (const auto page = page_to_copy(turn, address)) process_->expect_copy(lane_, address, *page);
  }
  if (question.call == ProgramCall::MsgReceive) {
    process_->tickets().forget_gone([&turn](Value rcvid) { return !finds_client(turn, rcvid); });
  }
  answered_ = translate(question, process_->tickets(), ask);
  made_.kind = ask.kind;
  made_.what = ask.what;
  made_.arguments = ask.arguments;
}

void ProgramCaller::take(const Answer& answer) {
  const auto call = static_cast<ProgramCall>(request_.call);
  if (call == ProgramCall::MsgWrite && answer.error == Errno::eok) {
    const Tickets::Ticket& ticket = *process_->tickets().find(request_.arguments[0]);
    const auto client = std::find_if(shared_.callers.begin(), shared_.callers.end(), [&](const ProgramCaller* caller) {
      return caller->is(ticket.results[3], ticket.results[5]);
    });
    const auto written = std::span(bytes_).first(std::min(bytes_.size(), static_cast<std::size_t>(answer.value)));
    if (client != shared_.callers.end()) {
      (*client)->write_to_reply(static_cast<std::size_t>(request_.arguments[1]), written);
    }
  }
  if (maps(call)) process_->memory_may_differ();
  if (call == ProgramCall::fault && answer.error != Errno::eok) process_->forget_copy(lane_);
  answered_ = reply_to(call, made_, answer, request_.arguments[0], process_->tickets());
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

Stop ProgramCaller::resume(const Turn& turn) {
  bool changed = false;
  if (const Stop stop = process_->show_memory(turn, lane_, lock_step_, changed); stop != Stop::asked) return stop;
  link::Slot& slot = process_->child()->slot(lane_);
  answered_->reply.bytes = answered_->bytes.size();
  answered_->reply.changed = changed ? 1 : 0;
  std::memcpy(&slot.reply, &answered_->reply, sizeof slot.reply);
  std::copy(answered_->bytes.begin(), answered_->bytes.end(), process_->child()->window(lane_));
  answered_.reset();
  is_running_ = true;
  lock_step_.answer(*process_->child());
  return Stop::asked;
}

bool ProgramCaller::stopped(Stop stop, Ask& ask) {
  if (stop == Stop::gone) return ended(ask);
  process_->finish(true);
  if (stop == Stop::nonsense) {
    fault(ask, "it wrote nonsense on its link to memsim");
  } else {
    fault(ask, fmt::format("no simulated call for {} s of real time: ended (host_seconds)",
                           program_.host_seconds != 0 ? program_.host_seconds : shared_.limits.seconds));
  }
  return true;
}

bool ProgramCaller::ended(Ask& ask) {
  const End end = process_->finish(true);
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

}  // namespace memsim::programs
