#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include <memsim/base/numbers.hpp>
#include <memsim/replay/import_trace.hpp>

#include "replay/input/text_lines.hpp"
#include "replay/trace/batched_reader.hpp"

namespace memsim {
namespace {

enum Column : std::size_t { kTime, kOp, kId, kSize, kAlign, kFlags, kCpu, kColumnCount };
constexpr std::array<std::string_view, kColumnCount> kNames = {"time", "op", "id", "size", "align", "flags", "cpu"};

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r";
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  text = text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') text = text.substr(1, text.size() - 2);
  return text;
}

std::vector<std::string_view> split(std::string_view line) {
  std::vector<std::string_view> values;
  while (true) {
    const std::size_t comma = line.find(',');
    values.push_back(trimmed(line.substr(0, comma)));
    if (comma == std::string_view::npos) return values;
    line.remove_prefix(comma + 1);
  }
}

// What each place of a line holds; a place past the end is passed over.
HostResult<std::vector<std::size_t>> places_of(const std::vector<std::string>& names) {
  std::vector<std::size_t> places;
  std::array<bool, kColumnCount> seen{};
  for (const std::string& name : names) {
    if (name == "-") {
      places.push_back(kColumnCount);
      continue;
    }
    const auto found = std::find(kNames.begin(), kNames.end(), name);
    if (found == kNames.end()) {
      return host_failure(ExitCode::bad_input, fmt::format("no column of the name '{}'", escaped_for_terminal(name)),
                          fmt::format("columns: {}, or - for one to pass over", fmt::join(kNames, ", ")));
    }
    const auto column = static_cast<std::size_t>(found - kNames.begin());
    if (seen[column]) return host_failure(ExitCode::bad_input, fmt::format("column {} stands twice", name));
    seen[column] = true;
    places.push_back(column);
  }
  for (const Column needed : {kOp, kId, kSize}) {
    if (!seen[needed]) {
      return host_failure(ExitCode::bad_input, fmt::format("no column '{}'", kNames[needed]),
                          "name the columns in order, as --columns time,op,id,size");
    }
  }
  return places;
}

// Pages by which identities are known in the trace: a run each, used again once it is given back.
class IdentityPages {
 public:
  // The first page of a run, or nothing where 2^32 pages are held.
  std::optional<std::uint64_t> take(std::uint64_t count) {
    const auto found = free_.find(count);
    if (found == free_.end()) {
      if (count > kMaxTraceFrames - next_) return std::nullopt;
      next_ += count;
      return next_ - count;
    }
    const std::uint64_t first = found->second.back();
    found->second.pop_back();
    if (found->second.empty()) free_.erase(found);
    return first;
  }
  void give(std::uint64_t first, std::uint64_t count) { free_[count].push_back(first); }

 private:
  std::map<std::uint64_t, std::vector<std::uint64_t>> free_;  // by count
  std::uint64_t next_ = 0;
};

class CsvImporter {
 public:
  CsvImporter(TextLines& lines, const CsvOptions& options, std::vector<std::size_t> places, TraceWriter& to,
              const TraceLimits& limits)
      : lines_(lines), options_(options), places_(std::move(places)), to_(to), limits_(limits) {}

  HostResult<ImportCounts> run() {
    std::string_view line;
    while (lines_.next(line)) {
      ++counts_.lines;
      if (trimmed(line).empty() || line.front() == '#') continue;
      HostResult<void> added = add(line);
      if (!added) return Unexpected(std::move(added).error());
    }
    HostResult<void> status = lines_.status();
    if (!status) return Unexpected(std::move(status).error());
    if (counts_.events == 0) return lines_.wrong({}, 0, "no operation in it", "a line is one operation");
    return counts_;
  }

 private:
  using Values = std::array<std::string_view, kColumnCount>;

  HostResult<void> add(std::string_view line) {
    const std::vector<std::string_view> words = split(line);
    if (words.size() != places_.size()) {
      return lines_.wrong(line, 0, fmt::format("{} values, expected {}", words.size(), places_.size()),
                          "every line has a value for each column; it may be empty");
    }
    Values values;
    for (std::size_t i = 0; i < words.size(); ++i) {
      if (places_[i] != kColumnCount) values[places_[i]] = words[i];
    }
    if (counts_.events + 1 >= limits_.events) {
      return lines_.wrong(line, 0, fmt::format("more than {} events", limits_.events),
                          "the cap can be raised with --max-events, or --cap trace_events=N where a scenario names it");
    }
    TraceEvent event;
    std::string fault = read_time(values[kTime], event);
    if (fault.empty()) fault = read_op(values[kOp], event);
    if (fault.empty()) fault = read_flags(values[kFlags], event);
    if (fault.empty()) fault = read_cpu(values[kCpu], event);
    if (!fault.empty()) return lines_.wrong(line, 0, fault);
    return event.op == TraceOp::allocate ? allocate(line, values, event) : release(values, event);
  }

  HostResult<void> allocate(std::string_view line, const Values& values, TraceEvent event) {
    std::uint64_t pages = 0;
    std::uint64_t alignment = 1;
    std::string fault = read_pages(values[kSize], pages);
    if (fault.empty() && !values[kAlign].empty()) fault = read_pages(values[kAlign], alignment);
    if (!fault.empty()) return lines_.wrong(line, 0, fault, "a size is a number of bytes, or with a unit: 64 KiB");
    if (!std::has_single_bit(alignment)) return lines_.wrong(line, 0, "an alignment is a power of two");
    const auto [entry, is_new] = held_.try_emplace(std::string(values[kId]));
    if (!is_new) {
      // Its release is not in the list; the replay gives it back first.
      counts_.held_twice.note(lines_.line_number(), entry->second.second);
      HostResult<void> given = give_back(entry->second, event);
      if (!given) return given;
    }
    const std::optional<std::uint64_t> first = pages_.take(pages);
    if (!first) return lines_.wrong(line, 0, "more than 2^32 pages are held", "is a release missing?");
    entry->second = {*first, pages};
    event.first = FrameNumber(*first);
    event.count = static_cast<std::uint32_t>(pages);
    event.alignment_log2 = static_cast<std::uint8_t>(std::bit_width(alignment) - 1);
    return write(event);
  }

  HostResult<void> release(const Values& values, const TraceEvent& event) {
    const auto found = held_.find(values[kId]);
    if (found == held_.end()) {
      counts_.freed_twice.note(lines_.line_number());
      return {};
    }
    HostResult<void> given = give_back(found->second, event);
    held_.erase(found);
    return given;
  }

  HostResult<void> give_back(std::pair<std::uint64_t, std::uint64_t> run, TraceEvent event) {
    pages_.give(run.first, run.second);
    event.op = TraceOp::release;
    event.flags = 0;
    event.first = FrameNumber(run.first);
    event.count = static_cast<std::uint32_t>(run.second);
    return write(event);
  }

  HostResult<void> write(const TraceEvent& event) {
    ++counts_.events;
    ++counts_.by_op[static_cast<std::size_t>(event.op)];
    return to_.write(event);
  }

  std::string read_time(std::string_view text, TraceEvent& event) {
    const std::uint64_t unit = options_.time_unit.count();
    std::uint64_t time = clock_ + unit;
    if (!text.empty()) {
      const Parsed<Millionths> value = parse_decimal_millionths(text);
      if (!value) return "a time: " + value.error();
      if (value->count() > kMaxTraceTime / unit) return "a time past 2^62 ns";
      __extension__ using Wide = unsigned __int128;
      time = static_cast<std::uint64_t>(Wide{value->count()} * unit / 1'000'000);
    }
    if (!is_begun_) begin_ = clock_ = time;
    is_begun_ = true;
    if (time < clock_) counts_.backwards.note(lines_.line_number());
    clock_ = std::max(clock_, time);
    event.time = SimTime(clock_ - begin_);
    return {};
  }

  static std::string read_op(std::string_view text, TraceEvent& event) {
    constexpr std::array<std::string_view, 5> kTakes = {"alloc", "allocate", "a", "+", "malloc"};
    constexpr std::array<std::string_view, 4> kGives = {"free", "release", "f", "-"};
    const bool is_take = std::find(kTakes.begin(), kTakes.end(), text) != kTakes.end();
    const bool is_give = std::find(kGives.begin(), kGives.end(), text) != kGives.end();
    if (!is_take && !is_give) {
      return fmt::format("no operation: '{}'; there are alloc and free", escaped_for_terminal(text));
    }
    event.op = is_take ? TraceOp::allocate : TraceOp::release;
    event.mobility = Mobility::unmovable;
    event.flags = static_cast<std::uint8_t>(is_take ? unsigned{TraceEvent::typed} : 0U);
    return {};
  }

  static std::string read_flags(std::string_view text, TraceEvent& event) {
    while (!text.empty()) {
      const std::size_t blank = text.find_first_of(" |+");
      const std::string_view word = text.substr(0, blank);
      text.remove_prefix(blank == std::string_view::npos ? text.size() : blank + 1);
      if (word == "scattered") {
        event.flags |= TraceEvent::scattered;
      } else if (word == "movable") {
        event.mobility = Mobility::movable;
      } else if (word == "reclaimable") {
        event.mobility = Mobility::reclaimable;
      } else if (!word.empty() && word != "contiguous" && word != "unmovable") {
        return fmt::format("no flag: '{}'; there are scattered, contiguous, movable, unmovable and reclaimable",
                           escaped_for_terminal(word));
      }
    }
    return {};
  }

  static std::string read_cpu(std::string_view text, TraceEvent& event) {
    if (text.empty()) return {};
    const Parsed<std::uint64_t> value = parse_unsigned(text);
    if (!value || *value >= kMaxTraceCpus) return "a processor is a number up to 1023";
    event.cpu = CpuId(static_cast<CpuId::rep>(*value));
    return {};
  }

  std::string read_pages(std::string_view text, std::uint64_t& pages) const {
    const Parsed<std::uint64_t> plain = parse_unsigned(text);
    const Parsed<Bytes> size = plain ? Parsed<Bytes>(Bytes(*plain)) : parse_size(text, options_.page_size);
    if (!size) return "a size: " + size.error();
    pages = options_.page_size.frames_covering(*size).count();
    if (pages == 0) return "a size of nothing";
    if (pages > std::uint64_t{1} << kMaxTraceOrder) return "a size of more than 2^31 pages";
    return {};
  }

  TextLines& lines_;
  const CsvOptions& options_;
  std::vector<std::size_t> places_;
  TraceWriter& to_;
  TraceLimits limits_;
  ImportCounts counts_;
  std::map<std::string, std::pair<std::uint64_t, std::uint64_t>, std::less<>> held_;  // identity -> first page, count
  IdentityPages pages_;
  bool is_begun_ = false;
  std::uint64_t begin_ = 0;
  std::uint64_t clock_ = 0;  // nanoseconds
};

}  // namespace

HostResult<ImportCounts> import_csv(const std::string& from, const CsvOptions& options, TraceWriter& to,
                                    const TraceLimits& limits) {
  HostResult<TextLines> lines = TextLines::open(from, limits);
  if (!lines) return Unexpected(std::move(lines).error());
  std::vector<std::string> names = options.columns;
  if (names.empty()) {
    std::string_view line;
    if (lines->next(line)) {
      for (const std::string_view name : split(line)) names.emplace_back(name);
    }
  }
  HostResult<std::vector<std::size_t>> places = places_of(names);
  if (!places) return Unexpected(std::move(places).error());
  return CsvImporter(*lines, options, std::move(*places), to, limits).run();
}

}  // namespace memsim
