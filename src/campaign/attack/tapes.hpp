// What an attack changes: a tape of values for each draw of a scenario, and the seed of all else.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <memsim/base/random.hpp>
#include <memsim/scenario/draw_sites.hpp>

namespace memsim {

// By site; an empty tape leaves the draw as it is.
using Tapes = std::vector<std::vector<std::int64_t>>;

struct ChosenDraws {
  Tapes tapes;
  std::optional<std::uint64_t> seed;  // nothing: the scenario's own
};

class TapeMaker {
 public:
  // Everything comes from `random`. Requires: there is a site, or a seed is chosen.
  TapeMaker(std::vector<DrawSite> sites, bool chooses_seed, RandomStream random);

  [[nodiscard]] ChosenDraws drawn_anew();
  // One to three changes of one tape, or now and then another seed.
  [[nodiscard]] ChosenDraws changed(ChosenDraws choice);
  [[nodiscard]] std::size_t size() const { return sites_.size(); }
  [[nodiscard]] bool chooses_seed() const { return chooses_seed_; }

  // The text with the tapes instead of the draws.
  [[nodiscard]] std::string written(std::string_view text, const Tapes& tapes) const;

 private:
  static constexpr std::size_t kLengthMax = 64;
  static constexpr std::uint64_t kSeeds = 1'000'000'000;  // people have to read them
  struct Ends {
    std::int64_t least = 0;
    std::int64_t greatest = 0;
  };
  [[nodiscard]] std::int64_t value_of(std::size_t site);
  [[nodiscard]] std::vector<std::int64_t> tape_of(std::size_t site);
  [[nodiscard]] std::uint64_t seed() { return random_.below(kSeeds); }
  void change(std::size_t site, std::vector<std::int64_t>& tape);

  std::vector<DrawSite> sites_;
  bool chooses_seed_;
  std::vector<DrawState> states_;
  std::vector<Ends> ends_;  // of 256 draws
  RandomStream random_;
};

}  // namespace memsim
