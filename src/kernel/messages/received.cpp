#include <memsim/kernel/received.hpp>

#include "kernel/messages/messenger.hpp"

namespace memsim {

bool finds_client(const Turn& turn, Value rcvid) {
  return messenger::sender_of(*turn.kernel, turn.thread, ReceiveId(rcvid)).has_value();
}

}  // namespace memsim
