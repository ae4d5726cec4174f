#include <memsim/campaign/parallel.hpp>

#include <algorithm>
#include <atomic>
#include <system_error>
#include <thread>
#include <vector>

#include <memsim/base/check.hpp>

namespace memsim {

void run_parallel(std::size_t count, unsigned jobs, const std::function<void(std::size_t)>& task) {
  MEMSIM_CHECK(jobs > 0);
  std::atomic<std::size_t> next = 0;
  const auto work = [&] {
    for (std::size_t i = next++; i < count; i = next++) task(i);
  };
  std::vector<std::thread> helpers;
  const std::size_t wanted = std::min<std::size_t>(jobs, count);
  try {
    while (helpers.size() + 1 < wanted) helpers.emplace_back(work);
  } catch (const std::system_error&) {
    // The host gives no more threads: those that run will do.
  }
  work();
  for (std::thread& helper : helpers) helper.join();
}

unsigned default_jobs() { return std::max(1U, std::thread::hardware_concurrency()); }

}  // namespace memsim
