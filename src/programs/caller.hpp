// The caller of a simulated thread that is a program of the host.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <memsim/engine/record_stream.hpp>
#include <memsim/kernel/caller.hpp>
#include <memsim/kernel/caller_source.hpp>
#include <memsim/kernel/config.hpp>

#include "programs/calls/translate.hpp"
#include "programs/child/child.hpp"
#include "programs/child/lock_step.hpp"
#include "programs/memory/contents.hpp"
#include "programs/memory/page_table.hpp"

namespace memsim::programs {

class ProgramCaller;

// What the programs of one world share.
struct Shared {
  const WorldConfig& config;
  RecordStream& records;
  ProgramLimits limits;
  Contents contents;
  std::vector<ProgramCaller*> callers;  // alive, in the order of their start
};

class ProgramCaller final : public Caller {
 public:
  ProgramCaller(Shared& shared, const HostProgram& program, const Birth& birth);
  ProgramCaller(const ProgramCaller&) = delete;
  ProgramCaller& operator=(const ProgramCaller&) = delete;
  ~ProgramCaller() override;

  void next(const Turn& turn, Ask& ask) override;
  void take(const Answer& answer) override;
  [[nodiscard]] std::unique_ptr<Caller> clone() const override { return nullptr; }

  [[nodiscard]] bool is(Value pid, Value tid) const { return pid_.value() == pid && tid_.value() == tid; }
  // What a server writes to the reply buffer of this client before it replies.
  void write_to_reply(std::size_t offset, std::span<const std::byte> bytes);

 private:
  // Each says what the thread does next, if it is that.
  bool go_on(const Turn& turn, Ask& ask);
  bool stopped(Stop stop, Ask& ask);
  bool read_question();
  bool begin_question(const Turn& turn, Ask& ask);
  bool ask_clock(const Turn& turn, Ask& ask);
  bool ask_sleep(Ask& ask);
  bool ask_here(Ask& ask);
  void ask_kernel(const Turn& turn, Ask& ask);

  // The reply goes into the slot and the program goes on, when what it has mapped is as it should be. False: the
  // program did not do as it was told, and `stop_` says what it did.
  bool resume(const Turn& turn);
  bool make(const std::vector<link::Change>& changes);
  std::vector<link::Change> changes(const Turn& turn);
  void finish_reply();

  void publish_output(bool is_end);
  void publish_lines(OutputStream stream, std::string& text, bool is_end);
  bool ended(Ask& ask);
  void fault(Ask& ask, std::string reason);

  Shared& shared_;
  const HostProgram& program_;
  ProcessId pid_;
  ThreadId tid_;
  std::unique_ptr<Child> child_;
  std::string start_failure_;  // why there is no child
  LockStep lock_step_;
  PageTable page_table_;
  std::uint64_t changes_seen_ = UINT64_MAX;  // memory_change_count() when the page table was last made to follow
  Tickets tickets_;

  Stop stop_ = Stop::asked;
  bool has_begun_ = false;
  bool is_running_ = true;     // it has to stop before anything else can be done
  bool owes_compute_ = false;  // before its question is acted on
  bool is_exiting_ = false;    // its exit status has been noted
  link::Request request_{};    // of the question
  std::string text_;
  std::vector<std::byte> bytes_;
  Ask made_;  // of the question
  std::optional<Answered> answered_;
  std::optional<PhysAddr> page_to_copy_;
  std::vector<std::byte> written_to_reply_;
  std::string unfinished_[2];  // lines
};

}  // namespace memsim::programs
