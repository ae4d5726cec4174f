#include <memsim/programs/programs.hpp>

#include "programs/caller.hpp"
#include "programs/dma_device.hpp"

namespace memsim {
namespace {

class ProgramSource final : public CallerSource {
 public:
  ProgramSource(const WorldConfig& config, RecordStream& records, const ProgramLimits& limits)
      : shared_{config, records, limits, programs::Contents(config.memory), {}} {
    records.subscribe(shared_.contents);
  }

  [[nodiscard]] std::unique_ptr<Caller> make(const HostProgram& program, const Birth& birth) override {
    return std::make_unique<programs::ProgramCaller>(shared_, program, birth);
  }
  [[nodiscard]] std::unique_ptr<Caller> make(const DmaDevice& device) override {
    return std::make_unique<programs::DmaCaller>(device, shared_.contents);
  }

 private:
  programs::Shared shared_;
};

}  // namespace

CallerSourceFactory host_programs(const ProgramLimits& limits) {
  return [limits](const WorldConfig& config, RecordStream& records) -> std::unique_ptr<CallerSource> {
    return std::make_unique<ProgramSource>(config, records, limits);
  };
}

}  // namespace memsim
