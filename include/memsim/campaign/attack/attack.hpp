// The worst that a scenario leaves room for: its draws are chosen instead of drawn, within what they could give, so
// that a measure comes out as badly as can be found.
//
// The seed is chosen, too, unless it is given, where it decides more than those draws: the branches of `choose`, the
// share of a recording, the places of pages at the start.
//
// What is searched is a tape for each draw of the text: up to 64 values that it could give, in order, then from the
// first again ({replay: [...]}). The search is local with restarts. A generation is 16 runs; each of its tapes is the
// best one so far with one to three changes (a value drawn anew, or set to the least or greatest of 256 draws; a
// stretch drawn anew; a value taken out or put in; two values exchanged). The best of a generation is kept where it is
// no worse, so that it drifts where nothing gets worse; after 8 generations without a gain it starts again from tapes
// drawn anew, and as a first generation always does. One change in four is another seed. Everything that is drawn comes
// from the scenario's seed.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include <memsim/base/host_error.hpp>
#include <memsim/scenario/scenario.hpp>
#include <memsim/view/run_measures.hpp>

namespace memsim {

struct AttackOptions {
  std::string path;  // of the scenario, as it stands in diagnostics, and beside which its files are
  // The measure that is to come out badly: low where more is better, else high.
  std::string measure;
  std::uint64_t budget = 1000;  // runs at most, the scenario as it is not counted
  unsigned jobs = 1;            // at least 1
  LoadOptions load;
  std::function<void(std::uint64_t runs)> on_run = [](std::uint64_t) {};
};

struct Attack {
  std::string text;  // the scenario with the worst tapes; as it was where nothing is worse
  Measure before;    // as it is
  Measure worst;
  std::uint64_t runs = 0;
  std::uint64_t draws = 0;                 // that could be chosen
  bool is_seed_free = false;               // and could be chosen, too
  std::optional<std::uint64_t> seed = {};  // that the text needs beside it, where it takes none
};

// The same whatever the number of jobs. A run that a cap ends is no result. Errors: those of loading `text`; bad_input
// where it has no such measure or leaves nothing to chance; interrupted.
[[nodiscard]] HostResult<Attack> attack(std::string_view text, const AttackOptions& options);

}  // namespace memsim
