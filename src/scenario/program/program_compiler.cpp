#include "scenario/program/program_compiler.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>

namespace memsim::loader {
namespace {

const Group& group_of(std::string_view word) {
  const auto words = step_words();
  const auto found =
      std::find_if(words.begin(), words.end(), [&](const StepWord& known) { return known.name == word; });
  MEMSIM_CHECK(found != words.end() && found->group != nullptr);
  return *found->group;
}

std::vector<std::string_view> all_words() {
  std::vector<std::string_view> words;
  for (const StepWord& word : step_words()) words.push_back(word.name);
  for (const CallSignature& signature : call_table()) words.push_back(call_name(signature.call));
  return words;
}

class StepCompiler {
 public:
  StepCompiler(Loading& loading, const ProcessNames& processes, TableBudget& budget)
      : loading_(loading), operands_(loading, processes, budget, program_, variables_) {}

  Program run(const Node& steps) {
    compile_list(steps);
    push(Step::Kind::finish, steps);
    settle_slots();
    return std::move(program_);
  }

 private:
  // A step as written: its word, the argument of the word, and what stands beside it.
  struct Written {
    std::string_view word;
    Place word_place;
    const Node* argument = nullptr;
    const Node* as = nullptr;
    bool exits_on_error = false;
  };

  void compile_list(const Node& node);
  void compile_step(const Node& node);
  std::optional<Written> take_apart(const Node& node);
  bool compile_word(const Written& step, const Node& node);

  void compile_call(const Written& written, const Node& node, const CallSignature& signature);
  void read_parameters(const Written& written, const CallSignature& signature, Step& step);
  void read_map(const Node& map, const CallSignature& signature, Place place, Step& step);

  void compile_set(const Node& argument);
  void compile_repeat(const Node& argument);
  void compile_forever(const Node& argument);
  void compile_while(const Node& argument);
  void compile_if(const Node& argument);
  void compile_choose(const Node& argument);
  void check_passes_time(std::size_t first_step, const Node& node);

  std::size_t push(Step::Kind kind, const Node& node, Operand operand = {}) {
    Step step;
    step.kind = kind;
    step.operands[0] = operand;
    step.line = node.place.override_number > 0 ? 0 : loading_.source.line_of(node.place.offset);
    program_.steps.push_back(step);
    return program_.steps.size() - 1;
  }
  [[nodiscard]] std::uint32_t here() const { return static_cast<std::uint32_t>(program_.steps.size()); }
  void land(std::size_t jump) { program_.steps[jump].target = here(); }

  Operand value_of(const MapReader& map, std::string_view key, ValueKind kind) {
    const Node* node = map.find(key);
    return node == nullptr ? Operand{} : operands_.value(*node, kind);
  }
  void steps_of(const MapReader& map, std::string_view key) {
    if (const Node* node = map.find(key)) compile_list(*node);
  }
  template <class T>
  std::optional<T> accepted(Expected<T, NameFault> result, Place place) {
    if (result) return *result;
    loading_.faults.add(place, result.error().message, result.error().help);
    return std::nullopt;
  }
  void settle_slots();
  void settle(Operand& operand, const Variables::Layout& layout) const;

  Loading& loading_;
  Program program_;
  Variables variables_;
  OperandCompiler operands_;
};

void StepCompiler::compile_list(const Node& node) {
  if (node.kind != Node::Kind::sequence) {
    loading_.faults.add(node.place, fmt::format("expected a list of steps, not {}", kind_name(node.kind)),
                        "begin each step with '- '");
    return;
  }
  for (const NodeId id : node.items) compile_step(loading_.tree[id]);
}

std::optional<StepCompiler::Written> StepCompiler::take_apart(const Node& node) {
  static const Node kNothing;
  Written written;
  if (node.kind == Node::Kind::scalar) {
    written.word = node.text;
    written.word_place = node.place;
    written.argument = &kNothing;
    return written;
  }
  if (node.kind != Node::Kind::map) {
    loading_.faults.add(node.place,
                        fmt::format("a step is a call or a word such as 'repeat', not {}", kind_name(node.kind)));
    return std::nullopt;
  }
  for (const Entry& entry : node.entries) {
    const Node& value = loading_.tree[entry.value];
    if (entry.key == "as") {
      written.as = &value;
    } else if (entry.key == "on_error") {
      const std::string* choice = scalar_text(loading_, value, "exit or continue");
      if (choice != nullptr && *choice != "exit" && *choice != "continue") {
        loading_.faults.add(value.place, fmt::format("on_error is exit or continue, not {}", in_quotes(*choice)));
      }
      written.exits_on_error = choice != nullptr && *choice == "exit";
    } else if (written.argument == nullptr) {
      written.word = entry.key;
      written.word_place = entry.key_place;
      written.argument = &value;
    } else {
      loading_.faults.add(
          entry.key_place,
          fmt::format("{} does not belong to the step {}", in_quotes(entry.key), in_quotes(written.word)),
          "parameters go inside the call: 'call: {name: value}'; beside it stand only 'as' and 'on_error'");
    }
  }
  if (written.argument != nullptr) return written;
  loading_.faults.add(node.place, "a step needs a call or a word such as 'repeat'");
  return std::nullopt;
}

void StepCompiler::compile_step(const Node& node) {
  const auto written = take_apart(node);
  if (!written) return;
  if (const auto call = call_from_name(written->word)) return compile_call(*written, node, signature_of(*call));
  if (compile_word(*written, node)) {
    if (written->as != nullptr)
      loading_.faults.add(written->as->place, fmt::format("{} has no result", in_quotes(written->word)));
    if (written->exits_on_error) {
      loading_.faults.add(node.place,
                          fmt::format("{} cannot fail; on_error belongs to a call", in_quotes(written->word)));
    }
    return;
  }
  loading_.faults.add(written->word_place, fmt::format("there is no call or step {}", in_quotes(written->word)),
                      [&] { return suggestion(written->word, all_words()); });
}

// Whether the word is known.
bool StepCompiler::compile_word(const Written& step, const Node& node) {
  const Node& argument = *step.argument;
  if (step.word == "compute" || step.word == "sleep") {
    const Operand time = operands_.value(argument, ValueKind::duration);
    push(step.word == "sleep" ? Step::Kind::sleep : Step::Kind::compute, node, time);
  } else if (step.word == "set") {
    compile_set(argument);
  } else if (step.word == "repeat") {
    compile_repeat(argument);
  } else if (step.word == "forever") {
    compile_forever(argument);
  } else if (step.word == "while") {
    compile_while(argument);
  } else if (step.word == "if") {
    compile_if(argument);
  } else if (step.word == "choose") {
    compile_choose(argument);
  } else if (step.word == "note") {
    push(Step::Kind::note, node, operands_.text(argument));
  } else if (step.word == "exit") {
    if (argument.kind != Node::Kind::null) loading_.faults.add(argument.place, "exit takes no argument");
    push(Step::Kind::finish, node);
  } else {
    return false;
  }
  return true;
}

void StepCompiler::compile_call(const Written& written, const Node& node, const CallSignature& signature) {
  Step step;
  step.kind = Step::Kind::call;
  step.call = signature.call;
  step.exit_on_error = written.exits_on_error;
  step.line = written.word_place.override_number > 0 ? 0 : loading_.source.line_of(node.place.offset);
  read_parameters(written, signature, step);
  if (written.as != nullptr) {
    // After the arguments: they still see what the name held before.
    if (const std::string* name = scalar_text(loading_, *written.as, "a name for the result")) {
      const auto slot = accepted(variables_.assign_result(*name, signature), written.as->place);
      step.result = slot.value_or(kNoSlot);
    }
  }
  program_.steps.push_back(step);
}

void StepCompiler::read_parameters(const Written& written, const CallSignature& signature, Step& step) {
  const Node& argument = *written.argument;
  const auto parameters = signature.parameters;
  if (argument.kind == Node::Kind::map) return read_map(argument, signature, written.word_place, step);
  const auto required =
      std::count_if(parameters.begin(), parameters.end(), [](const Parameter& p) { return p.required; });
  if (argument.kind == Node::Kind::null) {
    if (required == 0) return;
    return read_map(argument, signature, written.word_place, step);
  }
  // A bare value stands for the only parameter, or for the only one that must be given.
  const auto sole =
      required == 1 ? std::find_if(parameters.begin(), parameters.end(), [](const Parameter& p) { return p.required; })
                    : parameters.begin();
  if (required == 1 || parameters.size() == 1) {
    step.operands[static_cast<std::size_t>(sole - parameters.begin())] = operands_.argument(argument, signature, *sole);
    return;
  }
  loading_.faults.add(argument.place, fmt::format("{} takes a map of its parameters", call_name(signature.call)),
                      fmt::format("write {}: {{{}: ...}}", call_name(signature.call), parameters.front().name));
}

void StepCompiler::read_map(const Node& map, const CallSignature& signature, Place place, Step& step) {
  const auto parameters = signature.parameters;
  std::vector<std::string_view> known;
  for (const Parameter& parameter : parameters) known.push_back(parameter.name);
  for (const Entry& entry : map.entries) {
    const auto found = std::find(known.begin(), known.end(), entry.key);
    if (found == known.end()) {
      loading_.faults.add(entry.key_place,
                          fmt::format("{} has no parameter {}", call_name(signature.call), in_quotes(entry.key)),
                          [&] { return known.empty() ? std::string("it takes none") : suggestion(entry.key, known); });
      continue;
    }
    const auto index = static_cast<std::size_t>(found - known.begin());
    step.operands[index] = operands_.argument(loading_.tree[entry.value], signature, parameters[index]);
  }
  for (const Parameter& parameter : parameters) {
    if (!parameter.required || loading_.tree.find(map, parameter.name) != nullptr) continue;
    loading_.faults.add(place, fmt::format("{} needs the parameter '{}'", call_name(signature.call), parameter.name),
                        std::string(parameter.doc));
  }
}

void StepCompiler::compile_set(const Node& argument) {
  if (argument.kind != Node::Kind::map || argument.entries.empty()) {
    loading_.faults.add(argument.place, "set takes a map of variables", "write set: {name: value}");
    return;
  }
  for (const Entry& entry : argument.entries) {
    const Node& value = loading_.tree[entry.value];
    const Operand operand = operands_.value(value, ValueKind::any);
    const std::size_t step = push(Step::Kind::assign, value, operand);
    program_.steps[step].result = accepted(variables_.assign_value(entry.key), entry.key_place).value_or(kNoSlot);
  }
}

void StepCompiler::compile_repeat(const Node& argument) {
  MapReader map(loading_, argument, group_of("repeat"));
  const Operand times = value_of(map, "times", ValueKind::integer);
  if (times.kind == Operand::Kind::constant && times.value < 0) {
    loading_.faults.add(map.place("times"), "a number of times is not negative");
  }
  const std::string index = map.text("index", "");  // empty where there is none, for it is no name
  const auto counter =
      accepted(variables_.open_counter(index.empty() ? std::nullopt : std::optional<std::string_view>(index)),
               map.place("index"));
  const std::size_t begin = push(Step::Kind::loop_begin, argument, times);
  steps_of(map, "do");
  const std::size_t end = push(Step::Kind::loop_end, argument);
  if (counter) {
    program_.steps[begin].result = *counter;
    program_.steps[end].result = *counter;
    variables_.close_counter(*counter);
  }
  program_.steps[end].target = static_cast<std::uint32_t>(begin + 1);
  land(begin);
}

void StepCompiler::compile_forever(const Node& argument) {
  const std::uint32_t first = here();
  std::optional<std::size_t> exit;
  if (argument.kind == Node::Kind::sequence) {
    compile_list(argument);
  } else {
    MapReader map(loading_, argument, group_of("forever"));
    if (map.find("until") != nullptr) {
      exit = push(Step::Kind::jump_if_late, argument, value_of(map, "until", ValueKind::duration));
    }
    steps_of(map, "do");
  }
  check_passes_time(first, argument);
  program_.steps[push(Step::Kind::jump, argument)].target = first;
  if (exit) land(*exit);
}

// A loop without end in which no time can pass would hold the simulated clock for ever.
void StepCompiler::check_passes_time(std::size_t first_step, const Node& node) {
  for (std::size_t i = first_step; i < program_.steps.size(); ++i) {
    const Step& step = program_.steps[i];
    const bool is_zero = step.operands[0].kind == Operand::Kind::constant && step.operands[0].value == 0;
    if (step.kind == Step::Kind::call || step.kind == Step::Kind::finish) return;
    if ((step.kind == Step::Kind::compute || step.kind == Step::Kind::sleep) && !is_zero) return;
  }
  loading_.faults.add(node.place, "no time passes in this endless loop", "put a call, a compute or a sleep into it");
}

void StepCompiler::compile_while(const Node& argument) {
  const MapReader map(loading_, argument, group_of("while"));
  const std::uint32_t first = here();
  const std::size_t exit = push(Step::Kind::jump_if_zero, argument, value_of(map, "condition", ValueKind::any));
  steps_of(map, "do");
  program_.steps[push(Step::Kind::jump, argument)].target = first;
  land(exit);
}

void StepCompiler::compile_if(const Node& argument) {
  const MapReader map(loading_, argument, group_of("if"));
  const std::size_t skip = push(Step::Kind::jump_if_zero, argument, value_of(map, "condition", ValueKind::any));
  steps_of(map, "then");
  if (map.find("else") == nullptr) return land(skip);
  const std::size_t leave = push(Step::Kind::jump, argument);
  land(skip);
  steps_of(map, "else");
  land(leave);
}

void StepCompiler::compile_choose(const Node& argument) {
  if (argument.kind != Node::Kind::sequence || argument.items.empty()) {
    loading_.faults.add(argument.place, "choose takes a list of branches",
                        "write choose: [{weight: 3, do: [...]}, ...]");
    return;
  }
  const auto index = static_cast<Value>(program_.choices.size());
  program_.choices.emplace_back();
  push(Step::Kind::choose, argument, {Operand::Kind::constant, index});
  Choice choice;
  std::vector<std::size_t> leaves;
  std::uint64_t total = 0;
  for (const NodeId id : argument.items) {
    MapReader branch(loading_, loading_.tree[id], branch_group());
    // At most 500,000 branches of at most 10^12 each: the sum fits.
    total += branch.integer("weight", 1);
    choice.cumulative_weight.push_back(total);
    choice.target.push_back(here());
    steps_of(branch, "do");
    leaves.push_back(push(Step::Kind::jump, loading_.tree[id]));
  }
  for (const std::size_t leave : leaves) land(leave);
  if (total == 0) loading_.faults.add(argument.place, "all branches weigh nothing");
  program_.choices[static_cast<std::size_t>(index)] = std::move(choice);
}

void StepCompiler::settle(Operand& operand, const Variables::Layout& layout) const {
  if (operand.kind != Operand::Kind::variable) return;
  operand.value = layout.final_slot(static_cast<VariableSlot>(operand.value));
}

// Replaces provisional slots by those that the variables have in the end.
void StepCompiler::settle_slots() {
  const Variables::Layout layout = variables_.layout();
  program_.slot_count = layout.slot_count();
  for (Step& step : program_.steps) {
    step.result = layout.final_slot(step.result);
    for (Operand& operand : step.operands) settle(operand, layout);
  }
  for (Expression& expression : program_.expressions) {
    for (ExpressionOp& op : expression) {
      if (op.code == ExpressionOp::Code::variable) op.value = layout.final_slot(static_cast<VariableSlot>(op.value));
    }
  }
  for (Text& text : program_.texts) {
    for (Text::Piece& piece : text.pieces) settle(piece.operand, layout);
  }
}

}  // namespace

std::shared_ptr<const Program> compile_program(Loading& loading, const ProcessNames& processes, TableBudget& budget,
                                               const Node& steps) {
  return std::make_shared<const Program>(StepCompiler(loading, processes, budget).run(steps));
}

}  // namespace memsim::loader
