#include "kernel/program/call_plan.hpp"

#include <memsim/kernel/call_table.hpp>

namespace memsim {
namespace {

static_assert(Step::kMaxOperands <= 16, "a bit of CallPlan::varying for each operand");

CallPlan plan_of(const Step& step, const CostModel& costs) {
  if (step.kind != Step::Kind::call) return {};
  const CallSignature& signature = signature_of(step.call);
  CallPlan plan;
  plan.call = step.call;
  plan.exit_on_error = step.exit_on_error;
  plan.result = step.result;
  plan.result_count = static_cast<std::uint8_t>(signature.results.size());
  for (std::size_t i = 0; i < signature.parameters.size(); ++i) {
    const Operand& given = step.operands[i];
    const bool is_constant = given.kind == Operand::Kind::constant;
    plan.arguments[i] = is_constant ? given.value : signature.parameters[i].default_value;
    if (!is_constant && given.kind != Operand::Kind::absent) plan.varying |= static_cast<std::uint16_t>(1u << i);
  }
  const std::optional<std::size_t> copied = copied_argument(step.call);
  plan.entry_cost_varies = copied && (plan.varying >> *copied) % 2 == 1;
  if (!plan.entry_cost_varies) plan.entry_cost = entry_cost(costs, step.call, plan.arguments);
  return plan;
}

}  // namespace

CallPlans::CallPlans(const WorldConfig& config) {
  for (const ProcessConfig& process : config.processes) {
    std::vector<std::vector<CallPlan>>& of_process = plans_.emplace_back();
    for (const ThreadConfig& thread : process.threads) {
      std::vector<CallPlan>& of_thread = of_process.emplace_back();
      of_thread.reserve(thread.program->steps.size());
      for (const Step& step : thread.program->steps) of_thread.push_back(plan_of(step, config.costs));
    }
  }
}

}  // namespace memsim
