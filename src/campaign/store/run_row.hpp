// What a store keeps, as the texts and numbers of rows, and back.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <memsim/campaign/store/result_store.hpp>

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
  std::string measures;  // values in the order of a layout: "[1,null,3]"
  bool operator==(const RunRow&) const = default;
};

[[nodiscard]] RunRow row_of(const RunResult& run);
// Nothing where the row is none that row_of() makes of a run with this layout.
[[nodiscard]] std::optional<StoredRun> run_of(const RunRow& row, std::shared_ptr<const MeasureLayout> layout);
// Whether it is, but that its values are counted and not read: for those who pass on many.
[[nodiscard]] bool is_likely_row(const RunRow& row, const MeasureLayout& layout);

// [["policy","tlsf"],["machine.cpus","2"]]
[[nodiscard]] std::string levels_text(std::span<const Level> levels);
// Nothing where the text is no such thing.
[[nodiscard]] std::optional<std::vector<Level>> levels_from_text(const std::string& text);

[[nodiscard]] std::string about_text(const SweptScenario& about);
// What is no such thing is left out: it decides nothing.
[[nodiscard]] SweptScenario about_from_text(const std::string& text);

}  // namespace memsim
