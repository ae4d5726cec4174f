// Threads: each is a simulated thread and one of the host's, which stands still but in its turn.
#pragma once

#include <pthread.h>
#include <cstdint>

namespace memsim::runtime {

// From the first thread that is started beside main(), and the first wait for another: what threads share is then told
// to the simulation.
void expect_threads();
[[nodiscard]] bool has_threads();

// Takes over the mutexes that main() owns by the time that there are threads (sync.cpp), by asking for them.
void ask_for_held_mutexes();

// Ends this thread, as pthread_exit() does. Of main() it waits until the last thread has ended.
[[noreturn]] void end_thread(void* value);

// A C library's function of that name, whose place one of ours has.
[[nodiscard]] void* host_function(const char* name);

}  // namespace memsim::runtime
