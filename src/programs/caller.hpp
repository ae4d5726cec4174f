// The caller of a simulated thread that is a program of the host.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <memsim/kernel/caller.hpp>
#include <memsim/kernel/caller_source.hpp>

#include "programs/calls/translate.hpp"
#include "programs/child/lock_step.hpp"
#include "programs/host_process.hpp"

namespace memsim::programs {

class ProgramCaller final : public Caller {
 public:
  // The first thread of a program, which this starts.
  ProgramCaller(Shared& shared, const HostProgram& program, const Birth& birth);
  // Another thread of it. Requires: the slot waits for one.
  ProgramCaller(Shared& shared, const HostProgram& program, const Birth& birth, std::shared_ptr<HostProcess> process,
                std::size_t lane);
  ProgramCaller(const ProgramCaller&) = delete;
  ProgramCaller& operator=(const ProgramCaller&) = delete;
  ~ProgramCaller() override;

  void next(const Turn& turn, Ask& ask) override;
  void take(const Answer& answer) override;
  [[nodiscard]] std::unique_ptr<Caller> clone() const override { return nullptr; }
  [[nodiscard]] NewThread new_thread(const Birth& birth) override;

  [[nodiscard]] bool is(Value pid, Value tid) const { return pid_.value() == pid && tid_.value() == tid; }
  // What a server writes to the reply buffer of this client before it replies.
  void write_to_reply(std::size_t offset, std::span<const std::byte> bytes);

 private:
  // Each says what the thread does next, if it is that.
  bool go_on(const Turn& turn, Ask& ask);
  bool stopped(Stop stop, Ask& ask);
  void owe_compute();
  bool read_question();
  bool begin_question(const Turn& turn, Ask& ask);
  bool ask_clock(const Turn& turn, Ask& ask);
  bool ask_sleep(Ask& ask);
  bool ask_here(Ask& ask);
  void ask_kernel(const Turn& turn, Ask& ask);

  // The reply goes into the slot and the program goes on, when what it has mapped is as it should be. Anything but
  // `asked`: it did not do as it was told.
  [[nodiscard]] Stop resume(const Turn& turn);
  void finish_reply();

  bool ended(Ask& ask);
  void fault(Ask& ask, std::string reason);

  Shared& shared_;
  const HostProgram& program_;
  ProcessId pid_;
  ThreadId tid_;
  std::shared_ptr<HostProcess> process_;
  std::size_t lane_;  // of the link: its slot
  LockStep lock_step_;
  bool owns_lane_ = false;

  bool has_begun_ = false;
  bool is_running_ = true;   // it has to stop before anything else can be done
  SimDuration owed_;         // to be computed before its question is acted on
  link::Request request_{};  // of the question
  std::string text_;
  std::vector<std::byte> bytes_;
  Ask made_;  // of the question
  std::optional<Answered> answered_;
  std::vector<std::byte> written_to_reply_;
};

}  // namespace memsim::programs
