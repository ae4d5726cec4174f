// Judges of what happened: counts, deadlocks, the end.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "campaign/expect/expectation_text.hpp"
#include "campaign/expect/judge.hpp"

namespace memsim::campaign {
namespace {

using What = ExpectedCount::What;

bool ends_as_asked(const ExpectedCount& asked, Errno error) {
  using Ending = ExpectedCount::Ending;
  if (asked.ending == Ending::any) return true;
  if (asked.ending == Ending::with_errno) return error == asked.error;
  return (error == Errno::eok) == (asked.ending == Ending::succeeded);
}

bool is_asked_for(const ExpectedCount& asked, Call call, Errno error) {
  return (!asked.call || *asked.call == call) && ends_as_asked(asked, error);
}

bool is_asked_for(const ExpectedCount& asked, std::string_view note) {
  if (!asked.text) return true;
  return asked.is_part ? note.find(*asked.text) != std::string_view::npos : note == *asked.text;
}

// How often a record of a kind counts for what is asked, whose it is and about which object. A kind that does not count
// gives 0.
struct Tally {
  std::uint64_t count = 0;
  ProcessId pid;
  ObjectId object{};
};

Tally once_if(bool counts, ProcessId pid, ObjectId object = {}) { return {counts ? 1u : 0u, pid, object}; }

Tally tally(const ExpectedCount&, const ProcessStarted& record) { return {1, record.pid}; }
Tally tally(const ExpectedCount& asked, const ProcessExited& record) {
  const ExitCause cause = asked.what == What::processes_killed ? ExitCause::killed : ExitCause::fault;
  return once_if(record.cause == cause, record.pid);
}
Tally tally(const ExpectedCount& asked, const MessageReplied& record) {
  return once_if(is_asked_for(asked, record.call, record.error), record.pid, record.object);
}
Tally tally(const ExpectedCount&, const PulseSent& record) { return {1, record.pid}; }
Tally tally(const ExpectedCount& asked, const CallCompleted& record) {
  return once_if(is_asked_for(asked, record.call, record.error), record.pid);
}
Tally tally(const ExpectedCount& asked, const SegmentReply& record) {
  return once_if(asked.what == What::replies || record.cut, record.pid, record.object);
}
Tally tally(const ExpectedCount& asked, const Note& record) {
  return once_if(is_asked_for(asked, record.text), record.pid);
}
Tally tally(const ExpectedCount&, const ObjectCreated& record) { return {1, record.pid, record.object}; }
Tally tally(const ExpectedCount&, const ObjectDestroyed& record) { return {1, {}, record.object}; }
Tally tally(const ExpectedCount& asked, const FramesAllocated& record) {
  const auto counted = [&]() -> std::uint64_t {
    if (asked.what == What::splits) return record.splits.count();
    if (asked.what == What::merges) return record.merges.count();
    if (asked.what == What::steps) return record.steps.count();
    return asked.what == What::allocations || record.contiguous ? 1 : 0;
  };
  return {counted(), record.pid, record.object};
}
Tally tally(const ExpectedCount&, const FramesReleased& record) { return {record.merges.count(), {}, record.object}; }
Tally tally(const ExpectedCount& asked, const AllocationFailed& record) {
  return once_if(asked.what == What::failed_allocations || record.contiguous, record.pid, record.object);
}
Tally tally(const ExpectedCount&, const DeadlockFound&) { return {1, {}}; }
Tally tally(const ExpectedCount&, const ProgramFault& record) { return {1, record.pid}; }
Tally tally(const ExpectedCount&, const RunEnded& record) { return {record.events, {}}; }
template <class Record>
Tally tally(const ExpectedCount&, const Record&) {
  return {};
}

template <RecordKind... kKinds>
std::span<const RecordKind> only() {
  static constexpr std::array kAll = {kKinds...};
  return kAll;
}

// The kinds of record that are counted. Steps and splits are told with allocations, merges also with releases.
std::span<const RecordKind> kinds_of(What what) {
  switch (what) {
    case What::processes_started:
      return only<RecordKind::process_started>();
    case What::processes_killed:
    case What::processes_faulted:
      return only<RecordKind::process_exited>();
    case What::messages:
      return only<RecordKind::message_replied>();
    case What::pulses:
      return only<RecordKind::pulse_sent>();
    case What::kernel_calls:
      return only<RecordKind::call_completed>();
    case What::calls:
      return only<RecordKind::message_replied, RecordKind::call_completed>();
    case What::replies:
    case What::cut_replies:
      return only<RecordKind::segment_reply>();
    case What::notes:
      return only<RecordKind::note>();
    case What::objects_created:
      return only<RecordKind::object_created>();
    case What::objects_destroyed:
      return only<RecordKind::object_destroyed>();
    case What::allocations:
    case What::contiguous_allocations:
    case What::splits:
    case What::steps:
      return only<RecordKind::frames_allocated>();
    case What::merges:
      return only<RecordKind::frames_allocated, RecordKind::frames_released>();
    case What::failed_allocations:
    case What::failed_contiguous_allocations:
      return only<RecordKind::allocation_failed>();
    case What::deadlocks:
      return only<RecordKind::deadlock_found>();
    case What::program_faults:
      return only<RecordKind::program_fault>();
    case What::events:
      return only<RecordKind::run_ended>();
  }
  return {};
}

class CountJudge final : public CopyableJudge<CountJudge> {
 public:
  CountJudge(const Expectation& expectation, const ExpectedCount& what) : expectation_(expectation), what_(what) {}

  [[nodiscard]] std::span<const RecordKind> wanted() const override { return kinds_of(what_.what); }

  void on_record(const RecordView& record, const NameBook& names) override {
    if (!expectation_.between.contains(record.time())) return;
    record.visit([&](const auto& typed) {
      const Tally counted = tally(what_, typed);
      if (counted.count == 0 || !is_about(expectation_, counted.pid, counted.object, names)) return;
      count_.add(expectation_.bounds, counted.count, point_of(record));
    });
  }

  [[nodiscard]] Finding finding() const override { return count_.finding(expectation_.bounds); }

 private:
  const Expectation& expectation_;
  const ExpectedCount& what_;
  EventCount count_;
};

class EndJudge final : public CopyableJudge<EndJudge> {
 public:
  EndJudge(const Expectation& expectation, const ExpectedEnd& what) : expectation_(expectation), what_(what) {}

  [[nodiscard]] std::span<const RecordKind> wanted() const override {
    static constexpr std::array kWanted = {RecordKind::run_ended};
    return kWanted;
  }

  void on_record(const RecordView& record, const NameBook&) override {
    reason_ = record.as<RunEnded>().reason;
    time_ = record.time();
  }

  [[nodiscard]] Finding finding() const override {
    if (!reason_) return {false, "no end", std::nullopt};
    const bool holds = (!what_.reason || *what_.reason == *reason_) &&
                       expectation_.bounds.allow(static_cast<std::int64_t>(time_.value()));
    return {holds, fmt::format("{} at {}", name_of(*reason_), time_text(time_)), std::nullopt};
  }

 private:
  const Expectation& expectation_;
  const ExpectedEnd& what_;
  std::optional<StopReason> reason_;
  SimTime time_;
};

class DeadlockJudge final : public CopyableJudge<DeadlockJudge> {
 public:
  DeadlockJudge(const Expectation& expectation, const ExpectedDeadlock& what)
      : expectation_(expectation), what_(what) {}

  [[nodiscard]] std::span<const RecordKind> wanted() const override {
    static constexpr std::array kWanted = {RecordKind::deadlock_found};
    return kWanted;
  }

  void on_record(const RecordView& record, const NameBook& names) override {
    if (!expectation_.between.contains(record.time())) return;
    std::vector<std::string> members;
    for (const ThreadRef& member : record.as<DeadlockFound>().members) {
      members.emplace_back(names.process(member.pid));
    }
    is_found_ = is_found_ || is_the_circle(members);
    if (first_) return;
    first_ = point_of(record);
    text_ = fmt::format("{}", fmt::join(members, " -> "));
  }

  [[nodiscard]] Finding finding() const override {
    if (!first_) return {what_.members.empty(), "none", std::nullopt};
    if (is_found_) return {true, fmt::format("{}", fmt::join(what_.members, " -> ")), std::nullopt};
    return {false, text_, first_};
  }

 private:
  // A circle begins anywhere.
  [[nodiscard]] bool is_the_circle(std::vector<std::string> members) const {
    if (members.size() != what_.members.size()) return false;
    for (std::size_t i = 0; i < members.size(); ++i) {
      if (members == what_.members) return true;
      std::rotate(members.begin(), members.begin() + 1, members.end());
    }
    return false;
  }

  const Expectation& expectation_;
  const ExpectedDeadlock& what_;
  bool is_found_ = false;
  std::optional<RunPoint> first_;
  std::string text_;  // of the first
};

}  // namespace

std::unique_ptr<Judge> make_judge(const Expectation& expectation, const ExpectedCount& what) {
  return std::make_unique<CountJudge>(expectation, what);
}
std::unique_ptr<Judge> make_judge(const Expectation& expectation, const ExpectedEnd& what) {
  return std::make_unique<EndJudge>(expectation, what);
}
std::unique_ptr<Judge> make_judge(const Expectation& expectation, const ExpectedDeadlock& what) {
  return std::make_unique<DeadlockJudge>(expectation, what);
}

}  // namespace memsim::campaign
