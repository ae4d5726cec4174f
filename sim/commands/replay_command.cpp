// `memsim replay`: a recorded trace under any policy, and its end beside the recorded one.
#include <memory>

#include <fmt/format.h>

#include <memsim/base/numbers.hpp>
#include <memsim/replay/recorded_state.hpp>
#include <memsim/replay/replay_report.hpp>

#include "sim/commands/commands.hpp"
#include "sim/commands/trace_options.hpp"
#include "sim/host/console.hpp"
#include "sim/host/source.hpp"
#include "sim/options/load_options.hpp"
#include "sim/options/value_types.hpp"

namespace memsim {
namespace {

constexpr const char* kExamples =
    "  memsim replay build.trace.xz --start build.before --policy linux --against build.after\n"
    "  memsim replay build.trace.xz --start build.before --layer zone --against build.after\n"
    "  memsim replay day.trace.zst --memory 2GiB --policy tlsf      # without a start state, in fresh memory\n";

struct Arguments {
  std::string trace;
  std::string start;
  std::string against;
  std::string policy = "linux";
  std::string layer = "page";
  std::string zone = "Normal";
  std::string memory;
  std::string every = "1s";
  bool merged = false;
  bool no_decay = false;
  bool json = false;
  bool quiet = false;
  TraceArguments trace_limits;
};

HostResult<ReplayOptions> options_of(const Arguments& arguments) {
  ReplayOptions options;
  HostResult<std::vector<Override>> overrides = policy_overrides_of(arguments.policy);
  if (!overrides) return Unexpected(std::move(overrides).error());
  constexpr std::string_view kPrefix = "policy.";
  for (const Override& override : *overrides) {
    if (override.path == "policy") options.policy = override.value;
    if (override.path.starts_with(kPrefix)) {
      options.policy_options.insert_or_assign(override.path.substr(kPrefix.size()), override.value);
    }
  }
  if (arguments.layer != "page" && arguments.layer != "zone") {
    return host_failure(ExitCode::bad_input,
                        fmt::format("--layer {}: expected page or zone", escaped_for_terminal(arguments.layer)));
  }
  options.layer = arguments.layer == "page" ? TraceLayer::page : TraceLayer::zone;
  const Parsed<SimDuration> every = parse_duration(arguments.every);
  if (!every) return host_failure(ExitCode::bad_input, "--every " + every.error());
  options.sample_every = *every;
  options.decay = !arguments.no_decay;
  return options;
}

// The start state with the types of page blocks that only the trace tells.
HostResult<RecordedState> start_of(const Arguments& arguments, const TraceLimits& limits) {
  HostResult<RecordedState> start = read_recorded_state(arguments.start, arguments.zone, limits);
  if (!start) return start;
  HostResult<std::unique_ptr<TraceReader>> trace = open_trace(arguments.trace, limits);
  if (!trace) return Unexpected(std::move(trace).error());
  const std::unique_ptr<TraceReader> ahead = read_ahead(std::move(*trace));
  HostResult<void> inferred = infer_from_trace(*start, *ahead);
  if (!inferred) return Unexpected(std::move(inferred).error());
  return start;
}

HostResult<Extent> fresh_memory(const Arguments& arguments, const TraceHeader& header) {
  if (arguments.memory.empty()) {
    if (!header.pages.count.is_zero()) return header.pages;
    return host_failure(ExitCode::bad_input, "how much memory is there? the trace does not say",
                        "give --start STATE, or --memory SIZE for fresh memory");
  }
  const Parsed<Bytes> size = parse_size(arguments.memory, header.page_size);
  if (!size) return host_failure(ExitCode::bad_input, "--memory " + size.error());
  const FrameCount frames = header.page_size.frames_covering(*size);
  if (frames.is_zero() || frames.count() > std::uint64_t{1} << 32U) {
    return host_failure(ExitCode::bad_input, fmt::format("--memory {}: expected 1 to 2^32 pages", arguments.memory));
  }
  return Extent{FrameNumber(0), frames};
}

HostResult<ReplayReport> replay(const Arguments& arguments) {
  HostResult<TraceLimits> limits = limits_of(arguments.trace_limits);
  if (!limits) return Unexpected(std::move(limits).error());
  HostResult<ReplayOptions> options = options_of(arguments);
  if (!options) return Unexpected(std::move(options).error());
  std::optional<RecordedState> against;
  if (!arguments.against.empty()) {
    HostResult<RecordedState> read = read_recorded_state(arguments.against, arguments.zone, *limits);
    if (!read) return Unexpected(std::move(read).error());
    against = std::move(*read);
  }
  HostResult<std::unique_ptr<TraceReader>> trace = open_trace(arguments.trace, *limits);
  if (!trace) return Unexpected(std::move(trace).error());
  ReplayReport report{.trace = display_name(arguments.trace),
                      .start = arguments.start,
                      .against = arguments.against,
                      .policy = arguments.policy,
                      .layer = options->layer,
                      .zone = arguments.zone,
                      .page_size = (*trace)->header().page_size};
  HostResult<Replay> replayed = [&]() -> HostResult<Replay> {
    if (arguments.start.empty()) {
      HostResult<Extent> memory = fresh_memory(arguments, (*trace)->header());
      if (!memory) return Unexpected(std::move(memory).error());
      return Replay::create_fresh(*memory, *options);
    }
    HostResult<RecordedState> start = start_of(arguments, *limits);
    if (!start) return Unexpected(std::move(start).error());
    return Replay::create(*start, *options);
  }();
  if (!replayed) return Unexpected(std::move(replayed).error());
  const std::unique_ptr<TraceReader> ahead = read_ahead(std::move(*trace));
  HostResult<void> ran = replayed->run(*ahead, [&](const ReplaySample& sample) { report.samples.push_back(sample); });
  if (!ran) return Unexpected(std::move(ran).error());
  report.memory = replayed->allocator().extent();
  report.end = replayed->now();
  report.fingerprint = replayed->fingerprint();
  report.counts = replayed->counts();
  if (against) report.comparison = compare_lists(*against, replayed->allocator(), arguments.merged);
  return report;
}

ExitCode execute(const Arguments& arguments) {
  const HostResult<ReplayReport> made = replay(arguments);
  if (!made) return report(made.error());
  if (arguments.quiet) {
    return print_or_report(
        fmt::format("{:016x}  {}\n", made->fingerprint, escaped_for_terminal(display_name(arguments.trace))));
  }
  return print_or_report(arguments.json ? render_json(*made) : render_text(*made));
}

}  // namespace

void add_replay(Command& program) {
  Command& sub = program.add_command(
      "replay", "Play a recorded trace under a policy, and compare its end with the recorded one.", kExamples);
  const auto arguments = std::make_shared<Arguments>();
  sub.add_argument("TRACE", arguments->trace, kFileType,
                   "A trace of memsim's own or a pal-trace, compressed or not (docs/traces.md)");
  sub.add_value("--start", arguments->start, kFileType,
                "The recorded free lists to start from: the name before .blocks");
  sub.add_value("--against", arguments->against, kFileType, "The recorded free lists to compare the end with");
  sub.add_value("-p,--policy", arguments->policy, kPolicyType, "The policy, as NAME or NAME:OPTION=VALUE,...; linux");
  sub.add_value("--layer", arguments->layer, kTextType,
                "page: what callers asked for; zone: what passed under the zone's lock; page");
  sub.add_value("--zone", arguments->zone, kTextType, "The zone of the recorded lists; Normal");
  sub.add_value("--memory", arguments->memory, kNumberType, "Fresh memory of this size instead of a start state");
  sub.add_value("--every", arguments->every, kTimeType, "Time between samples; 1s; 0 for none");
  sub.add_flag("--merged", arguments->merged, "Compare with the lists per processor merged into the blocks");
  sub.add_flag("--no-decay", arguments->no_decay, "Leave out what the kernel does to those lists once a second");
  sub.add_flag("--json", arguments->json, "Print everything as JSON");
  sub.add_flag("-q,--quiet", arguments->quiet, "Print only the fingerprint");
  add_trace_options(sub, arguments->trace_limits);
  sub.set_action([arguments] { return execute(*arguments); });
}

}  // namespace memsim
