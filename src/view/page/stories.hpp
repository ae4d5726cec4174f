// What a summary knows for the page: a run's failures, deadlocks, notes, expectations, latencies and verdicts, as the
// page's script reads them by name (run_view.js).
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include <memsim/view/summary.hpp>

namespace memsim {

// Names may hold any bytes: what is no UTF-8 or cannot be seen is written as an escape.
[[nodiscard]] std::string shown(std::string_view text);

// "app" for "app.17": a page has no room for each instance of a fleet.
[[nodiscard]] std::string fleet_or_process(std::string_view name);

// What made the run, in one line.
[[nodiscard]] std::string about(const Summary& summary);

void add_stories(nlohmann::ordered_json& head, const Summary& summary);

}  // namespace memsim
