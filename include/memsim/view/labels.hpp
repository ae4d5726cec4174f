// What views call the things of a run: groups of messages, memory objects, the run itself. Shared by all outputs, so
// that none differs. Names are escaped for the terminal.
#pragma once

#include <string>

#include <memsim/base/ids.hpp>
#include <memsim/view/summary.hpp>

namespace memsim {

// "shm_ctl", "MsgSend 0x100", "MsgSend 0x4a (_MEM_OBJ_INFO)", "other": what the messages of the group have in common.
[[nodiscard]] std::string message_label(const MessageSummary& group);

// "/myshmem", or "object 3" for one without a name.
[[nodiscard]] std::string object_label(ObjectId object, const std::string& name);

// "my.yaml: What it shows", or "my.yaml" where there is no title.
[[nodiscard]] std::string heading(const std::string& scenario, const std::string& title);

}  // namespace memsim
