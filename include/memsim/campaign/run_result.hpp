// RunResult: what a campaign keeps of one of its runs, as a value that goes through files, pipes and networks: threads,
// processes and machines that make the same run give the same bytes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <memsim/base/host_error.hpp>
#include <memsim/base/units.hpp>
#include <memsim/campaign/expectations.hpp>
#include <memsim/campaign/run_session.hpp>
#include <memsim/view/run_measures.hpp>

namespace memsim {

struct RunResult {
  std::uint64_t seed = 0;
  StopReason end = StopReason::finished;
  SimTime end_time;
  std::uint64_t records = 0;
  std::uint64_t unseed = 0;
  std::uint64_t fingerprint = 0;
  std::vector<Measure> measures;
  bool is_judged = false;
  std::vector<Verdict> verdicts;

  // Whether every expectation holds; true where there is none.
  [[nodiscard]] bool holds() const;
};

[[nodiscard]] RunResult result_of(ScenarioRun&& run);

// Some 40 bytes a measure. The form has a version of its own.
[[nodiscard]] std::string encode(const RunResult& result);
// Reads it back; encode() of what it gives is `bytes` again. Nothing in them is trusted, and memory is bounded by their
// number. Errors: bad_input for anything else than what encode() of this version writes.
[[nodiscard]] HostResult<RunResult> decode_run_result(std::string_view bytes);

}  // namespace memsim
