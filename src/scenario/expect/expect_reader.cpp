#include "scenario/expect/expect_reader.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include <memsim/base/numbers.hpp>

#include "scenario/expect/expect_words.hpp"
#include "scenario/expect/expectation_reader.hpp"
#include "scenario/program/expression.hpp"

namespace memsim::loader {
namespace {

// Each record is shown to every expectation that wants its kind: so many are plenty.
constexpr std::size_t kExpectationsMax = 4096;

// Baselines and comparisons join the region, the order and the statistic to the name: "region/ram/free_blocks/order3".
std::string measure_suggestion(std::string_view name, const std::vector<std::string_view>& known) {
  for (std::string_view rest = name; !rest.empty();) {
    const std::string_view part = rest.substr(0, rest.find('/'));
    if (part != name && std::find(known.begin(), known.end(), part) != known.end()) {
      return fmt::format("write '{}'; region, order and statistic have the keys region, order, at and of", part);
    }
    rest.remove_prefix(std::min(part.size() + 1, rest.size()));
  }
  return suggestion(name, known);
}

// By the choices of 'of'.
constexpr std::array kOfSeries = {Statistic::minimum, Statistic::mean, Statistic::mean_milli, Statistic::maximum};

}  // namespace

void ExpectationReader::read_moment(const Node& node, Statistic& of, std::optional<SimTime>& in_force) {
  exclude("of", "at");
  exclude("between", "at");
  if (node.kind == Node::Kind::scalar && node.text == "start") {
    of = Statistic::first;
  } else {
    const SimTime time = moment(node, "at", "end", never());
    of = Statistic::last;
    if (time != never()) in_force = time;
  }
}

void ExpectationReader::require_samples(std::string_view key) {
  if (!world_.record.every.is_zero() || world_.record.at_each_change) return;
  fault(key, "samples are taken at the start and the end only",
        "add 'at_each_change: true' or 'every: 10ms' to 'record', or write 'at: start' or 'at: end'");
}

void ExpectationReader::read_measure(Expectation& expectation) {
  ExpectedMeasure measure;
  const std::string* name = word_at("measure", "the name of a measure");
  const auto known = name == nullptr ? std::nullopt : sampled_measure_from_name(*name);
  if (name != nullptr && !known) {
    std::vector<std::string_view> names;
    for (const SampledMeasureInfo& info : sampled_measures()) names.push_back(info.name);
    fault("measure", fmt::format("there is no measure {}", quoted(*name)), measure_suggestion(*name, names));
  }
  if (!known) return;
  measure.measure = *known;
  const SampledMeasureInfo& info = info_of(*known);
  measure.region = read_region(!is_of_objects(info.scope));
  const bool is_of_chosen = map_.find("object") != nullptr || map_.find("process") != nullptr;
  if (is_of_chosen && info.scope != MeasureScope::objects) {
    fault(map_.find("object") != nullptr ? "object" : "process",
          fmt::format("{} is not measured of single objects", info.name));
  }
  const bool has_order = is_by_order(info.scope);
  if (has_order && map_.find("order") == nullptr) fault("measure", "of which order?", "add 'order: 9' for 2^9 frames");
  if (!has_order && map_.find("order") != nullptr) fault("order", fmt::format("{} has no order", info.name));
  if (*known == SampledMeasure::segments_log2 && !world_.record.segment_lengths) {
    fault("measure", "the lengths of segments are not recorded", "add 'segment_lengths: true' to 'record'");
  }
  measure.order = Order(static_cast<unsigned>(map_.integer("order", 0)));
  if (map_.find("of") != nullptr) measure.of = kOfSeries.at(map_.choice("of", 0));
  if (const Node* at = map_.find("at")) read_moment(*at, measure.of, measure.in_force);
  read_between(expectation.between);
  read_who(expectation);
  const bool is_of_ends =
      is_of_chosen || measure.of == Statistic::first || (measure.of == Statistic::last && !measure.in_force);
  if (!is_of_ends) require_samples(measure.in_force ? "at" : "measure");
  // Thousandths of a unit have none.
  read_bounds(expectation, measure.of == Statistic::mean_milli ? MeasureUnit::count : info.unit, true);
  expectation.what = std::move(measure);
}

void ExpectationReader::read_probe(Expectation& expectation) {
  using What = ExpectedProbe::What;
  ExpectedProbe probe;
  probe.probe = map_.text("probe", "");
  std::vector<std::string_view> names;
  for (const ProbeConfig& known : world_.record.probes) names.push_back(known.name);
  if (!probe.probe.empty() && std::find(names.begin(), names.end(), probe.probe) == names.end()) {
    fault("probe", fmt::format("there is no probe {}", quoted(probe.probe)), suggestion(probe.probe, names));
  }
  read_between(expectation.between);
  if (map_.find("succeeds") != nullptr) {
    probe.what = What::succeeds;
    expectation.bounds.equals = map_.boolean("succeeds", true) ? 1 : 0;
    for (const std::string_view key : {"of", "min", "max", "equals"}) exclude("succeeds", key);
    exclude("between", "at");
    if (map_.find("at") == nullptr) require_samples("probe");
    if (map_.find("at") != nullptr) probe.of = map_.choice("at", 1) == 0 ? Statistic::first : Statistic::last;
  } else {
    if (map_.find("at") != nullptr) fault("at", "stands beside 'succeeds' only");
    require_samples("probe");
    constexpr std::array kWhat = {What::failures, What::failed_share, What::first_failure};
    constexpr std::array kUnits = {MeasureUnit::count, MeasureUnit::share, MeasureUnit::nanoseconds};
    const std::size_t what = map_.choice("of", 0);
    probe.what = kWhat.at(what);
    read_bounds(expectation, kUnits.at(what), true);
  }
  expectation.what = std::move(probe);
}

void ExpectationReader::read_descriptors(Expectation& expectation) {
  ExpectedDescriptors descriptors;
  descriptors.device = map_.text("descriptors", "");
  std::vector<std::string_view> names;
  for (const DeviceConfig& known : world_.record.devices) names.push_back(known.name);
  if (!descriptors.device.empty() && std::find(names.begin(), names.end(), descriptors.device) == names.end()) {
    fault("descriptors", fmt::format("there is no device {}", quoted(descriptors.device)),
          suggestion(descriptors.device, names));
  }
  if (map_.find("of") != nullptr) descriptors.of = kOfSeries.at(map_.choice("of", 0));
  if (const Node* at = map_.find("at")) read_moment(*at, descriptors.of, descriptors.in_force);
  read_between(expectation.between);
  read_bounds(expectation, MeasureUnit::count, true);
  expectation.what = std::move(descriptors);
}

std::optional<Call> ExpectationReader::call_named(std::string_view key, bool or_any) {
  const std::string* name = word_at(key, "the name of a call");
  if (name == nullptr || (or_any && *name == "any")) return std::nullopt;
  const auto call = call_from_name(*name);
  if (!call) {
    std::vector<std::string_view> names;
    for (unsigned i = 0; i < kCallCount; ++i) names.push_back(call_name(static_cast<Call>(i)));
    if (or_any) names.emplace_back("any");
    fault(key, fmt::format("there is no call {}", quoted(*name)), suggestion(*name, names));
  }
  return call;
}

void ExpectationReader::read_calls(Expectation& expectation) {
  using Ending = ExpectedCallCount::Ending;
  ExpectedCallCount count;
  count.call = call_named("calls", true);
  if (const std::string* text = word_at("errno", "the name of an errno, any or none")) {
    const auto error = errno_from_name(*text);
    if (*text == "any") {
      count.ending = Ending::failed;
    } else if (*text == "none") {
      count.ending = Ending::succeeded;
    } else if (error && *error != Errno::eok) {
      count.ending = Ending::with_errno;
      count.error = *error;
    } else {
      fault("errno", fmt::format("{} is no errno", quoted(*text)), "write a name such as ENOMEM, any or none");
    }
  }
  read_who(expectation);
  read_between(expectation.between);
  read_bounds(expectation, MeasureUnit::count, true);
  expectation.what = count;
}

CallOutcome ExpectationReader::outcome(const Node& node) {
  const std::string* text = word(node, "gives", "an errno, success or a value");
  if (text == nullptr || *text == "success") return {};
  const auto error = errno_from_name(*text);
  if (error && *error != Errno::eok) return {*error, std::nullopt};
  const auto value = parse_signed(*text);
  if (value) return {Errno::eok, *value};
  context_.faults.add(node.place, fmt::format("gives: {} is no errno and no number", quoted(*text)),
                      "write a name such as ENOMEM, success, or the value that the call returns");
  return {};
}

void ExpectationReader::read_call(Expectation& expectation) {
  ExpectedCallOutcomes calls;
  calls.call = call_named("call", false).value_or(Call::msg_send);
  if (const Node* node = map_.find("gives")) {
    calls.in_order = node->kind == Node::Kind::sequence;
    if (calls.in_order) {
      for (const NodeId id : node->items) calls.outcomes.push_back(outcome(context_.tree[id]));
    } else {
      calls.outcomes.push_back(outcome(*node));
    }
  }
  read_who(expectation);
  read_between(expectation.between);
  expectation.what = std::move(calls);
}

void ExpectationReader::read_latency(Expectation& expectation) {
  ExpectedLatency latency;
  latency.call = call_named("latency", true);
  if (latency.call && *latency.call != Call::msg_send && !is_memmgr_call(*latency.call)) {
    fault("latency", fmt::format("{} is no message", call_name(*latency.call)));
  }
  if (const std::string* text = word_at("type", "a message type")) {
    if (latency.call && *latency.call != Call::msg_send) {
      fault("type", fmt::format("{} carries no type of a user's choice", call_name(*latency.call)),
            "write 'latency: MsgSend', or leave out 'type'");
    }
    const auto number = parse_unsigned(*text);
    const auto constant = find_constant(*text, context_.page_size);
    const bool is_named = constant && text->starts_with("_MEM_");
    const std::uint64_t type = number ? *number : is_named ? static_cast<std::uint64_t>(*constant) : 1u << 16;
    if (type >= 1u << 16) fault("type", fmt::format("{} is no message type", quoted(*text)), "write 0 to 0xffff");
    latency.type = static_cast<std::uint16_t>(type);
  }
  if (map_.find("priority") != nullptr) latency.priority = static_cast<std::uint8_t>(map_.integer("priority", 0));
  constexpr std::array kStatistics = {Statistic::minimum, Statistic::median, Statistic::mean, Statistic::p99,
                                      Statistic::maximum};
  if (map_.find("of") != nullptr) latency.of = kStatistics.at(map_.choice("of", 0));
  read_who(expectation);
  read_between(expectation.between);
  read_bounds(expectation, MeasureUnit::nanoseconds, true);
  expectation.what = latency;
}

ExpectedSegment ExpectationReader::segment(const Node& node) {
  MapReader map(context_, node, expected_segment_group());
  ExpectedSegment segment;
  segment.offset = map.size("offset", Bytes());
  segment.length = map.size("length", Bytes());
  if (map.find("paddr") != nullptr) segment.paddr = map.address("paddr", PhysAddr());
  return segment;
}

std::optional<std::vector<ExpectedSegment>> ExpectationReader::read_segments(Expectation& expectation) {
  const Node* equals = map_.find("equals");
  if (equals == nullptr || equals->kind != Node::Kind::sequence) {
    read_bounds(expectation, MeasureUnit::count, true);
    return std::nullopt;
  }
  exclude("equals", "min");
  exclude("equals", "max");
  std::vector<ExpectedSegment> listed;
  for (const NodeId id : equals->items) listed.push_back(segment(context_.tree[id]));
  return listed;
}

void ExpectationReader::read_reply(Expectation& expectation) {
  ExpectedReplySegments reply;
  if (const std::string* text = word_at("segments_of_reply", "each, last, or a number from 1")) {
    const auto number = parse_unsigned(*text);
    reply.is_last = *text == "last";
    if (number && *number > 0) reply.number = *number;
    if (!reply.is_last && !reply.number && *text != "each") {
      fault("segments_of_reply", fmt::format("{} is no reply", quoted(*text)), "write each, last, or a number from 1");
    }
  }
  read_who(expectation);
  read_between(expectation.between);
  reply.exactly = read_segments(expectation);
  expectation.what = std::move(reply);
}

void ExpectationReader::read_object(Expectation& expectation) {
  ExpectedObjectSegments object;
  expectation.object = object_name("segments_of_object");
  if (const Node* at = map_.find("at")) object.at = moment(*at, "at", "end", never(), " or end");
  exclude("between", "at");
  read_process(expectation.process);
  read_between(expectation.between);
  object.exactly = read_segments(expectation);
  expectation.what = std::move(object);
}

void ExpectationReader::read_count(Expectation& expectation) {
  ExpectedCount count;
  if (const std::string* text = word_at("count", "the name of a count")) {
    const auto known = count_from_name(*text);
    if (!known) fault("count", fmt::format("there is no count {}", quoted(*text)), suggestion(*text, count_names()));
    count.what = known.value_or(count.what);
    if (known && map_.find("process") != nullptr && !is_by_process(*known)) {
      fault("process", fmt::format("{} are not counted by process", *text));
    }
    if (known && map_.find("object") != nullptr && !is_by_object(*known)) {
      fault("object", fmt::format("{} are not counted by object", *text));
    }
    if (known == ExpectedCount::What::events && map_.find("between") != nullptr) {
      fault("between", "events are counted over the whole run only");
    }
  }
  read_who(expectation);
  read_between(expectation.between);
  read_bounds(expectation, MeasureUnit::count, true);
  expectation.what = count;
}

void ExpectationReader::read_end(Expectation& expectation) {
  ExpectedEnd end;
  const std::string* text = word_at("end", "the reason of the end, or any");
  if (text != nullptr && *text != "any") {
    end.reason = stop_reason_from_name(*text);
    if (!end.reason) {
      std::vector<std::string_view> known = stop_reason_names();
      known.emplace_back("any");
      fault("end", fmt::format("{} is no reason", quoted(*text)), suggestion(*text, known));
    }
  }
  read_bounds(expectation, MeasureUnit::nanoseconds, text != nullptr && *text == "any");
  expectation.what = end;
}

void ExpectationReader::read_final_state(Expectation& expectation) {
  static_cast<void>(map_.choice("final_state", 0));
  expectation.what = ExpectedEmptyState{};
}

void ExpectationReader::read_deadlock(Expectation& expectation) {
  ExpectedDeadlock deadlock;
  const Node* node = map_.find("deadlock");
  if (node != nullptr && node->kind == Node::Kind::sequence) {
    if (node->items.empty()) fault("deadlock", "a circle has members", "write none where no deadlock is expected");
    for (const NodeId id : node->items) {
      const Node& item = context_.tree[id];
      const std::string* name = scalar_text(context_, item, "the name of a process");
      if (name == nullptr) continue;
      deadlock.members.push_back(*name);
      if (processes_.is_fleet(*name)) {
        context_.faults.add(item.place, fmt::format("deadlock: {} is a fleet", quoted(*name)),
                            fmt::format("name an instance, such as {}.0", *name));
      } else if (!processes_.is_process_or_instance(*name)) {
        context_.faults.add(item.place, fmt::format("deadlock: there is no process {}", quoted(*name)),
                            suggestion(*name, processes_.names()));
      }
    }
  } else if (node != nullptr && (node->kind != Node::Kind::scalar || node->text != "none")) {
    fault("deadlock", "expected none, or a list of processes");
  }
  read_between(expectation.between);
  expectation.what = std::move(deadlock);
}

void ExpectationReader::read_note(Expectation& expectation) {
  ExpectedNote note;
  note.is_part = form_.name == "note_with";
  note.text = map_.text(form_.name, "");
  read_process(expectation.process);
  read_between(expectation.between);
  read_bounds(expectation, MeasureUnit::count, false);
  if (expectation.bounds.empty()) expectation.bounds.minimum = 1;
  expectation.what = std::move(note);
}

Expectation ExpectationReader::read() {
  using Read = void (ExpectationReader::*)(Expectation&);
  constexpr std::array kReaders = std::to_array<std::pair<std::string_view, Read>>({
      {"measure", &ExpectationReader::read_measure},
      {"probe", &ExpectationReader::read_probe},
      {"descriptors", &ExpectationReader::read_descriptors},
      {"calls", &ExpectationReader::read_calls},
      {"call", &ExpectationReader::read_call},
      {"latency", &ExpectationReader::read_latency},
      {"segments_of_reply", &ExpectationReader::read_reply},
      {"segments_of_object", &ExpectationReader::read_object},
      {"count", &ExpectationReader::read_count},
      {"end", &ExpectationReader::read_end},
      {"final_state", &ExpectationReader::read_final_state},
      {"deadlock", &ExpectationReader::read_deadlock},
      {"note", &ExpectationReader::read_note},
      {"note_with", &ExpectationReader::read_note},
  });
  const auto found =
      std::find_if(kReaders.begin(), kReaders.end(), [&](const auto& reader) { return reader.first == form_.name; });
  MEMSIM_CHECK_THAT(found != kReaders.end(), "each form has its reader");
  Expectation expectation;
  (this->*found->second)(expectation);
  check_range(expectation);
  return expectation;
}

namespace {

// The form that a map has is told by the first of its keys that is the name of one.
const ExpectForm* form_of(Context& context, const Node& node) {
  if (node.kind != Node::Kind::map) {
    context.faults.add(node.place, fmt::format("an expectation is a map, not {}", kind_name(node.kind)));
    return nullptr;
  }
  std::vector<std::string_view> names;
  for (const ExpectForm& form : expect_forms()) names.push_back(form.name);
  for (const Entry& entry : node.entries) {
    const auto found = std::find(names.begin(), names.end(), entry.key);
    if (found != names.end()) return &expect_forms()[static_cast<std::size_t>(found - names.begin())];
  }
  std::string help;
  for (const Entry& entry : node.entries) {
    if (help.empty() && !nearest_name(entry.key, names).empty()) help = suggestion(entry.key, names);
  }
  if (help.empty()) help = suggestion({}, names);
  context.faults.add(node.place, "no key says what is expected", std::move(help));
  return nullptr;
}

}  // namespace

void read_expectations(Context& context, const Node& root_node, MapReader& root, Scenario& scenario) {
  const std::vector<NodeId>& items = root.list("expect");
  if (items.size() > kExpectationsMax) {
    context.faults.add(root.place("expect"), fmt::format("expect: at most {} are allowed", kExpectationsMax));
    return;
  }
  if (items.empty()) return;
  const ProcessNames processes(context, root_node);
  for (const NodeId id : items) {
    const Node& node = context.tree[id];
    const ExpectForm* form = form_of(context, node);
    if (form == nullptr) continue;
    Expectation expectation = ExpectationReader(context, processes, scenario.world, *form, node).read();
    expectation.where = context.source.locate(node.place.offset);
    expectation.source_line = context.source.line(expectation.where.line);
    scenario.expect.push_back(std::move(expectation));
  }
}

}  // namespace memsim::loader
