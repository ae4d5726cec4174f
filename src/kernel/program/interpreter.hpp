// Interpreter: the caller that runs a program of the scenario. Nobody outside this folder knows its slots, its place in
// the program or its plans.
#pragma once

#include <memory>

#include <memsim/kernel/caller.hpp>

#include "kernel/program/call_plan.hpp"
#include "kernel/program/evaluate.hpp"

namespace memsim {

class Interpreter final : public Caller {
 public:
  // Program and plans outlive it: the configuration keeps them.
  Interpreter(const Program& program, const CallPlans& plans, const Birth& birth);

  // Carries out steps up to the first that asks for something. Each that only moves values or the place in the program
  // counts as a turn, so that a program which never does anything else is seen.
  void next(const Turn& turn, Ask& ask) override;
  void take(const Answer& answer) override;
  [[nodiscard]] std::unique_ptr<Caller> clone() const override { return std::make_unique<Interpreter>(*this); }
  [[nodiscard]] std::uint64_t residue() const override { return frame_.random.peek(); }
  void reseed(const RandomStream& random) override { frame_.random = random; }

 private:
  void begin_call(SimTime now, const Step& step, const CallPlan& plan, Ask& ask);
  bool evaluate_arguments(SimTime now, const Step& step, const CallPlan& plan, Ask& ask);
  std::optional<Value> operand(SimTime now, const Step& step, std::size_t index, Ask& ask);
  bool duration(SimTime now, const Step& step, Ask& ask);
  void control(SimTime now, const Step& step, Ask& ask);
  void begin_loop(SimTime now, const Step& step, Ask& ask);
  void end_loop(const Step& step);
  void choose(const Step& step);
  void note(SimTime now, const Step& step, Ask& ask);

  Frame frame_;
  const CallPlan* plans_;           // one for each step
  const CallPlan* made_ = nullptr;  // of the call whose result is awaited
  std::uint32_t pc_ = 0;            // the step to come
  bool gives_up_ = false;           // a call has failed and the program does not go on after that
};

}  // namespace memsim
