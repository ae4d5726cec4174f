// The kinds of values whose words memsim knows, so that help, errors and completions offer the same.
#pragma once

#include "sim/options/command.hpp"

namespace memsim {

extern const ValueType kAssignmentType;  // a path of the scenario and its value
extern const ValueType kPolicyType;      // policies, and each value that an option of theirs can have
extern const ValueType kCapType;         // caps of the loader
extern const ValueType kMeasureType;     // measures, as patterns
extern const ValueType kOutputsType;     // files of a run, as a list

}  // namespace memsim
