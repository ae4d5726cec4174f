// NameBook: the names of processes and memory objects, learned from the records as they come.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <memsim/base/ids.hpp>
#include <memsim/engine/record_stream.hpp>

namespace memsim {

class NameBook {
 public:
  // To be called with every process_started, object_created and object_destroyed; ignores other kinds.
  void learn(const RecordView& record);

  // The process's name, also after its end; "pid N" would be a lie about a process never seen, so that gives "?".
  [[nodiscard]] std::string_view process(ProcessId pid) const;
  // The name of a live object; empty when it has none.
  [[nodiscard]] std::string_view object(ObjectId object) const;

 private:
  std::vector<std::string> processes_;                      // by pid: pids are dense and never reused
  std::unordered_map<std::uint32_t, std::string> objects_;  // live and named; looked up, never walked
};

}  // namespace memsim
