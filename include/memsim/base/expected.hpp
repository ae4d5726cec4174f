// Expected<T, E>: a value or the error that came instead. The members carry the names of C++23's std::expected, so
// that this file can be deleted on the day memsim moves there (g++ 12 offers std::expected under -std=c++23 only).
#pragma once

#include <cstdint>
#include <type_traits>
#include <utility>
#include <variant>

#include <memsim/base/check.hpp>

namespace memsim {

template <class E>
class Unexpected {
 public:
  constexpr explicit Unexpected(E error) : error_(std::move(error)) {}
  [[nodiscard]] constexpr const E& error() const& { return error_; }
  [[nodiscard]] constexpr E&& error() && { return std::move(error_); }

 private:
  E error_;
};
template <class E>
Unexpected(E) -> Unexpected<E>;

namespace detail {

// A value or an error, as a variant keeps them.
template <class T, class E>
class EitherOf {
 public:
  template <class U>
  constexpr EitherOf(std::in_place_index_t<0> which, U&& value) : state_(which, std::forward<U>(value)) {}
  template <class G>
  constexpr EitherOf(std::in_place_index_t<1> which, G&& error) : state_(which, std::forward<G>(error)) {}

  [[nodiscard]] constexpr bool has_value() const { return state_.index() == 0; }
  [[nodiscard]] constexpr T& value() { return *std::get_if<0>(&state_); }
  [[nodiscard]] constexpr const T& value() const { return *std::get_if<0>(&state_); }
  [[nodiscard]] constexpr E& error() { return *std::get_if<1>(&state_); }
  [[nodiscard]] constexpr const E& error() const { return *std::get_if<1>(&state_); }

 private:
  std::variant<T, E> state_;
};

// Whether both fit a register: the results of simulated calls do, millions a second.
template <class T, class E>
inline constexpr bool kFitsRegisters = std::is_trivially_copyable_v<T>&& std::is_default_constructible_v<T> &&
                                       sizeof(T) <= sizeof(std::uint64_t) && std::is_enum_v<E>;

// The same in two whole words, which a function returns in two registers. A variant's index is a byte beside its value,
// and a processor that reads back as one word what was written as two waits for the memory that it avoids.
template <class T, class E>
requires kFitsRegisters<T, E>
class EitherOf<T, E> {
 public:
  template <class U>
  constexpr EitherOf(std::in_place_index_t<0>, U&& value) : value_(std::forward<U>(value)) {}
  constexpr EitherOf(std::in_place_index_t<1>, E error) : error_(static_cast<std::uint64_t>(error) + 1) {}

  [[nodiscard]] constexpr bool has_value() const { return error_ == 0; }
  [[nodiscard]] constexpr T& value() { return value_; }
  [[nodiscard]] constexpr const T& value() const { return value_; }
  [[nodiscard]] constexpr E error() const { return static_cast<E>(error_ - 1); }

 private:
  alignas(std::uint64_t) T value_{};
  std::uint64_t error_ = 0;  // and 1
};

}  // namespace detail

template <class T, class E>
class [[nodiscard]] Expected {
 public:
  using value_type = T;
  using error_type = E;

  template <class U = T>
  requires(std::is_convertible_v<U&&, T> && !std::is_same_v<std::remove_cvref_t<U>, Expected>)
      // NOLINTNEXTLINE(google-explicit-constructor)
      constexpr Expected(U&& value)
      : state_(std::in_place_index<0>, std::forward<U>(value)) {}
  template <class G>
  requires std::is_convertible_v<G, E>
  constexpr Expected(Unexpected<G> error)  // NOLINT(google-explicit-constructor)
      : state_(std::in_place_index<1>, std::move(error).error()) {}

  [[nodiscard]] constexpr bool has_value() const { return state_.has_value(); }
  constexpr explicit operator bool() const { return has_value(); }

  // Requires: has_value().
  [[nodiscard]] constexpr T& value() & { return checked(); }
  [[nodiscard]] constexpr const T& value() const& { return checked(); }
  [[nodiscard]] constexpr T&& value() && { return std::move(checked()); }
  [[nodiscard]] constexpr T& operator*() & { return checked(); }
  [[nodiscard]] constexpr const T& operator*() const& { return checked(); }
  [[nodiscard]] constexpr T&& operator*() && { return std::move(checked()); }
  constexpr T* operator->() { return &checked(); }
  constexpr const T* operator->() const { return &checked(); }

  // Requires: !has_value().
  [[nodiscard]] constexpr decltype(auto) error() const& {
    MEMSIM_CHECK(!has_value());
    return state_.error();
  }
  [[nodiscard]] constexpr E error() && {
    MEMSIM_CHECK(!has_value());
    return static_cast<E&&>(state_.error());
  }

  template <class U>
  [[nodiscard]] constexpr T value_or(U&& other) const& {
    return has_value() ? checked() : static_cast<T>(std::forward<U>(other));
  }

 private:
  constexpr T& checked() {
    MEMSIM_CHECK(has_value());
    return state_.value();
  }
  constexpr const T& checked() const {
    MEMSIM_CHECK(has_value());
    return state_.value();
  }
  detail::EitherOf<T, E> state_;
};

template <class E>
class [[nodiscard]] Expected<void, E> {
 public:
  using value_type = void;
  using error_type = E;

  constexpr Expected() = default;
  template <class G>
  requires std::is_convertible_v<G, E>
  constexpr Expected(Unexpected<G> error)  // NOLINT(google-explicit-constructor)
      : state_(std::in_place_index<1>, std::move(error).error()) {}

  [[nodiscard]] constexpr bool has_value() const { return state_.index() == 0; }
  constexpr explicit operator bool() const { return has_value(); }
  [[nodiscard]] constexpr const E& error() const& {
    MEMSIM_CHECK(!has_value());
    return *std::get_if<1>(&state_);
  }
  [[nodiscard]] constexpr E&& error() && {
    MEMSIM_CHECK(!has_value());
    return std::move(*std::get_if<1>(&state_));
  }

 private:
  std::variant<std::monostate, E> state_;
};

}  // namespace memsim
