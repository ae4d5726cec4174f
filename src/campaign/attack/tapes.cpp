#include "campaign/attack/tapes.hpp"

#include <algorithm>
#include <utility>

#include <memsim/base/check.hpp>

namespace memsim {

TapeMaker::TapeMaker(std::vector<DrawSite> sites, bool chooses_seed, RandomStream random)
    : sites_(std::move(sites)), chooses_seed_(chooses_seed), states_(sites_.size()), random_(random) {
  MEMSIM_CHECK(!sites_.empty() || chooses_seed);
  constexpr int kDraws = 256;
  for (std::size_t site = 0; site < sites_.size(); ++site) {
    const std::int64_t first = sites_[site].distribution.draw(random_, states_[site]);
    Ends ends{first, first};
    for (int i = 1; i < kDraws; ++i) {
      const std::int64_t value = sites_[site].distribution.draw(random_, states_[site]);
      ends = {std::min(ends.least, value), std::max(ends.greatest, value)};
    }
    ends_.push_back(ends);
  }
}

// Every fourth is an end: what hurts is often extreme.
std::int64_t TapeMaker::value_of(std::size_t site) {
  switch (random_.below(8)) {
    case 0:
      return ends_[site].least;
    case 1:
      return ends_[site].greatest;
    default:
      return sites_[site].distribution.draw(random_, states_[site]);
  }
}

std::vector<std::int64_t> TapeMaker::tape_of(std::size_t site) {
  std::vector<std::int64_t> tape(1 + random_.below(kLengthMax));
  for (std::int64_t& value : tape) value = value_of(site);
  return tape;
}

ChosenDraws TapeMaker::drawn_anew() {
  ChosenDraws choice;
  for (std::size_t site = 0; site < sites_.size(); ++site) choice.tapes.push_back(tape_of(site));
  if (chooses_seed_) choice.seed = seed();
  return choice;
}

// Another seed changes all that it decides at once: it is rarely better, but where there is no tape.
ChosenDraws TapeMaker::changed(ChosenDraws choice) {
  if (chooses_seed_ && (sites_.empty() || random_.below(4) == 0)) {
    choice.seed = seed();
    return choice;
  }
  Tapes& tapes = choice.tapes;
  const std::size_t site = random_.below(sites_.size());
  if (tapes[site].empty()) tapes[site] = tape_of(site);
  for (std::uint64_t changes = 1 + random_.below(3); changes > 0; --changes) change(site, tapes[site]);
  return choice;
}

void TapeMaker::change(std::size_t site, std::vector<std::int64_t>& tape) {
  const auto at = tape.begin() + static_cast<std::ptrdiff_t>(random_.below(tape.size()));
  switch (random_.below(6)) {
    case 0:
      if (tape.size() < kLengthMax) tape.insert(at, value_of(site));
      return;
    case 1:
      if (tape.size() > 1) tape.erase(at);
      return;
    case 2:
      return std::iter_swap(at, tape.begin() + static_cast<std::ptrdiff_t>(random_.below(tape.size())));
    case 3: {
      const auto left = static_cast<std::uint64_t>(tape.end() - at);
      const auto end = at + static_cast<std::ptrdiff_t>(1 + random_.below(std::min<std::uint64_t>(left, 8)));
      std::for_each(at, end, [&](std::int64_t& value) { value = value_of(site); });
      return;
    }
    default:
      *at = value_of(site);
  }
}

std::string TapeMaker::written(std::string_view text, const Tapes& tapes) const {
  std::string out;
  std::size_t done = 0;
  for (std::size_t site = 0; site < sites_.size(); ++site) {
    if (tapes[site].empty() || sites_[site].begin < done) continue;
    out += text.substr(done, sites_[site].begin - done);
    out += written_replay(sites_[site], tapes[site]);
    done = sites_[site].end;
  }
  return out.append(text.substr(done));
}

}  // namespace memsim
