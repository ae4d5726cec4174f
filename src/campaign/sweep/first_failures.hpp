// FirstFailures: when each kind of call failed first in a run, as measures beside those of every run.
#pragma once

#include <map>
#include <string>

#include <memsim/engine/view.hpp>
#include <memsim/view/run_measures.hpp>

namespace memsim {

class FirstFailures final : public View<FirstFailures> {
 public:
  void on(RunPoint at, const MessageReplied& record) {
    SimTime& first = first_.try_emplace(record.call, never()).first->second;
    if (record.error != Errno::eok && first == never()) first = at.time;
  }

  // "call/shm_ctl/first_failure_ns" for each call that was answered, in the order of Call.
  void append_to(std::vector<Measure>& measures) const {
    for (const auto& [call, time] : first_) {
      const auto value = time == never() ? kNeverMeasured : static_cast<std::int64_t>(time.value());
      measures.push_back({"call/" + std::string(call_name(call)) + "/first_failure_ns", value, Better::higher,
                          MeasureUnit::nanoseconds});
    }
  }

 private:
  std::map<Call, SimTime> first_;
};

}  // namespace memsim
