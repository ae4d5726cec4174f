// ExtentsButLatest: the extents of a fit, of which the one that came or changed last stands apart from the others.
//
// Often it is the next to be taken or to change again, and then the structure in which the fit finds the others by
// length, which costs more than the map, has nothing to do.
//
// A Fit derives from ExtentsButLatest<Fit, Node> and provides
//   put_in(first, length)    adds an extent to its structure
//   take_out(first, length)  removes one; its node still has the links
#pragma once

#include <cstdint>

#include "phys/structures/extent_map.hpp"

namespace memsim {

template <class Fit, class Node>
class ExtentsButLatest {
 public:
  [[nodiscard]] ExtentMap<Node>& extents() { return extents_; }
  [[nodiscard]] const ExtentMap<Node>& extents() const { return extents_; }

  // What ExtentAllocator asks of a fit.
  void add(std::uint64_t first, std::uint64_t last) {
    extents_.add(first, last);
    make_latest(first, last - first + 1);
  }
  void remove(std::uint64_t first) {
    extents_.remove(first);
    if (first == latest_) return forget_latest();
    fit().take_out(static_cast<std::uint32_t>(first), extents_.length(first));
  }
  void move_first(std::uint64_t first, std::uint64_t new_first) {
    const std::uint64_t last = extents_.last(first);
    extents_.move_first(first, new_first);
    move(first, last - first + 1, new_first, last - new_first + 1);
  }
  void move_last(std::uint64_t first, std::uint64_t new_last) {
    const std::uint64_t length = extents_.length(first);
    extents_.move_last(first, new_last);
    move(first, length, first, new_last - first + 1);
  }
  [[nodiscard]] std::uint64_t take_latest() {
    const std::uint64_t first = latest_;
    extents_.remove(first);
    forget_latest();
    return first;
  }

 protected:
  static constexpr std::uint64_t kNone = ExtentMap<Node>::kNone;

  explicit ExtentsButLatest(std::uint64_t frames) : extents_(frames) {}

  [[nodiscard]] std::uint64_t latest() const { return latest_; }                // kNone where there is none
  [[nodiscard]] std::uint64_t latest_length() const { return latest_length_; }  // likewise 0

  ExtentMap<Node> extents_;

 private:
  [[nodiscard]] Fit& fit() { return static_cast<Fit&>(*this); }

  void make_latest(std::uint64_t first, std::uint64_t length) {
    if (latest_ != kNone) fit().put_in(static_cast<std::uint32_t>(latest_), latest_length_);
    latest_ = first;
    latest_length_ = length;
  }
  void forget_latest() {
    latest_ = kNone;
    latest_length_ = 0;
  }
  void move(std::uint64_t first, std::uint64_t length, std::uint64_t new_first, std::uint64_t new_length) {
    if (first != latest_) {
      fit().take_out(static_cast<std::uint32_t>(first), length);
      return make_latest(new_first, new_length);
    }
    latest_ = new_first;
    latest_length_ = new_length;
  }

  std::uint64_t latest_ = kNone;
  std::uint64_t latest_length_ = 0;
};

}  // namespace memsim
