#include "campaign/store/store_writer.hpp"

#include <chrono>
#include <system_error>
#include <utility>

#include <memsim/host/stopwatch.hpp>

#include "campaign/run/exhaustion.hpp"
#include "campaign/store/measure_layouts.hpp"

namespace memsim {
namespace {

constexpr std::size_t kWaitingMax = 1'000;  // some KiB each
// A commit waits for the disk. What a crash may cost: the quick runs of so long; one that took longer is kept at once.
constexpr std::chrono::milliseconds kHeldMax{200};
constexpr std::chrono::milliseconds kQuickRun{20};
constexpr std::chrono::milliseconds kGathered{10};  // so that quick runs do not wake the writer one by one

}  // namespace

StoreWriter::StoreWriter(ResultStore& store) : store_(store) {
  try {
    thread_ = std::thread([this] { work(); });
  } catch (const std::system_error&) {
    // The host gives no more threads.
  }
}

StoreWriter::~StoreWriter() { static_cast<void>(finish()); }

bool StoreWriter::put(std::int64_t variation, const RunResult& run) {
  Waiting made{variation, row_of(run), store_.layouts().of(run.measures)};
  std::unique_lock lock(mutex_);
  if (!thread_.joinable()) {
    const HostResult<void> kept = errors_.empty() ? keep({std::move(made)}) : HostResult<void>();
    const HostResult<void> committed = kept ? store_.commit() : kept;
    if (!committed && errors_.empty()) errors_ = committed.error();
    return errors_.empty();
  }
  there_is_room_.wait(lock, [&] { return waiting_.size() < kWaitingMax || !errors_.empty(); });
  if (!errors_.empty()) return false;
  waiting_.push_back(std::move(made));
  if (waiting_.size() == 1 || waiting_.size() == kWaitingMax) there_is_work_.notify_one();
  return true;
}

HostResult<void> StoreWriter::keep(const std::vector<Waiting>& runs) {
  return unless_memory_ends("the results", [&]() -> HostResult<void> {
    for (const Waiting& run : runs) {
      HostResult<void> put = store_.put(run.variation, run.row, *run.layout);
      if (!put) return put;
    }
    return {};
  });
}

void StoreWriter::work() {
  host::Stopwatch since_commit;
  bool is_committed = true;
  std::unique_lock lock(mutex_);
  while (errors_.empty() && !(is_over_ && waiting_.empty() && is_committed)) {
    const host::Stopwatch idle;
    const auto has_work = [&] { return !waiting_.empty() || is_over_; };
    is_committed ? there_is_work_.wait(lock, has_work)
                 : static_cast<void>(there_is_work_.wait_for(lock, kHeldMax - since_commit.elapsed(), has_work));
    const bool was_idle = idle.elapsed() >= kQuickRun;
    there_is_work_.wait_for(lock, kGathered, [&] { return is_over_ || waiting_.size() == kWaitingMax; });
    const std::vector<Waiting> runs = std::exchange(waiting_, {});
    const bool is_last = is_over_;
    there_is_room_.notify_all();
    lock.unlock();
    if (is_committed) since_commit = {};
    HostResult<void> kept = keep(runs);
    is_committed = is_committed && runs.empty();
    const bool is_time = is_last || since_commit.elapsed() >= kHeldMax || was_idle;
    if (kept && !is_committed && is_time) {
      kept = store_.commit();
      is_committed = true;
    }
    lock.lock();
    if (!kept) errors_ = std::move(kept).error();
  }
  there_is_room_.notify_all();
}

HostResult<void> StoreWriter::finish() {
  {
    const std::lock_guard lock(mutex_);
    is_over_ = true;
    there_is_work_.notify_one();
  }
  if (thread_.joinable()) thread_.join();
  return errors_.empty() ? HostResult<void>() : Unexpected(errors_);
}

}  // namespace memsim
