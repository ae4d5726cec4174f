#include "replay/trace/memsim_trace.hpp"

#include <fmt/format.h>

#include <array>

#include <memsim/base/numbers.hpp>

#include "replay/input/fields.hpp"
#include "replay/trace/batched_reader.hpp"

namespace memsim {
namespace {

constexpr std::string_view kOps = "AFafG";  // by TraceOp
constexpr std::string_view kTypes = "umr";  // by Mobility
constexpr std::string_view kTextForm =
    "a line is: nanoseconds operation page count type processor [fallback] [bypass] [scattered] [align=N]";

// The binary form's first byte of an event; bits 0..2 are its operation, bits 3 and 4 its mobility.
enum Bit : unsigned { kHasFlags = 1U << 5U, kSameCpu = 1U << 6U, kOnePage = 1U << 7U };
constexpr unsigned kEndOp = 7;

// The flags of most events of a kind, which then need no byte.
constexpr std::uint8_t usual_flags(TraceOp op) {
  return op == TraceOp::release || op == TraceOp::grow ? std::uint8_t{0} : std::uint8_t{TraceEvent::typed};
}

void append_varint(std::string& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7U) out += static_cast<char>(0x80U | (value & 0x7fU));
  out += static_cast<char>(value);
}

constexpr std::uint64_t zigzag(std::uint64_t difference) {
  return (difference << 1U) ^ (difference >> 63U != 0 ? ~std::uint64_t{0} : 0);
}
constexpr std::uint64_t unzigzag(std::uint64_t value) {
  return (value >> 1U) ^ ((value & 1U) != 0 ? ~std::uint64_t{0} : 0);
}

class TextReader final : public BatchedReader {
 public:
  TextReader(TextLines lines, TraceHeader header, const TraceLimits& limits)
      : BatchedReader(std::move(header), limits), lines_(std::move(lines)) {}

 private:
  [[nodiscard]] HostResult<Step> read(std::vector<TraceEvent>& events) override {
    std::string_view text;
    if (!lines_.next(text)) {
      HostResult<void> status = lines_.status();
      if (!status) return Unexpected(std::move(status).error());
      return lines_.wrong({}, 0, "the trace is cut short: its end is missing", "a trace ends with the line 'end'");
    }
    if (text.empty() || text.front() == '#') return Step::went_on;
    if (text.starts_with("end")) return read_end(text);
    Fields fields(text);
    TraceEvent event;
    if (const std::string_view fault = parse(fields, event); !fault.empty()) {
      return lines_.wrong(text, fields.column(), std::string(fault), std::string(kTextForm));
    }
    if (is_one_too_many()) {
      return lines_.wrong(text, 0, fmt::format("more than {} events", limits().events),
                          "the cap can be raised with --max-events, or --cap trace_events=N where a scenario names it");
    }
    events.push_back(event);
    return Step::went_on;
  }

  HostResult<Step> read_end(std::string_view text) {
    Fields fields(text);
    std::string_view word;
    std::uint64_t count = event_count();
    if (!fields.word(word) || word != "end" || (!fields.is_end() && !fields.decimal(count)) || !fields.is_end()) {
      return lines_.wrong(text, fields.column(), "no end: 'end' and the number of events");
    }
    if (count != event_count()) {
      return lines_.wrong(text, fields.column(),
                          fmt::format("{} events, not the {} that the end counts", event_count(), count),
                          "lines are missing; make the trace again");
    }
    while (lines_.next(text)) {
      if (!text.empty() && text.front() != '#') return lines_.wrong(text, 1, "something behind the end");
    }
    HostResult<void> status = lines_.status();
    if (!status) return Unexpected(std::move(status).error());
    return Step::ended;
  }

  std::string_view parse(Fields& fields, TraceEvent& event) {
    std::uint64_t dt = 0;
    std::uint64_t first = 0;
    std::uint64_t count = 0;
    std::uint64_t cpu = 0;
    char op = 0;
    char type = 0;
    if (!fields.decimal(dt)) return "no number of nanoseconds since the line before, 0 or more";
    if (!fields.letter(op)) return "no operation: A, F, a, f or G";
    if (!fields.hexadecimal(first)) return "no page in hexadecimal";
    if (!fields.decimal(count)) return "no count of pages";
    if (!fields.letter(type)) return "no mobility type: u, m, r or -";
    if (!fields.decimal(cpu)) return "no processor";
    if (const std::string_view fault = fault_of(first, count, cpu); !fault.empty()) return fault;
    if (!pass(dt, 1)) return "a time past 2^62 ns";
    const std::size_t known = kOps.find(op);
    if (known == std::string_view::npos) return "no such operation; there are A, F, a, f and G";
    event = {.time = now(),
             .first = FrameNumber(first),
             .count = static_cast<std::uint32_t>(count),
             .cpu = CpuId(static_cast<CpuId::rep>(cpu)),
             .op = static_cast<TraceOp>(known)};
    if (type != '-') {
      const std::size_t mobility = kTypes.find(type);
      if (mobility == std::string_view::npos) return "no such mobility type; there are u, m, r and -";
      event.mobility = static_cast<Mobility>(mobility);
      event.flags |= TraceEvent::typed;
    } else if (event.op == TraceOp::allocate || event.op == TraceOp::take) {
      return "an allocation without a mobility type, which is u, m or r";
    }
    return parse_details(fields, event);
  }

  static std::string_view parse_details(Fields& fields, TraceEvent& event) {
    for (std::string_view word; fields.word(word);) {
      if (word == "fallback") {
        event.flags &= static_cast<std::uint8_t>(~TraceEvent::typed);
      } else if (word == "bypass") {
        event.flags |= TraceEvent::bypass;
      } else if (word == "scattered") {
        event.flags |= TraceEvent::scattered;
      } else if (word.starts_with("align=")) {
        const Parsed<std::uint64_t> value = parse_unsigned(word.substr(6));
        if (!value || *value > kMaxTraceOrder) return "an alignment that is not align=0 to align=31";
        event.alignment_log2 = static_cast<std::uint8_t>(*value);
      } else {
        return "no such detail; there are fallback, bypass, scattered and align=N";
      }
    }
    return {};
  }

  TextLines lines_;
};

class BinaryReader final : public BatchedReader {
 public:
  BinaryReader(TextLines lines, TraceHeader header, const TraceLimits& limits)
      : BatchedReader(std::move(header), limits), lines_(std::move(lines)) {}

 private:
  [[nodiscard]] HostResult<Step> read(std::vector<TraceEvent>& events) override {
    std::uint8_t head = 0;
    if (!lines_.next_byte(head)) return fault("the trace is cut short: its end is missing");
    if ((head & 7U) == kEndOp) return read_end();
    TraceEvent event;
    event.op = static_cast<TraceOp>(head & 7U);
    if ((head & 7U) >= kOps.size() || (head >> 3U & 3U) >= kTypes.size()) return fault("no such operation or type");
    event.mobility = static_cast<Mobility>(head >> 3U & 3U);
    std::uint64_t dt = 0;
    std::uint64_t step = 0;
    std::uint64_t count = 1;
    std::uint64_t cpu = previous_.cpu.value();
    std::uint8_t flags = usual_flags(event.op);
    std::uint8_t alignment = 0;
    const bool is_whole = varint(dt) && varint(step) && ((head & kOnePage) != 0 || varint(count)) &&
                          ((head & kSameCpu) != 0 || varint(cpu)) &&
                          ((head & kHasFlags) == 0 || (lines_.next_byte(flags) && lines_.next_byte(alignment)));
    if (!is_whole) return fault("an event that is cut short, or a number of more than 64 bits");
    const std::uint64_t first = previous_.first.value() + unzigzag(step);
    if (const std::string_view wrong = fault_of(first, count, cpu); !wrong.empty()) return fault(wrong);
    if (flags > 7 || alignment > kMaxTraceOrder) return fault("flags or an alignment that cannot be");
    if (!pass(dt, 1)) return fault("a time past 2^62 ns");
    if (is_one_too_many()) return fault("more events than the cap, which --max-events raises");
    event.time = now();
    event.first = FrameNumber(first);
    event.count = static_cast<std::uint32_t>(count);
    event.cpu = CpuId(static_cast<CpuId::rep>(cpu));
    event.flags = flags;
    event.alignment_log2 = alignment;
    previous_ = event;
    events.push_back(event);
    return Step::went_on;
  }

  HostResult<Step> read_end() {
    std::uint64_t count = 0;
    std::uint8_t more = 0;
    if (!varint(count)) return fault("the trace is cut short: its end is missing");
    if (count != event_count())
      return fault(fmt::format("{} events, not the {} that the end counts", event_count(), count));
    if (lines_.next_byte(more)) return fault("something behind the end");
    return Step::ended;
  }

  [[nodiscard]] bool varint(std::uint64_t& value) {
    value = 0;
    std::uint8_t byte = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      if (!lines_.next_byte(byte) || (shift == 63 && byte > 1)) return false;
      value |= std::uint64_t{byte & 0x7fU} << shift;
      if (byte < 0x80) return true;
    }
    return false;
  }

  // The host's fault where there is one, else the trace's.
  Unexpected<HostError> fault(std::string_view message) const {
    HostResult<void> status = lines_.status();
    if (!status) return Unexpected(std::move(status).error());
    return lines_.wrong({}, 0, fmt::format("{} (event {})", message, event_count() + 1), "make the trace again");
  }

  TextLines lines_;
  TraceEvent previous_;
};

Unexpected<HostError> unknown_version(const TextLines& lines, std::string_view line) {
  return lines.wrong(line, 0, "not version 1 of the trace format, as text or binary",
                     "the first line is 'memsim-trace 1 text' or 'memsim-trace 1 binary'");
}

// A line of the header; nothing, or what is wrong with it.
std::string_view read_fact(std::string_view line, TraceHeader& header) {
  Fields fields(line);
  std::string_view name;
  std::uint64_t a = 0;
  std::uint64_t b = 0;
  if (!fields.word(name)) return "no fact";
  if (name == "page_size") {
    const bool is_size = fields.decimal(a) && fields.is_end() && std::has_single_bit(a) && a >= 512 && a >> 40U == 0;
    if (!is_size) return "a page size is a power of two of bytes, 512 or more";
    header.page_size = PageSize::of(Bytes(a));
  } else if (name == "pages") {
    const bool is_range =
        fields.hexadecimal(a) && fields.hexadecimal(b) && fields.is_end() && a < b && b <= kMaxTraceFrames;
    if (!is_range) return "pages are a first and an end, in hexadecimal, of at most 2^32 pages";
    header.pages = {FrameNumber(a), FrameCount(b - a)};
  } else if (name == "origin") {
    header.origin = std::string(fields.rest());
  } else {
    return "no such fact; there are page_size, pages and origin";
  }
  return {};
}

}  // namespace

std::string header_text(const TraceHeader& header, TraceForm form) {
  std::string out = fmt::format("{} 1 {}\npage_size {}\n", kTraceMagic, form == TraceForm::text ? "text" : "binary",
                                header.page_size.bytes().count());
  if (!header.pages.count.is_zero()) {
    out += fmt::format("pages {:x} {:x}\n", header.pages.first.value(), header.pages.end().value());
  }
  if (!header.origin.empty()) out += fmt::format("origin {}\n", escaped_for_terminal(header.origin));
  return out + "events\n";
}

void append_text(std::string& out, const TraceEvent& event, const TraceEvent& previous) {
  const bool is_asking = event.op == TraceOp::allocate || event.op == TraceOp::take;
  const bool is_typed = (event.flags & TraceEvent::typed) != 0;
  const char type = is_asking || is_typed ? kTypes[static_cast<std::size_t>(event.mobility)] : '-';
  out +=
      fmt::format("{} {} {:x} {} {} {}", (event.time - previous.time).count(), kOps[static_cast<std::size_t>(event.op)],
                  event.first.value(), event.count, type, event.cpu.value());
  if (is_asking && !is_typed) out += " fallback";
  if ((event.flags & TraceEvent::bypass) != 0) out += " bypass";
  if ((event.flags & TraceEvent::scattered) != 0) out += " scattered";
  if (event.alignment_log2 != 0) out += fmt::format(" align={}", event.alignment_log2);
  out += '\n';
}

void append_binary(std::string& out, const TraceEvent& event, const TraceEvent& previous) {
  const bool has_flags = event.flags != usual_flags(event.op) || event.alignment_log2 != 0;
  unsigned head = static_cast<unsigned>(event.op) | static_cast<unsigned>(event.mobility) << 3U;
  if (has_flags) head |= kHasFlags;
  if (event.cpu == previous.cpu) head |= kSameCpu;
  if (event.count == 1) head |= kOnePage;
  out += static_cast<char>(head);
  append_varint(out, (event.time - previous.time).count());
  append_varint(out, zigzag(event.first.value() - previous.first.value()));
  if (event.count != 1) append_varint(out, event.count);
  if (event.cpu != previous.cpu) append_varint(out, event.cpu.value());
  if (!has_flags) return;
  out += static_cast<char>(event.flags);
  out += static_cast<char>(event.alignment_log2);
}

void append_end(std::string& out, std::uint64_t events, TraceForm form) {
  if (form == TraceForm::text) {
    out += fmt::format("end {}\n", events);
    return;
  }
  out += static_cast<char>(kEndOp);
  append_varint(out, events);
}

HostResult<std::unique_ptr<TraceReader>> read_memsim_trace(TextLines lines, std::string first_line,
                                                           const TraceLimits& limits) {
  TraceHeader header;
  const bool is_text = first_line == "memsim-trace 1 text";
  if (!is_text && first_line != "memsim-trace 1 binary") return unknown_version(lines, first_line);
  header.format = "memsim-trace 1";
  for (std::string_view line; line != "events";) {
    if (!lines.next(line)) {
      HostResult<void> status = lines.status();
      if (!status) return Unexpected(std::move(status).error());
      return lines.wrong({}, 0, "the trace is cut short: its header does not end", "the header ends with 'events'");
    }
    if (line == "events" || line.empty() || line.front() == '#') continue;
    if (const std::string_view fault = read_fact(line, header); !fault.empty()) {
      return lines.wrong(line, 0, std::string(fault), "docs/traces.md has the format");
    }
  }
  if (is_text) return std::unique_ptr<TraceReader>(new TextReader(std::move(lines), std::move(header), limits));
  return std::unique_ptr<TraceReader>(new BinaryReader(std::move(lines), std::move(header), limits));
}

}  // namespace memsim
