// A run as the texts and numbers of a row, and back.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include <memsim/campaign/sweep/result_store.hpp>

namespace memsim {

struct RunRow {
  std::int64_t seed = 0;
  std::string fingerprint;
  std::string ended;
  std::int64_t end_time_ns = 0;
  std::int64_t records = 0;
  std::string unseed;
  std::int64_t is_judged = 0;
  std::string failed;
  std::string measures;
  bool operator==(const RunRow&) const = default;
};

// What measures are of, by their names: all that a row does not say.
using MeasureKinds = std::map<std::string, Measure, std::less<>>;

[[nodiscard]] RunRow row_of(const RunResult& run);
// Nothing where the row is none that row_of() makes.
[[nodiscard]] std::optional<StoredRun> run_of(const RunRow& row, const MeasureKinds& kinds);

[[nodiscard]] std::string_view word_of(MeasureUnit unit);
[[nodiscard]] std::optional<MeasureUnit> unit_from_word(std::string_view word);
[[nodiscard]] std::optional<Better> better_from_word(std::string_view word);

// [["policy","tlsf"],["machine.cpus","2"]]
[[nodiscard]] std::string levels_text(std::span<const Level> levels);

}  // namespace memsim
