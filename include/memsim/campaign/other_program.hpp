// OtherProgram: another memsim, such as an older build, run as a process of its own.
#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <memsim/base/host_error.hpp>
#include <memsim/host/temporary_folder.hpp>

namespace memsim {

// What a run of a scenario took here, for how long another program may take and how much it may write.
struct RunCost {
  std::chrono::milliseconds time{0};
  std::uint64_t records = 0;
};

// A plain value. Nothing that the program says is trusted: what is shown of it is short and escaped.
class OtherProgram {
 public:
  // `program` is a path, or a name that $PATH leads to; it is asked for its version. `arguments` are options that each
  // of its runs gets, such as {"--seed", "7"}. Errors: host_failed where it cannot be started, fails, or is no memsim.
  [[nodiscard]] static HostResult<OtherProgram> create(const std::string& program, std::vector<std::string> arguments);

  [[nodiscard]] const std::string& name() const { return name_; }        // as given
  [[nodiscard]] const std::string& version() const { return version_; }  // "0.1.0"

  // The fingerprint of its run of the scenario. Errors: host_failed where it cannot be started or does not run the
  // scenario to its end, with what it said; where it takes very much longer than this program did. interrupted.
  [[nodiscard]] HostResult<std::uint64_t> fingerprint_of(const std::string& scenario, const RunCost& cost) const;

  // Runs the scenario and leaves all records of the run below `folder`: the path of their file (records.jsonl), of
  // which only the program says what is in it. Errors: likewise.
  [[nodiscard]] HostResult<std::string> record_run(const std::string& scenario, const RunCost& cost,
                                                   const host::TemporaryFolder& folder) const;

 private:
  OtherProgram(std::string name, std::vector<std::string> arguments)
      : name_(std::move(name)), arguments_(std::move(arguments)) {}
  // `memsim run --quiet` of the scenario, with its options and `more`: the first bytes of its standard output.
  [[nodiscard]] HostResult<std::string> run(const std::string& scenario, const RunCost& cost,
                                            std::span<const std::string> more) const;

  std::string name_;
  std::vector<std::string> arguments_;
  std::string version_;
};

}  // namespace memsim
