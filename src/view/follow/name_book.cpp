#include <memsim/view/follow/name_book.hpp>

namespace memsim {

void NameBook::on(const ProcessStarted& record) {
  if (record.pid.value() >= processes_.size()) processes_.resize(record.pid.value() + std::size_t{1});
  processes_[record.pid.value()] = record.name;
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
