// The values that all forms of an expectation share: words, bounds, processes, regions and times.
#include "scenario/expect/expectation_reader.hpp"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include <memsim/base/numbers.hpp>

#include <memsim/base/collections/unique_names.hpp>
#include "scenario/expect/bound_value.hpp"
#include "scenario/expect/value_range.hpp"

namespace memsim::loader {

void ExpectationReader::fault(std::string_view key, std::string message, std::string help) {
  loading_.faults.add(map_.place(key), fmt::format("{}: {}", key, message), std::move(help));
}

const std::string* ExpectationReader::word(const Node& node, std::string_view key, std::string_view what) {
  if (node.kind == Node::Kind::scalar && !node.is_quoted) return &node.text;
  const std::string_view found = node.kind == Node::Kind::scalar ? "text in quotes" : kind_name(node.kind);
  loading_.faults.add(node.place, fmt::format("{}: expected {}, not {}", key, what, found),
                      node.is_quoted ? "remove the quotes" : "");
  return nullptr;
}

const std::string* ExpectationReader::word_at(std::string_view key, std::string_view what) {
  const Node* node = map_.find(key);
  return node == nullptr ? nullptr : word(*node, key, what);
}

void ExpectationReader::exclude(std::string_view key, std::string_view other) {
  if (map_.find(key) == nullptr || map_.find(other) == nullptr) return;
  fault(other, fmt::format("'{}' and '{}' exclude each other", key, other));
}

std::optional<std::int64_t> ExpectationReader::bound(std::string_view key, MeasureUnit unit) {
  const std::string* text = word_at(key, expectation_of(unit));
  if (text == nullptr) return std::nullopt;
  // The only time that need not come is that of a probe's first failure.
  if (*text == "never" && unit == MeasureUnit::nanoseconds && form_.name == "probe") {
    return std::numeric_limits<std::int64_t>::max();
  }
  const auto value = parse_bound(*text, unit, loading_.page_size);
  if (value) return *value;
  fault(key, value.error());
  return std::nullopt;
}

bool ExpectationReader::has_bounds() const {
  return map_.find("min") != nullptr || map_.find("max") != nullptr || map_.find("equals") != nullptr;
}

void ExpectationReader::read_bounds(Expectation& expectation, Bounded bounded) {
  Bounds& bounds = expectation.bounds;
  const auto read = [&](std::string_view key, std::optional<std::int64_t>& value) {
    if (map_.find(key) != nullptr) value = bound(key, expectation.unit);
  };
  read("min", bounds.minimum);
  read("max", bounds.maximum);
  read("equals", bounds.equals);
  exclude("equals", "min");
  exclude("equals", "max");
  if (bounds.minimum && bounds.maximum && *bounds.minimum > *bounds.maximum) {
    fault("max", "no value lies between 'min' and 'max'");
  }
  if (bounded == Bounded::must && !has_bounds()) fault(form_.name, "nothing is expected", "add min, max or equals");
}

void ExpectationReader::check_range(const Expectation& expectation) {
  if (const MeasureValues* measure = measure_of(expectation)) {
    const std::optional<Order> largest = largest_order_of(*measure, world_);
    if (largest && measure->order > *largest) {
      fault("order", fmt::format("{} has no 2^{} frames", in_quotes(measure->region), measure->order.value()),
            fmt::format("its largest order is {}", largest->value()));
      return;
    }
  }
  const std::optional<ValueRange> range = range_of(expectation, world_);
  if (!range) return;
  const auto check = [&](std::string_view key, const std::optional<std::int64_t>& bound) {
    if (!bound || range->contains(*bound)) return;
    fault(key, fmt::format("{} is out of reach", in_quotes(map_.find(key)->text)),
          fmt::format("the values are from {}", range_text(*range)));
  };
  check("min", expectation.bounds.minimum);
  check("equals", expectation.bounds.equals);
  // A limit that no value passes may stand where a larger region, which an override can give, makes it tell.
  if (range->unit == MeasureUnit::share) check("max", expectation.bounds.maximum);
}

void ExpectationReader::read_process(ProcessChoice& process) {
  if (map_.find("process") == nullptr) return;
  const std::string name = map_.text("process", "");
  process.name = name;
  process.is_fleet = processes_.is_fleet(name);
  if (processes_.is_process_or_instance(name)) return;
  // Who has what backgrounds ask for.
  if (!world_.background.empty() && name == "procnto") return;
  fault("process", fmt::format("there is no process {}", in_quotes(name)), suggestion(name, processes_.names()));
}

std::string ExpectationReader::object_name(std::string_view key) {
  std::string name = map_.text(key, "");
  if (map_.find(key) != nullptr && name.empty()) {
    fault(key, "an object without a name cannot be told from others", "write SHM_ANON for those that shm_open() made");
  }
  return name;
}

SimTime ExpectationReader::moment(const Node& node, std::string_view key, std::string_view open_word, SimTime open,
                                  std::string_view words) {
  const std::string* text = word(node, key, fmt::format("a time such as 10ms, or {}", open_word));
  if (text == nullptr || *text == open_word) return open;
  const auto time = parse_duration(*text);
  if (time && *time <= kLongestTime) return SimTime(time->count());
  const std::string why = time ? std::string("the time is longer than 146 years") : in_quotes(*text) + " is no time";
  loading_.faults.add(node.place, fmt::format("{}: {}", key, why), fmt::format("write a time such as 10ms{}", words));
  return open;
}

void ExpectationReader::read_between(TimeWindow& window) {
  const Node* node = map_.find("between");
  if (node == nullptr) return;
  if (node->kind != Node::Kind::sequence || node->items.size() != 2) {
    fault("between", "expected two times", "write [1h, 2h], [start, 2h] or [1h, end]");
    return;
  }
  window.first = moment(loading_.tree[node->items[0]], "between", "start", SimTime());
  window.last = moment(loading_.tree[node->items[1]], "between", "end", never());
  if (window.last < window.first) fault("between", "the first time is later than the second");
}

std::string ExpectationReader::read_region(bool is_of_region) {
  std::string given = map_.text("region", "");
  const auto& regions = world_.memory.regions;
  if (!is_of_region) {
    if (map_.find("region") != nullptr) fault("region", "this measure is of all memory objects, not of a region");
    return {};
  }
  UniqueNames unique;
  std::vector<std::string> all;
  for (const RegionConfig& region : regions) all.push_back(unique.add(region.name));
  const std::vector<std::string_view> names(all.begin(), all.end());
  if (given.empty()) {
    if (regions.size() == 1) return regions.front().name;
    if (map_.find("region") == nullptr) {
      fault("measure", "of which region?", fmt::format("add 'region'; known: {}", fmt::join(names, ", ")));
    }
    return {};
  }
  if (std::find(names.begin(), names.end(), given) == names.end()) {
    fault("region", fmt::format("there is no region {}", in_quotes(given)), suggestion(given, names));
  }
  return given;
}

}  // namespace memsim::loader
