#include "kernel/program/call_plan.hpp"

#include <algorithm>
#include <functional>

#include <memsim/base/check.hpp>

namespace memsim {
namespace {

static_assert(Step::kMaxOperands <= 16, "a bit of CallPlan::varying for each operand");

CallPlan plan_of(const Step& step) {
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
  return plan;
}

}  // namespace

CallPlans::CallPlans(const WorldConfig& config) {
  std::vector<const Program*> programs;
  for (const ProcessConfig& process : config.processes) {
    for (const ThreadConfig& thread : process.threads) {
      if (thread.program != nullptr) programs.push_back(thread.program.get());
    }
  }
  std::sort(programs.begin(), programs.end(), std::less<>());
  programs.erase(std::unique(programs.begin(), programs.end()), programs.end());
  planned_.reserve(programs.size());
  for (const Program* program : programs) {
    std::vector<CallPlan>& plans = planned_.emplace_back(Planned{program, {}}).plans;
    plans.reserve(program->steps.size());
    for (const Step& step : program->steps) plans.push_back(plan_of(step));
  }
}

const std::vector<CallPlan>& CallPlans::of(const Program& program) const {
  const auto found = std::lower_bound(planned_.begin(), planned_.end(), &program,
                                      [](const Planned& a, const Program* b) { return std::less<>()(a.program, b); });
  MEMSIM_CHECK_THAT(found != planned_.end() && found->program == &program, "a program of the configuration");
  return found->plans;
}

}  // namespace memsim
