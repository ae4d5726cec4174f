// Scenario: a YAML file, read strictly, as the configuration of a world. The format is described in docs/scenario.md.
//
// Nothing is guessed: an unknown key, a number without its unit, a key given twice or a name that nothing bears is an
// error with its place and, where there is one, the nearest known name. All faults of a file are found in one go; only
// a text that is no YAML at all stops at its first fault.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <memsim/base/host_error.hpp>
#include <memsim/base/units.hpp>
#include <memsim/host/file_store.hpp>
#include <memsim/kernel/config.hpp>
#include <memsim/kernel/world_change.hpp>
#include <memsim/replay/trace.hpp>
#include <memsim/scenario/expectation.hpp>

namespace memsim {

// `--set path=value`: replaces one scalar of the file, or adds it where the file left it out, before anything is
// checked. A path is keys joined by dots; an item of a list is chosen by number or by its name:
//   machine.regions[0].size    processes.client.priority    costs.segment_walk
struct Override {
  std::string path;
  std::string value;
  std::string given_as = {};  // the option in a diagnostic's words, "--policy budy"; empty: "--set path=value"
};

// What a file may ask of the loader. Reaching a cap is a diagnostic with ExitCode::cap_reached that names the cap.
struct LoadCaps {
  std::uint64_t bytes = 8 << 20;             // of the file, and of each CSV file
  std::uint64_t depth = 64;                  // of nested lists and maps; at most 256
  std::uint64_t nodes = 500'000;             // values in the file
  std::uint64_t expanded_factor = 64;        // values after following aliases, as a multiple of those in the file
  std::uint64_t expanded_nodes = 1'000'000;  // values after following aliases
  std::uint64_t scalar_bytes = 64 << 10;     // of one value
  std::uint64_t anchors = 10'000;
  TraceLimits recordings = {};  // of the traces and the lists that it names
};

// Sets a cap by its name, as in `--cap depth=128`. Errors: an unknown name, a value that is no number or out of range.
[[nodiscard]] std::vector<std::string_view> cap_names();
[[nodiscard]] HostResult<void> set_cap(LoadCaps& caps, std::string_view name, std::string_view value);

// Whether a scenario may name other files (CSV lists of values). `refuse` is for texts of unknown origin.
enum class FileAccess : bool { refuse, allow };

// Whether to look for what is allowed but can hardly be meant, which takes as long as building the machine.
enum class Warnings : bool { skip, find };

// Whether a scenario may name programs of the host. `start` looks whether they are there, and a world made of the
// scenario starts them with LoadOptions::caller_source; `allow` does neither.
enum class HostPrograms : std::uint8_t { refuse, allow, start };

// A branch that is told beside the file: assignments like those of `set`, to `policy`, `machine.costs` and `semantics`,
// of a `seed`, and any number of processes to `kill` or to `spawn`, as the keys of `branches:` take them.
struct BranchOrder {
  std::string name;
  std::vector<Override> change;
};

struct LoadOptions {
  std::vector<Override> set;          // in this order; a later one wins
  std::optional<std::uint64_t> seed;  // as `seed=`, after `set`
  std::optional<std::string> until;   // as `until=`: a duration such as "24h"
  std::vector<BranchOrder> branches;  // instead of the file's own, where there are any
  LoadCaps caps;
  FileAccess files = FileAccess::allow;
  Warnings warnings = Warnings::skip;
  HostPrograms host_programs = HostPrograms::refuse;
  CallerSourceFactory caller_source;  // becomes the world's
  // Where files are read from, so that a campaign reads each once; null: they are read anew.
  std::shared_ptr<host::FileStore> store = nullptr;
};

// What becomes different from Scenario::branch_at on.
struct ScenarioBranch {
  std::string name;  // for people
  WorldChange change;
};

struct Scenario {
  std::string path;           // as given to the loader
  std::string title;          // one line; empty when the file has none
  std::string description;    // may have several lines
  std::uint64_t content = 0;  // a hash of the text and of the files that it names; overrides are no part of it
  WorldConfig world;
  std::vector<Expectation> expect;       // in the order of the file
  std::vector<ScenarioBranch> branches;  // no two of the file of one name
  std::optional<SimTime> branch_at;      // nothing: just before a contiguous request is refused for the first time
  bool has_branch_moment = false;        // whether the file says when to branch
  // LoadOptions::until is before the end that the scenario has by itself, if it has one.
  bool is_cut_short = false;
  // In the order of the file, with ExitCode::ok: names of typed memory that no region bears, probes that can never
  // succeed, processes that nobody starts. Only where LoadOptions::warnings asks for them.
  std::vector<Diagnostic> warnings;
};

// Whether a file's name is that of a trace: it ends in .trace, or in that and .xz, .zst or .gz.
[[nodiscard]] bool is_trace_name(const std::string& path);

// Reads and checks the file at `path`. A trace (NAME.trace, compressed or not) stands for a scenario with nothing but
// that background, in as much memory as it tells of, or 1 GiB. Errors: host_failed where it cannot be read; bad_input
// or cap_reached, with every fault of the file in order.
[[nodiscard]] HostResult<Scenario> load_scenario(const std::string& path, const LoadOptions& options = {});

// The same for a text in memory. `path` stands in the diagnostics, and CSV files are looked for beside it.
[[nodiscard]] HostResult<Scenario> parse_scenario(std::string_view text, std::string path,
                                                  const LoadOptions& options = {});

// Whether a text says of itself that it is a scenario: its outermost map has a key `memsim`, however that is written.
// Of a text that is no YAML, whether it looks as if it meant to: loading it will tell what is wrong.
[[nodiscard]] bool claims_to_be_scenario(std::string_view text);

// The JSON Schema (Draft-07) of the format, as text that ends with a newline: for editors, and for other programs that
// write scenarios. Made from the tables that the loader reads with, so that the two cannot differ.
[[nodiscard]] std::string scenario_schema();

}  // namespace memsim
