// Uses one floor alone.
#include <cstdio>

#include <memsim/phys/policy.hpp>

int main() {
  for (const memsim::Policy& policy : memsim::policies()) {
    std::printf("%.*s\n", static_cast<int>(policy.name.size()), policy.name.data());
  }
  return 0;
}
