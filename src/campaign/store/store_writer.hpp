// StoreWriter: a thread that keeps runs, so that those who make them do not wait for a disk.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include <memsim/base/host_error.hpp>
#include <memsim/campaign/store/result_store.hpp>

#include "campaign/store/run_row.hpp"

namespace memsim {

// A run is kept for good after a fifth of a second at most, or finish(); one that took its time, at once. Where the
// host gives no thread, put() does it.
class StoreWriter {
 public:
  // The store is the writer's until finish().
  explicit StoreWriter(ResultStore& store);
  StoreWriter(const StoreWriter&) = delete;
  StoreWriter& operator=(const StoreWriter&) = delete;
  ~StoreWriter();

  // From any thread. Waits while many are waiting to be kept. False: the store has failed, and finish() tells why.
  [[nodiscard]] bool put(std::int64_t variation, const RunResult& run);

  // Keeps what was put for good. Errors: the first of the store. Requires: no put() is under way.
  [[nodiscard]] HostResult<void> finish();

 private:
  struct Waiting {
    std::int64_t variation = 0;
    RunRow row;
    std::shared_ptr<const MeasureLayout> layout;
  };
  void work();
  [[nodiscard]] HostResult<void> keep(const std::vector<Waiting>& runs);

  ResultStore& store_;
  std::mutex mutex_;
  std::condition_variable there_is_work_;
  std::condition_variable there_is_room_;
  std::vector<Waiting> waiting_;
  HostError errors_;
  bool is_over_ = false;
  std::thread thread_;
};

}  // namespace memsim
