#include <memsim/campaign/parallel.hpp>

#include <atomic>
#include <exception>
#include <system_error>
#include <thread>
#include <vector>

#include <memsim/base/check.hpp>

namespace memsim {
namespace {

// Threads that are waited for, however their owner comes to its end.
class Helpers {
 public:
  Helpers() = default;
  Helpers(const Helpers&) = delete;
  Helpers& operator=(const Helpers&) = delete;
  ~Helpers() {
    for (std::thread& thread : threads_) thread.join();
  }

  template <class Work>
  void start(std::size_t count, const Work& work) {
    try {
      threads_.reserve(count);
      while (threads_.size() < count) threads_.emplace_back(work);
    } catch (const std::system_error&) {
      // The host gives no more threads: those that run will do.
    }
  }

 private:
  std::vector<std::thread> threads_;
};

}  // namespace

void run_parallel(std::size_t count, unsigned jobs, const std::function<void(std::size_t)>& task) {
  MEMSIM_CHECK(jobs > 0);
  std::atomic<std::size_t> next = 0;
  std::mutex mutex;
  std::exception_ptr thrown;
  const auto work = [&] {
    try {
      for (std::size_t i = next++; i < count; i = next++) task(i);
    } catch (...) {
      next = count;
      const std::lock_guard lock(mutex);
      if (!thrown) thrown = std::current_exception();
    }
  };
  {
    Helpers helpers;
    if (count > 0) helpers.start(std::min<std::size_t>(jobs, count) - 1, work);
    work();
  }
  if (thrown) std::rethrow_exception(thrown);
}

unsigned default_jobs() { return std::max(1U, std::thread::hardware_concurrency()); }

}  // namespace memsim
