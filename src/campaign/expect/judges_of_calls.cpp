// Judges of calls: what they gave, how long they took.
#include <array>
#include <limits>

#include <fmt/format.h>

#include <memsim/view/measure/latency_histogram.hpp>

#include <memsim/view/value_text.hpp>
#include "campaign/expect/expectation_text.hpp"
#include "campaign/expect/judge.hpp"

namespace memsim::campaign {
namespace {

// A call that returned, whichever record tells of it.
struct ReturnedCall {
  ProcessId pid;
  ObjectId object;  // 0: about none
  Call call;
  Errno error;
  std::int64_t result;
};

ReturnedCall returned_call(const RecordView& record) {
  if (record.kind() == RecordKind::message_replied) {
    const auto& reply = record.as<MessageReplied>();
    return {reply.pid, reply.object, reply.call, reply.error, reply.status};
  }
  const auto& completed = record.as<CallCompleted>();
  return {completed.pid, ObjectId(), completed.call, completed.error, completed.result};
}

constexpr std::array kReturns = {RecordKind::message_replied, RecordKind::call_completed};

class OutcomesJudge final : public CopyableJudge<OutcomesJudge> {
 public:
  OutcomesJudge(const Expectation& expectation, const ExpectedOutcomes& what)
      : expectation_(expectation), what_(what) {}

  [[nodiscard]] std::span<const RecordKind> wanted() const override { return kReturns; }

  void on_record(const RecordView& record, const NameBook& names) override {
    const ReturnedCall call = returned_call(record);
    if (call.call != what_.call || !expectation_.between.contains(record.time())) return;
    if (!is_about(expectation_, call.pid, call.object, names)) return;
    const std::uint64_t index = calls_++;
    if (broken_) return;
    const bool is_listed = !what_.in_order || index < what_.outcomes.size();
    if (is_listed && what_.outcomes[what_.in_order ? index : 0].matches(call.error, call.result)) return;
    broken_ =
        Finding{false, fmt::format("{} from call {}", outcome_text(call.error, call.result), calls_), point_of(record)};
  }

  [[nodiscard]] Finding finding() const override {
    if (broken_) return *broken_;
    if (calls_ == 0 && !what_.outcomes.empty()) return not_judged("no such call", expectation_);
    const std::string found = counted(calls_, "call");
    if (what_.in_order && calls_ < what_.outcomes.size()) return {false, "only " + found, std::nullopt};
    return {true, found, std::nullopt};
  }

 private:
  const Expectation& expectation_;
  const ExpectedOutcomes& what_;
  std::uint64_t calls_ = 0;
  std::optional<Finding> broken_;
};

class LatencyJudge final : public CopyableJudge<LatencyJudge> {
 public:
  LatencyJudge(const Expectation& expectation, const ExpectedValues& what)
      : expectation_(expectation), what_(std::get<LatencyValues>(what.values)), of_(what.of) {}

  [[nodiscard]] std::span<const RecordKind> wanted() const override {
    static constexpr std::array kWanted = {RecordKind::message_replied};
    return kWanted;
  }

  void on_record(const RecordView& record, const NameBook& names) override {
    const auto& reply = record.as<MessageReplied>();
    if (what_.call && *what_.call != reply.call) return;
    if (what_.type && *what_.type != reply.type) return;
    if (what_.priority && *what_.priority != reply.priority) return;
    if (!expectation_.between.contains(record.time())) return;
    if (!is_about(expectation_, reply.pid, reply.object, names)) return;
    const SimDuration latency = record.time() - reply.sent;
    histogram_.add(latency);
    each_.add(expectation_.bounds, static_cast<std::int64_t>(latency.count()), point_of(record));
  }

  [[nodiscard]] Finding finding() const override {
    if (histogram_.count() == 0) return not_judged("no such message", expectation_);
    if (of_ == Statistic::each) return each_.finding(MeasureUnit::nanoseconds, "messages");
    return finding_of_value(expectation_, static_cast<std::int64_t>(statistic().count()));
  }

 private:
  [[nodiscard]] SimDuration statistic() const {
    switch (of_) {
      case Statistic::minimum:
        return histogram_.minimum();
      case Statistic::median:
        return histogram_.quantile(500);
      case Statistic::p99:
        return histogram_.quantile(990);
      case Statistic::mean:
        return histogram_.sum() / histogram_.count();
      default:
        return histogram_.maximum();
    }
  }

  const Expectation& expectation_;
  const LatencyValues& what_;
  Statistic of_;
  LatencyHistogram histogram_;
  EachValue each_;
};

}  // namespace

std::unique_ptr<Judge> make_judge(const Expectation& expectation, const ExpectedOutcomes& what) {
  return std::make_unique<OutcomesJudge>(expectation, what);
}
std::unique_ptr<Judge> make_judge_of_latencies(const Expectation& expectation, const ExpectedValues& what) {
  return std::make_unique<LatencyJudge>(expectation, what);
}

}  // namespace memsim::campaign
