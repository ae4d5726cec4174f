#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <vector>

#include <memsim/base/fragmentation.hpp>
#include <memsim/base/host_error.hpp>
#include <memsim/base/numbers.hpp>
#include <memsim/view/render.hpp>
#include <memsim/view/sampled_value.hpp>

#include <memsim/view/names.hpp>
#include <memsim/view/text_table.hpp>
#include "view/picture/render_explanation.hpp"

namespace memsim {
namespace {

// What a reader takes in before reaching for the files.
constexpr std::size_t kRepliesShown = 12;
constexpr std::size_t kSegmentsShown = 16;
constexpr std::size_t kNotesShown = 40;
constexpr std::size_t kRowsShown = 40;

constexpr auto kLeft = TextTable::Align::left;
constexpr auto kRight = TextTable::Align::right;

using Out = std::back_insert_iterator<std::string>;

std::string when(SimTime time) { return format_duration_human(time - SimTime()); }

void append_more(std::string& out, std::uint64_t count, std::size_t shown, std::string_view noun) {
  if (count > shown) fmt::format_to(Out(out), " ... and {} more {}\n", count - shown, noun);
}

void append_head(std::string& out, const Summary& summary) {
  out += heading(summary.scenario, summary.title);
  fmt::format_to(Out(out), "\nseed {}, policy {}, pages of {}, {}\n", summary.seed, summary.policy,
                 format_size_exact(summary.page_size), counted(summary.cpus, "cpu"));
}

void append_reply(std::string& out, const ReplySummary& reply) {
  fmt::format_to(Out(out), " {} at {}: {} of {}, offset={:x} length={}: {}", reply.process, when(reply.time),
                 object_label(reply.object, reply.object_name), format_size_exact(reply.object_size),
                 reply.offset.count(), length_text(reply.length), counted(reply.delivered, "segment"));
  if (reply.cut) fmt::format_to(Out(out), " of {}, cut short", reply.in_range);
  out += '\n';
  const std::size_t shown = std::min(reply.segments.size(), kSegmentsShown);
  for (std::size_t i = 0; i < shown; ++i) {
    const Segment& segment = reply.segments[i];
    fmt::format_to(Out(out), "   offset={:x} paddr={:x} len={:x}\n", segment.offset.count(), segment.paddr.value(),
                   segment.length.count());
  }
  if (reply.delivered > shown) {
    fmt::format_to(Out(out), "   ... and {} more\n", reply.delivered - shown);
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

// A table row: a label, then the same question asked of both states.
template <class Ask>
void add_before_after(TextTable& table, const std::string& label, const RegionSummary& region, Ask ask) {
  table.add_row({label, ask(*region.before), ask(*region.after)});
}

std::string region_measures(const RegionSummary& region, Bytes page_size) {
  TextTable table({kLeft, kRight, kRight});
  table.add_row({"", "before", "after"});
  add_before_after(table, "free", region, [&](const RegionState& state) {
    return format_size_human(checked_multiply(page_size, state.free.count()).value_or(Bytes::max()));
  });
  add_before_after(table, "free frames", region, [](const auto& state) { return fmt::to_string(state.free.count()); });
  add_before_after(table, "free runs", region, [](const auto& state) { return fmt::to_string(state.free_run_count); });
  add_before_after(table, "largest run, frames", region,
                   [](const auto& state) { return fmt::to_string(state.largest_free_run.count()); });
  add_before_after(table, "external fragmentation", region, [](const auto& state) {
    return permille_text(external_fragmentation_permille(state.free, state.largest_free_run));
  });
  const std::string large_page = format_size_human(large_page_size(page_size));
  add_before_after(table, "free " + large_page + " pages", region, [&](const auto& state) {
    return fmt::format("{} of {}", state.large_pages_free, large_pages_possible(state.free, page_size));
  });
  add_before_after(table, "pinned " + large_page + " ranges", region, [](const auto& state) {
    return fmt::format("{} of {}", state.large_page_ranges_pinned, state.large_page_ranges);
  });
  return table.text(1);
}

std::uint64_t blocks_of(const RegionState& state, unsigned order) {
  return order < state.free_blocks.size() ? state.free_blocks[order] : 0;
}

std::string region_orders(const RegionSummary& region, Bytes page_size) {
  TextTable table({kRight, kRight, kRight, kRight, kRight, kRight});
  table.add_row({"order", "block", "free before", "after", "unusable index before", "after"});
  for (unsigned i = 0; i < order_count_of(region.frames); ++i) {
    const Order order(i);
    const auto unusable = [order](const RegionState& state) {
      return permille_text(unusable_index_permille(state.free, state.free_blocks, order));
    };
    const Bytes block = checked_multiply(page_size, order.frames().count()).value_or(Bytes::max());
    table.add_row({fmt::to_string(i), format_size_exact(block), fmt::to_string(blocks_of(*region.before, i)),
                   fmt::to_string(blocks_of(*region.after, i)), unusable(*region.before), unusable(*region.after)});
  }
  return table.text(1);
}

void append_regions(std::string& out, const Summary& summary) {
  for (const RegionSummary& region : summary.regions) {
    const Bytes size = checked_multiply(summary.page_size, region.frames.count()).value_or(Bytes::max());
    fmt::format_to(Out(out), "\nMemory of {}: {} from {:#x}, {} frames\n", region.name, format_size_exact(size),
                   region.base.value(), region.frames.count());
    if (!region.before || !region.after) {
      out += " not sampled\n";
      continue;
    }
    out += region_measures(region, summary.page_size);
    out += region_orders(region, summary.page_size);
  }
}

// Nothing where their lengths were not recorded.
std::string segments_by_length(const ObjectsSummary& objects, Bytes page_size) {
  if (objects.segments_by_log2.empty()) return {};
  TextTable table({kRight, kRight, kRight});
  table.add_row({"segments from", "to below", "count"});
  for (unsigned i = 0; i < objects.segments_by_log2.size(); ++i) {
    if (objects.segments_by_log2[i] == 0) continue;
    const Bytes from = checked_multiply(page_size, Order(i).frames().count()).value_or(Bytes::max());
    const Bytes to = checked_multiply(from, 2).value_or(Bytes::max());
    table.add_row({format_size_exact(from), format_size_exact(to), fmt::to_string(objects.segments_by_log2[i])});
  }
  return table.text(1);
}

void append_objects(std::string& out, const Summary& summary) {
  if (!summary.objects || summary.objects->object_count == 0) return;
  const ObjectsSummary& objects = *summary.objects;
  fmt::format_to(Out(out), "\nMemory objects at the end\n {}, {} asked, {} given (internal fragmentation {})\n",
                 counted(objects.object_count, "object"), format_size_human(objects.asked),
                 format_size_human(objects.given),
                 permille_text(internal_fragmentation_permille(objects.asked, objects.given)));
  fmt::format_to(Out(out), " {}; an object has {} at least, {} as median, {} as P99, {} at most\n",
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
                   probe.samples == 0 ? "-" : permille_text(permille_of(probe.failures, probe.samples)),
                   probe.first_failure ? when(*probe.first_failure) : "never"});
  }
  out += table.text(1);
}

void append_moves(std::string& out, const Summary& summary) {
  if (summary.frames_moved.is_zero()) return;
  fmt::format_to(Out(out), "\n{} moved out of the way of contiguous requests\n",
                 counted(summary.frames_moved.count(), "frame"));
}

void append_failed_calls(std::string& out, const Summary& summary) {
  if (summary.failed_calls.empty()) return;
  out += "\nFailed calls\n";
  TextTable table({kLeft, kLeft, kLeft, kRight, kRight});
  table.add_row({"process", "call", "errno", "count", "first at"});
  const std::size_t shown = std::min(summary.failed_calls.size(), kRowsShown);
  for (std::size_t i = 0; i < shown; ++i) {
    const FailedCallSummary& failed = summary.failed_calls[i];
    table.add_row({failed.process, std::string(call_name(failed.call)),
                   fmt::format("{} ({})", errno_name(failed.error), static_cast<unsigned>(failed.error)),
                   fmt::to_string(failed.count), when(failed.first_time)});
  }
  out += table.text(1);
  append_more(out, summary.failed_calls.size(), shown, "groups");
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

void append_warnings(std::string& out, const Summary& summary) {
  const std::vector<std::string> all = warnings(summary);
  if (all.empty()) return;
  out += "\nWarnings\n";
  const std::size_t shown = std::min(all.size(), kRowsShown);
  for (std::size_t i = 0; i < shown; ++i) fmt::format_to(Out(out), " {}\n", all[i]);
  append_more(out, all.size(), shown, "warnings");
}

void append_expectations(std::string& out, const Summary& summary) {
  if (summary.unjudged_expectations > 0) {
    fmt::format_to(Out(out), "Expectations: {}, not judged: --until ended the run before its time\n",
                   summary.unjudged_expectations);
  }
  if (summary.expectations.empty()) return;
  const auto held = std::count_if(summary.expectations.begin(), summary.expectations.end(),
                                  [](const ExpectationSummary& expectation) { return expectation.holds; });
  fmt::format_to(Out(out), "Expectations: {} of {} hold\n", held, summary.expectations.size());
}

void append_end(std::string& out, const Summary& summary) {
  if (summary.ended) {
    fmt::format_to(Out(out), "\nEnded ({}) after {} of simulated time: {}, {}, {}\n", name_of(summary.stop_reason),
                   when(summary.end_time), counted(summary.processes_started, "process", "processes"),
                   counted(summary.events, "event"), counted(summary.records, "record"));
  } else {
    out += "\nNot ended\n";
  }
  append_expectations(out, summary);
  fmt::format_to(Out(out), "Fingerprint {}\n", fingerprint_text(summary.fingerprint));
}

}  // namespace

std::string render_text(const Summary& summary) {
  std::string out;
  append_head(out, summary);
  append_replies(out, summary);
  append_notes(out, summary);
  append_regions(out, summary);
  append_objects(out, summary);
  append_probes(out, summary);
  append_moves(out, summary);
  append_failed_calls(out, summary);
  if (summary.contiguous_failures) append_explanations(out, *summary.contiguous_failures, summary.page_size);
  append_messages(out, summary);
  append_warnings(out, summary);
  append_end(out, summary);
  return out;
}

}  // namespace memsim
