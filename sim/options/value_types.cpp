#include "sim/options/value_types.hpp"

#include <fmt/format.h>

#include <memsim/base/measure.hpp>
#include <memsim/phys/policy.hpp>
#include <memsim/scenario/scenario.hpp>
#include <memsim/view/output_files.hpp>

namespace memsim {
namespace {

std::vector<std::string> policy_words() {
  std::vector<std::string> words;
  for (const Policy& policy : policies()) {
    const std::string name(policy.name);
    words.push_back(name);
    for (const PolicyOption& option : policy.options) {
      const std::string start = name + ":" + std::string(option.name) + "=";
      if (option.choices.empty()) words.push_back(start + std::string(option.default_value));
      for (const std::string_view choice : option.choices) words.push_back(start + std::string(choice));
    }
  }
  return words;
}

std::vector<std::string> cap_words() {
  std::vector<std::string> words;
  for (const std::string_view cap : cap_names()) words.push_back(std::string(cap) + "=");
  return words;
}

std::vector<std::string> measure_words() {
  std::vector<std::string> words;
  for (const SampledMeasureInfo& measure : sampled_measures())
    words.push_back(fmt::format("{}/{}/*", is_of_objects(measure.scope) ? "objects" : "region/*", measure.name));
  return words;
}

std::vector<std::string> output_words() {
  const std::vector<std::string_view> names = output_names();
  return {names.begin(), names.end()};
}

}  // namespace

const ValueType kAssignmentType{"NAME=VALUE"};
const ValueType kPolicyType{"POLICY", ValueType::Offer::words, policy_words};
const ValueType kCapType{"NAME=VALUE", ValueType::Offer::words, cap_words};
const ValueType kMeasureType{"PATTERN", ValueType::Offer::words, measure_words};
const ValueType kOutputsType{"LIST", ValueType::Offer::words, output_words};

}  // namespace memsim
