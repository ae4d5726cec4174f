// Prints the schema of the scenario format on standard output.
#include <iostream>

#include <memsim/scenario/scenario.hpp>

int main() { std::cout << memsim::scenario_schema(); }
