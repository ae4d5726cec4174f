// The quantities that memsim counts, each its own type, so that mixing two of them does not compile.
//
// There are two shapes. A *quantity* (Bytes, FrameCount, SimDuration) is an amount: quantities add. A *point*
// (SimTime, FrameNumber, PhysAddr, VirtAddr) is a place on a line: point - point is a quantity, point + quantity
// is a point, and point + point does not compile. All are unsigned 64-bit integers. Arithmetic that would wrap is a
// bug of ours and fails a check; input from outside is range-checked before it becomes one of these types, with the
// checked_* functions where a sum may legitimately not fit.
#pragma once

#include <bit>
#include <compare>
#include <cstdint>
#include <limits>
#include <optional>

#include <memsim/base/check.hpp>

namespace memsim {

template <class Tag>
class Quantity {
 public:
  constexpr Quantity() = default;
  constexpr explicit Quantity(std::uint64_t count) : count_(count) {}

  [[nodiscard]] constexpr std::uint64_t count() const { return count_; }
  [[nodiscard]] constexpr bool is_zero() const { return count_ == 0; }
  [[nodiscard]] static constexpr Quantity zero() { return Quantity(0); }
  [[nodiscard]] static constexpr Quantity max() { return Quantity(std::numeric_limits<std::uint64_t>::max()); }

  constexpr auto operator<=>(const Quantity&) const = default;

  constexpr Quantity& operator+=(Quantity other) {
    MEMSIM_CHECK_THAT(count_ <= max().count_ - other.count_, "quantity overflow");
    count_ += other.count_;
    return *this;
  }
  constexpr Quantity& operator-=(Quantity other) {
    MEMSIM_CHECK_THAT(count_ >= other.count_, "quantity below zero");
    count_ -= other.count_;
    return *this;
  }
  friend constexpr Quantity operator+(Quantity a, Quantity b) { return a += b; }
  friend constexpr Quantity operator-(Quantity a, Quantity b) { return a -= b; }
  friend constexpr Quantity operator*(Quantity a, std::uint64_t factor) {
    std::uint64_t product = 0;
    MEMSIM_CHECK_THAT(!__builtin_mul_overflow(a.count_, factor, &product), "quantity overflow");
    return Quantity(product);
  }
  friend constexpr Quantity operator/(Quantity a, std::uint64_t divisor) { return Quantity(a.count_ / divisor); }
  friend constexpr std::uint64_t operator/(Quantity a, Quantity b) { return a.count_ / b.count_; }
  friend constexpr Quantity operator%(Quantity a, Quantity b) { return Quantity(a.count_ % b.count_); }

 private:
  std::uint64_t count_ = 0;
};

template <class Tag, class Step>
class Point {
 public:
  using step_type = Step;

  constexpr Point() = default;
  constexpr explicit Point(std::uint64_t value) : value_(value) {}

  [[nodiscard]] constexpr std::uint64_t value() const { return value_; }
  [[nodiscard]] static constexpr Point max() { return Point(std::numeric_limits<std::uint64_t>::max()); }

  constexpr auto operator<=>(const Point&) const = default;

  constexpr Point& operator+=(Step step) {
    MEMSIM_CHECK_THAT(value_ <= max().value_ - step.count(), "point past its last value");
    value_ += step.count();
    return *this;
  }
  constexpr Point& operator-=(Step step) {
    MEMSIM_CHECK_THAT(value_ >= step.count(), "point before its first value");
    value_ -= step.count();
    return *this;
  }
  friend constexpr Point operator+(Point p, Step s) { return p += s; }
  friend constexpr Point operator-(Point p, Step s) { return p -= s; }
  friend constexpr Step operator-(Point a, Point b) {
    MEMSIM_CHECK_THAT(a.value_ >= b.value_, "distance below zero");
    return Step(a.value_ - b.value_);
  }

 private:
  std::uint64_t value_ = 0;
};

// An amount of memory, in bytes.
using Bytes = Quantity<struct BytesTag>;
// A number of frames (physical pages).
using FrameCount = Quantity<struct FrameCountTag>;
// How often something was done, where doing it is what costs: a count of the work behind a result, never part of it.
using WorkCount = Quantity<struct WorkCountTag>;
// A span of simulated time, in nanoseconds.
using SimDuration = Quantity<struct SimDurationTag>;

// Nanoseconds since the simulated machine booted.
using SimTime = Point<struct SimTimeTag, SimDuration>;
// The number of a frame: its physical address divided by the page size.
using FrameNumber = Point<struct FrameNumberTag, FrameCount>;
// A simulated physical address. Never dereferenced.
using PhysAddr = Point<struct PhysAddrTag, Bytes>;
// A simulated virtual address, meaningful in one address space only. Never dereferenced.
using VirtAddr = Point<struct VirtAddrTag, Bytes>;

// A moment that never comes: the absent deadline.
[[nodiscard]] constexpr SimTime never() { return SimTime::max(); }

// point + step, or the last point where the sum would not fit. For times and addresses that come from a scenario.
template <class Tag, class Step>
[[nodiscard]] constexpr Point<Tag, Step> saturating_add(Point<Tag, Step> p, Step s) {
  using P = Point<Tag, Step>;
  return p.value() > P::max().value() - s.count() ? P::max() : P(p.value() + s.count());
}

template <class Tag>
[[nodiscard]] constexpr Quantity<Tag> saturating_add(Quantity<Tag> a, Quantity<Tag> b) {
  using Q = Quantity<Tag>;
  return a.count() > Q::max().count() - b.count() ? Q::max() : Q(a.count() + b.count());
}

// a * factor, or nothing where the product does not fit.
template <class Tag>
[[nodiscard]] constexpr std::optional<Quantity<Tag>> checked_multiply(Quantity<Tag> a, std::uint64_t factor) {
  if (factor != 0 && a.count() > Quantity<Tag>::max().count() / factor) return std::nullopt;
  return Quantity<Tag>(a.count() * factor);
}

// log2 of a block's frames: a block of order k holds 2^k frames and starts at a multiple of 2^k.
class Order {
 public:
  constexpr Order() = default;
  constexpr explicit Order(unsigned value) : value_(static_cast<std::uint8_t>(value)) { MEMSIM_CHECK(value < 64); }
  [[nodiscard]] constexpr unsigned value() const { return value_; }
  [[nodiscard]] constexpr FrameCount frames() const { return FrameCount(std::uint64_t{1} << value_); }
  constexpr auto operator<=>(const Order&) const = default;

 private:
  std::uint8_t value_ = 0;
};

// The largest order whose block has at most `frames` frames. Requires: frames > 0.
[[nodiscard]] constexpr Order order_within(FrameCount frames) {
  MEMSIM_CHECK(!frames.is_zero());
  return Order(static_cast<unsigned>(std::bit_width(frames.count()) - 1));
}
// The smallest order whose block has at least `frames` frames. Requires: 0 < frames <= 2^63.
[[nodiscard]] constexpr Order order_covering(FrameCount frames) {
  MEMSIM_CHECK(!frames.is_zero());
  return Order(static_cast<unsigned>(std::bit_width(frames.count() - 1)));
}

// Any run of physically consecutive frames, half-open: [first, first + count).
struct Extent {
  FrameNumber first;
  FrameCount count;

  [[nodiscard]] constexpr FrameNumber end() const { return first + count; }
  [[nodiscard]] constexpr bool contains(FrameNumber frame) const { return first <= frame && frame < end(); }
  [[nodiscard]] constexpr bool contains(Extent other) const { return first <= other.first && other.end() <= end(); }
  [[nodiscard]] constexpr bool overlaps(Extent other) const { return first < other.end() && other.first < end(); }
  constexpr bool operator==(const Extent&) const = default;
};

// One record of a _MEM_OBJ_INFO reply, and nothing else: `length` bytes of a memory object from `offset` on lie at
// `paddr` and up, physically consecutive.
struct Segment {
  Bytes offset;
  PhysAddr paddr;
  Bytes length;

  [[nodiscard]] constexpr Bytes end() const { return offset + length; }
  constexpr bool operator==(const Segment&) const = default;
};

// The bytes of one frame: a power of two from 2^9 to 2^40. Converts between bytes and frames.
class PageSize {
 public:
  constexpr PageSize() = default;  // 4 KiB
  // Requires: a power of two from 512 bytes to 1 TiB.
  [[nodiscard]] static constexpr PageSize of(Bytes bytes) {
    return PageSize(static_cast<unsigned>(std::countr_zero(bytes.count())));
  }
  constexpr explicit PageSize(unsigned shift) : shift_(shift) { MEMSIM_CHECK(9 <= shift && shift <= 40); }

  [[nodiscard]] constexpr unsigned shift() const { return shift_; }
  [[nodiscard]] constexpr Bytes bytes() const { return Bytes(std::uint64_t{1} << shift_); }
  [[nodiscard]] constexpr bool is_aligned(Bytes size) const { return (size.count() & mask()) == 0; }
  [[nodiscard]] constexpr bool is_aligned(PhysAddr address) const { return (address.value() & mask()) == 0; }

  // The frames that hold `size` bytes, rounded up. Never wraps.
  [[nodiscard]] constexpr FrameCount frames_covering(Bytes size) const {
    return FrameCount((size.count() >> shift_) + ((size.count() & mask()) != 0 ? 1 : 0));
  }
  [[nodiscard]] constexpr Bytes bytes_of(FrameCount frames) const { return bytes() * frames.count(); }
  // The frame that holds the byte at `address`.
  [[nodiscard]] constexpr FrameNumber frame_of(PhysAddr address) const {
    return FrameNumber(address.value() >> shift_);
  }
  [[nodiscard]] constexpr PhysAddr address_of(FrameNumber frame) const {
    MEMSIM_CHECK(frame.value() <= (PhysAddr::max().value() >> shift_));
    return PhysAddr(frame.value() << shift_);
  }
  constexpr bool operator==(const PageSize&) const = default;

 private:
  [[nodiscard]] constexpr std::uint64_t mask() const { return (std::uint64_t{1} << shift_) - 1; }
  unsigned shift_ = 12;
};

}  // namespace memsim
