#include "campaign/expect/judged_series.hpp"

#include <fmt/format.h>

#include "campaign/expect/expectation_text.hpp"

namespace memsim::campaign {

void JudgedSeries::start(std::int64_t value, RunPoint point) { first_ = last_ = {value, point}; }

void JudgedSeries::add(std::int64_t value, RunPoint point) {
  if (!first_) first_ = {value, point};
  if (!in_force_ || point.time <= *in_force_) last_ = {value, point};
  if (!expectation_.between.contains(point.time)) return;
  each_.add(expectation_.bounds, value, point);
  if (series_.count() == 0 || value < series_.minimum()) lowest_ = {value, point};
  if (series_.count() == 0 || value > series_.maximum()) highest_ = {value, point};
  series_.add(point.time, value);
}

void JudgedSeries::end(SimTime time) {
  end_ = time;
  if (series_.count() > 0 && expectation_.between.contains(time)) series_.add(time, series_.last());
}

Finding JudgedSeries::finding() const {
  if (of_ == Statistic::first || of_ == Statistic::last) return finding_of_one();
  if (series_.count() == 0) return not_judged("no " + noun_, expectation_);
  if (of_ == Statistic::each) return each_.finding(expectation_.unit, noun_ + "s");
  if (of_ == Statistic::minimum) return finding_of_value(expectation_, series_.minimum(), lowest_.point);
  if (of_ == Statistic::maximum) return finding_of_value(expectation_, series_.maximum(), highest_.point);
  if (of_ == Statistic::mean_milli) return finding_of_value(expectation_, series_.mean_milli());
  return finding_of_value(expectation_, series_.mean());
}

Finding JudgedSeries::finding_of_one() const {
  if (in_force_ && end_ && *end_ < *in_force_) return run_too_short(*end_);
  const std::optional<Value>& one = of_ == Statistic::first ? first_ : last_;
  if (one) return finding_of_value(expectation_, one->value, one->point);
  const std::string until = in_force_ ? " until " + time_text(*in_force_) : std::string();
  return not_judged(fmt::format("no {}{}", noun_, until), expectation_);
}

}  // namespace memsim::campaign
