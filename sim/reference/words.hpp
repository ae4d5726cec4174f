// Every word that memsim gives a meaning to: for `memsim explain`.
#pragma once

#include <string>
#include <vector>

namespace memsim {

struct Word {
  std::string name;
  std::string kind;                // "measure", "errno", "flag", ...
  std::string text;                // a sentence or two
  std::vector<std::string> lines;  // more, a line each
};

// From the tables that the program itself uses. The same name may come several times, with different kinds.
[[nodiscard]] std::vector<Word> all_words();

}  // namespace memsim
