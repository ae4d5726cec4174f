#include "replay/import/machine_yaml.hpp"

#include <fmt/format.h>

#include <algorithm>

#include <memsim/base/numbers.hpp>

namespace memsim {
namespace {

constexpr std::uint64_t kFourGib = std::uint64_t{1} << 32;

// A plain scalar of YAML where the text can be one, else in quotes.
std::string scalar(std::string_view text) {
  const bool is_plain = !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '/' || c == '_' ||
           c == '-' || c == '.';
  });
  const bool is_word =
      is_plain && ((text.front() >= 'a' && text.front() <= 'z') || (text.front() >= 'A' && text.front() <= 'Z'));
  if (is_word) return std::string(text);
  std::string out = "\"";
  for (const char c : escaped_for_terminal(text)) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

}  // namespace

std::string sysram_name(std::uint64_t end) {
  return end <= kFourGib ? "memory/below4G/ram/sysram" : "memory/ram/sysram";
}

void MachineYaml::add_region(std::string name, std::uint64_t first, std::uint64_t end, bool general) {
  regions_.push_back({std::move(name), first, end, general});
}

void MachineYaml::add_reservation(std::string name, std::uint64_t first, std::uint64_t end) {
  reservations_.push_back({std::move(name), first, end});
}

void MachineYaml::add_comment(std::string_view text) { comments_.push_back(escaped_for_terminal(text)); }

// Whole pages inside each range; of ranges that overlap the one given first keeps what both have.
void MachineYaml::cut_regions() {
  const std::uint64_t page = page_size_.bytes().count();
  std::vector<Range> kept;
  for (Range region : regions_) {
    const std::uint64_t first = (region.first + page - 1) / page * page;
    const std::uint64_t end = region.end / page * page;
    if (first != region.first || end != region.end) {
      add_comment(fmt::format("{:#x}-{:#x} {}: cut to whole pages", region.first, region.end - 1, region.name));
    }
    std::vector<Range> pieces = {{region.name, first, end, region.general}};
    for (const Range& other : kept) {
      std::vector<Range> left;
      for (const Range& piece : pieces) {
        if (other.end <= piece.first || piece.end <= other.first) {
          left.push_back(piece);
          continue;
        }
        if (piece.first < other.first) left.push_back({piece.name, piece.first, other.first, piece.general});
        if (other.end < piece.end) left.push_back({piece.name, other.end, piece.end, piece.general});
        add_comment(fmt::format("{:#x}-{:#x} is named {} too", std::max(piece.first, other.first),
                                std::min(piece.end, other.end) - 1, region.name));
      }
      pieces = std::move(left);
    }
    for (Range& piece : pieces) {
      if (piece.first < piece.end) kept.push_back(std::move(piece));
    }
  }
  std::sort(kept.begin(), kept.end(), [](const Range& a, const Range& b) { return a.first < b.first; });
  regions_ = std::move(kept);
}

// Whole pages around each range, joined where they touch the same page, and cut at the edges of regions.
void MachineYaml::cut_reservations() {
  const std::uint64_t page = page_size_.bytes().count();
  std::vector<Range> cut;
  for (const Range& reservation : reservations_) {
    const std::uint64_t first = reservation.first / page * page;
    const std::uint64_t end = (reservation.end + page - 1) / page * page;
    bool is_inside = false;
    for (const Range& region : regions_) {
      const std::uint64_t low = std::max(first, region.first);
      const std::uint64_t high = std::min(end, region.end);
      if (low >= high) continue;
      cut.push_back({reservation.name, low, high});
      is_inside = true;
    }
    if (!is_inside) {
      add_comment(
          fmt::format("{:#x}-{:#x} {} lies in no region", reservation.first, reservation.end - 1, reservation.name));
    }
  }
  std::stable_sort(cut.begin(), cut.end(), [](const Range& a, const Range& b) { return a.first < b.first; });
  std::vector<Range> kept;
  for (Range& range : cut) {
    if (!kept.empty() && range.first < kept.back().end) {
      if (range.end <= kept.back().end) {
        add_comment(fmt::format("{:#x}-{:#x} {} lies in {}", range.first, range.end - 1, range.name, kept.back().name));
        continue;
      }
      range.first = kept.back().end;
    }
    kept.push_back(std::move(range));
  }
  reservations_ = std::move(kept);
}

std::string MachineYaml::text() {
  cut_regions();
  cut_reservations();
  std::string out = fmt::format("# From {}.\n", escaped_for_terminal(source_));
  for (const std::string& comment : comments_) out += fmt::format("# {}\n", comment);
  out += "machine:\n";
  if (page_size_ != PageSize()) out += fmt::format("  page_size: {}\n", format_size_exact(page_size_.bytes()));
  out += "  regions:\n";
  for (const Range& region : regions_) {
    out += fmt::format("    - {{name: {}, base: {:#x}, size: {}{}}}\n", scalar(region.name), region.first,
                       format_size_exact(Bytes(region.end - region.first)), region.general ? "" : ", general: false");
  }
  if (reservations_.empty()) return out;
  out += "  reservations:\n";
  for (const Range& reservation : reservations_) {
    out += fmt::format("    - {{name: {}, base: {:#x}, size: {}}}\n", scalar(reservation.name), reservation.first,
                       format_size_exact(Bytes(reservation.end - reservation.first)));
  }
  return out;
}

}  // namespace memsim
