#include "scenario/yaml/faults.hpp"

#include <algorithm>

#include <fmt/format.h>

#include <memsim/base/utf8.hpp>

namespace memsim::loader {
namespace {

constexpr std::size_t kFaultsShown = 100;
constexpr std::size_t kQuotedCharacters = 60;
constexpr std::size_t kKnownNamesListed = 30;

// What the user wrote.
std::string words_of(const Override& cause) {
  if (!cause.given_as.empty()) return escaped_for_terminal(cause.given_as);
  return fmt::format("--set {}={}", escaped_for_terminal(cause.path), escaped_for_terminal(cause.value));
}

}  // namespace

bool Faults::is_full() const { return faults_.size() == kFaultsShown; }

void Faults::add(Place place, std::string message, std::string help, ExitCode code) {
  if (is_full()) return count_one_more();
  Diagnostic diagnostic;
  diagnostic.code = code;
  diagnostic.message = std::move(message);
  diagnostic.help = std::move(help);
  if (place.override_number > 0) {
    const Override& cause = overrides_[place.override_number - 1];
    diagnostic.message = fmt::format("{}: {}", words_of(cause), diagnostic.message);
  } else {
    diagnostic.where = source_.locate(place.offset);
    diagnostic.source_line = source_.line(diagnostic.where.line);
  }
  faults_.push_back({place, std::move(diagnostic)});
}

void Faults::add(Place place, std::string message, const Help& help) {
  if (is_full()) return count_one_more();
  add(place, std::move(message), help ? help() : std::string());
}

void Faults::add(Diagnostic diagnostic) {
  if (is_full()) return count_one_more();
  faults_.push_back({Place{~std::uint32_t{0}, 0}, std::move(diagnostic)});
}

std::string Faults::describe(Place place) const {
  if (place.override_number > 0) {
    const Override& cause = overrides_[place.override_number - 1];
    return cause.given_as.empty() ? fmt::format("--set {}", cause.path) : cause.given_as;
  }
  return fmt::format("line {}", source_.line_of(place.offset));
}

HostError Faults::take() {
  std::stable_sort(faults_.begin(), faults_.end(), [](const Fault& a, const Fault& b) {
    if ((a.place.override_number > 0) != (b.place.override_number > 0)) return a.place.override_number > 0;
    if (a.place.override_number != b.place.override_number) return a.place.override_number < b.place.override_number;
    return a.place.offset < b.place.offset;
  });
  HostError all;
  for (Fault& fault : faults_) all.push_back(std::move(fault.diagnostic));
  if (uncounted_ > 0) {
    Diagnostic rest;
    rest.where.path = source_.path();
    rest.message = fmt::format("and {} more faults", uncounted_);
    all.push_back(std::move(rest));
  }
  faults_.clear();
  uncounted_ = 0;
  return all;
}

std::string suggestion(std::string_view name, const std::vector<std::string_view>& known) {
  const std::string_view nearest = nearest_name(name, known);
  if (!nearest.empty()) return fmt::format("did you mean '{}'?", nearest);
  if (known.empty() || known.size() > kKnownNamesListed) return {};
  return fmt::format("known: {}", fmt::join(known, ", "));
}

std::string in_quotes(std::string_view text) {
  std::size_t end = 0;
  for (std::size_t characters = 0; end < text.size() && characters < kQuotedCharacters; ++characters) {
    end += next_utf8(text.substr(end)).length;
  }
  return fmt::format("'{}{}'", escaped_for_terminal(text.substr(0, end)), end < text.size() ? "..." : "");
}

}  // namespace memsim::loader
