#include <memsim/host/file_store.hpp>

#include <utility>

#include <memsim/host/files.hpp>

namespace memsim::host {

HostResult<std::shared_ptr<const std::string>> FileStore::read(const std::string& path, std::uint64_t byte_cap) {
  const std::lock_guard lock(mutex_);  // held while reading: two threads must not read two versions
  const auto known = read_.find(path);
  if (known != read_.end()) return known->second;
  return read_.emplace(path, read_file(nullptr, path, byte_cap)).first->second;
}

void FileStore::put(const std::string& path, std::string bytes) {
  const std::lock_guard lock(mutex_);
  read_.insert_or_assign(path, std::make_shared<const std::string>(std::move(bytes)));
}

void FileStore::visit(const std::function<void(const std::string& path, std::string_view bytes)>& visitor) {
  const std::lock_guard lock(mutex_);
  for (const auto& [path, read] : read_) {
    if (read) visitor(path, **read);
  }
}

HostResult<std::shared_ptr<const std::string>> read_file(FileStore* store, const std::string& path,
                                                         std::uint64_t byte_cap) {
  if (store != nullptr) return store->read(path, byte_cap);
  HostResult<std::string> bytes = read_file(path, byte_cap);
  if (!bytes) return Unexpected(std::move(bytes).error());
  return std::make_shared<const std::string>(std::move(*bytes));
}

}  // namespace memsim::host
