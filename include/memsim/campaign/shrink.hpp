// Making a scenario as small as it can be while it still does one thing: what is left is a report of a bug.
//
// Lines with all that hangs below them, elements of lists and maps in brackets, and numbers are taken away or made
// smaller, one after the other, as long as the scenario still loads and still does it: delta debugging (A. Zeller and
// R. Hildebrandt, "Simplifying and isolating failure-inducing input", 2002) on the text, with the deterministic run as
// judge. Comments stay with what they stand above.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include <memsim/base/host_error.hpp>
#include <memsim/scenario/scenario.hpp>

namespace memsim {

struct ShrinkOptions {
  std::string path;  // of the scenario, as it stands in diagnostics, and beside which its files are
  // What must stay: "exit 1" as `memsim run` would end (0, 1 or 3); "expect[2] fails", counted from 0 in the
  // scenario as it is; "record allocation_failed", a kind of record that must appear.
  std::string keep;
  std::uint64_t budget = 2000;  // runs at most
  LoadOptions load;
  std::function<void(std::uint64_t runs, std::size_t lines)> on_run = [](std::uint64_t, std::size_t) {};
};

struct Shrunk {
  std::string text;
  std::uint64_t runs = 0;
  bool is_complete = false;  // false: the budget was used up before nothing more could go
  // Before and after.
  std::uint64_t lines[2] = {};
  std::uint64_t bytes[2] = {};
  std::uint64_t events[2] = {};
};

// Errors: those of loading `text`; bad_input where `keep` has another form, or the scenario does not do it as it is;
// interrupted.
[[nodiscard]] HostResult<Shrunk> shrink(std::string_view text, const ShrinkOptions& options);

}  // namespace memsim
