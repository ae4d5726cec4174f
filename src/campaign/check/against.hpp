// Comparing a run with that of another memsim program, record by record.
#pragma once

#include <array>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <span>

#include <memsim/base/host_error.hpp>
#include <memsim/campaign/baseline.hpp>
#include <memsim/campaign/difference.hpp>
#include <memsim/campaign/layers.hpp>
#include <memsim/campaign/other_program.hpp>
#include <memsim/campaign/run_session.hpp>
#include <memsim/scenario/scenario.hpp>

namespace memsim {

// The hashes of each layer's entries, in files: eight bytes an entry. Written from the first to the last, then read.
// The first error of the host is kept, and told by finish().
class EntryLists {
 public:
  // Errors: host_failed.
  [[nodiscard]] static HostResult<EntryLists> create(const host::TemporaryFolder& folder);

  void add(Layer layer, std::uint64_t hash);
  // Between the last add() and the first next().
  void rewind();
  // The layer's next hash; nothing at its end, and where the host failed.
  [[nodiscard]] std::optional<std::uint64_t> next(Layer layer);
  [[nodiscard]] HostResult<void> finish() const;

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  std::array<std::unique_ptr<std::FILE, Close>, kLayerCount> files_;
  int error_ = 0;  // the host's errno
};

// Where each layer of a run first differs from lists: the index of the first entry that is other, or missing on one
// side.
class FirstDifferences {
 public:
  explicit FirstDifferences(EntryLists& before) : before_(before) {}

  void add(Layer layer, std::uint64_t hash);
  // After the last entry of the run; nothing where the layer is the same.
  [[nodiscard]] std::optional<std::uint64_t> of(Layer layer);

 private:
  EntryLists& before_;
  std::array<std::uint64_t, kLayerCount> counts_{};
  std::array<std::optional<std::uint64_t>, kLayerCount> first_;
};

// How `now`, a run of the scenario with these measures, differs from what the other program makes of it: nothing where
// both are the same run. `cost`: what the run took here. Each layer's first difference is exact, and shown from the
// other program's side; this side's neighbours stay empty. Runs the scenario once more. Disk, for the time being: all
// records of the run, about 150 bytes each. Errors: as those of OtherProgram and of run_scenario(); host_failed where
// the other program's records are not such as this memsim writes.
[[nodiscard]] HostResult<std::optional<RunDifference>> difference_from(const OtherProgram& other,
                                                                       const Scenario& scenario, const Baseline& now,
                                                                       std::span<const Measure> measures,
                                                                       const RunCost& cost);

}  // namespace memsim
