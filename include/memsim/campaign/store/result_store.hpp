// ResultStore: the results of a sweep in a file, one row a run, as an SQLite database that anybody can read:
//
//   variations  id, levels (JSON: [[path, value], ...]), name, first_seed, seeds (how many were asked for)
//   runs        variation, seed, fingerprint, ended, end_time_ns, records, unseed, is_judged,
//               failed (JSON: the expectations that do not hold), layout, measures (JSON: [value, ...] in the order of
//               the layout; null never came)
//   layouts     layout, place (in runs.measures, from 0), measure: runs that measure the same share one
//   measures    id, name, unit, better
//   store       key, value: what the runs are of: version, scenario, content, about (JSON, for those who tell of it)
//   measured    a view of them: variation, seed, name, value, unit: a row for each measure of each run
//
// So a name stands there once, not with each run. A seed of 2^63 or more stands there less 2^64. What was committed
// stays, whatever becomes of the program. A store holds the runs of one scenario by one version of memsim: others are
// refused, so that they cannot mix. Used by one thread at a time, layouts() apart.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <memsim/base/host_error.hpp>
#include <memsim/campaign/run_result.hpp>
#include <memsim/campaign/variation.hpp>

namespace memsim {

// What people are told of a scenario, when all there is of it is results.
struct SweptScenario {
  std::string title;
  std::optional<std::uint64_t> content;                         // Scenario::content
  std::vector<std::pair<std::string, std::string>> overridden;  // what was told beside it: paths and values
  std::map<std::string, std::string, std::less<>> probes;       // what each asks for: "a contiguous 4 MiB"
};

// What the runs of a store are of.
struct StoreIdentity {
  std::string version;        // of memsim
  std::string scenario;       // as people call it; another path to the same content is the same
  std::uint64_t content = 0;  // a hash of all that was read, and of what the command line changed in it
  SweptScenario about{};      // comes from that, and decides nothing
};

// What runs that measure the same have measured, in their order.
struct MeasureLayout {
  std::size_t number = 0;      // no other layout of its store has it; counted from 0
  std::vector<Measure> kinds;  // their values are without meaning
};

// A run as it is kept: all but what its judges found.
struct StoredRun {
  RunResult result;                 // without measures and verdicts
  std::vector<std::string> failed;  // the expectations that do not hold
  std::shared_ptr<const MeasureLayout> layout;
  std::vector<std::int64_t> values;  // of its kinds
};

class MeasureLayouts;
struct RunRow;

class ResultStore {
 public:
  // The store in the file at `path`, which is made where there is none; an empty path: in memory, for as long as it
  // lives. Errors: host_failed where the host refuses; bad_input where the file is something else, is damaged, or holds
  // runs of another scenario or version.
  [[nodiscard]] static HostResult<ResultStore> open(const std::string& path, const StoreIdentity& identity);
  // Whether the file is such a store, of whatever format.
  [[nodiscard]] static bool is_at(const std::string& path);
  // One that exists, to be read. Errors: likewise.
  [[nodiscard]] static HostResult<ResultStore> open_to_read(const std::string& path);
  ResultStore(ResultStore&&) noexcept;
  ResultStore& operator=(ResultStore&&) noexcept;
  ~ResultStore();  // commits

  [[nodiscard]] const StoreIdentity& identity() const;

  // Makes a place for the runs of each variation, under `seeds` seeds from `first_seeds[i]` on, beside what is there.
  // Gives the variations' ids. Errors from here on: host_failed, bad_input where the file is damaged.
  [[nodiscard]] HostResult<std::vector<std::int64_t>> add_variations(std::span<const Variation> variations,
                                                                     std::span<const std::uint64_t> first_seeds,
                                                                     std::uint64_t seeds);
  struct StoredVariation {
    std::int64_t id = 0;
    Variation variation;  // without overrides
    std::uint64_t first_seed = 0;
    std::uint64_t seeds = 0;  // that were asked for
  };
  [[nodiscard]] HostResult<std::vector<StoredVariation>> variations();
  // The seeds whose runs are there, ascending.
  [[nodiscard]] HostResult<std::vector<std::uint64_t>> seeds_of(std::int64_t variation);

  // Keeps a run, for good after commit(). One that is there already stays as it is.
  [[nodiscard]] HostResult<void> put(std::int64_t variation, const RunResult& run);
  [[nodiscard]] HostResult<void> commit();
  // For a file that nobody takes before it is whole: from now on nothing waits for the disk, until sync() has brought
  // all to it.
  [[nodiscard]] HostResult<void> postpone_sync();
  [[nodiscard]] HostResult<void> sync();
  // put() in two parts, of which the first may be done elsewhere: the row of a run, and its layout of layouts().
  [[nodiscard]] MeasureLayouts& layouts();
  [[nodiscard]] HostResult<void> put(std::int64_t variation, const RunRow& row, const MeasureLayout& layout);

  [[nodiscard]] HostResult<std::optional<StoredRun>> find(std::int64_t variation, std::uint64_t seed);

  // Takes in all runs of another store. Errors: also bad_input where it is of another scenario or version, and where
  // both have a run that is not the same; then nothing of it is taken.
  struct Taken {
    std::uint64_t runs = 0;
    std::uint64_t known = 0;  // those that were here before
  };
  [[nodiscard]] HostResult<Taken> take_in(ResultStore& other);

  // The runs that were asked for and are not there: how many, and the first of them, at most `shown`.
  struct Missing {
    std::uint64_t runs = 0;
    std::uint64_t asked = 0;
    struct Run {
      std::string variation;
      std::uint64_t seed = 0;
    };
    std::vector<Run> first;
  };
  [[nodiscard]] HostResult<Missing> missing(std::size_t shown);

 private:
  class State;
  struct Intake;
  explicit ResultStore(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace memsim
