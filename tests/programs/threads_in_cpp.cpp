// Threads as the library of C++ has them, which starts them and waits by itself.
#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <thread>
#include <vector>

#include <unistd.h>

namespace {

std::mutex mutex;
std::condition_variable change;
std::once_flag flag;
int made = 0;
int count = 0;

int slow_to_make() {
  delay(1);
  return ++made;
}
int shared_value() {
  static const int value = slow_to_make();
  return value;
}

void work() {
  std::call_once(flag, slow_to_make);
  shared_value();
  const std::lock_guard lock(mutex);
  ++count;
  change.notify_all();
}

}  // namespace

int main() {
  std::vector<std::thread> threads;
  for (int i = 0; i < 5; ++i) threads.emplace_back(work);
  {
    std::unique_lock lock(mutex);
    change.wait(lock, [] { return count == 5; });
    const bool in_time = change.wait_for(lock, std::chrono::milliseconds(3), [] { return count == 6; });
    std::printf("count %d, made %d, %s\n", count, made, in_time ? "in time" : "waited in vain");
  }
  for (std::thread& thread : threads) thread.join();
  return 0;
}
