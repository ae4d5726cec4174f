// What a replay came to, for people and for programs.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <memsim/replay/comparison.hpp>
#include <memsim/replay/replay.hpp>

namespace memsim {

struct ReplayReport {
  std::string trace;    // names as they were given
  std::string start;    // empty: fresh memory
  std::string against;  // empty: no comparison
  std::string policy;   // with its options, as it was given
  TraceLayer layer = TraceLayer::page;
  std::string zone;
  Extent memory{};
  PageSize page_size{};
  SimTime end{};
  std::uint64_t fingerprint = 0;
  ReplayCounts counts{};
  std::vector<ReplaySample> samples{};
  std::optional<ListComparison> comparison{};
};

// A page of text: counts, at most `rows` of the samples, the lists beside the recorded ones and where they part.
[[nodiscard]] std::string render_text(const ReplayReport& report, std::size_t rows = 12);
// All of it as one JSON object.
[[nodiscard]] std::string render_json(const ReplayReport& report);

}  // namespace memsim
