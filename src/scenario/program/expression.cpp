#include "scenario/program/expression.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include <memsim/base/numbers.hpp>

#include "scenario/program/characters.hpp"
#include "scenario/yaml/faults.hpp"

namespace memsim::loader {
namespace {

using Code = ExpressionOp::Code;

constexpr unsigned kNestingMax = 64;
constexpr Value kValueMax = std::numeric_limits<Value>::max();
constexpr Value kValueMin = std::numeric_limits<Value>::min();

bool is_hexadecimal(std::string_view text) {
  return text.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos;
}

struct Operator {
  std::string_view text;
  Code code;
  unsigned level;  // binds tighter the higher it is
};
// Longer spellings first, so that "<=" is not read as "<".
constexpr std::array kOperators = std::to_array<Operator>({
    {"||", Code::logical_or, 0},
    {"&&", Code::logical_and, 1},
    {"==", Code::equal, 2},
    {"!=", Code::not_equal, 2},
    {"<=", Code::less_equal, 3},
    {">=", Code::greater_equal, 3},
    {"<", Code::less, 3},
    {">", Code::greater, 3},
    {"+", Code::add, 4},
    {"-", Code::subtract, 4},
    {"*", Code::multiply, 5},
    {"/", Code::divide, 5},
    {"%", Code::modulo, 5},
});
constexpr unsigned kLevels = 6;
constexpr unsigned kComparisonLevels[] = {2, 3};

constexpr std::string_view kSizeUnits[] = {"B", "KiB", "MiB", "GiB", "TiB", "page", "pages"};
constexpr std::string_view kTimeUnits[] = {"ns", "us", "ms", "s", "min", "h", "d"};

template <std::size_t N>
bool is_one_of(std::string_view text, const std::string_view (&names)[N]) {
  return std::find(std::begin(names), std::end(names), text) != std::end(names);
}

// A part of the expression that has been read: what it is when it is constant, and where its postfix form begins.
struct Part {
  std::size_t first_op = 0;
  bool is_constant = false;
  bool is_size_max = false;
  Value value = 0;
};

class Parser {
 public:
  Parser(std::string_view text, const Variables& variables, PageSize page_size, BareNames bare, ValueKind kind)
      : text_(text), variables_(variables), page_size_(page_size), bare_(bare), kind_(kind) {}

  Expected<CompiledExpression, ExpressionFault> run() {
    const Part whole = parse_level(0);
    skip_blanks();
    if (!fault_ && at_ < text_.size()) fail(at_, fmt::format("unexpected {}", in_quotes(text_.substr(at_))));
    if (!fault_) check_stack();
    if (fault_) return Unexpected(std::move(*fault_));
    compiled_.is_size_max = whole.is_size_max;
    return std::move(compiled_);
  }

 private:
  Part parse_level(unsigned level);
  Part parse_unary();
  Part parse_operand();
  Part parse_number();
  Part parse_variable();
  Part parse_name();
  Part parse_extreme(Code code);
  Part named(std::string_view name, std::size_t start);
  Part variable(std::string_view name, std::string_view field, std::size_t start);
  Part combine(const Operator& op, const Part& left, const Part& right, std::size_t offset);
  Part push_constant(Value value);
  const Operator* peek_operator(unsigned level);
  std::string_view take_word();
  std::size_t number_end() const;
  std::string complaint_about_unit(std::string_view number) const;
  void check_stack();

  void skip_blanks() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\t')) ++at_;
  }
  bool take(char c) {
    skip_blanks();
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  // The first fault stands. Reading ends where the text seems to end.
  Part fail(std::size_t offset, std::string message, std::string_view help = {}) {
    return fail(offset, std::move(message), Help([help] { return std::string(help); }));
  }
  Part fail(std::size_t offset, std::string message, Help help) {
    if (!fault_) fault_ = ExpressionFault{offset, std::move(message), std::move(help)};
    at_ = text_.size();
    return {};
  }

  std::string_view text_;
  const Variables& variables_;
  PageSize page_size_;
  BareNames bare_;
  ValueKind kind_;
  std::size_t at_ = 0;
  unsigned nesting_ = 0;
  CompiledExpression compiled_;
  std::optional<ExpressionFault> fault_;
};

const Operator* Parser::peek_operator(unsigned level) {
  skip_blanks();
  for (const Operator& op : kOperators) {
    if (text_.substr(at_).starts_with(op.text)) return op.level == level ? &op : nullptr;
  }
  return nullptr;
}

Part Parser::parse_level(unsigned level) {
  if (level == kLevels) return parse_unary();
  Part left = parse_level(level + 1);
  const bool is_comparison =
      std::find(std::begin(kComparisonLevels), std::end(kComparisonLevels), level) != std::end(kComparisonLevels);
  bool has_compared = false;
  while (const Operator* op = fault_ ? nullptr : peek_operator(level)) {
    const std::size_t offset = at_;
    if (is_comparison && std::exchange(has_compared, true)) {
      return fail(offset, "comparisons cannot be chained", "write (a < b) && (b < c)");
    }
    at_ += op->text.size();
    const Part right = parse_level(level + 1);
    if (!fault_) left = combine(*op, left, right, offset);
  }
  return left;
}

Part Parser::parse_unary() {
  skip_blanks();
  const std::size_t start = at_;
  const bool is_not = at_ < text_.size() && text_[at_] == '!';
  const bool is_sign = at_ < text_.size() && text_[at_] == '-';
  if (!is_not && !is_sign) return parse_operand();
  if (++nesting_ > kNestingMax) return fail(start, "nested too deeply");
  ++at_;
  const Part operand = parse_unary();
  --nesting_;
  if (fault_) return {};
  if (operand.is_size_max) return fail(start, "SIZE_MAX cannot be calculated with");
  if (!operand.is_constant) {
    compiled_.ops.push_back({is_not ? Code::logical_not : Code::negate, 0});
    return {operand.first_op};
  }
  if (is_sign && operand.value == kValueMin) return fail(start, "the value does not fit into 64 bits");
  compiled_.ops.resize(operand.first_op);
  return push_constant(is_not ? Value{operand.value == 0} : -operand.value);
}

Part Parser::parse_operand() {
  skip_blanks();
  if (fault_) return {};
  if (at_ >= text_.size()) return fail(at_, "a value is missing here");
  const char c = text_[at_];
  if (is_digit(c)) return parse_number();
  if (c == '$') return parse_variable();
  if (is_letter(c)) return parse_name();
  if (c != '(')
    return fail(at_, fmt::format("unexpected {}", in_quotes(text_.substr(at_))), "a value is expected here");
  const std::size_t start = at_++;
  if (++nesting_ > kNestingMax) return fail(start, "nested too deeply");
  const Part inner = parse_level(0);
  --nesting_;
  if (!fault_ && !take(')')) return fail(start, "this '(' is never closed");
  return inner;
}

// The end of a number and its unit, which may stand behind one blank.
std::size_t Parser::number_end() const {
  const auto skip_word = [this](std::size_t end) {
    while (end < text_.size() && (is_letter(text_[end]) || is_digit(text_[end]) || text_[end] == '.')) ++end;
    return end;
  };
  const std::size_t end = skip_word(at_);
  if (end >= text_.size() || text_[end] != ' ') return end;
  const std::size_t unit_end = skip_word(end + 1);
  const std::string_view unit = text_.substr(end + 1, unit_end - end - 1);
  const bool is_unit = is_one_of(unit, kSizeUnits) || is_one_of(unit, kTimeUnits);
  const bool is_function = unit_end < text_.size() && text_[unit_end] == '(';
  return is_unit && !is_function ? unit_end : end;
}

// 0x1000B as it would be refused where a size stands alone, and how to write the number if it is one.
std::string Parser::complaint_about_unit(std::string_view number) const {
  const std::string_view unit = number.substr(number.find_last_of("0123456789abcdefABCDEF. ") + 1);
  std::string complaint =
      is_one_of(unit, kTimeUnits) ? parse_duration(number).error() : parse_size(number, page_size_).error();
  if (!is_hexadecimal(number.substr(2))) return complaint;
  std::string digits(number);
  for (char& c : digits) c = 'A' <= c && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
  return fmt::format("{}, or {} for the number", complaint, digits);
}

Part Parser::parse_number() {
  const std::size_t start = at_;
  at_ = number_end();
  const std::string_view number = text_.substr(start, at_ - start);
  const bool may_have_unit = kind_ != ValueKind::integer && kind_ != ValueKind::permissions;
  const bool seems_to_have_unit =
      number.starts_with("0x") && may_have_unit && (number.ends_with('B') || !is_hexadecimal(number.substr(2)));
  if (seems_to_have_unit) return fail(start, complaint_about_unit(number));
  const bool has_unit = !number.starts_with("0x") && !number.starts_with("0o") && is_letter(number.back());
  if (!has_unit) {
    const auto value = parse_signed(number);
    if (!value) return fail(start, value.error());
    return push_constant(*value);
  }
  std::uint64_t value = 0;
  const auto duration = parse_duration(number);
  const auto size = parse_size(number, page_size_);
  if (duration) {
    compiled_.has_duration = true;
    value = duration->count();
  } else if (size) {
    compiled_.has_size = true;
    value = size->count();
  } else {
    const std::size_t unit = number.find_first_not_of("0123456789. ");
    if (is_one_of(number.substr(unit), kTimeUnits)) return fail(start, duration.error());
    return fail(start, size.error(), "units are B KiB MiB GiB TiB pages, and ns us ms s min h d");
  }
  if (value > static_cast<std::uint64_t>(kValueMax)) return fail(start, "the value does not fit into 63 bits");
  return push_constant(static_cast<Value>(value));
}

std::string_view Parser::take_word() {
  const std::size_t start = at_;
  while (at_ < text_.size() && (is_letter(text_[at_]) || is_digit(text_[at_]))) ++at_;
  return text_.substr(start, at_ - start);
}

Part Parser::parse_variable() {
  const std::size_t start = at_++;
  if (at_ < text_.size() && text_[at_] == '{') {
    return fail(start, "${...} belongs in texts", "write $name in an expression");
  }
  const std::string_view name = take_word();
  if (name.empty() || is_digit(name.front())) return fail(start, "a variable's name is missing after '$'");
  std::string_view field;
  if (at_ < text_.size() && text_[at_] == '.') {
    ++at_;
    field = take_word();
    if (field.empty()) return fail(start, "a field's name is missing after '.'");
  }
  return variable(name, field, start);
}

Part Parser::variable(std::string_view name, std::string_view field, std::size_t start) {
  const auto slot = variables_.read(name, field);
  if (!slot) return fail(start, slot.error().message, std::move(slot.error().help));
  compiled_.ops.push_back({Code::variable, *slot});
  return {compiled_.ops.size() - 1};
}

Part Parser::parse_name() {
  const std::size_t start = at_;
  const std::string_view name = take_word();
  skip_blanks();
  const bool is_call = at_ < text_.size() && text_[at_] == '(';
  if (is_call && name == "min") return parse_extreme(Code::minimum);
  if (is_call && name == "max") return parse_extreme(Code::maximum);
  if (is_call) return fail(start, fmt::format("there is no function {}", in_quotes(name)), "known: min, max");
  return named(name, start);
}

Part Parser::named(std::string_view name, std::size_t start) {
  if (bare_ == BareNames::variables_first && variables_.is_known(name)) {
    std::string_view field;
    if (at_ < text_.size() && text_[at_] == '.') {
      ++at_;
      field = take_word();
    }
    return variable(name, field, start);
  }
  const auto value = find_constant(name, page_size_);
  if (!value) {
    if (bare_ == BareNames::variables_first) return variable(name, {}, start);
    return fail(start, fmt::format("{} is no known constant", in_quotes(name)),
                [is_variable = variables_.is_known(name), name = std::string(name)] {
                  return is_variable ? fmt::format("the variable is written ${}", name)
                                     : suggestion(name, constant_names());
                });
  }
  if (name == "PAGE_SIZE") compiled_.has_size = true;
  Part part = push_constant(*value);
  part.is_size_max = name == "SIZE_MAX";
  return part;
}

Part Parser::parse_extreme(Code code) {
  const std::size_t start = at_++;
  if (++nesting_ > kNestingMax) return fail(start, "nested too deeply");
  Part left = parse_level(0);
  unsigned count = 1;
  while (!fault_ && take(',')) {
    const std::size_t offset = at_;
    const Part right = parse_level(0);
    if (!fault_) left = combine({"min or max", code, 0}, left, right, offset);
    ++count;
  }
  --nesting_;
  if (!fault_ && !take(')')) return fail(start, "this '(' is never closed");
  if (!fault_ && count < 2) return fail(start, "min and max take two values or more");
  return left;
}

Part Parser::combine(const Operator& op, const Part& left, const Part& right, std::size_t offset) {
  const bool only_compares = op.code == Code::equal || op.code == Code::not_equal;
  if (!only_compares && (left.is_size_max || right.is_size_max)) {
    return fail(offset, "SIZE_MAX cannot be calculated with", "it can stand alone, or be compared by == and !=");
  }
  if (!left.is_constant || !right.is_constant) {
    compiled_.ops.push_back({op.code, 0});
    return {left.first_op};
  }
  const auto value = evaluate(op.code, left.value, right.value);
  if (!value) {
    const bool divides = op.code == Code::divide || op.code == Code::modulo;
    return fail(offset, divides && right.value == 0 ? "division by zero" : "the value does not fit into 64 bits");
  }
  compiled_.ops.resize(left.first_op);
  return push_constant(*value);
}

Part Parser::push_constant(Value value) {
  compiled_.ops.push_back({Code::constant, value});
  return {compiled_.ops.size() - 1, true, false, value};
}

void Parser::check_stack() {
  std::size_t depth = 0;
  for (const ExpressionOp& op : compiled_.ops) {
    if (op.code == Code::constant || op.code == Code::variable) {
      if (++depth > kExpressionDepth) {
        fail(0, fmt::format("the expression holds more than {} values at once", kExpressionDepth),
             "put a part of it into a variable with 'set'");
        return;
      }
    } else if (op.code != Code::negate && op.code != Code::logical_not) {
      --depth;
    }
  }
}

}  // namespace

std::optional<Value> evaluate(Code code, Value left, Value right) {
  Value result = 0;
  switch (code) {
    case Code::add:
      return __builtin_add_overflow(left, right, &result) ? std::nullopt : std::optional(result);
    case Code::subtract:
      return __builtin_sub_overflow(left, right, &result) ? std::nullopt : std::optional(result);
    case Code::multiply:
      return __builtin_mul_overflow(left, right, &result) ? std::nullopt : std::optional(result);
    case Code::divide:
    case Code::modulo:
      if (right == 0 || (left == kValueMin && right == -1)) return std::nullopt;
      return code == Code::divide ? left / right : left % right;
    case Code::minimum:
      return std::min(left, right);
    case Code::maximum:
      return std::max(left, right);
    case Code::equal:
      return left == right;
    case Code::not_equal:
      return left != right;
    case Code::less:
      return left < right;
    case Code::less_equal:
      return left <= right;
    case Code::greater:
      return left > right;
    case Code::greater_equal:
      return left >= right;
    case Code::logical_and:
      return left != 0 && right != 0;
    case Code::logical_or:
      return left != 0 || right != 0;
    case Code::constant:
    case Code::variable:
    case Code::negate:
    case Code::logical_not:
      break;
  }
  MEMSIM_CHECK_THAT(false, "a code with two operands");
  return std::nullopt;
}

Expected<CompiledExpression, ExpressionFault> compile_expression(std::string_view text, const Variables& variables,
                                                                 PageSize page_size, BareNames bare, ValueKind kind) {
  return Parser(text, variables, page_size, bare, kind).run();
}

}  // namespace memsim::loader
