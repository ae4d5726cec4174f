// NameBook: the names of processes and memory objects, learned from the records as they come.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <memsim/base/ids.hpp>
#include <memsim/engine/view.hpp>

namespace memsim {

class NameBook {
 public:
  // A follower (engine/view.hpp); the names known are those of the records that it heard.
  void on(const ProcessStarted& record);
  void on(const ObjectCreated& record) {
    if (!record.of_mapping) objects_[record.object.value()] = record.name;
  }
  void on(const ObjectDestroyed& record) { let_go(record.object.value()); }

  // The process's name, also after its end; "pid N" would be a lie about a process never seen, so that gives "?".
  [[nodiscard]] std::string_view process(ProcessId pid) const;
  // The name of an object; empty when it has none. Known until kGoneMax more have ended: the reply of the call that
  // ended it may still ask.
  [[nodiscard]] std::string_view object(ObjectId object) const;
  // Whether the object goes by `name`: `x` and `/x` are one, and kAnonymousName stands for what shm_open() made
  // without.
  [[nodiscard]] bool bears_name(ObjectId object, std::string_view name) const;

  static constexpr std::size_t kGoneMax = 4096;

 private:
  void let_go(std::uint32_t object);

  std::vector<std::string> processes_;                      // by pid: pids are dense and never reused
  std::unordered_map<std::uint32_t, std::string> objects_;  // what shm_open() made; looked up, never walked
  std::deque<std::uint32_t> gone_;                          // of these the ended ones, the oldest first
};

}  // namespace memsim
