#include <memsim/view/name_book.hpp>

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
      if (!created.of_mapping) objects_[created.object.value()] = created.name;
      break;
    }
    case RecordKind::object_destroyed:
      let_go(record.as<ObjectDestroyed>().object.value());
      break;
    default:
      break;
  }
}

void NameBook::let_go(std::uint32_t object) {
  if (!objects_.contains(object)) return;
  gone_.push_back(object);
  if (gone_.size() <= kGoneMax) return;
  objects_.erase(gone_.front());
  gone_.pop_front();
}

std::string_view NameBook::process(ProcessId pid) const {
  if (pid.value() >= processes_.size() || processes_[pid.value()].empty()) return "?";
  return processes_[pid.value()];
}

std::string_view NameBook::object(ObjectId object) const {
  const auto found = objects_.find(object.value());
  return found == objects_.end() ? std::string_view() : std::string_view(found->second);
}

bool NameBook::bears_name(ObjectId object, std::string_view name) const {
  const auto found = objects_.find(object.value());
  if (found == objects_.end()) return false;
  std::string_view known = found->second;
  if (name == kAnonymousName) return known.empty();
  if (known.starts_with('/')) known.remove_prefix(1);
  if (name.starts_with('/')) name.remove_prefix(1);
  return known == name;
}

}  // namespace memsim
