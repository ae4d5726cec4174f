// Survival over a sweep: of each probe, and each call that failed anywhere, how likely it has always been granted up to
// a moment, under each variation.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <memsim/campaign/statistics.hpp>
#include <memsim/campaign/sweep/sweep_results.hpp>

namespace memsim {

// Of one variation.
struct Survival {
  std::uint64_t runs = 0;
  std::uint64_t refused = 0;  // runs in which it was refused at least once
  std::vector<SurvivalPoint> curve;
  // At SurvivalOfProbe::time; nothing where no run was observed so long. The band is Greenwood's, and Wilson's interval
  // for a share where the estimate is 0 or 1, of which Greenwood says nothing.
  std::optional<SurvivalPoint> at_time;
  std::optional<SimTime> median;
};

// Of one probe or call.
struct SurvivalOfProbe {
  std::string what;   // "probe four_mib", "call shm_ctl"
  std::string asked;  // "a contiguous 4 MiB"; of a call empty
  SimTime time;
  std::vector<Survival> variations;
  std::optional<LogRank> log_rank;  // between them
};

// The measures that survival is estimated from, as patterns.
[[nodiscard]] std::vector<std::string> survival_measures();

// `at`: the moment; nothing: the last that a run of each variation was observed. `measures` may be any.
[[nodiscard]] std::vector<SurvivalOfProbe> survival_of(const SweepResults& sweep, const SweptRuns& runs,
                                                       std::optional<SimTime> at);

// "After 48 h a contiguous 4 MiB is granted with probability .87 (.79 to .92)", of one variation; empty where that is
// not known.
[[nodiscard]] std::string survival_sentence(const SurvivalOfProbe& probe, std::size_t variation);

// ".87", "1", "0", ".996".
[[nodiscard]] std::string probability_text(double probability);

}  // namespace memsim
