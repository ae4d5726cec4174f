#include "view/name_book.hpp"

namespace memsim {

void NameBook::learn(const RecordView& record) {
  switch (record.kind()) {
    case RecordKind::process_started: {
      const auto& started = record.as<ProcessStarted>();
      if (started.pid.value() >= processes_.size()) processes_.resize(started.pid.value() + std::size_t{1});
      processes_[started.pid.value()] = started.name;
      break;
    }
    case RecordKind::object_created: {
      const auto& created = record.as<ObjectCreated>();
      if (!created.name.empty()) objects_[created.object.value()] = created.name;
      break;
    }
    case RecordKind::object_destroyed:
      objects_.erase(record.as<ObjectDestroyed>().object.value());
      break;
    default:
      break;
  }
}

std::string_view NameBook::process(ProcessId pid) const {
  if (pid.value() >= processes_.size() || processes_[pid.value()].empty()) return "?";
  return processes_[pid.value()];
}

std::string_view NameBook::object(ObjectId object) const {
  const auto found = objects_.find(object.value());
  return found == objects_.end() ? std::string_view() : std::string_view(found->second);
}

}  // namespace memsim
