// Walking through the baselines that a check would change, one by one.
#pragma once

#include <span>

#include <memsim/base/host_error.hpp>
#include <memsim/campaign/check.hpp>

namespace memsim {

// Shows each pending result on standard output and asks for it on standard input, a terminal or not: accept writes the
// new baseline, reject and skip leave the old one, quit skips the rest, as the end of the input does. Ends with how
// many were accepted, rejected and skipped. Errors: host_failed where a stream or a baseline fails.
[[nodiscard]] HostResult<void> review(std::span<CheckResult> results);

}  // namespace memsim
