// `memsim import`: what other tools recorded or print becomes a trace, a start state or a machine of memsim's.
#include <memory>

#include <fmt/format.h>

#include <memsim/base/numbers.hpp>
#include <memsim/replay/import_machine.hpp>
#include <memsim/replay/import_trace.hpp>

#include "sim/commands/commands.hpp"
#include "sim/commands/trace_options.hpp"
#include "sim/host/console.hpp"

namespace memsim {
namespace {

constexpr const char* kImportExamples =
    "  memsim import ftrace trace.txt -o day.trace.zst              # of trace-cmd report, perf script, or the tracer\n"
    "  memsim import csv ops.csv --columns time,op,id,size -o ops.trace\n"
    "  memsim import trace build.trace.xz --events 300000 -o cut.trace.xz\n"
    "  memsim import buddyinfo /proc/pagetypeinfo --zone Normal --size 4GiB -o start\n"
    "  memsim import iomem /proc/iomem                              # the machine: section, ready to paste\n"
    "  memsim import dts board.dts\n"
    "  memsim import asinfo pidin.txt\n";

std::vector<std::string> kinds() { return {"ftrace", "csv", "trace", "buddyinfo", "iomem", "dts", "asinfo"}; }
const ValueType kKindType{"KIND", ValueType::Offer::words, kinds};

struct ImportArguments {
  std::string kind;
  std::string file;
  std::string output;
  std::string columns;
  std::string time_unit = "1us";
  std::string page_size = "4KiB";
  std::string zone = "Normal";
  std::string node;
  std::string size;
  std::string first = "0x100000";
  std::string seed = "1";
  std::string events;
  bool text = false;
  TraceArguments trace_limits;
};

Unexpected<HostError> wrong_option(std::string_view option, const std::string& reason) {
  return host_failure(ExitCode::bad_input, fmt::format("{} {}", option, reason));
}

HostResult<PageSize> page_size_of(const ImportArguments& arguments) {
  const Parsed<Bytes> size = parse_size(arguments.page_size, PageSize());
  if (!size) return wrong_option("--page-size", size.error());
  const std::uint64_t bytes = size->count();
  if (!std::has_single_bit(bytes) || bytes < 512 || bytes >> 40U != 0) {
    return wrong_option("--page-size", "is a power of two from 512 B to 512 GiB");
  }
  return PageSize::of(*size);
}

// The names between commas.
std::vector<std::string> names_of(std::string_view text) {
  std::vector<std::string> names;
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    names.emplace_back(text.substr(0, comma));
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return names;
}

// A trace of any form, or as much of it as is wanted, in memsim's own.
HostResult<ImportCounts> copy_trace(const ImportArguments& arguments, TraceReader& from, TraceWriter& to) {
  std::uint64_t most = ~std::uint64_t{0};
  if (!arguments.events.empty()) {
    const Parsed<std::uint64_t> value = parse_unsigned(arguments.events);
    if (!value) return wrong_option("--events", value.error());
    most = *value;
  }
  ImportCounts counts;
  for (std::vector<TraceEvent> events; counts.events < most;) {
    HostResult<void> read = from.next(events);
    if (!read) return Unexpected(std::move(read).error());
    if (events.empty()) break;
    for (const TraceEvent& event : events) {
      if (counts.events == most) break;
      ++counts.events;
      ++counts.by_op[static_cast<std::size_t>(event.op)];
      HostResult<void> written = to.write(event);
      if (!written) return Unexpected(std::move(written).error());
    }
  }
  return counts;
}

HostResult<ImportCounts> import_into(const ImportArguments& arguments, const TraceLimits& limits, TraceReader* from,
                                     PageSize page_size, TraceWriter& to) {
  if (from != nullptr) return copy_trace(arguments, *from, to);
  if (arguments.kind == "ftrace") return import_ftrace(arguments.file, to, limits);
  const Parsed<SimDuration> unit = parse_duration(arguments.time_unit);
  if (!unit || unit->is_zero()) return wrong_option("--time-unit", unit ? "is not zero" : unit.error());
  return import_csv(arguments.file,
                    {.columns = names_of(arguments.columns), .time_unit = *unit, .page_size = page_size}, to, limits);
}

HostResult<std::string> import_trace(const ImportArguments& arguments, const TraceLimits& limits) {
  if (arguments.output.empty()) {
    return host_failure(ExitCode::bad_input, "where to? a trace goes to a file",
                        "give -o FILE; .xz, .zst and .gz compress it");
  }
  HostResult<PageSize> page_size = page_size_of(arguments);
  if (!page_size) return Unexpected(std::move(page_size).error());
  TraceHeader header{.format = {}, .page_size = *page_size, .pages = {}, .origin = arguments.kind};
  std::unique_ptr<TraceReader> from;
  if (arguments.kind == "trace") {
    HostResult<std::unique_ptr<TraceReader>> opened = open_trace(arguments.file, limits);
    if (!opened) return Unexpected(std::move(opened).error());
    from = std::move(*opened);
    header = from->header();
  }
  HostResult<TraceWriter> to =
      TraceWriter::create(arguments.output, header, arguments.text ? TraceForm::text : TraceForm::binary);
  if (!to) return Unexpected(std::move(to).error());
  HostResult<ImportCounts> counts = import_into(arguments, limits, from.get(), *page_size, *to);
  if (!counts) return Unexpected(std::move(counts).error());
  HostResult<void> finished = to->finish();
  if (!finished) return Unexpected(std::move(finished).error());
  for (const std::string& warning : import_warnings(*counts, arguments.file)) warn(warning);
  const auto& by_op = counts->by_op;
  return fmt::format("{}: {} events: {} allocations, {} releases; under the zone's lock {} taken, {} given\n",
                     escaped_for_terminal(arguments.output), counts->events, by_op[0], by_op[1], by_op[2], by_op[3]);
}

HostResult<std::string> import_state(const ImportArguments& arguments, const TraceLimits& limits) {
  if (arguments.output.empty()) {
    return host_failure(ExitCode::bad_input, "where to? a start state goes to files",
                        "give -o PREFIX for PREFIX.blocks, which 'memsim replay --start PREFIX' reads");
  }
  BuddyinfoOptions options{.zone = arguments.zone, .node = arguments.node};
  HostResult<PageSize> page_size = page_size_of(arguments);
  if (!page_size) return Unexpected(std::move(page_size).error());
  if (!arguments.size.empty()) {
    const Parsed<Bytes> size = parse_size(arguments.size, *page_size);
    if (!size) return wrong_option("--size", size.error());
    options.frames = page_size->frames_covering(*size);
  }
  const Parsed<std::uint64_t> first = parse_unsigned(arguments.first);
  if (!first) return wrong_option("--first", first.error());
  options.first = FrameNumber(*first);
  const Parsed<std::uint64_t> seed = parse_unsigned(arguments.seed);
  if (!seed) return wrong_option("--seed", seed.error());
  options.seed = *seed;
  HostResult<RecordedState> state = import_buddyinfo(arguments.file, options, limits);
  if (!state) return Unexpected(std::move(state).error());
  HostResult<void> written = write_recorded_state(*state, arguments.output);
  if (!written) return Unexpected(std::move(written).error());
  return fmt::format("{}.blocks: {} free blocks of zone {}, {} frames from frame {:#x}\n",
                     escaped_for_terminal(arguments.output), state->lists.blocks.size(), state->zone,
                     state->extent.count.count(), state->extent.first.value());
}

HostResult<std::string> import_machine(const ImportArguments& arguments, const TraceLimits& limits) {
  HostResult<PageSize> page_size = page_size_of(arguments);
  if (!page_size) return Unexpected(std::move(page_size).error());
  if (arguments.kind == "iomem") return import_iomem(arguments.file, *page_size, limits);
  if (arguments.kind == "dts") return import_dts(arguments.file, *page_size, limits);
  return import_asinfo(arguments.file, *page_size, limits);
}

HostResult<std::string> import_any(const ImportArguments& arguments) {
  HostResult<TraceLimits> limits = limits_of(arguments.trace_limits);
  if (!limits) return Unexpected(std::move(limits).error());
  const std::string& kind = arguments.kind;
  if (kind == "ftrace" || kind == "csv" || kind == "trace") return import_trace(arguments, *limits);
  if (kind == "buddyinfo") return import_state(arguments, *limits);
  if (kind == "iomem" || kind == "dts" || kind == "asinfo") return import_machine(arguments, *limits);
  const std::vector<std::string> known = kinds();
  const std::string_view nearest = nearest_name(kind, {known.begin(), known.end()});
  return host_failure(
      ExitCode::bad_input, fmt::format("nothing to import called '{}'", escaped_for_terminal(kind)),
      nearest.empty() ? fmt::format("kinds: {}", fmt::join(known, ", ")) : fmt::format("did you mean {}?", nearest));
}

}  // namespace

void add_import(Command& program) {
  Command& sub = program.add_command("import", "Turn recordings of other tools into traces, start states and machines.",
                                     kImportExamples);
  const auto arguments = std::make_shared<ImportArguments>();
  sub.add_argument("KIND", arguments->kind, kKindType,
                   "ftrace, csv, trace: a trace; buddyinfo: a start state; iomem, dts, asinfo: a machine");
  sub.add_argument("FILE", arguments->file, kFileType, "What was recorded, compressed or not");
  sub.add_value("-o,--output", arguments->output, kFileType, "The trace to write, or the prefix of a start state");
  sub.add_flag("--text", arguments->text, "Write the trace as text");
  sub.add_value("--events", arguments->events, kNumberType, "trace: only the first N events");
  sub.add_value("--columns", arguments->columns, kTextType,
                "csv: its columns in order: time, op, id, size, align, flags, cpu, - for others; else its first line");
  sub.add_value("--time-unit", arguments->time_unit, kTimeType, "csv: what a time of 1 is; 1us");
  sub.add_value("--page-size", arguments->page_size, kNumberType, "Bytes of a page; 4KiB");
  sub.add_value("--zone", arguments->zone, kTextType, "buddyinfo: the zone; Normal");
  sub.add_value("--node", arguments->node, kTextType, "buddyinfo: the node; the first that has the zone");
  sub.add_value("--size", arguments->size, kNumberType, "buddyinfo: the zone's memory; twice what is free");
  sub.add_value("--first", arguments->first, kNumberType, "buddyinfo: the zone's first frame; 0x100000");
  sub.add_value("-s,--seed", arguments->seed, kNumberType, "buddyinfo: which of the many places for its blocks; 1");
  add_trace_options(sub, arguments->trace_limits);
  sub.set_action([arguments] {
    const HostResult<std::string> made = import_any(*arguments);
    return made ? print_or_report(*made) : report(made.error());
  });
}

}  // namespace memsim
