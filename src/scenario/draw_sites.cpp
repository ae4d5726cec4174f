#include <memsim/scenario/draw_sites.hpp>

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <memsim/base/check.hpp>

#include "scenario/world_reader.hpp"

namespace memsim {
namespace {

// Behind the brace that closes the one at `begin`; `begin` where there is none.
std::size_t end_of_braces(std::string_view text, std::size_t begin) {
  std::size_t depth = 0;
  char quote = 0;
  for (std::size_t at = begin; at < text.size(); ++at) {
    const char c = text[at];
    if (quote != 0) {
      if (c == quote) quote = 0;
      continue;
    }
    if (c == '"' || c == '\'') quote = c;
    if (c == '{' || c == '[') ++depth;
    if ((c == '}' || c == ']') && --depth == 0) return at + 1;
  }
  return begin;
}

std::string_view unit_of(loader::ValueKind kind) {
  switch (kind) {
    case loader::ValueKind::bytes:
    case loader::ValueKind::signed_bytes:
      return "B";
    case loader::ValueKind::duration:
      return "ns";
    case loader::ValueKind::any:
    case loader::ValueKind::integer:
    case loader::ValueKind::address:
    case loader::ValueKind::permissions:
      return "";
  }
  return "";
}

}  // namespace

HostResult<std::vector<DrawSite>> draws_in(std::string_view text, std::string path, const LoadOptions& options) {
  const std::size_t mark = text.size() - loader::without_byte_order_mark(text).size();
  loader::Mentions mentions;
  const HostResult<Scenario> scenario = loader::parse_and_mention(text, std::move(path), options, mentions);
  if (!scenario) return Unexpected(scenario.error());
  std::vector<DrawSite> sites;
  for (const loader::MentionedDraw& draw : mentions.draws) {
    const std::size_t begin = mark + draw.place.offset;
    const bool is_choice = draw.distribution.lower_bound() < draw.distribution.upper_bound();
    if (draw.place.override_number != 0 || begin >= text.size() || text[begin] != '{' || !is_choice) continue;
    const std::size_t end = end_of_braces(text, begin);
    if (end > begin && draw.kind != loader::ValueKind::permissions) {
      sites.push_back({begin, end, draw.distribution, unit_of(draw.kind)});
    }
  }
  std::stable_sort(sites.begin(), sites.end(), [](const auto& a, const auto& b) { return a.begin < b.begin; });
  const auto last =
      std::unique(sites.begin(), sites.end(), [](const auto& a, const auto& b) { return a.begin == b.begin; });
  sites.erase(last, sites.end());
  return sites;
}

std::string written_replay(const DrawSite& site, const std::vector<std::int64_t>& values) {
  MEMSIM_CHECK(!values.empty());
  std::vector<std::string> texts;
  for (const std::int64_t value : values) texts.push_back(fmt::format("{}{}", value, site.unit));
  return fmt::format("{{replay: [{}]}}", fmt::join(texts, ", "));
}

}  // namespace memsim
