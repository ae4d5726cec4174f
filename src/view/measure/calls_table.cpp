#include "view/measure/calls_table.hpp"

namespace memsim {

CallsTable::CallsTable()
    : table_({{"start_ns"},
              {"service_ns"},
              {"reply_ns"},
              {"pid"},
              {"tid"},
              {"process"},
              {"server"},
              {"call"},
              {"type"},
              {"priority"},
              {"status"},
              {"errno"},
              {"errno_name"},
              {"object"}}) {}

void CallsTable::on(RunPoint at, const MessageReplied& message) {
  table_.add(message.sent).add(message.received).add(at.time).add(message.pid.value()).add(message.tid.value());
  table_.add(names_.process(message.pid)).add(names_.process(message.server)).add(call_name(message.call));
  table_.add(message.type).add(message.priority).add_signed(message.status);
  table_.add(static_cast<unsigned>(message.error)).add(errno_name(message.error)).add(message.object.value());
}

void CallsTable::on(RunPoint at, const CallCompleted& call) {
  table_.add(call.started).skip().add(at.time).add(call.pid.value()).add(call.tid.value());
  table_.add(names_.process(call.pid)).skip().add(call_name(call.call)).skip().add(call.priority);
  table_.add_signed(call.result).add(static_cast<unsigned>(call.error)).add(errno_name(call.error)).skip();
}

}  // namespace memsim
