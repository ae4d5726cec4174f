#include <memsim/view/render.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include <memsim/base/fragmentation.hpp>
#include <memsim/base/host_error.hpp>
#include <memsim/base/numbers.hpp>
#include <memsim/view/labels.hpp>
#include <memsim/view/text_table.hpp>
#include <memsim/view/value_text.hpp>
#include "view/picture/render_explanation.hpp"
#include "view/report/memory_text.hpp"
#include "view/report/report_text.hpp"
#include "view/text/frame_bytes.hpp"

namespace memsim {
namespace {

// What a reader takes in before reaching for the files.
constexpr std::size_t kRepliesShown = 4;
constexpr std::size_t kSegmentsShown = 8;
constexpr std::size_t kNotesShown = 40;
constexpr std::size_t kLinesShown = 200;
constexpr std::size_t kRowsShown = 40;
constexpr std::size_t kWarningsShown = 12;

void append_more(std::string& out, std::uint64_t count, std::size_t shown, std::string_view noun) {
  if (count > shown) out += fmt::format(" ... and {} more {}\n", count - shown, noun);
}

// `text` broken at blanks into lines of at most `columns`, those after the first behind two blanks.
void append_wrapped(std::string& out, std::string_view text, std::size_t columns) {
  constexpr std::size_t kIndent = 2;
  std::size_t used = 0;
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(word.size() + 1, text.size()));
    if (used > kIndent && used + 1 + word.size() > columns) {
      out += "\n  ";
      used = kIndent;
    } else if (used > 0) {
      out += ' ';
      ++used;
    }
    out += word;
    used += word.size();
  }
  out += '\n';
}

// Everything that made the result, so that it can be made again.
void append_head(std::string& out, const Summary& summary, std::size_t columns) {
  out += heading(summary.scenario, summary.title) + '\n';
  append_wrapped(out, made_by_text(summary), columns);
  if (!summary.overridden.empty()) append_wrapped(out, overridden_text(summary), columns);
}

void append_reply(std::string& out, const ReplySummary& reply) {
  out += fmt::format(" {} at {}: {} of {}, offset={:x} length={}: {}", reply.process, when(reply.time),
                     object_label(reply.object, reply.object_name), format_size_exact(reply.object_size),
                     reply.offset.count(), length_text(reply.length), counted(reply.delivered, "segment"));
  if (reply.cut) out += fmt::format(" of {}, cut short", reply.in_range);
  out += '\n';
  const std::size_t shown = std::min(reply.segments.size(), kSegmentsShown);
  for (std::size_t i = 0; i < shown; ++i) {
    const Segment& segment = reply.segments[i];
    out += fmt::format("   offset={:x} paddr={:x} len={:x}\n", segment.offset.count(), segment.paddr.value(),
                       segment.length.count());
  }
  if (reply.delivered > shown) {
    out += fmt::format("   ... and {} more\n", reply.delivered - shown);
  }
}

void append_replies(std::string& out, const Summary& summary) {
  if (summary.replies.count == 0) return;
  out += "\nReplies to _MEM_OBJ_INFO\n";
  const std::size_t shown = std::min(summary.replies.first.size(), kRepliesShown);
  for (std::size_t i = 0; i < shown; ++i) append_reply(out, summary.replies.first[i]);
  append_more(out, summary.replies.count, shown, "(all are in replies.jsonl with --out)");
}

void append_notes(std::string& out, const Summary& summary) {
  if (summary.notes.count == 0) return;
  out += "\nNotes\n";
  TextTable table({kRight, kLeft, kLeft});
  const std::size_t shown = std::min(summary.notes.first.size(), kNotesShown);
  for (std::size_t i = 0; i < shown; ++i) {
    const NoteSummary& note = summary.notes.first[i];
    table.add_row({when(note.time), note.process, escaped_for_terminal(note.text)});
  }
  out += table.text(1);
  append_more(out, summary.notes.count, shown, "notes");
}

// Each stream of each program in its own words, in the order in which they came.
void append_program_output(std::string& out, const Summary& summary) {
  if (summary.program_output.count == 0) return;
  out += "\nOutput of programs\n";
  const std::size_t shown = std::min(summary.program_output.first.size(), kLinesShown);
  for (std::size_t i = 0; i < shown; ++i) {
    const ProgramOutputSummary& line = summary.program_output.first[i];
    out += fmt::format(" {}{}| {}\n", line.process, line.stream == OutputStream::error ? " error " : " ",
                       escaped_for_terminal(line.text));
  }
  append_more(out, summary.program_output.count, shown, "lines (all are in output.jsonl with --out)");
}

// Nothing where their lengths were not recorded.
std::string segments_by_length(const ObjectsSummary& objects, Bytes page_size) {
  if (objects.segments_by_log2.empty()) return {};
  TextTable table({kRight, kRight, kRight});
  table.add_row({"segments from", "to below", "count"});
  for (unsigned i = 0; i < objects.segments_by_log2.size(); ++i) {
    if (objects.segments_by_log2[i] == 0) continue;
    const Bytes from = bytes_of(Order(i).frames(), page_size);
    const Bytes to = checked_multiply(from, 2).value_or(Bytes::max());
    table.add_row({format_size_exact(from), format_size_exact(to), fmt::to_string(objects.segments_by_log2[i])});
  }
  return table.text(1);
}

void append_objects(std::string& out, const Summary& summary) {
  if (!summary.objects || summary.objects->object_count == 0) return;
  const ObjectsSummary& objects = *summary.objects;
  out += fmt::format("\nMemory objects at the end\n {}, {} asked, {} given (internal fragmentation {})\n",
                     counted(objects.object_count, "object"), format_size_human(objects.asked),
                     format_size_human(objects.given),
                     percent_text(internal_fragmentation_permille(objects.asked, objects.given)));
  out += fmt::format(" {}; an object has {} at least, {} as median, {} as P99, {} at most\n",
                     counted(objects.segment_count, "segment"), objects.segments_min, objects.segments_median,
                     objects.segments_p99, objects.segments_max);
  out += segments_by_length(objects, summary.page_size);
}

void append_probes(std::string& out, const Summary& summary) {
  if (summary.probes.empty()) return;
  out += "\nContiguous-allocation probes\n";
  TextTable table({kLeft, kRight, kRight, kRight, kRight});
  table.add_row({"probe", "samples", "failed", "share", "first failure"});
  for (const ProbeSummary& probe : summary.probes) {
    table.add_row({probe.name, fmt::to_string(probe.samples), fmt::to_string(probe.failures),
                   probe.samples == 0 ? "-" : percent_text(permille_of(probe.failures, probe.samples)),
                   probe.first_failure ? when(*probe.first_failure) : "never"});
  }
  out += table.text(1);
}

void append_devices(std::string& out, const Summary& summary) {
  if (summary.devices.empty()) return;
  out += "\nDescriptors\n";
  TextTable table({kLeft, kLeft, kRight, kRight, kRight, kRight, kRight, kRight});
  table.add_row({"device", "object", "takes", "least", "mean", "most", "at the end", "first too many"});
  for (const DeviceSummary& device : summary.devices) {
    const SeriesStatistics& needed = device.descriptors;
    const auto value = [&](auto get) { return needed.count() == 0 ? "-" : fmt::to_string((needed.*get)()); };
    table.add_row({device.name, escaped_for_terminal(device.object),
                   device.limits.count == UINT64_MAX ? "any" : fmt::to_string(device.limits.count),
                   value(&SeriesStatistics::minimum), value(&SeriesStatistics::mean), value(&SeriesStatistics::maximum),
                   value(&SeriesStatistics::last), device.first_unfit ? when(*device.first_unfit) : "never"});
  }
  out += table.text(1);
}

void append_moves(std::string& out, const Summary& summary) {
  if (summary.frames_moved.is_zero()) return;
  out +=
      fmt::format("\n{} moved out of the way of contiguous requests\n", counted(summary.frames_moved.count(), "frame"));
}

// Calls of the processes of a fleet that failed alike, and of one process by itself.
struct FailedGroup {
  std::string_view fleet;  // empty: no fleet
  const FailedCallSummary* first = nullptr;
  std::uint64_t processes = 0;
  std::uint64_t count = 0;
};

std::vector<FailedGroup> groups_of(const std::vector<FailedCallSummary>& failed_calls) {
  std::vector<FailedGroup> groups;
  for (const FailedCallSummary& failed : failed_calls) {
    const std::string_view fleet = fleet_of(failed.process);
    const auto alike = [&](const FailedGroup& group) {
      return !fleet.empty() && group.fleet == fleet && group.first->call == failed.call &&
             group.first->error == failed.error;
    };
    auto group = std::find_if(groups.begin(), groups.end(), alike);
    if (group == groups.end()) group = groups.insert(group, FailedGroup{fleet, &failed, 0, 0});
    ++group->processes;
    group->count += failed.count;
  }
  return groups;
}

// "app: 63 of 400 instances"
std::string who(const FailedGroup& group, const Summary& summary) {
  if (group.processes == 1) return escaped_for_terminal(group.first->process);
  const auto fleet = std::find_if(summary.fleets.begin(), summary.fleets.end(),
                                  [&](const FleetSummary& candidate) { return candidate.name == group.fleet; });
  if (fleet == summary.fleets.end())
    return fmt::format("{}: {} instances", escaped_for_terminal(group.fleet), group.processes);
  return fmt::format("{}: {} of {} instances", escaped_for_terminal(group.fleet), group.processes, fleet->started);
}

void append_failed_calls(std::string& out, const Summary& summary) {
  if (summary.failed_calls.empty()) return;
  out += "\nFailed calls\n";
  TextTable table({kLeft, kLeft, kLeft, kRight, kRight});
  table.add_row({"process", "call", "errno", "count", "first at"});
  const std::vector<FailedGroup> groups = groups_of(summary.failed_calls);
  const std::size_t shown = std::min(groups.size(), kRowsShown);
  for (std::size_t i = 0; i < shown; ++i) {
    const FailedCallSummary& first = *groups[i].first;
    table.add_row({who(groups[i], summary), std::string(call_name(first.call)),
                   fmt::format("{} ({})", errno_name(first.error), static_cast<unsigned>(first.error)),
                   fmt::to_string(groups[i].count), when(first.first_time)});
  }
  out += table.text(1);
  append_more(out, groups.size(), shown, "groups");
}

void append_messages(std::string& out, const Summary& summary) {
  if (summary.messages.empty()) return;
  out += "\nMessages, from send to reply\n";
  TextTable table({kLeft, kRight, kRight, kRight, kRight, kRight, kRight});
  table.add_row({"type", "priority", "count", "failed", "median", "P99", "max"});
  const std::size_t shown = std::min(summary.messages.size(), kRowsShown);
  for (std::size_t i = 0; i < shown; ++i) {
    const MessageSummary& group = summary.messages[i];
    table.add_row({message_label(group), group.other ? "" : fmt::to_string(group.priority),
                   fmt::to_string(group.latency.count()), fmt::to_string(group.failed),
                   format_duration_human(group.latency.quantile(500)),
                   format_duration_human(group.latency.quantile(990)), format_duration_human(group.latency.maximum())});
  }
  out += table.text(1);
  append_more(out, summary.messages.size(), shown, "groups");
}

// What a reader came for, and what should not be missed.
void append_answers(std::string& out, const Summary& summary, std::size_t columns) {
  out += '\n';
  for (const Sentence& answer : answers(summary)) append_wrapped(out, escaped_for_terminal(answer.text), columns);
  const std::vector<std::string> all = warnings(summary);
  const std::size_t shown = std::min(all.size(), kWarningsShown);
  for (std::size_t i = 0; i < shown; ++i) append_wrapped(out, "Warning: " + all[i], columns);
  if (all.size() > shown) out += fmt::format("... and {} more warnings\n", all.size() - shown);
}

void append_expectations(std::string& out, const Summary& summary) {
  if (summary.unjudged_expectations > 0) {
    const bool is_interrupted = summary.stop_reason == StopReason::interrupted;
    out += fmt::format("Expectations: {}, not judged: {} ended the run before its time\n",
                       summary.unjudged_expectations, is_interrupted ? "an interrupt" : "--until");
  }
  if (summary.expectations.empty()) return;
  const auto held = std::count_if(summary.expectations.begin(), summary.expectations.end(),
                                  [](const ExpectationSummary& expectation) { return expectation.holds; });
  out += fmt::format("Expectations: {} of {} hold\n", held, summary.expectations.size());
}

void append_end(std::string& out, const Summary& summary) {
  if (summary.ended) {
    out += fmt::format("\nEnded ({}) after {} of simulated time: {}, {}, {}\n", name_of(summary.stop_reason),
                       when(summary.end_time), counted(summary.processes_started, "process", "processes"),
                       counted(summary.events, "event"), counted(summary.records, "record"));
  } else {
    out += "\nNot ended\n";
  }
  append_expectations(out, summary);
  out += fmt::format("Fingerprint {}{}\n", fingerprint_text(summary.fingerprint),
                     summary.has_measured_time ? ", not deterministic" : "");
}

}  // namespace

std::string render_text(const Summary& summary, std::size_t columns) {
  std::string out;
  append_head(out, summary, columns);
  append_answers(out, summary, columns);
  append_memory_over_time(out, summary, columns);
  append_regions(out, summary);
  append_objects(out, summary);
  append_probes(out, summary);
  append_devices(out, summary);
  append_moves(out, summary);
  append_failed_calls(out, summary);
  if (summary.contiguous_failures) {
    append_explanations(out, "Contiguous requests that failed", *summary.contiguous_failures, summary.page_size);
  }
  if (summary.probe_failures && summary.probe_failures->count > 0) {
    append_explanations(out, "Probes when they began to fail", *summary.probe_failures, summary.page_size);
  }
  append_messages(out, summary);
  append_program_output(out, summary);
  append_notes(out, summary);
  append_replies(out, summary);
  append_end(out, summary);
  return out;
}

}  // namespace memsim
