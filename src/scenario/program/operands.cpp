#include "scenario/program/operands.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include <memsim/base/numbers.hpp>

#include "scenario/program/characters.hpp"
#include "scenario/program/draws.hpp"

namespace memsim::loader {
namespace {

constexpr std::uint64_t kUnsignedValueMax = std::numeric_limits<Value>::max();

ValueKind kind_of(const CallSignature& call, const Parameter& parameter) {
  switch (parameter.type) {
    // A position can move back.
    case ParameterType::bytes:
      return call.call == Call::lseek ? ValueKind::signed_bytes : ValueKind::bytes;
    case ParameterType::duration:
      return ValueKind::duration;
    case ParameterType::address:
      return ValueKind::address;
    default:
      return parameter.name == "mode" ? ValueKind::permissions : ValueKind::integer;
  }
}

// What is wrong with the constant as a value of its kind, or nothing.
std::string complaint(Value value, bool is_size_max, ValueKind kind) {
  if (is_size_max && kind != ValueKind::duration) return {};
  if (kind == ValueKind::bytes && value < 0) return "a size is not negative";
  if (kind == ValueKind::address && value < 0) return "an address is not negative";
  if (kind != ValueKind::duration) return {};
  if (value < 0) return "a time is not negative";
  if (static_cast<std::uint64_t>(value) > kLongestTime.count()) return "the time is longer than 146 years";
  return {};
}

Operand constant(Value value) { return {Operand::Kind::constant, value}; }

}  // namespace

std::string_view expectation(ValueKind kind) {
  switch (kind) {
    case ValueKind::any:
      return "a value";
    case ValueKind::integer:
      return "a number";
    case ValueKind::permissions:
      return "permissions such as 0o600";
    case ValueKind::bytes:
    case ValueKind::signed_bytes:
      return "a size such as 64KiB";
    case ValueKind::duration:
      return "a time such as 10ms";
    case ValueKind::address:
      return "an address such as 0x100000";
  }
  return "";
}

Place place_within(const Loading& loading, const Node& node, std::size_t offset) {
  if (node.place.override_number > 0) return node.place;
  const std::size_t first = node.place.offset + std::size_t{node.is_quoted};
  const std::string_view text = loading.source.text();
  if (first > text.size() || !text.substr(first).starts_with(node.text)) return node.place;
  return Place::at(first + std::min(offset, node.text.size()));
}

bool is_literal(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  if (text.empty() || !is_digit(text.front())) return false;
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return is_letter(c) || is_digit(c) || c == '.' || c == ' '; });
}

Expected<Value, std::string> parse_literal(std::string_view text, ValueKind kind, PageSize page_size) {
  // Sizes and addresses may use all 64 bits; a variable holds the same bits as a signed number.
  if (kind == ValueKind::duration) {
    const auto value = parse_duration(text);
    if (!value) return Unexpected(value.error());
    if (value->count() > kLongestTime.count()) return Unexpected(std::string("the time is longer than 146 years"));
    return static_cast<Value>(value->count());
  }
  if (kind == ValueKind::integer) return parse_signed(text);
  if (kind == ValueKind::permissions) {
    const auto value = parse_permissions(text);
    return value ? Expected<Value, std::string>(static_cast<Value>(*value)) : Unexpected(value.error());
  }
  if (kind == ValueKind::address) {
    if (const auto value = parse_unsigned(text)) return static_cast<Value>(*value);
  }
  const bool is_negative = kind == ValueKind::signed_bytes && text.starts_with('-');
  const auto value = parse_size(is_negative ? text.substr(1) : text, page_size);
  if (!value) return Unexpected(value.error());
  if (!is_negative) return static_cast<Value>(value->count());
  if (value->count() > kUnsignedValueMax) return Unexpected(std::string("the value does not fit into 64 bits"));
  return -static_cast<Value>(value->count());
}

void OperandCompiler::fault(const Node& node, const ExpressionFault& found, std::size_t offset) {
  loading_.faults.add(place_within(loading_, node, offset + found.offset), found.message, found.help);
}

Operand OperandCompiler::value(const Node& node, ValueKind kind) {
  if (node.kind == Node::Kind::map) return draw(node, kind);
  if (scalar_text(loading_, node, expectation(kind)) == nullptr) return {};
  if (kind != ValueKind::any && is_literal(node.text)) return literal(node, kind);
  return expression(node, kind);
}

Operand OperandCompiler::literal(const Node& node, ValueKind kind) {
  const auto value = parse_literal(node.text, kind, loading_.page_size);
  if (value) return constant(*value);
  loading_.faults.add(node.place, value.error());
  return {};
}

Operand OperandCompiler::expression(const Node& node, ValueKind kind) {
  auto expression = compile_expression(node.text, variables_, loading_.page_size, BareNames::constants_only, kind);
  if (expression) return compiled(node, kind, std::move(*expression));
  fault(node, expression.error());
  return {};
}

Operand OperandCompiler::compiled(const Node& node, ValueKind kind, CompiledExpression expression) {
  const bool wants_memory = kind == ValueKind::bytes || kind == ValueKind::signed_bytes || kind == ValueKind::address;
  if ((kind == ValueKind::duration && expression.has_size) || (wants_memory && expression.has_duration)) {
    loading_.faults.add(node.place, fmt::format("the units do not fit; expected {}", expectation(kind)));
    return {};
  }
  if (expression.ops.size() == 1) {
    const ExpressionOp& only = expression.ops.front();
    if (only.code == ExpressionOp::Code::variable) return {Operand::Kind::variable, only.value};
    const std::string wrong = complaint(only.value, expression.is_size_max, kind);
    if (wrong.empty()) return constant(only.value);
    loading_.faults.add(node.place, wrong, fmt::format("expected {}", expectation(kind)));
    return {};
  }
  program_.expressions.push_back(std::move(expression.ops));
  return {Operand::Kind::expression, static_cast<Value>(program_.expressions.size() - 1)};
}

Operand OperandCompiler::draw(const Node& node, ValueKind kind) {
  auto distribution = read_draw(loading_, budget_, node, kind);
  if (!distribution) return {};
  program_.distributions.push_back(std::move(*distribution));
  return {Operand::Kind::draw, static_cast<Value>(program_.distributions.size() - 1)};
}

// The operand inside ${...}; nothing after a fault.
std::optional<Operand> OperandCompiler::piece(const Node& node, std::string_view source, std::size_t offset) {
  auto expression =
      compile_expression(source, variables_, loading_.page_size, BareNames::variables_first, ValueKind::any);
  if (!expression) {
    fault(node, expression.error(), offset);
    return std::nullopt;
  }
  return compiled(node, ValueKind::any, std::move(*expression));
}

Operand OperandCompiler::text(const Node& node) {
  if (scalar_text(loading_, node, "text") == nullptr) return {};
  const std::string_view whole = node.text;
  Text compiled_text;
  std::string literal;
  for (std::size_t at = 0; at < whole.size(); ++at) {
    if (whole[at] != '$') {
      literal += whole[at];
      continue;
    }
    const char next = at + 1 < whole.size() ? whole[at + 1] : '\0';
    const std::size_t end = next == '{' ? whole.find('}', at) : std::string_view::npos;
    if (next == '$') {
      literal += '$';
      ++at;
    } else if (end != std::string_view::npos) {
      const auto operand = piece(node, whole.substr(at + 2, end - at - 2), at + 2);
      if (!operand) return {};
      compiled_text.pieces.push_back({std::exchange(literal, {}), *operand});
      at = end;
    } else {
      fault(node, {at, next == '{' ? "this '${' is never closed" : "a lone '$' in a text",
                   [] { return "write ${name} for a value and $$ for a dollar sign"; }});
      return {};
    }
  }
  if (!literal.empty() || compiled_text.pieces.empty()) compiled_text.pieces.push_back({std::move(literal), {}});
  program_.texts.push_back(std::move(compiled_text));
  return {Operand::Kind::text, static_cast<Value>(program_.texts.size() - 1)};
}

std::optional<Value> OperandCompiler::named_value(const Node& node, std::string_view name, const Parameter& parameter) {
  for (const NamedValue& named : parameter.names) {
    if (named.name == name) return named.value;
  }
  loading_.faults.add(node.place, fmt::format("{} is not known here", in_quotes(name)), [&] {
    std::vector<std::string_view> known;
    for (const NamedValue& named : parameter.names) known.push_back(named.name);
    return suggestion(name, known);
  });
  return std::nullopt;
}

Operand OperandCompiler::choice(const Node& node, const Parameter& parameter) {
  if (scalar_text(loading_, node, "a name") == nullptr) return {};
  const auto value = named_value(node, node.text, parameter);
  return value ? constant(*value) : Operand{};
}

// A list of names, one name, names joined by '|' as in C, a number, or a variable.
Operand OperandCompiler::flags(const Node& node, const Parameter& parameter) {
  if (node.kind == Node::Kind::scalar && (node.text.starts_with('$') || is_literal(node.text))) {
    return value(node, ValueKind::integer);
  }
  std::vector<std::pair<const Node*, std::string_view>> names;
  if (node.kind == Node::Kind::sequence) {
    for (const NodeId id : node.items) {
      const Node& item = loading_.tree[id];
      if (scalar_text(loading_, item, "the name of a flag") != nullptr) names.emplace_back(&item, item.text);
    }
  } else if (scalar_text(loading_, node, "names of flags") != nullptr) {
    for (std::string_view rest = node.text;;) {
      const std::size_t bar = rest.find('|');
      std::string_view name = rest.substr(0, bar);
      while (name.starts_with(' ')) name.remove_prefix(1);
      while (name.ends_with(' ')) name.remove_suffix(1);
      names.emplace_back(&node, name);
      if (bar == std::string_view::npos) break;
      rest.remove_prefix(bar + 1);
    }
  }
  Value all = 0;
  std::vector<std::string_view> seen;
  for (const auto& [item, name] : names) {
    const auto flag = named_value(*item, name, parameter);
    if (!flag) return {};
    if (std::find(seen.begin(), seen.end(), name) != seen.end()) {
      loading_.faults.add(item->place, fmt::format("{} is given twice", in_quotes(name)));
      return {};
    }
    seen.push_back(name);
    all |= *flag;
  }
  return constant(all);
}

// A name of the scenario, or a number: the pid.
Operand OperandCompiler::process(const Node& node) {
  if (scalar_text(loading_, node, "the name of a process") == nullptr) return {};
  const bool is_named = node.text.starts_with("${") || (!node.text.empty() && is_letter(node.text[0]));
  if (!is_named) return value(node, ValueKind::integer);
  const bool is_fixed = node.text.find('$') == std::string::npos;
  if (is_fixed && !processes_.is_process_or_instance(node.text)) {
    no_process(node);
    return {};
  }
  return text(node);
}

void OperandCompiler::no_process(const Node& node) {
  loading_.faults.add(node.place, fmt::format("there is no process {}", in_quotes(node.text)),
                      [&] { return suggestion(node.text, processes_.names()); });
}

void OperandCompiler::mention(const Node& node, Call call, bool is_constant) {
  Mentions& mentions = loading_.mentions;
  if (call == Call::posix_typed_mem_open && is_constant) mentions.pools.emplace(node.text, node.place);
  if (call != Call::spawn) return;
  if (is_constant) {
    mentions.spawned.insert(node.text);
  } else {
    mentions.spawns_unknown = true;
  }
}

Operand OperandCompiler::argument(const Node& node, const CallSignature& call, const Parameter& parameter) {
  switch (parameter.type) {
    case ParameterType::flags:
      return flags(node, parameter);
    case ParameterType::choice:
      return choice(node, parameter);
    case ParameterType::process:
      return process(node);
    case ParameterType::text: {
      const bool is_constant = node.kind == Node::Kind::scalar && node.text.find('$') == std::string::npos;
      if (call.call == Call::spawn && is_constant && !processes_.is_process(node.text)) {
        no_process(node);
        return {};
      }
      mention(node, call.call, is_constant);
      return text(node);
    }
    default:
      return value(node, kind_of(call, parameter));
  }
}

}  // namespace memsim::loader
