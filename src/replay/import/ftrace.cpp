// A line of the tracer is: command, process, [processor], flags, time, ':', event, ':', fields as name=value. What
// stands before the event differs between tools; the last processor in brackets and the last number with a point before
// the event are the ones. The function graph has neither: its line is "time | processor) ... /* event: fields */".
#include <fmt/format.h>

#include <optional>

#include <memsim/replay/import_trace.hpp>

#include "replay/import/held_pages.hpp"
#include "replay/input/text_lines.hpp"
#include "replay/trace/batched_reader.hpp"

namespace memsim {
namespace {

constexpr std::uint64_t kMaxHeldFrames = std::uint64_t{1} << 30;  // 4 TiB of 4 KiB pages: HeldPages is dense
constexpr std::string_view kMark = "mm_page_";

bool is_digit(char c) { return static_cast<unsigned>(c - '0') < 10; }
bool is_blank(char c) { return c == ' ' || c == '\t'; }

std::optional<std::uint64_t> number(std::string_view text) {
  unsigned base = 10;
  if (text.starts_with("0x")) {
    base = 16;
    text.remove_prefix(2);
  }
  if (text.empty() || text.size() > 16) return std::nullopt;
  std::uint64_t value = 0;
  for (const char c : text) {
    const int letter = (c | 0x20) - 'a';
    const int digit = is_digit(c) ? c - '0' : letter >= 0 && letter < 6 ? letter + 10 : 99;
    if (digit >= static_cast<int>(base)) return std::nullopt;
    value = value * base + static_cast<unsigned>(digit);
  }
  return value;
}

// What a line says of a page.
struct Event {
  std::string_view name;              // behind "mm_page_"
  std::optional<std::uint64_t> time;  // nanoseconds
  std::uint64_t cpu = 0;
  std::optional<std::uint64_t> frame;
  std::optional<std::uint64_t> order;
  std::optional<std::uint64_t> type;
  bool is_null = false;  // no page was given
};

// "12.345678" as nanoseconds, where `text` ends with it.
std::optional<std::uint64_t> time_at_end(std::string_view text) {
  std::size_t at = text.size();
  while (at != 0 && is_digit(text[at - 1])) --at;
  const std::size_t decimals = text.size() - at;
  if (decimals == 0 || decimals > 9 || at == 0 || text[at - 1] != '.') return std::nullopt;
  std::size_t first = at - 1;
  while (first != 0 && is_digit(text[first - 1])) --first;
  const std::optional<std::uint64_t> seconds = number(text.substr(first, at - 1 - first));
  if (!seconds || *seconds > kMaxTraceTime / 1'000'000'000) return std::nullopt;
  std::uint64_t part = *number(text.substr(at));
  for (std::size_t i = decimals; i < 9; ++i) part *= 10;
  return *seconds * 1'000'000'000 + part;
}

void read_graph_place(std::string_view before, Event& event) {
  const std::size_t bar = before.find('|');
  const std::size_t close = before.find(')');
  if (bar == std::string_view::npos) return;
  std::string_view time = before.substr(0, bar);
  while (!time.empty() && is_blank(time.back())) time.remove_suffix(1);
  event.time = time_at_end(time);
  if (close == std::string_view::npos || close < bar) return;
  std::size_t first = close;
  while (first != 0 && is_digit(before[first - 1])) --first;
  event.cpu = number(before.substr(first, close - first)).value_or(0);
}

// What stands before the event: time and processor.
void read_place(std::string_view before, Event& event) {
  if (before.ends_with("kmem:")) before.remove_suffix(5);
  while (!before.empty() && is_blank(before.back())) before.remove_suffix(1);
  if (before.ends_with("/*")) return read_graph_place(before, event);
  if (before.ends_with(':')) before.remove_suffix(1);
  event.time = time_at_end(before);
  const std::size_t close = before.rfind(']');
  const std::size_t open = close == std::string_view::npos ? close : before.rfind('[', close);
  if (open == std::string_view::npos) return;
  event.cpu = number(before.substr(open + 1, close - open - 1)).value_or(0);
}

std::optional<std::uint64_t> type_of(std::string_view text) {
  if (const std::optional<std::uint64_t> value = number(text)) return value;
  if (text.starts_with("MIGRATE_")) text.remove_prefix(8);
  const auto is = [text](std::string_view name) {
    return std::equal(text.begin(), text.end(), name.begin(), name.end(),
                      [](char a, char b) { return (a | 0x20) == b; });
  };
  if (is("unmovable")) return 0;
  if (is("movable")) return 1;
  if (is("reclaimable")) return 2;
  return std::nullopt;
}

bool is_null(std::string_view page) {
  return page.find_first_not_of("0x") == std::string_view::npos || page == "(nil)" || page == "(null)";
}

void read_field(std::string_view name, std::string_view value, Event& event) {
  if (name == "pfn") {
    event.frame = number(value);
  } else if (name == "order" || name == "alloc_order") {
    event.order = number(value);
  } else if (name == "migratetype" || name == "alloc_migratetype") {
    event.type = type_of(value);
  } else if (name == "page") {
    event.is_null = is_null(value);
  }
}

Event parse(std::string_view line, std::size_t mark) {
  Event event;
  read_place(line.substr(0, mark), event);
  std::string_view rest = line.substr(mark + kMark.size());
  const std::size_t colon = rest.find(':');
  event.name = rest.substr(0, colon);
  if (colon == std::string_view::npos) return event;
  rest.remove_prefix(colon + 1);
  while (!rest.empty()) {
    std::size_t end = rest.find(' ');
    if (end == std::string_view::npos) end = rest.size();
    const std::string_view word = rest.substr(0, end);
    const std::size_t equals = word.find('=');
    if (equals != std::string_view::npos) read_field(word.substr(0, equals), word.substr(equals + 1), event);
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return event;
}

class Importer {
 public:
  Importer(TextLines& lines, TraceWriter& to, const TraceLimits& limits) : lines_(lines), to_(to), limits_(limits) {}

  HostResult<ImportCounts> run() {
    std::string_view line;
    while (lines_.next(line)) {
      ++counts_.lines;
      const std::size_t mark = line.find(kMark);
      if (mark == std::string_view::npos) {
        note_loss(line);
        continue;
      }
      HostResult<void> added = add(line, parse(line, mark));
      if (!added) return Unexpected(std::move(added).error());
    }
    HostResult<void> status = lines_.status();
    if (!status) return Unexpected(std::move(status).error());
    HostResult<void> last = flush();
    if (!last) return Unexpected(std::move(last).error());
    if (counts_.events == 0) {
      return lines_.wrong({}, 0, "no page event in it",
                          "record kmem:mm_page_alloc and kmem:mm_page_free; text of trace-cmd report, perf script or "
                          "the tracer's own file is read");
    }
    return counts_;
  }

 private:
  // "CPU:1 [LOST 12 EVENTS]", "CPU:7 [204 EVENTS DROPPED]", "CPU:7 [EVENTS DROPPED]", "LOST 12 events!"
  void note_loss(std::string_view line) {
    ++counts_.other_lines;
    const bool is_loss =
        line.find("LOST ") != std::string_view::npos || line.find("EVENTS DROPPED]") != std::string_view::npos;
    if (!is_loss) return;
    std::size_t at = line.find(" [");
    if (at == std::string_view::npos) at = line.find("LOST ");
    while (at < line.size() && !is_digit(line[at])) ++at;
    std::size_t end = at;
    while (end < line.size() && is_digit(line[end])) ++end;
    const std::optional<std::uint64_t> lost = number(line.substr(at, end - at));
    lost ? counts_.lost.note(lines_.line_number(), *lost) : counts_.lost_unnumbered.note(lines_.line_number());
  }

  HostResult<void> add(std::string_view line, const Event& event) {
    const std::optional<TraceOp> op = op_of(event.name);
    if (!op) {
      ++counts_.other_lines;
      return {};
    }
    if (*op == TraceOp::allocate && event.is_null && event.frame.value_or(0) == 0) {
      counts_.failed.note(lines_.line_number());
      return {};
    }
    const std::string_view fault = fault_in(event, *op);
    if (!fault.empty()) {
      return lines_.wrong(
          line, 0, std::string(fault),
          "expected '... [processor] ... seconds: mm_page_...: page=... pfn=... order=...'; take the line "
          "out where it was cut");
    }
    if (counts_.events + 1 >= limits_.events) {
      return lines_.wrong(line, 0, fmt::format("more than {} events", limits_.events),
                          "the cap can be raised with --max-events, or --cap trace_events=N where a scenario names it");
    }
    return emit(event, *op);
  }

  static std::optional<TraceOp> op_of(std::string_view name) {
    if (name == "alloc") return TraceOp::allocate;
    if (name == "free") return TraceOp::release;
    if (name == "alloc_zone_locked" || name == "alloc_extfrag") return TraceOp::take;
    if (name == "pcpu_drain") return TraceOp::give;
    return std::nullopt;
  }

  static std::string_view fault_in(const Event& event, TraceOp op) {
    if (!event.time) return "a page event without a time in seconds";
    if (!event.frame) return "a page event without a frame number (pfn=)";
    if (!event.order) return "a page event without an order (order=)";
    if (*event.order > kMaxTraceOrder) return "an order of more than 31";
    if (*event.frame >= kMaxHeldFrames) return "a frame past the 2^30th";
    if (event.cpu >= kMaxTraceCpus) return "a processor above 1023";
    if (op != TraceOp::release && !event.type) return "a page event without a mobility type (migratetype=)";
    return {};
  }

  HostResult<void> emit(const Event& event, TraceOp op) {
    TraceEvent out{.time = time_of(*event.time),
                   .first = FrameNumber(*event.frame),
                   .count = std::uint32_t{1} << *event.order,
                   .cpu = CpuId(static_cast<CpuId::rep>(event.cpu)),
                   .op = op};
    if (op != TraceOp::release) {
      out.flags = TraceEvent::typed;
      out.mobility = mobility_of(*event.type);
    }
    if (op == TraceOp::allocate) note_wrong(counts_.held_twice, held_.take(out.first.value(), out.count));
    if (op == TraceOp::release) note_wrong(counts_.freed_twice, held_.give(out.first.value(), out.count));
    // A fallback is told by an event of its own, behind that of the block or instead of it.
    if (event.name == "alloc_extfrag") {
      out.flags = 0;
      if (pending_ && pending_->op == TraceOp::take && pending_->first == out.first && pending_->count == out.count) {
        pending_->mobility = out.mobility;
        pending_->flags = 0;
        return {};
      }
    }
    HostResult<void> flushed = flush();
    pending_ = out;
    return flushed;
  }

  HostResult<void> flush() {
    if (!pending_) return {};
    ++counts_.events;
    ++counts_.by_op[static_cast<std::size_t>(pending_->op)];
    HostResult<void> written = to_.write(*pending_);
    pending_.reset();
    return written;
  }

  SimTime time_of(std::uint64_t time) {
    if (!begin_) begin_ = latest_ = time;
    if (time < latest_) counts_.backwards.note(lines_.line_number());
    latest_ = std::max(latest_, time);
    return SimTime(latest_ - *begin_);
  }

  Mobility mobility_of(std::uint64_t type) {
    constexpr std::uint64_t kCma = 4;
    if (type <= 2) return static_cast<Mobility>(type);
    counts_.unknown_type.note(lines_.line_number());
    return type == kCma ? Mobility::movable : Mobility::unmovable;
  }

  void note_wrong(ImportCounts::Oddity& oddity, std::uint64_t pages) {
    if (pages != 0) oddity.note(lines_.line_number(), pages);
  }

  TextLines& lines_;
  TraceWriter& to_;
  TraceLimits limits_;
  ImportCounts counts_;
  HeldPages held_;
  std::optional<TraceEvent> pending_;  // which a fallback behind it may change
  std::optional<std::uint64_t> begin_;
  std::uint64_t latest_ = 0;
};

}  // namespace

HostResult<ImportCounts> import_ftrace(const std::string& from, TraceWriter& to, const TraceLimits& limits) {
  HostResult<TextLines> lines = TextLines::open(from, limits);
  if (!lines) return Unexpected(std::move(lines).error());
  return Importer(*lines, to, limits).run();
}

std::vector<std::string> import_warnings(const ImportCounts& counts, const std::string& path) {
  std::vector<std::string> warnings;
  const auto tell = [&](const ImportCounts::Oddity& oddity, std::string_view what) {
    if (oddity.count == 0) return;
    warnings.push_back(fmt::format("{}:{}: {} {}", escaped_for_terminal(path), oddity.line, oddity.count, what));
  };
  tell(counts.lost, "events lost by the recorder: what follows may hold pages that were given back");
  tell(counts.lost_unnumbered, "places where the recorder lost events and did not say how many");
  tell(counts.held_twice, "pages taken that were held already: their release is missing");
  tell(counts.freed_twice, "pages given back that were free already: their allocation is missing");
  tell(counts.failed, "allocations that failed in the recording, left out");
  tell(counts.backwards, "times before that of the line before, taken as that time");
  tell(counts.unknown_type, "mobility types that the model has not (3 and above), taken as unmovable, CMA as movable");
  return warnings;
}

}  // namespace memsim
