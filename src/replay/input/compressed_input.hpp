// CompressedInput: the bytes of a file, decompressed as they are asked for.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <memsim/base/host_error.hpp>
#include <memsim/replay/trace.hpp>

namespace memsim {

class CompressedInput {
 public:
  // Only compressions that libarchive decodes itself are let in: others start programs. Errors: cannot be read; named
  // after a compression that it is not in.
  [[nodiscard]] static HostResult<CompressedInput> open(const std::string& path);

  // The next bytes, valid until the next call; empty at the end. Error: damaged, cut, or the host's.
  [[nodiscard]] HostResult<std::string_view> next();

 private:
  struct Closer {
    void operator()(void* archive) const;
  };
  CompressedInput(std::string path, std::unique_ptr<void, Closer> archive, bool is_at_end)
      : path_(std::move(path)), archive_(std::move(archive)), is_at_end_(is_at_end) {}

  std::string path_;
  std::unique_ptr<void, Closer> archive_;  // libarchive's handle
  bool is_at_end_;
};

}  // namespace memsim
