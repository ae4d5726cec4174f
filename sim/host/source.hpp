// Where scenarios come from: files and standard input.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <memsim/scenario/scenario.hpp>

namespace memsim {

// Reads the scenario named on the command line, "-" being standard input, which is read to its end once and remembered.
class ScenarioSource {
 public:
  [[nodiscard]] HostResult<Scenario> load(const std::string& name, const LoadOptions& options);

  // For those who load themselves: the path by which they find it, in the store that they get. Errors: where standard
  // input cannot be read.
  [[nodiscard]] HostResult<std::string> path_of(const std::string& name, const LoadOptions& options);
  [[nodiscard]] const std::shared_ptr<host::FileStore>& store() const { return store_; }

 private:
  std::shared_ptr<host::FileStore> store_ = std::make_shared<host::FileStore>();  // each file is read once
  bool has_read_ = false;                                                         // standard input
};

// The names without repetitions. A file that is given twice, under whatever name, is warned about and kept once.
[[nodiscard]] std::vector<std::string> without_duplicates(const std::vector<std::string>& names);

// The last part of a path without its extension: where the files of a run go when there are several.
[[nodiscard]] std::string stem_of(const std::string& name);

// "my.yaml" for a path as the user gave it, "standard input" for "-".
[[nodiscard]] std::string display_name(const std::string& name);

}  // namespace memsim
