// The sentences that a page begins with, by the question that they answer.
#pragma once

#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <vector>

#include <memsim/view/summary.hpp>

namespace memsim {

// What the summary of a run does not know.
struct PageFacts {
  // Of each region, since when more than half of what is free lies outside the longest run; never() while it does not.
  std::vector<SimTime> scattered_since;
  std::string cost;  // a sentence; may be empty
};

// [{text, bad: true, false or null, question: "failed", "fragmented", "segments" or "cost"}].
[[nodiscard]] nlohmann::ordered_json verdicts_of(const Summary& summary, const PageFacts& facts);

}  // namespace memsim
