// The wish of a person, or of a batch system, that the program end: SIGINT, SIGTERM, SIGHUP. It is a flag that those
// who work long look at, so that files and folders are put in order on the way out.
#pragma once

namespace memsim::host {

// From now on the first of these signals sets the flag, and a second one ends the program at once. A signal that the
// program was started to ignore (nohup) stays ignored.
void catch_interrupts();

// Whether the flag is set. From any thread; costs a load.
[[nodiscard]] bool is_interrupted() noexcept;

// The signal that set it; 0: none did. A program that ends for its sake has the exit code 128 + this.
[[nodiscard]] int interrupting_signal() noexcept;

}  // namespace memsim::host
