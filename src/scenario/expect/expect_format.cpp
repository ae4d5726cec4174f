#include "scenario/expect/expect_format.hpp"

#include <array>

namespace memsim::loader {
namespace {

using enum Key::Kind;

constexpr std::uint64_t kLargestCount = std::numeric_limits<std::int64_t>::max();

constexpr Key kProcess{.name = "process", .kind = text, .doc = "a process, an instance, or all of a fleet"};
constexpr Key kObjectName{
    .name = "object", .kind = text, .doc = "only what is about this object; SHM_ANON: without a name"};
constexpr Key kMaker{.name = "process", .kind = text, .doc = "only objects that this process, instance or fleet made"};
constexpr Key kBetween{.name = "between", .doc = "[FROM, TO] in simulated time, both included", .definition = "window"};

constexpr Key count_bound(std::string_view name, std::string_view doc) {
  return {.name = name, .kind = integer, .doc = doc, .maximum = kLargestCount};
}
constexpr Key kCountMin = count_bound("min", "at least so many");
constexpr Key kCountMax = count_bound("max", "at most so many");
constexpr Key kCountEquals = count_bound("equals", "exactly so many");
constexpr Key kTimeMin{.name = "min", .kind = duration, .doc = "at least so long"};
constexpr Key kTimeMax{.name = "max", .kind = duration, .doc = "at most so long"};
constexpr Key kTimeEquals{.name = "equals", .kind = duration, .doc = "exactly so long"};
constexpr Key kMin{.name = "min", .doc = "at least, in the unit of what is measured", .definition = "bound"};
constexpr Key kMax{.name = "max", .doc = "at most, in the unit of what is measured", .definition = "bound"};
constexpr Key kEquals{.name = "equals", .doc = "exactly, in the unit of what is measured", .definition = "bound"};

constexpr std::array<std::string_view, 4> kOfSamples = {"minimum", "mean", "mean_milli", "maximum"};
constexpr std::array kMeasureKeys = std::to_array<Key>({
    {.name = "measure", .doc = "what every sample measures", .required = true, .definition = "measure"},
    {.name = "region",
     .kind = text,
     .doc = "may be left out where there is only one; NAME#2 is the second of its name"},
    {.name = "order", .kind = integer, .doc = "for measures of blocks and runs of 2^order frames", .maximum = 63},
    {.name = "object", .kind = text, .doc = "of this object alone, at each change; SHM_ANON: those without a name"},
    kMaker,
    {.name = "at", .doc = "start, end, or a time: the last sample or change until then", .definition = "moment"},
    {.name = "of", .kind = choice, .doc = "of all samples; without it, each must hold", .choices = kOfSamples},
    kBetween,
    kMin,
    kMax,
    kEquals,
});
constexpr Group kMeasure{"expect_measure", "an expectation of a measure", kMeasureKeys};

constexpr std::array kDescriptorsKeys = std::to_array<Key>({
    {.name = "descriptors", .kind = name, .doc = "a device of 'record: {devices: ...}'", .required = true},
    {.name = "at", .doc = "start, end, or a time: the last change until then", .definition = "moment"},
    {.name = "of", .kind = choice, .doc = "of all changes; without it, each must hold", .choices = kOfSamples},
    kBetween,
    kCountMin,
    kCountMax,
    kCountEquals,
});
constexpr Group kDescriptors{"expect_descriptors", "an expectation of descriptors", kDescriptorsKeys};

constexpr std::array<std::string_view, 2> kEnds = {"start", "end"};
constexpr std::array<std::string_view, 3> kOfProbe = {"failures", "failed_share", "first_failure"};
constexpr std::array kProbeKeys = std::to_array<Key>({
    {.name = "probe", .kind = name, .doc = "a probe of 'record: {probes: ...}'", .required = true},
    {.name = "succeeds", .kind = boolean, .doc = "in each sample, or in that of 'at'"},
    {.name = "at", .kind = choice, .doc = "with 'succeeds': only in the first or last sample", .choices = kEnds},
    {.name = "of", .kind = choice, .doc = "what is bounded; failures by default", .choices = kOfProbe},
    kBetween,
    kMin,
    kMax,
    kEquals,
});
constexpr Group kProbe{"expect_probe", "an expectation of a probe", kProbeKeys};

constexpr std::array kCallsKeys = std::to_array<Key>({
    {.name = "calls", .doc = "a call, or any: how many returned", .required = true, .definition = "call_or_any"},
    kProcess,
    kObjectName,
    {.name = "errno", .doc = "only those with this errno; any: those that failed; none", .definition = "errno_or_any"},
    kBetween,
    kCountMin,
    kCountMax,
    kCountEquals,
});
constexpr Group kCalls{"expect_calls", "an expectation of a number of calls", kCallsKeys};

constexpr std::array kCallKeys = std::to_array<Key>({
    {.name = "call", .doc = "a call: what it gives", .required = true, .definition = "call_name"},
    {.name = "gives",
     .doc = "an errno, success, or a value, each time; or a list of them, in order",
     .required = true,
     .definition = "outcomes"},
    kProcess,
    kObjectName,
    kBetween,
});
constexpr Group kCall{"expect_call", "an expectation of a call", kCallKeys};

constexpr std::array<std::string_view, 5> kOfLatencies = {"minimum", "median", "mean", "p99", "maximum"};
constexpr std::array kLatencyKeys = std::to_array<Key>({
    {.name = "latency",
     .doc = "a call that is a message, or any: from send to reply",
     .required = true,
     .definition = "call_or_any"},
    kProcess,
    kObjectName,
    {.name = "type", .doc = "of the message, for MsgSend", .definition = "message_type"},
    {.name = "priority", .kind = integer, .doc = "of the client when it sent", .maximum = 255},
    {.name = "of", .kind = choice, .doc = "of all; without it, each must hold", .choices = kOfLatencies},
    kBetween,
    kTimeMin,
    kTimeMax,
    kTimeEquals,
});
constexpr Group kLatency{"expect_latency", "an expectation of a latency", kLatencyKeys};

constexpr std::array kSegmentKeys = std::to_array<Key>({
    {.name = "offset", .kind = size, .doc = "in the object", .required = true},
    {.name = "paddr", .kind = address, .doc = "anywhere by default"},
    {.name = "length", .kind = size, .doc = "bytes", .required = true},
});
constexpr Group kSegment{"expect_segment", "a segment", kSegmentKeys};

constexpr std::array kReplyKeys = std::to_array<Key>({
    {.name = "segments_of_reply",
     .doc = "of each answer to _MEM_OBJ_INFO, of the last, or of number N, counted from 1",
     .required = true,
     .definition = "reply_choice"},
    kProcess,
    kObjectName,
    kBetween,
    kCountMin,
    kCountMax,
    {.name = "equals", .doc = "exactly so many, or exactly these", .definition = "segments_or_count"},
});
constexpr Group kReply{"expect_reply", "an expectation of a reply", kReplyKeys};

constexpr std::array kObjectKeys = std::to_array<Key>({
    {.name = "segments_of_object",
     .kind = text,
     .doc = "a name, or SHM_ANON for objects without one; whenever its memory changes",
     .required = true},
    kMaker,
    {.name = "at",
     .doc = "a time, or end: of the youngest object that bears the name then",
     .definition = "late_moment"},
    kBetween,
    kCountMin,
    kCountMax,
    {.name = "equals", .doc = "exactly so many, or exactly these", .definition = "segments_or_count"},
});
constexpr Group kObject{"expect_object", "an expectation of an object", kObjectKeys};

constexpr std::array kCountKeys = std::to_array<Key>({
    {.name = "count", .doc = "how often something happened", .required = true, .definition = "count_name"},
    kProcess,
    kObjectName,
    kBetween,
    kCountMin,
    kCountMax,
    kCountEquals,
});
constexpr Group kCount{"expect_count", "an expectation of a count", kCountKeys};

constexpr std::array kRunEndKeys = std::to_array<Key>({
    {.name = "end", .doc = "why the run ends, or any; bounds say when", .required = true, .definition = "stop_reason"},
    kTimeMin,
    kTimeMax,
    kTimeEquals,
});
constexpr Group kRunEnd{"expect_end", "an expectation of the end", kRunEndKeys};

constexpr std::array<std::string_view, 1> kEmpty = {"empty"};
constexpr std::array kFinalStateKeys = std::to_array<Key>({
    {.name = "final_state",
     .kind = choice,
     .doc = "no object lives, and as much memory is free as at the start",
     .required = true,
     .choices = kEmpty},
});
constexpr Group kFinalState{"expect_final_state", "an expectation of the final state", kFinalStateKeys};

constexpr std::array kDeadlockKeys = std::to_array<Key>({
    {.name = "deadlock",
     .doc = "none, or the processes that wait for each other in a circle",
     .required = true,
     .definition = "deadlock_members"},
    kBetween,
});
constexpr Group kDeadlock{"expect_deadlock", "an expectation of a deadlock", kDeadlockKeys};

constexpr std::array kNoteKeys = std::to_array<Key>({
    {.name = "note", .kind = text, .doc = "a note that says this; at least once by default", .required = true},
    kProcess,
    kBetween,
    kCountMin,
    kCountMax,
    kCountEquals,
});
constexpr Group kNote{"expect_note", "an expectation of a note", kNoteKeys};

constexpr auto kNoteWithKeys = [] {
  auto keys = kNoteKeys;
  keys[0].name = "note_with";
  keys[0].doc = "a note that says this among other things; at least once by default";
  return keys;
}();
constexpr Group kNoteWith{"expect_note_with", "an expectation of a note", kNoteWithKeys};

constexpr std::array kForms = std::to_array<ExpectForm>({
    {"measure", "a measure of free memory or of the objects", &kMeasure},
    {"probe", "a contiguous-allocation probe", &kProbe},
    {"descriptors", "how many descriptors a device takes", &kDescriptors},
    {"calls", "how many calls returned", &kCalls},
    {"call", "what a call gives", &kCall},
    {"latency", "how long messages took", &kLatency},
    {"segments_of_reply", "the segments in answers to _MEM_OBJ_INFO", &kReply},
    {"segments_of_object", "the segments of an object", &kObject},
    {"count", "how often something happened", &kCount},
    {"end", "why and when the run ended", &kRunEnd},
    {"final_state", "what is left at the end", &kFinalState},
    {"deadlock", "who waits for each other for ever", &kDeadlock},
    {"note", "a note", &kNote},
    {"note_with", "part of a note", &kNoteWith},
});

}  // namespace

std::span<const ExpectForm> expect_forms() { return kForms; }
const Group& expected_segment_group() { return kSegment; }

}  // namespace memsim::loader
