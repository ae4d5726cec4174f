#include "replay/trace/pal_trace.hpp"

#include <fmt/format.h>

#include "replay/input/fields.hpp"
#include "replay/trace/batched_reader.hpp"

namespace memsim {
namespace {

constexpr std::string_view kForm = "a line is: microseconds operation frame order type detail processor";

struct Line {
  std::uint64_t dt = 0;
  std::uint64_t frame = 0;
  std::uint64_t order = 0;
  std::uint64_t cpu = 0;
  char op = 0;
  char type = 0;
  std::string_view detail;
};

// The first thing that is wrong with the line, or nothing.
std::string_view parse(Fields& fields, Line& line) {
  if (!fields.decimal(line.dt)) return "no number of microseconds since the line before, 0 or more";
  if (!fields.letter(line.op)) return "no operation: A, F, a, f, G or X";
  if (!fields.hexadecimal(line.frame)) return "no frame number in hexadecimal";
  if (!fields.decimal(line.order)) return "no order";
  if (!fields.letter(line.type)) return "no mobility type: 0, 1, 2, 3 or -";
  if (!fields.word(line.detail)) return "no detail: a letter, a number or -";
  if (!fields.decimal(line.cpu)) return "no processor";
  if (!fields.is_end()) return "something behind the processor";
  if (line.order > kMaxTraceOrder) return "an order of more than 31";
  return fault_of(line.frame, std::uint64_t{1} << line.order, line.cpu);
}

class PalTraceReader final : public BatchedReader {
 public:
  PalTraceReader(TextLines lines, std::string first_line, const TraceLimits& limits)
      : BatchedReader({.format = "pal-trace 1", .page_size = {}, .pages = {}, .origin = {}}, limits),
        lines_(std::move(lines)),
        first_(std::move(first_line)) {}

 private:
  [[nodiscard]] HostResult<Step> read(std::vector<TraceEvent>& events) override {
    std::string_view text = first_;
    if (is_begun_ && !lines_.next(text)) {
      HostResult<void> status = lines_.status();
      if (!status) return Unexpected(std::move(status).error());
      return Step::ended;
    }
    is_begun_ = true;
    Fields fields(text);
    Line line;
    if (const std::string_view fault = parse(fields, line); !fault.empty()) {
      return lines_.wrong(text, fields.column(), std::string(fault), std::string(kForm));
    }
    if (!pass(line.dt, 1000)) {
      return lines_.wrong(text, 1, "time goes past 2^62 ns", "the first number is the time since the line before");
    }
    if (is_one_too_many()) {
      return lines_.wrong(text, 0, fmt::format("more than {} events", limits().events),
                          "the cap can be raised with --max-events, or --cap trace_events=N where a scenario names it");
    }
    if (const std::string_view fault = add(line, events); !fault.empty()) {
      return lines_.wrong(text, 0, std::string(fault), std::string(kForm));
    }
    return Step::went_on;
  }

  // What is wrong with the event, or nothing.
  std::string_view add(const Line& line, std::vector<TraceEvent>& events) {
    TraceEvent event{.time = now(),
                     .first = FrameNumber(line.frame),
                     .count = std::uint32_t{1} << line.order,
                     .cpu = CpuId(static_cast<CpuId::rep>(line.cpu))};
    switch (line.op) {
      case 'A':
        event.op = TraceOp::allocate;
        break;
      case 'F':
        event.op = TraceOp::release;
        break;
      case 'a':
        event.op = TraceOp::take;
        break;
      case 'f':
        event.op = TraceOp::give;
        mark_bypass(event, line, events);
        break;
      case 'G':
        event.op = TraceOp::grow;
        break;
      case 'X':
        return tell_fallback(line, events);
      default:
        return "no such operation; there are A, F, a, f, G and X";
    }
    const bool is_asking = line.op == 'A' || line.op == 'a';
    if (line.type == '-' && is_asking) return "an allocation without a mobility type, which is 0, 1, 2 or 3";
    if (line.type != '-') {
      if (line.type < '0' || line.type > '3') return "a mobility type that is not 0, 1, 2, 3 or -";
      event.flags |= TraceEvent::typed;
      // The reserve for atomic requests is none of the model's types; its requests are the kernel's own.
      event.mobility = line.type == '3' ? Mobility::unmovable : static_cast<Mobility>(line.type - '0');
    }
    events.push_back(event);
    return {};
  }

  static void mark_bypass(const TraceEvent& give, const Line& line, std::vector<TraceEvent>& events) {
    if (line.detail != "i" || events.empty()) return;
    TraceEvent& before = events.back();
    if (before.op == TraceOp::release && before.first == give.first && before.count == give.count) {
      before.flags |= TraceEvent::bypass;
    }
  }

  static std::string_view tell_fallback(const Line& line, std::vector<TraceEvent>& events) {
    if (line.type < '0' || line.type > '2') return "a fallback without a type, which is 0, 1 or 2";
    // The page block's old type is no longer told then.
    if (!events.empty() && events.back().op == TraceOp::take) {
      events.back().mobility = static_cast<Mobility>(line.type - '0');
      events.back().flags &= static_cast<std::uint8_t>(~TraceEvent::typed);
    }
    return {};
  }

  TextLines lines_;
  std::string first_;
  bool is_begun_ = false;
};

}  // namespace

bool is_pal_trace(std::string_view first_line) {
  Fields fields(first_line);
  std::uint64_t number = 0;
  char op = 0;
  return fields.decimal(number) && fields.letter(op) && std::string_view("AFafGX").find(op) != std::string_view::npos;
}

std::unique_ptr<TraceReader> read_pal_trace(TextLines lines, std::string first_line, const TraceLimits& limits) {
  return std::make_unique<PalTraceReader>(std::move(lines), std::move(first_line), limits);
}

}  // namespace memsim
