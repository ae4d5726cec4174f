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

void ExpectationReader::read_statistic(ExpectedValues& values) {
  if (map_.find("of") != nullptr) values.of = kOfSeries.at(map_.choice("of", 0));
  const Node* at = map_.find("at");
  if (at == nullptr) return;
  exclude("of", "at");
  exclude("between", "at");
  if (at->kind == Node::Kind::scalar && at->text == "start") {
    values.of = Statistic::first;
  } else {
    const SimTime time = moment(*at, "at", "end", never());
    values.of = Statistic::last;
    if (time != never()) values.in_force = time;
  }
}

void ExpectationReader::require_samples(std::string_view key) {
  if (!world_.record.every.is_zero() || world_.record.at_each_change) return;
  fault(key, "samples are taken at the start and the end only",
        "add 'at_each_change: true' or 'every: 10ms' to 'record', or write 'at: start' or 'at: end'");
}

ExpectationReader::Bounded ExpectationReader::read_measure(Expectation& expectation) {
  ExpectedValues values;
  MeasureValues measure;
  const std::string* name = word_at("measure", "the name of a measure");
  const auto known = name == nullptr ? std::nullopt : sampled_measure_from_name(*name);
  if (name != nullptr && !known) {
    std::vector<std::string_view> names;
    for (const SampledMeasureInfo& info : sampled_measures()) names.push_back(info.name);
    fault("measure", fmt::format("there is no measure {}", in_quotes(*name)), measure_suggestion(*name, names));
  }
  if (!known) return Bounded::no;
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
  read_statistic(values);
  const bool is_of_ends =
      is_of_chosen || values.of == Statistic::first || (values.of == Statistic::last && !values.in_force);
  if (!is_of_ends) require_samples(values.in_force ? "at" : "measure");
  // Thousandths of a unit have none.
  expectation.unit = values.of == Statistic::mean_milli ? MeasureUnit::count : info.unit;
  values.values = std::move(measure);
  expectation.what = std::move(values);
  return Bounded::must;
}

template <class Configs>
void ExpectationReader::require_known(std::string_view key, const std::string& name, const Configs& configs) {
  std::vector<std::string_view> names;
  for (const auto& config : configs) names.push_back(config.name);
  if (name.empty() || std::find(names.begin(), names.end(), name) != names.end()) return;
  // The key of a device is what is counted of it.
  const std::string_view noun = key == "descriptors" ? "device" : key;
  fault(key, fmt::format("there is no {} {}", noun, in_quotes(name)), suggestion(name, names));
}

ExpectationReader::Bounded ExpectationReader::read_probe(Expectation& expectation) {
  using What = ExpectedProbe::What;
  ExpectedProbe probe;
  probe.probe = map_.text("probe", "");
  require_known("probe", probe.probe, world_.record.probes);
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
    expectation.unit = kUnits.at(what);
  }
  const bool is_bounded = probe.what != What::succeeds;
  expectation.what = std::move(probe);
  return is_bounded ? Bounded::must : Bounded::no;
}

ExpectationReader::Bounded ExpectationReader::read_descriptors(Expectation& expectation) {
  ExpectedValues values{DescriptorValues{map_.text("descriptors", "")}, Statistic::each, {}};
  require_known("descriptors", std::get<DescriptorValues>(values.values).device, world_.record.devices);
  read_statistic(values);
  expectation.what = std::move(values);
  return Bounded::must;
}

std::optional<Call> ExpectationReader::call_named(std::string_view key, bool or_any) {
  const std::string* name = word_at(key, "the name of a call");
  if (name == nullptr || (or_any && *name == "any")) return std::nullopt;
  const auto call = call_from_name(*name);
  if (!call) {
    std::vector<std::string_view> names;
    for (unsigned i = 0; i < kCallCount; ++i) names.push_back(call_name(static_cast<Call>(i)));
    if (or_any) names.emplace_back("any");
    fault(key, fmt::format("there is no call {}", in_quotes(*name)), suggestion(*name, names));
  }
  return call;
}

ExpectationReader::Bounded ExpectationReader::read_calls(Expectation& expectation) {
  using Ending = ExpectedCount::Ending;
  ExpectedCount count;
  count.what = ExpectedCount::What::calls;
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
      fault("errno", fmt::format("{} is no errno", in_quotes(*text)), "write a name such as ENOMEM, any or none");
    }
  }
  expectation.what = count;
  return Bounded::must;
}

CallOutcome ExpectationReader::outcome(const Node& node) {
  const std::string* text = word(node, "gives", "an errno, success or a value");
  if (text == nullptr || *text == "success") return {};
  const auto error = errno_from_name(*text);
  if (error && *error != Errno::eok) return {*error, std::nullopt};
  const auto value = parse_signed(*text);
  if (value) return {Errno::eok, *value};
  loading_.faults.add(node.place, fmt::format("gives: {} is no errno and no number", in_quotes(*text)),
                      "write a name such as ENOMEM, success, or the value that the call returns");
  return {};
}

ExpectationReader::Bounded ExpectationReader::read_call(Expectation& expectation) {
  ExpectedOutcomes calls;
  calls.call = call_named("call", false).value_or(Call::msg_send);
  if (const Node* node = map_.find("gives")) {
    calls.in_order = node->kind == Node::Kind::sequence;
    if (calls.in_order) {
      for (const NodeId id : node->items) calls.outcomes.push_back(outcome(loading_.tree[id]));
    } else {
      calls.outcomes.push_back(outcome(*node));
    }
  }
  expectation.what = std::move(calls);
  return Bounded::no;
}

ExpectationReader::Bounded ExpectationReader::read_latency(Expectation& expectation) {
  LatencyValues latency;
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
    const auto constant = find_constant(*text, loading_.page_size);
    const bool is_named = constant && text->starts_with("_MEM_");
    const std::uint64_t type = number ? *number : is_named ? static_cast<std::uint64_t>(*constant) : 1u << 16;
    if (type >= 1u << 16) fault("type", fmt::format("{} is no message type", in_quotes(*text)), "write 0 to 0xffff");
    latency.type = static_cast<std::uint16_t>(type);
  }
  if (map_.find("priority") != nullptr) latency.priority = static_cast<std::uint8_t>(map_.integer("priority", 0));
  constexpr std::array kStatistics = {Statistic::minimum, Statistic::median, Statistic::mean, Statistic::p99,
                                      Statistic::maximum};
  const Statistic of = map_.find("of") == nullptr ? Statistic::each : kStatistics.at(map_.choice("of", 0));
  expectation.unit = MeasureUnit::nanoseconds;
  expectation.what = ExpectedValues{latency, of, {}};
  return Bounded::must;
}

ExpectedSegment ExpectationReader::segment(const Node& node) {
  MapReader map(loading_, node, expected_segment_group());
  ExpectedSegment segment;
  segment.offset = map.size("offset", Bytes());
  segment.length = map.size("length", Bytes());
  if (map.find("paddr") != nullptr) segment.paddr = map.address("paddr", PhysAddr());
  return segment;
}

ExpectationReader::Bounded ExpectationReader::read_list(ExpectedSegments& segments) {
  const Node* equals = map_.find("equals");
  if (equals == nullptr || equals->kind != Node::Kind::sequence) return Bounded::must;
  exclude("equals", "min");
  exclude("equals", "max");
  segments.exactly.emplace();
  for (const NodeId id : equals->items) segments.exactly->push_back(segment(loading_.tree[id]));
  return Bounded::no;
}

ExpectationReader::Bounded ExpectationReader::read_reply(Expectation& expectation) {
  using Of = ExpectedSegments::Of;
  ExpectedSegments segments;
  if (const std::string* text = word_at("segments_of_reply", "each, last, or a number from 1")) {
    segments.number = parse_unsigned(*text).value_or(0);
    if (segments.number > 0) segments.of = Of::one_reply;
    if (*text == "last") segments.of = Of::last_reply;
    if (segments.of == Of::each_reply && *text != "each") {
      fault("segments_of_reply", fmt::format("{} is no reply", in_quotes(*text)),
            "write each, last, or a number from 1");
    }
  }
  const Bounded bounded = read_list(segments);
  expectation.what = std::move(segments);
  return bounded;
}

ExpectationReader::Bounded ExpectationReader::read_object(Expectation& expectation) {
  ExpectedSegments segments;
  segments.of = ExpectedSegments::Of::object;
  expectation.object = object_name("segments_of_object");
  if (const Node* at = map_.find("at")) segments.at = moment(*at, "at", "end", never(), " or end");
  exclude("between", "at");
  const Bounded bounded = read_list(segments);
  expectation.what = std::move(segments);
  return bounded;
}

ExpectationReader::Bounded ExpectationReader::read_count(Expectation& expectation) {
  ExpectedCount count;
  if (const std::string* text = word_at("count", "the name of a count")) {
    const auto known = count_from_name(*text);
    if (!known) fault("count", fmt::format("there is no count {}", in_quotes(*text)), suggestion(*text, count_names()));
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
  expectation.what = count;
  return Bounded::must;
}

ExpectationReader::Bounded ExpectationReader::read_end(Expectation& expectation) {
  ExpectedEnd end;
  const std::string* text = word_at("end", "the reason of the end, or any");
  if (text != nullptr && *text != "any") {
    end.reason = stop_reason_from_name(*text);
    if (!end.reason) {
      std::vector<std::string_view> known = stop_reason_names();
      known.emplace_back("any");
      fault("end", fmt::format("{} is no reason", in_quotes(*text)), suggestion(*text, known));
    }
  }
  expectation.unit = MeasureUnit::nanoseconds;
  expectation.what = end;
  return text != nullptr && *text == "any" ? Bounded::must : Bounded::may;
}

ExpectationReader::Bounded ExpectationReader::read_final_state(Expectation& expectation) {
  static_cast<void>(map_.choice("final_state", 0));
  expectation.what = ExpectedEmptyState{};
  return Bounded::no;
}

ExpectationReader::Bounded ExpectationReader::read_deadlock(Expectation& expectation) {
  ExpectedDeadlock deadlock;
  const Node* node = map_.find("deadlock");
  if (node != nullptr && node->kind == Node::Kind::sequence) {
    if (node->items.empty()) fault("deadlock", "a circle has members", "write none where no deadlock is expected");
    for (const NodeId id : node->items) {
      const Node& item = loading_.tree[id];
      const std::string* name = scalar_text(loading_, item, "the name of a process");
      if (name == nullptr) continue;
      deadlock.members.push_back(*name);
      if (processes_.is_fleet(*name)) {
        loading_.faults.add(item.place, fmt::format("deadlock: {} is a fleet", in_quotes(*name)),
                            fmt::format("name an instance, such as {}.0", *name));
      } else if (!processes_.is_process_or_instance(*name)) {
        loading_.faults.add(item.place, fmt::format("deadlock: there is no process {}", in_quotes(*name)),
                            suggestion(*name, processes_.names()));
      }
    }
  } else if (node != nullptr && (node->kind != Node::Kind::scalar || node->text != "none")) {
    fault("deadlock", "expected none, or a list of processes");
  }
  expectation.what = std::move(deadlock);
  return Bounded::no;
}

ExpectationReader::Bounded ExpectationReader::read_note(Expectation& expectation) {
  ExpectedCount count;
  count.what = ExpectedCount::What::notes;
  count.is_part = form_.name == "note_with";
  count.text = map_.text(form_.name, "");
  expectation.what = std::move(count);
  // Unless bounds say otherwise, it is said.
  if (!has_bounds()) expectation.bounds.minimum = 1;
  return Bounded::may;
}

Expectation ExpectationReader::read() {
  using Read = Bounded (ExpectationReader::*)(Expectation&);
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
  const Bounded bounded = (this->*found->second)(expectation);
  read_process(expectation.process);
  if (map_.find("object") != nullptr) expectation.object = object_name("object");
  read_between(expectation.between);
  if (bounded != Bounded::no) read_bounds(expectation, bounded);
  check_range(expectation);
  return expectation;
}

namespace {

// The form that a map has is told by the first of its keys that is the name of one.
const ExpectForm* form_of(Loading& loading, const Node& node) {
  if (node.kind != Node::Kind::map) {
    loading.faults.add(node.place, fmt::format("an expectation is a map, not {}", kind_name(node.kind)));
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
  loading.faults.add(node.place, "no key says what is expected", std::move(help));
  return nullptr;
}

}  // namespace

void read_expectations(Loading& loading, const Node& root_node, MapReader& root, Scenario& scenario) {
  const std::vector<NodeId>& items = root.list("expect");
  if (items.size() > kExpectationsMax) {
    loading.faults.add(root.place("expect"), fmt::format("expect: at most {} are allowed", kExpectationsMax));
    return;
  }
  if (items.empty()) return;
  const ProcessNames processes(loading, root_node);
  for (const NodeId id : items) {
    const Node& node = loading.tree[id];
    const ExpectForm* form = form_of(loading, node);
    if (form == nullptr) continue;
    Expectation expectation = ExpectationReader(loading, processes, scenario.world, *form, node).read();
    expectation.where = loading.source.locate(node.place.offset);
    expectation.source_line = loading.source.line(expectation.where.line);
    scenario.expect.push_back(std::move(expectation));
  }
}

}  // namespace memsim::loader
