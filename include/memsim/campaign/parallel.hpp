// Independent tasks on several host threads. Worlds share nothing, so what a task computes does not depend on the
// number of threads; results come in the order of the tasks, whichever is done first.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <map>
#include <mutex>
#include <utility>

namespace memsim {

// Calls task(0) ... task(count - 1), each once, started in this order, at most `jobs` at a time. Returns when all have
// returned. With one job, or where the host gives no more threads, it runs on the caller's thread. What a task throws
// (std::bad_alloc) is thrown on the caller's thread when the others have returned; no new ones are started then.
// Requires: jobs > 0.
void run_parallel(std::size_t count, unsigned jobs, const std::function<void(std::size_t)>& task);

// As many jobs as the host has processors.
[[nodiscard]] unsigned default_jobs();

// Hands results on in the order of their indices, each as soon as those before it have come. A thread that is far ahead
// of the slowest waits, so that few results have to be kept.
template <class Result>
class InOrder {
 public:
  // take(index, result) is called by one thread at a time; false: nothing more is wanted.
  using Take = std::function<bool(std::size_t, Result&&)>;
  InOrder(unsigned jobs, Take take) : ahead_max_(std::size_t{16} * jobs), take_(std::move(take)) {}

  // Whether the result of this task is still wanted; waits until it is its turn.
  [[nodiscard]] bool wants(std::size_t index) {
    std::unique_lock lock(mutex_);
    moved_.wait(lock, [&] { return has_stopped_ || index < next_ + ahead_max_; });
    return !has_stopped_;
  }

  void put(std::size_t index, Result&& result) {
    const std::lock_guard lock(mutex_);
    if (has_stopped_) return;
    waiting_.emplace(index, std::move(result));
    while (!has_stopped_ && !waiting_.empty() && waiting_.begin()->first == next_) {
      auto first = waiting_.extract(waiting_.begin());
      has_stopped_ = !take_(next_++, std::move(first.mapped()));
    }
    moved_.notify_all();
  }

  void stop() {
    const std::lock_guard lock(mutex_);
    has_stopped_ = true;
    moved_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable moved_;
  std::map<std::size_t, Result> waiting_;
  std::size_t next_ = 0;
  std::size_t ahead_max_;
  bool has_stopped_ = false;
  Take take_;
};

// Calls task(0) ... task(count - 1) as run_parallel() does and take(index, result) in the order of the indices, on
// whichever thread, one at a time; until take() gives false: then what is under way comes to its end and is dropped.
// So the bytes that take() writes are the same whatever the number of jobs.
template <class Task, class Take>
void run_in_order(std::size_t count, unsigned jobs, Task&& task, Take&& take) {
  InOrder<decltype(task(std::size_t{0}))> results(jobs, std::forward<Take>(take));
  run_parallel(count, jobs, [&](std::size_t i) {
    if (!results.wants(i)) return;
    try {
      results.put(i, task(i));
    } catch (...) {
      results.stop();  // nobody may wait for this result
      throw;
    }
  });
}

}  // namespace memsim
