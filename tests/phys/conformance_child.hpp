// Runs a check in a child process, so that a policy that ends its process fails the check and not the test program.
#pragma once

#include <functional>
#include <string>

namespace memsim::conformance {

// Tells what is being done, for the reader of a fault. The text is made only where somebody listens.
using Tell = std::function<void(const std::function<std::string()>& text)>;
inline const Tell tell_nobody = [](const std::function<std::string()>&) {};

enum class Noise : bool { quiet, loud };  // whether the child may write on standard error

// Nothing if `run` returns an empty text. Otherwise what it told, and then the text, or how the child ended.
[[nodiscard]] std::string in_child(const std::function<std::string(const Tell&)>& run, Noise noise);

// The exit code of a child that runs this, silently; 0 if it returns, -1 if a signal ended it.
[[nodiscard]] int exit_code_of(const std::function<void()>& run);

}  // namespace memsim::conformance
