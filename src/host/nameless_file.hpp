// NamelessFile: a file that appears whole, in the place of what had its name, or not at all.
//
// It has no name while it is written, so that nothing is left of it when the program is killed. Where the host has no
// such files it has a hidden one (".NAME.partial") from the beginning; else only for the moment in which it changes
// places with an older file.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include <memsim/host/descriptor.hpp>

namespace memsim::host {

class NamelessFile {
 public:
  // Opens it in the folder with that descriptor, which stays open as long as the file lives. A file that is not open
  // leaves the reason in errno.
  [[nodiscard]] static NamelessFile create(int folder, std::string name);
  NamelessFile(NamelessFile&& other) noexcept;
  NamelessFile& operator=(NamelessFile&&) = delete;
  ~NamelessFile() { undo(); }

  [[nodiscard]] bool is_open() const { return file_.is_open(); }
  [[nodiscard]] int number() const { return file_.number(); }
  [[nodiscard]] const std::string& name() const { return name_; }

  // The three steps to its name. Each gives 0 or the host's errno. Until settle() the older file can come back.
  [[nodiscard]] int to_disk();
  [[nodiscard]] int place();
  void settle();
  // Takes place() back, or forgets the file. Does nothing after settle().
  void undo();

 private:
  enum class State : std::uint8_t {
    nameless,
    partial,    // under the partial name
    placed,     // under its name, which was free
    exchanged,  // under its name; the older file is under the partial one
    settled,
  };
  NamelessFile(int folder, std::string name, Descriptor file, State state)
      : folder_(folder), name_(std::move(name)), file_(std::move(file)), state_(state) {}
  [[nodiscard]] std::string partial_name() const { return "." + name_ + ".partial"; }
  [[nodiscard]] int link_as(const std::string& name) const;
  [[nodiscard]] int replace();

  int folder_;
  std::string name_;
  Descriptor file_;
  State state_;
};

}  // namespace memsim::host
