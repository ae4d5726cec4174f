// The man page and the shells' completions, made from the commands that the program has.
#pragma once

#include <string>

#include "sim/options/command.hpp"

namespace memsim {

[[nodiscard]] std::string man_page(const Command& program);
[[nodiscard]] std::string bash_completion(const Command& program);
[[nodiscard]] std::string zsh_completion(const Command& program);
[[nodiscard]] std::string fish_completion(const Command& program);

}  // namespace memsim
