// FileStore: files that are read once. A campaign makes many runs of the same scenario; a file that somebody saves
// meanwhile must not give some of them another text.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include <memsim/base/host_error.hpp>

namespace memsim::host {

// Remembers what it read by the path's text, for as long as it lives. Used by several threads at once.
class FileStore {
 public:
  FileStore() = default;
  FileStore(const FileStore&) = delete;
  FileStore& operator=(const FileStore&) = delete;

  // As read_file(), the first time; later the same bytes, or the same failure, whatever became of the file.
  [[nodiscard]] HostResult<std::shared_ptr<const std::string>> read(const std::string& path, std::uint64_t byte_cap);
  // From now on read() gives `bytes` for this path, which need not be a file's.
  void put(const std::string& path, std::string bytes);
  // Every file that was read, in the order of the paths' bytes; those that could not be read are left out.
  void visit(const std::function<void(const std::string& path, std::string_view bytes)>& visitor);
  // What `make` gives, the first time; later the same value, so that what is made of a large file is made once. A
  // failure is not remembered. A key belongs to one type.
  template <class T>
  [[nodiscard]] HostResult<std::shared_ptr<const T>> made_once(
      const std::string& key, const std::function<HostResult<std::shared_ptr<const T>>()>& make) {
    const std::lock_guard lock(made_mutex_);  // held while it is made, as read()
    const auto known = made_.find(key);
    if (known != made_.end()) return std::static_pointer_cast<const T>(known->second);
    HostResult<std::shared_ptr<const T>> made = make();
    if (made) made_.emplace(key, *made);
    return made;
  }

 private:
  using Read = HostResult<std::shared_ptr<const std::string>>;
  std::mutex mutex_;
  std::map<std::string, Read> read_;
  std::mutex made_mutex_;  // make() may read
  std::map<std::string, std::shared_ptr<const void>> made_;
};

// Through the store where there is one, else anew.
[[nodiscard]] HostResult<std::shared_ptr<const std::string>> read_file(FileStore* store, const std::string& path,
                                                                       std::uint64_t byte_cap);

}  // namespace memsim::host
