// QnxZones: which fixed zone of memory is dedicated to which kind of request.
//
// A zone is fresh while all of it is free. The first request that gets a frame of a fresh zone dedicates it to its
// kind, and it stays so until all of it is free again.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

#include <memsim/base/units.hpp>

#include "phys/structures/zero_array.hpp"

namespace memsim {

class QnxZones {
 public:
  enum class Kind : std::uint8_t { fresh, contiguous, paged };
  enum class Pass : std::uint8_t { own, own_or_fresh, any };  // zones that a search may use, the strictest first

  // Zones of 2^order frames, aligned in absolute frame numbers; the extent may cut the first and the last.
  // Without an order there are none, and every pass may use everything.
  QnxZones(Extent extent, std::optional<Order> order)
      : has_zones_(order.has_value()),
        shift_(order ? order->value() : 0),
        first_(extent.first.value() >> shift_),
        zones_(has_zones_ ? ((extent.end().value() - 1) >> shift_) - first_ + 1 : 0) {}
  QnxZones(const QnxZones& other)
      : has_zones_(other.has_zones_), shift_(other.shift_), first_(other.first_), zones_(other.zones_.size()) {
    for (std::size_t i = 0; i < zones_.size(); ++i) {
      if (other.zones_[i].used != 0) zones_[i] = other.zones_[i];
    }
  }
  QnxZones& operator=(const QnxZones&) = delete;

  [[nodiscard]] Pass strictest() const { return has_zones_ ? Pass::own : Pass::any; }

  // Where in the frames [first, end) the highest frame is that the pass may not use, plus one; `first` where it may use
  // all.
  [[nodiscard]] std::uint64_t allowed_from(std::uint64_t first, std::uint64_t end, Kind kind, Pass pass) const {
    if (pass == Pass::any) return first;
    for (std::uint64_t zone = (end - 1) >> shift_;; --zone) {
      const Kind has = zones_[zone - first_].kind;
      if (has != kind && (pass == Pass::own || has != Kind::fresh)) return std::min(end, (zone + 1) << shift_);
      if (zone == first >> shift_) return first;
    }
  }
  // The end of the highest part of [first, end) that lies in zones the pass may use; `first` where there is none.
  [[nodiscard]] std::uint64_t allowed_end(std::uint64_t first, std::uint64_t end, Kind kind, Pass pass) const {
    while (first < end) {
      const std::uint64_t start = std::max(first, (end - 1) >> shift_ << shift_);
      if (allowed_from(start, end, kind, pass) == start) return end;
      end = start;
    }
    return first;
  }

  void take(std::uint64_t first, std::uint64_t end, Kind kind) {
    for_each_part(first, end, [&](Zone& zone, std::uint64_t frames) {
      if (zone.used == 0) zone.kind = kind;
      zone.used += frames;
    });
  }
  void give(std::uint64_t first, std::uint64_t end) {
    for_each_part(first, end, [&](Zone& zone, std::uint64_t frames) {
      zone.used -= frames;
      if (zone.used == 0) zone.kind = Kind::fresh;
    });
  }

  [[nodiscard]] std::size_t bytes_for(std::uint64_t frames) const {
    return has_zones_ ? static_cast<std::size_t>((frames >> shift_) * sizeof(Zone)) : 0;
  }

 private:
  struct Zone {
    std::uint64_t used;  // frames
    Kind kind;
  };
  template <class Visit>
  void for_each_part(std::uint64_t first, std::uint64_t end, Visit&& visit) {
    if (!has_zones_) return;
    while (first < end) {
      const std::uint64_t zone = first >> shift_;
      const std::uint64_t stop = std::min(end, (zone + 1) << shift_);
      visit(zones_[zone - first_], stop - first);
      first = stop;
    }
  }

  bool has_zones_;
  unsigned shift_;
  std::uint64_t first_;
  ZeroArray<Zone> zones_;
};

}  // namespace memsim
