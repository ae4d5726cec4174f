#include "scenario/program/variables.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

namespace memsim::loader {
namespace {

// Room for a value, an errno and the results of any call.
constexpr std::size_t kProvisionalSlots = 16;
constexpr std::size_t kVariablesMax = 4000;
static_assert(kFirstFreeSlot + kVariablesMax * kProvisionalSlots < kNoSlot);
constexpr std::size_t kNameLength = 64;

constexpr std::array<std::string_view, kFirstFreeSlot> kBuiltins = {"index", "pid", "tid", "now", "errno"};

std::optional<VariableSlot> builtin(std::string_view name) {
  const auto found = std::find(kBuiltins.begin(), kBuiltins.end(), name);
  if (found == kBuiltins.end()) return std::nullopt;
  return static_cast<VariableSlot>(found - kBuiltins.begin());
}

VariableSlot provisional_slot(std::size_t variable) {
  return static_cast<VariableSlot>(kFirstFreeSlot + variable * kProvisionalSlots);
}

Unexpected<NameFault> fault(std::string message, Help help) {
  return Unexpected<NameFault>({std::move(message), std::move(help)});
}
Unexpected<NameFault> fault(std::string message, std::string_view help = {}) {
  return fault(std::move(message), Help([help] { return std::string(help); }));
}

}  // namespace

bool is_variable_name(std::string_view text) {
  if (text.empty() || text.size() > kNameLength || ('0' <= text.front() && text.front() <= '9')) return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return ('a' <= c && c <= 'z') || ('A' <= c && c <= 'Z') || ('0' <= c && c <= '9') || c == '_';
  });
}

std::vector<std::string_view> Variables::names() const {
  std::vector<std::string_view> known(kBuiltins.begin(), kBuiltins.end());
  for (const Variable& variable : variables_) {
    if (!variable.name.empty()) known.push_back(variable.name);
  }
  return known;
}

bool Variables::is_known(std::string_view name) const { return builtin(name) || by_name_.contains(name); }

Expected<VariableSlot, NameFault> Variables::read(std::string_view name, std::string_view field) const {
  if (const auto given = builtin(name)) {
    if (field.empty()) return *given;
    return fault(fmt::format("${} has no field {}", name, in_quotes(field)));
  }
  const auto found = by_name_.find(name);
  if (found == by_name_.end()) {
    return fault(fmt::format("nothing has assigned the variable {} before this step", in_quotes(name)),
                 [this, name = std::string(name)] { return suggestion(name, names()); });
  }
  const Variable& variable = variables_[found->second];
  const VariableSlot slot = provisional_slot(found->second);
  if (field.empty()) return slot;
  std::vector<std::string_view> fields;
  if (variable.has_errno) fields.emplace_back("errno");
  fields.insert(fields.end(), variable.results.begin(), variable.results.end());
  const auto position = std::find(fields.begin(), fields.end(), field);
  if (position != fields.end()) return static_cast<VariableSlot>(slot + 1 + (position - fields.begin()));
  return fault(fmt::format("variable '{}' has no field {}", name, in_quotes(field)),
               [fields, field = std::string(field)] {
                 return fields.empty() ? std::string("it is a plain number") : suggestion(field, fields);
               });
}

// The variable of a name that somebody wrote: a new one where there is none yet.
Expected<std::size_t, NameFault> Variables::claim(std::string_view name) {
  if (!is_variable_name(name)) {
    return fault(fmt::format("{} is no name for a variable", in_quotes(name)),
                 "a letter, then letters, digits or '_', without '$'");
  }
  if (builtin(name)) return fault(fmt::format("${} is given and cannot be assigned", name), "use another name");
  const auto found = by_name_.find(name);
  if (found != by_name_.end()) return found->second;
  const auto id = add(name);
  if (id) by_name_.emplace(name, *id);
  return id;
}

Expected<std::size_t, NameFault> Variables::add(std::string_view name) {
  if (variables_.size() == kVariablesMax)
    return fault(fmt::format("a program has at most {} variables", kVariablesMax));
  variables_.push_back({});
  variables_.back().name = name;
  return variables_.size() - 1;
}

Expected<std::size_t, NameFault> Variables::claim_value(std::string_view name) {
  const auto id = claim(name);
  if (id && variables_[*id].is_counter) {
    return fault(fmt::format("{} is the index of a repeat", in_quotes(name)), "use another name");
  }
  return id;
}

Expected<VariableSlot, NameFault> Variables::assign_value(std::string_view name) {
  const auto id = claim_value(name);
  if (!id) return Unexpected(id.error());
  return provisional_slot(*id);
}

Expected<VariableSlot, NameFault> Variables::assign_result(std::string_view name, const CallSignature& call) {
  const auto id = claim_value(name);
  if (!id) return Unexpected(id.error());
  Variable& variable = variables_[*id];
  const std::size_t common = std::min(variable.results.size(), call.results.size());
  if (!std::equal(call.results.begin(), call.results.begin() + static_cast<std::ptrdiff_t>(common),
                  variable.results.begin())) {
    return fault(fmt::format("{} already names the result of another kind of call", in_quotes(name)),
                 "use another name");
  }
  variable.has_errno = true;
  if (call.results.size() > common) variable.results.assign(call.results.begin(), call.results.end());
  variable.slots = std::max(variable.slots, static_cast<std::uint32_t>(2 + variable.results.size()));
  return provisional_slot(*id);
}

Expected<VariableSlot, NameFault> Variables::open_counter(std::optional<std::string_view> name) {
  const bool is_known = name && by_name_.contains(*name);
  const auto id = name ? claim(*name) : add({});
  if (!id) return Unexpected(id.error());
  Variable& variable = variables_[*id];
  if (is_known && !variable.is_counter) {
    return fault(fmt::format("{} already names a variable", in_quotes(*name)), "use another name for the index");
  }
  if (variable.is_open) return fault(fmt::format("{} is the index of an enclosing repeat", in_quotes(*name)));
  variable.is_counter = true;
  variable.is_open = true;
  variable.slots = 2;
  return provisional_slot(*id);
}

void Variables::close_counter(VariableSlot slot) {
  variables_[(slot - kFirstFreeSlot) / kProvisionalSlots].is_open = false;
}

Variables::Layout Variables::layout() const {
  Layout layout;
  for (const Variable& variable : variables_) {
    layout.first_slots_.push_back(static_cast<VariableSlot>(layout.slot_count_));
    layout.slot_count_ += variable.slots;
  }
  return layout;
}

VariableSlot Variables::Layout::final_slot(VariableSlot provisional) const {
  if (provisional < kFirstFreeSlot || provisional == kNoSlot) return provisional;
  const std::size_t distance = provisional - kFirstFreeSlot;
  return static_cast<VariableSlot>(first_slots_[distance / kProvisionalSlots] + distance % kProvisionalSlots);
}

}  // namespace memsim::loader
