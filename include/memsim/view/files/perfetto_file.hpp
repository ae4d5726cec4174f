// PerfettoFile: a run's trace (perfetto.hpp) as a file. It appears complete, when commit() came back, or not at all.
#pragma once

#include <memory>
#include <span>
#include <string>

#include <memsim/base/host_error.hpp>
#include <memsim/engine/record_stream.hpp>

namespace memsim {

class PerfettoFile final : public RecordSink {
 public:
  // A file of that name is replaced. Errors: host_failed where the host refuses.
  [[nodiscard]] static HostResult<PerfettoFile> create(const std::string& path);
  PerfettoFile(PerfettoFile&&) noexcept;
  PerfettoFile& operator=(PerfettoFile&&) = delete;
  ~PerfettoFile() override;

  [[nodiscard]] std::span<const RecordKind> wanted() const override;
  void on_record(const RecordView& record) override;

  // Errors: the first that the host reported since create(); nothing new is there then.
  [[nodiscard]] HostResult<void> commit();

 private:
  struct State;
  explicit PerfettoFile(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace memsim
