// Who makes the runs of a sweep beside this process: other processes that were started with the same command line.
#pragma once

#include <memsim/campaign/sweep/sweep.hpp>

namespace memsim {

class SweepCrew {
 public:
  SweepCrew() = default;
  SweepCrew(const SweepCrew&) = delete;
  SweepCrew& operator=(const SweepCrew&) = delete;
  virtual ~SweepCrew() = default;

  // Whether this process has the store, hands out the runs and tells the results. One does.
  [[nodiscard]] virtual bool leads() const = 0;
  [[nodiscard]] virtual bool has_helpers() const = 0;
  // SweepOptions::distribute. Requires: leads() and has_helpers().
  virtual void distribute(const RunPlan& plan, std::span<const RunSpec> runs, const TakeRun& take) = 0;
  // Makes runs for the one that leads until it needs no more. Where there is no plan, that one is told why. Requires:
  // not leads().
  virtual void help(const HostResult<RunPlan>& plan) = 0;
};

}  // namespace memsim
