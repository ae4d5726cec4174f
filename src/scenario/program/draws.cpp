#include "scenario/program/draws.hpp"

#include <array>
#include <utility>

#include <fmt/format.h>

#include <memsim/base/numbers.hpp>

#include "scenario/program/csv.hpp"

namespace memsim::loader {
namespace {

using enum Key::Kind;

constexpr std::array kMeanKeys = std::to_array<Key>(
    {{.name = "mean", .doc = "in the unit of the value", .required = true, .definition = "literal"}});
constexpr Group kExponential{"exponential", "exponential", kMeanKeys};
constexpr Group kGeometric{"geometric", "geometric", kMeanKeys};

constexpr std::array kLognormalKeys = std::to_array<Key>({
    {.name = "median", .doc = "in the unit of the value", .required = true, .definition = "literal"},
    {.name = "sigma", .doc = "0 to 8, at most six decimals", .required = true, .definition = "decimal"},
});
constexpr Group kLognormal{"lognormal", "lognormal", kLognormalKeys};

constexpr std::array kZipfKeys = std::to_array<Key>({
    {.name = "n", .kind = integer, .doc = "ranks 1 to n", .required = true, .minimum = 1, .maximum = 1'000'000},
    {.name = "exponent", .doc = "0 to 10, at most six decimals", .required = true, .definition = "decimal"},
});
constexpr Group kZipf{"zipf", "zipf", kZipfKeys};

constexpr std::array kTableKeys = std::to_array<Key>({
    {.name = "value", .doc = "in the unit of the value", .required = true, .definition = "literal"},
    {.name = "weight",
     .kind = integer,
     .doc = "relative to the other weights",
     .required = true,
     .maximum = 1'000'000'000'000},
});
constexpr Group kTable{"table_entry", "an entry of a table", kTableKeys};

constexpr std::array<std::string_view, 2> kOrders = {"random", "replay"};
constexpr std::array kCsvKeys = std::to_array<Key>({
    {.name = "file", .kind = text, .doc = "beside the scenario", .required = true},
    {.name = "column", .kind = text, .doc = "its name in the first line; may be left out for a single column"},
    {.name = "order",
     .kind = choice,
     .doc = "random (the default), or replay: as they stand, then again",
     .choices = kOrders},
});
constexpr Group kCsv{"csv", "csv", kCsvKeys};

constexpr std::array kDrawWords = std::to_array<DrawWord>({
    {"constant", "always the same", nullptr, "literal"},
    {"uniform", "[low, high]: each value from low to high equally often", nullptr, "uniform"},
    {"exponential", "waiting times without memory", &kExponential},
    {"geometric", "1, 2, 3, ...: trials up to the first success", &kGeometric},
    {"lognormal", "median * e^(sigma * z)", &kLognormal},
    {"zipf", "ranks 1 to n, rank k in proportion to k^-exponent", &kZipf},
    {"table", "values with weights", nullptr, "draw_table"},
    {"replay", "a list of values, in order, then from the first again", nullptr, "literals"},
    {"csv", "values from a column of a CSV file", &kCsv},
});

class DrawReader {
 public:
  DrawReader(Loading& loading, TableBudget& budget, ValueKind kind) : loading_(loading), budget_(budget), kind_(kind) {}

  std::optional<Distribution> read(const Node& node);

 private:
  std::optional<Distribution> read_word(std::string_view word, const Node& node);
  std::optional<Distribution> uniform(const Node& node);
  std::optional<Distribution> table(const Node& node);
  std::optional<Distribution> replay(const Node& node);
  std::optional<Distribution> csv(const Node& node);
  std::optional<Distribution> lognormal(const Node& node);
  std::optional<Distribution> zipf(const Node& node);
  std::optional<Distribution> clamped(const Node& node, const Distribution& distribution);

  std::optional<Value> literal(const Node& node);
  std::optional<Value> literal_of(const Node& map, std::string_view key);
  std::optional<Millionths> decimal_of(const Node& map, std::string_view key);
  bool spend(const Node& node, std::uint64_t entries);
  std::optional<Distribution> made(const Node& node, Parsed<Distribution> distribution) {
    if (distribution) return std::move(*distribution);
    loading_.faults.add(node.place, distribution.error());
    return std::nullopt;
  }

  Loading& loading_;
  TableBudget& budget_;
  ValueKind kind_;
};

// One number: what a draw is made of does not change during the run.
std::optional<Value> DrawReader::literal(const Node& node) {
  if (scalar_text(loading_, node, expectation(kind_)) == nullptr) return std::nullopt;
  if (kind_ != ValueKind::any && is_literal(node.text)) {
    const auto value = parse_literal(node.text, kind_, loading_.page_size);
    if (value) return *value;
    loading_.faults.add(node.place, value.error());
    return std::nullopt;
  }
  const Variables none;
  const auto compiled = compile_expression(node.text, none, loading_.page_size, BareNames::constants_only, kind_);
  const bool is_constant = compiled && compiled->ops.front().code == ExpressionOp::Code::constant;
  if (is_constant && compiled->ops.size() == 1) return compiled->ops.front().value;
  if (compiled) {
    loading_.faults.add(node.place, "a draw is made of constants",
                        "assign the draw first and calculate with it in 'set'");
    return std::nullopt;
  }
  const bool has_variable = node.text.find('$') != std::string::npos;
  loading_.faults.add(place_within(loading_, node, compiled.error().offset), compiled.error().message,
                      has_variable ? Help([] { return "a draw is made of constants"; }) : compiled.error().help);
  return std::nullopt;
}

std::optional<Value> DrawReader::literal_of(const Node& map, std::string_view key) {
  const Entry* entry = loading_.tree.find(map, key);
  return entry == nullptr ? std::nullopt : literal(loading_.tree[entry->value]);
}

std::optional<Millionths> DrawReader::decimal_of(const Node& map, std::string_view key) {
  const Entry* entry = loading_.tree.find(map, key);
  if (entry == nullptr) return std::nullopt;
  const Node& node = loading_.tree[entry->value];
  if (scalar_text(loading_, node, "a number such as 1.25") == nullptr) return std::nullopt;
  const auto value = parse_decimal_millionths(node.text);
  if (value) return *value;
  loading_.faults.add(node.place, value.error());
  return std::nullopt;
}

bool DrawReader::spend(const Node& node, std::uint64_t entries) {
  if (entries <= budget_.entries) {
    budget_.entries -= entries;
    return true;
  }
  loading_.faults.add(node.place, "the tables of all draws hold too many entries together",
                      "2,000,000 entries of zipf, table, replay and csv are allowed in a scenario",
                      ExitCode::cap_reached);
  return false;
}

std::optional<Distribution> DrawReader::uniform(const Node& node) {
  if (node.kind != Node::Kind::sequence || node.items.size() != 2) {
    loading_.faults.add(node.place, "uniform takes a list of two values", "write uniform: [low, high]");
    return std::nullopt;
  }
  const auto low = literal(loading_.tree[node.items[0]]);
  const auto high = literal(loading_.tree[node.items[1]]);
  if (!low || !high) return std::nullopt;
  return made(node, Distribution::uniform(*low, *high));
}

std::optional<Distribution> DrawReader::lognormal(const Node& node) {
  const auto median = literal_of(node, "median");
  const auto sigma = decimal_of(node, "sigma");
  if (!median || !sigma) return std::nullopt;
  return made(node, Distribution::lognormal(*median, *sigma));
}

std::optional<Distribution> DrawReader::zipf(const Node& node) {
  const std::size_t before = loading_.faults.count();
  const auto count = MapReader(loading_, node, kZipf).integer("n", 1);
  const auto exponent = decimal_of(node, "exponent");
  if (!exponent || loading_.faults.count() != before || !spend(node, count)) return std::nullopt;
  return made(node, Distribution::zipf(static_cast<Value>(count), *exponent));
}

std::optional<Distribution> DrawReader::table(const Node& node) {
  if (node.kind != Node::Kind::sequence) {
    loading_.faults.add(node.place, fmt::format("table takes a list, not {}", kind_name(node.kind)),
                        "write table: [{value: 4KiB, weight: 3}, ...]");
    return std::nullopt;
  }
  if (!spend(node, node.items.size())) return std::nullopt;
  std::vector<WeightedValue> entries;
  const std::size_t before = loading_.faults.count();
  for (const NodeId id : node.items) {
    const Node& item = loading_.tree[id];
    MapReader entry(loading_, item, kTable);
    const auto value = literal_of(item, "value");
    entries.push_back({value.value_or(0), entry.integer("weight", 0)});
  }
  if (loading_.faults.count() != before) return std::nullopt;
  return made(node, Distribution::table(entries));
}

std::optional<Distribution> DrawReader::replay(const Node& node) {
  if (node.kind != Node::Kind::sequence || node.items.empty()) {
    loading_.faults.add(node.place, "replay takes a list of values", "write replay: [4KiB, 64KiB]");
    return std::nullopt;
  }
  if (!spend(node, node.items.size())) return std::nullopt;
  std::vector<std::int64_t> values;
  for (const NodeId id : node.items) {
    const std::optional<Value> value = literal(loading_.tree[id]);
    if (!value) return std::nullopt;
    values.push_back(*value);
  }
  return made(node, Distribution::replay(std::move(values)));
}

std::optional<Distribution> DrawReader::csv(const Node& node) {
  const std::size_t before = loading_.faults.count();
  MapReader map(loading_, node, kCsv);
  const std::string file = map.text("file", "");
  const std::string column = map.text("column", "");
  const bool replays = map.choice("order", 0) == 1;
  if (loading_.faults.count() != before) return std::nullopt;
  const ValueKind kind = kind_ == ValueKind::any ? ValueKind::integer : kind_;
  auto values = read_csv_column(loading_, map.place("file"), file, column,
                                [&](std::string_view cell) { return parse_literal(cell, kind, loading_.page_size); });
  if (!values || !spend(node, values->size())) return std::nullopt;
  return made(node, replays ? Distribution::replay(std::move(*values)) : Distribution::list(std::move(*values)));
}

std::optional<Distribution> DrawReader::read_word(std::string_view word, const Node& node) {
  if (word == "uniform") return uniform(node);
  if (word == "table") return table(node);
  if (word == "replay") return replay(node);
  if (word == "csv") return csv(node);
  if (word == "zipf") return zipf(node);
  if (word == "constant") {
    const auto value = literal(node);
    return value ? std::optional(Distribution::constant(*value)) : std::nullopt;
  }
  const bool is_lognormal = word == "lognormal";
  const bool is_exponential = word == "exponential";
  const std::size_t before = loading_.faults.count();
  const MapReader keys(loading_, node, is_lognormal ? kLognormal : is_exponential ? kExponential : kGeometric);
  if (loading_.faults.count() != before) return std::nullopt;
  if (is_lognormal) return lognormal(node);
  const auto mean = literal_of(node, "mean");
  if (!mean) return std::nullopt;
  return made(node, is_exponential ? Distribution::exponential(*mean) : Distribution::geometric_with_mean(*mean));
}

std::optional<Distribution> DrawReader::clamped(const Node& node, const Distribution& distribution) {
  const Entry* least = loading_.tree.find(node, "min");
  const Entry* most = loading_.tree.find(node, "max");
  if (least == nullptr && most == nullptr) return distribution;
  const auto low = least == nullptr ? std::optional<Value>(INT64_MIN) : literal(loading_.tree[least->value]);
  const auto high = most == nullptr ? std::optional<Value>(INT64_MAX) : literal(loading_.tree[most->value]);
  if (!low || !high) return std::nullopt;
  return made(node, distribution.clamped(*low, *high));
}

std::optional<Distribution> DrawReader::read(const Node& node) {
  std::vector<std::string_view> known;
  for (const DrawWord& word : kDrawWords) known.push_back(word.name);
  const Entry* chosen = nullptr;
  for (const Entry& entry : node.entries) {
    if (entry.key == "min" || entry.key == "max") continue;
    if (std::find(known.begin(), known.end(), entry.key) == known.end()) {
      loading_.faults.add(entry.key_place, fmt::format("there is no draw {}", in_quotes(entry.key)),
                          [&] { return suggestion(entry.key, known); });
      return std::nullopt;
    }
    if (chosen != nullptr) {
      loading_.faults.add(entry.key_place, fmt::format("a draw is either '{}' or '{}'", chosen->key, entry.key));
      return std::nullopt;
    }
    chosen = &entry;
  }
  if (chosen == nullptr) {
    loading_.faults.add(node.place, fmt::format("expected {} or a draw, not this map", expectation(kind_)),
                        fmt::format("known: {}", fmt::join(known, ", ")));
    return std::nullopt;
  }
  const auto distribution = read_word(chosen->key, loading_.tree[chosen->value]);
  return distribution ? clamped(node, *distribution) : std::nullopt;
}

}  // namespace

std::span<const DrawWord> draw_words() { return kDrawWords; }
const Group& draw_table_group() { return kTable; }

std::optional<Distribution> read_draw(Loading& loading, TableBudget& budget, const Node& node, ValueKind kind) {
  auto distribution = DrawReader(loading, budget, kind).read(node);
  if (distribution && kind != ValueKind::any && kind != ValueKind::integer && kind != ValueKind::signed_bytes &&
      distribution->lower_bound() < 0) {
    loading.faults.add(node.place, fmt::format("the draw can be negative; expected {}", expectation(kind)),
                       "give it a 'min'");
    return std::nullopt;
  }
  if (distribution) loading.mentions.draws.push_back({node.place, *distribution, kind});
  return distribution;
}

}  // namespace memsim::loader
