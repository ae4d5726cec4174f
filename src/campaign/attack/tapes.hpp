// What an attack changes: a tape of values for each draw of a scenario.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <memsim/base/random.hpp>
#include <memsim/scenario/draw_sites.hpp>

namespace memsim {

// By site; an empty tape leaves the draw as it is.
using Tapes = std::vector<std::vector<std::int64_t>>;

class TapeMaker {
 public:
  // Everything comes from `random`. Requires: there is a site.
  TapeMaker(std::vector<DrawSite> sites, RandomStream random);

  [[nodiscard]] Tapes drawn_anew();
  // One to three changes of one tape.
  [[nodiscard]] Tapes changed(Tapes tapes);
  [[nodiscard]] std::size_t size() const { return sites_.size(); }

  // The text with the tapes instead of the draws.
  [[nodiscard]] std::string written(std::string_view text, const Tapes& tapes) const;

 private:
  static constexpr std::size_t kLengthMax = 64;
  struct Ends {
    std::int64_t least = 0;
    std::int64_t greatest = 0;
  };
  [[nodiscard]] std::int64_t value_of(std::size_t site);
  [[nodiscard]] std::vector<std::int64_t> tape_of(std::size_t site);
  void change(std::size_t site, std::vector<std::int64_t>& tape);

  std::vector<DrawSite> sites_;
  std::vector<DrawState> states_;
  std::vector<Ends> ends_;  // of 256 draws
  RandomStream random_;
};

}  // namespace memsim
