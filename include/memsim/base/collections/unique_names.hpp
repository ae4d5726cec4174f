// UniqueNames: what to call things that may share a name, such as regions of memory.
#pragma once

#include <set>
#include <string>
#include <string_view>

namespace memsim {

// The first of a name keeps it; those that follow get "#2", "#3" behind it. Depends on nothing but the order.
class UniqueNames {
 public:
  [[nodiscard]] std::string add(std::string_view name) {
    std::string unique(name);
    for (unsigned number = 2; !given_.insert(unique).second; ++number) {
      unique = std::string(name) + '#' + std::to_string(number);
    }
    return unique;
  }

 private:
  std::set<std::string> given_;
};

}  // namespace memsim
