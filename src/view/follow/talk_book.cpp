#include <memsim/view/follow/talk_book.hpp>

#include <fmt/format.h>

#include <algorithm>

#include <memsim/base/numbers.hpp>
#include <memsim/view/value_text.hpp>

namespace memsim {
namespace {

constexpr std::string_view kInterruptCost = "machine.costs.interrupt";

TalkSource process_source(ProcessId pid) { return {.kind = TalkSource::Kind::process, .pid = pid, .name = {}}; }

bool sends_a_pulse(const CallCompleted& call) {
  return (call.call == Call::msg_send_pulse || call.call == Call::msg_deliver_event) && call.error == Errno::eok;
}

}  // namespace

std::uint64_t Talk::count() const {
  std::uint64_t sum = messages + pulses + interrupts;
  for (const Waits& of_kind : waits) sum += of_kind.count;
  return sum;
}

void Talk::add(const Talk& other) {
  messages += other.messages;
  pulses += other.pulses;
  interrupts += other.interrupts;
  woken.insert(other.woken.begin(), other.woken.end());
  for (std::size_t i = 0; i < waits.size(); ++i) {
    waits[i].count += other.waits[i].count;
    waits[i].time = saturating_add(waits[i].time, other.waits[i].time);
  }
}

std::string source_label(const TalkSource& source, std::string_view process) {
  switch (source.kind) {
    case TalkSource::Kind::process:
      break;
    case TalkSource::Kind::interrupt:
      return fmt::format("interrupt {} (vector {})", source.name, source.vector);
    case TalkSource::Kind::timer:
      return fmt::format("timers of {}", process);
  }
  return std::string(process);
}

std::vector<std::string> beside_messages(const Talk& talk) {
  std::vector<std::string> out;
  if (talk.interrupts > 0) {
    std::string threads;
    for (const ThreadId tid : talk.woken) threads += fmt::format("{}{}", threads.empty() ? "" : ", ", tid.value());
    out.push_back(fmt::format("{} to {} {}", counted(talk.interrupts, "interrupt"),
                              talk.woken.size() == 1 ? "thread" : "threads", threads));
  }
  if (talk.pulses > 0) out.push_back(counted(talk.pulses, "pulse"));
  constexpr std::array kWhat = {"for a mutex", "on a condition variable", "for a semaphore", "for a thread's end"};
  static_assert(kWhat.size() == Talk::kWaitStates.size());
  for (std::size_t i = 0; i < kWhat.size(); ++i) {
    const Talk::Waits& waits = talk.waits[i];
    if (waits.count == 0) continue;
    out.push_back(
        fmt::format("{} {}, {} in all", counted(waits.count, "wait"), kWhat[i], format_duration_human(waits.time)));
  }
  return out;
}

void TalkBook::on(const RunStarted& record) {
  for (const Setting& setting : record.settings) {
    if (setting.name != kInterruptCost) continue;
    if (const auto cost = parse_duration(setting.value)) interrupt_cost_ = *cost;
  }
}

void TalkBook::on(RunPoint at, const MessageSent& record) {
  settle(at.time);
  ++edges_[{process_source(record.pid), record.server}].messages;
}

void TalkBook::on(RunPoint at, const PulseSent& record) {
  settle_unclaimed();
  // The kernel's own pulses have negative codes and tell of the process that they name.
  if (record.code < 0) {
    ++edges_[{process_source(record.pid), record.server}].pulses;
  } else {
    pulse_ = {at.time, record.pid, record.server};
  }
}

void TalkBook::on(RunPoint at, const CallCompleted& record) {
  settle(at.time);
  if (pulse_ && sends_a_pulse(record)) {
    ++edges_[{process_source(record.pid), pulse_->server}].pulses;
    pulse_.reset();
  }
  if (record.call != Call::interrupt_wait || record.error != Errno::eok) return;
  const Taken* const told = told_until(at.time);
  if (told == nullptr) return;
  Talk& talk = edges_[{told->source, record.pid}];
  ++talk.interrupts;
  talk.woken.insert(record.tid);
}

void TalkBook::on(RunPoint at, const ThreadStateChanged& record) {
  settle(at.time);
  const Thread thread{record.pid, record.tid};
  if (const auto open = waiting_.find(thread); open != waiting_.end()) {
    Talk::Waits& waits = edges_[{process_source(record.pid), record.pid}].waits[open->second.first];
    waits.time = saturating_add(waits.time, at.time - open->second.second);
    waiting_.erase(open);
  }
  const auto kind = std::find(Talk::kWaitStates.begin(), Talk::kWaitStates.end(), record.state);
  if (kind == Talk::kWaitStates.end()) return;
  const auto index = static_cast<std::size_t>(kind - Talk::kWaitStates.begin());
  ++edges_[{process_source(record.pid), record.pid}].waits[index].count;
  waiting_[thread] = {index, at.time};
}

void TalkBook::on(RunPoint at, const InterruptRaised& record) {
  settle(at.time);
  if (record.fate != InterruptFate::taken) return;
  taken_.push_back({.told = saturating_add(at.time, interrupt_cost_),
                    .source = {.kind = TalkSource::Kind::interrupt,
                               .pid = {},
                               .name = std::string(record.source),
                               .vector = record.vector}});
}

void TalkBook::on(RunPoint at, const RunEnded&) {
  settle_unclaimed();
  for (const auto& [thread, wait] : waiting_) {
    Talk::Waits& waits = edges_[{process_source(thread.first), thread.first}].waits[wait.first];
    waits.time = saturating_add(waits.time, at.time - wait.second);
  }
  waiting_.clear();
}

void TalkBook::settle(SimTime now) {
  if (pulse_ && pulse_->time < now) settle_unclaimed();
}

void TalkBook::settle_unclaimed() {
  if (!pulse_) return;
  const Taken* const told = told_until(pulse_->time);
  const bool is_interrupt = told != nullptr && told->told == pulse_->time;
  const TalkSource timer{.kind = TalkSource::Kind::timer, .pid = pulse_->pid, .name = {}};
  ++edges_[{is_interrupt ? told->source : timer, pulse_->server}].pulses;
  pulse_.reset();
}

// The interrupt that was told last at `time`, or null. Those before it are of no further interest.
const TalkBook::Taken* TalkBook::told_until(SimTime time) {
  const auto next = std::find_if(taken_.begin(), taken_.end(), [time](const Taken& each) { return time < each.told; });
  if (next == taken_.begin()) return nullptr;
  taken_.erase(taken_.begin(), next - 1);
  return &taken_.front();
}

}  // namespace memsim
