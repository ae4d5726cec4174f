// The ranks of an MPI program as the crew of a sweep: rank 0 leads. Messages are few and small: a run is three numbers,
// its result some KiB.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/many/sweep_crew.hpp"

namespace memsim {

class MpiCrew final : public SweepCrew {
 public:
  // Joins the others. One in each process.
  MpiCrew(int& argc, char**& argv);
  // Lets the helpers go, or waits to be let go; whatever came before.
  ~MpiCrew() override;

  [[nodiscard]] bool leads() const override { return rank_ == 0; }
  [[nodiscard]] bool has_helpers() const override { return size_ > 1; }
  void distribute(const RunPlan& plan, std::span<const RunSpec> runs, const TakeRun& take) override;
  void help(const HostResult<RunPlan>& plan) override;

 private:
  struct Message;
  void send(int rank, int tag, const std::string& bytes) const;
  [[nodiscard]] static Message receive();
  // Waits until every helper has said whether it can help. Errors: why one cannot.
  [[nodiscard]] HostResult<void> gather(const RunPlan& plan);

  int rank_ = 0;
  int size_ = 1;
  bool has_met_ = false;  // greetings were exchanged
  std::vector<std::string> greetings_;
};

}  // namespace memsim
