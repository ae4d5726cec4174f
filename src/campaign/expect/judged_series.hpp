// JudgedSeries: the values that a measure takes one after the other, held against what is expected of them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <memsim/view/measure/series_statistics.hpp>

#include "campaign/expect/judge.hpp"

namespace memsim::campaign {

class JudgedSeries {
 public:
  // `noun`: what a value is of, "sample" or "change". The expectation must outlive the series.
  JudgedSeries(const Expectation& expectation, const ExpectedValues& what, std::string_view noun)
      : expectation_(expectation), of_(what.of), in_force_(what.in_force), noun_(noun) {}

  // The value before the first change; no change itself.
  void start(std::int64_t value, RunPoint point);
  void add(std::int64_t value, RunPoint point);
  // The run ended; the last value held until now.
  void end(SimTime time);

  [[nodiscard]] Finding finding() const;

 private:
  struct Value {
    std::int64_t value = 0;
    RunPoint point;
  };

  [[nodiscard]] Finding finding_of_one() const;

  const Expectation& expectation_;
  Statistic of_;
  std::optional<SimTime> in_force_;
  std::string noun_;
  std::optional<Value> first_;
  std::optional<Value> last_;  // until the moment that is asked for
  EachValue each_;
  SeriesStatistics series_;
  Value lowest_;
  Value highest_;
  std::optional<SimTime> end_;
};

}  // namespace memsim::campaign
