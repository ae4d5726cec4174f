// The obvious event queue, slow and plainly right: a map from (time, order of arrival) to the payload.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <utility>

#include <memsim/base/units.hpp>

namespace memsim::model {

class EventQueueModel {
 public:
  using Key = std::pair<SimTime, std::uint64_t>;

  // The result names the event, for cancel().
  Key add(SimTime time, std::uint64_t payload) {
    const Key key{time, arrivals_++};
    pending_.emplace(key, payload);
    return key;
  }

  bool cancel(const Key& key) { return pending_.erase(key) != 0; }

  std::optional<std::pair<SimTime, std::uint64_t>> pop_until(SimTime limit) {
    if (pending_.empty() || pending_.begin()->first.first > limit) return std::nullopt;
    const std::pair<SimTime, std::uint64_t> event{pending_.begin()->first.first, pending_.begin()->second};
    pending_.erase(pending_.begin());
    now_ = event.first;
    return event;
  }

  [[nodiscard]] SimTime next_time() const { return pending_.empty() ? never() : pending_.begin()->first.first; }
  [[nodiscard]] SimTime now() const { return now_; }
  [[nodiscard]] std::size_t size() const { return pending_.size(); }

 private:
  std::map<Key, std::uint64_t> pending_;
  std::uint64_t arrivals_ = 0;
  SimTime now_;
};

}  // namespace memsim::model
