// Who sent what a server received: for callers that number messages themselves.
#pragma once

#include <memsim/kernel/caller.hpp>

namespace memsim {

// Whether MsgDeliverEvent() with that rcvid of the asking thread's process would still find the client. O(its
// connections).
[[nodiscard]] bool finds_client(const Turn& turn, Value rcvid);

}  // namespace memsim
