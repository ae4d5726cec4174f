// View: what somebody wants to know of a run, gathered from its records, as a plain value.
//
// A view derives from View<itself> and has a public handler for each kind of record that it is made from:
//
//   class Deaths final : public View<Deaths> {
//    public:
//     void on(const ProcessExited&) { ++count_; }                      // or, where it matters when:
//     void on(RunPoint at, const RunEnded&) { end_ = at.time; }
//    ...
//
// What it wants to be handed follows from its handlers: no list can be forgotten, and a kind without a handler costs
// the run nothing. A view that is built on others, such as a NameBook, names them in `auto followers() { return
// std::tie(names_); }`: they are handed each record first, in that order, and what they want is wanted too.
//
// Views hold no references to the run and can be copied. A copy joins a run in the middle: copy the world, copy the
// view, subscribe the copy to the copied world's records; both then go on as if there had been one run each.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <tuple>

#include <memsim/engine/record_stream.hpp>

namespace memsim {

template <class T, class Record>
concept HandlesRecord = requires(T& view, const Record& record) {
  view.on(record);
};
template <class T, class Record>
concept HandlesRecordAt = requires(T& view, RunPoint at, const Record& record) {
  view.on(at, record);
};
template <class T>
concept HasFollowers = requires(T& view) {
  view.followers();
};

// Hands a record to the followers of `view`, then to its handler, where there are such. `view` is any value with
// handlers, be it a RecordSink or not.
template <class T, class Record>
void tell(T& view, RunPoint at, const Record& record) {
  if constexpr (HasFollowers<T>) {
    std::apply([&](auto&... followers) { (tell(followers, at, record), ...); }, view.followers());
  }
  if constexpr (HandlesRecordAt<T, Record>) {
    view.on(at, record);
  } else if constexpr (HandlesRecord<T, Record>) {
    view.on(record);
  }
}
template <class T>
void tell(T& view, const RecordView& record) {
  record.visit([&](const auto& typed) { tell(view, record.point(), typed); });
}

namespace view_wants {

template <class Followers>
struct Any;
template <class T, class Record>
[[nodiscard]] constexpr bool wants() {
  if constexpr (HandlesRecordAt<T, Record> || HandlesRecord<T, Record>) {
    return true;
  } else if constexpr (HasFollowers<T>) {
    return Any<decltype(std::declval<T&>().followers())>::template wants<Record>();
  } else {
    return false;
  }
}
template <class... Followers>
struct Any<std::tuple<Followers&...>> {
  template <class Record>
  static constexpr bool wants() {
    return (view_wants::wants<Followers, Record>() || ...);
  }
};

template <class T>
[[nodiscard]] constexpr auto kinds() {
#define MEMSIM_WANTS(Type) wants<T, Type>(),
  constexpr std::array kWants = {MEMSIM_RECORDS(MEMSIM_WANTS)};
#undef MEMSIM_WANTS
  constexpr auto kCount = static_cast<std::size_t>(std::count(kWants.begin(), kWants.end(), true));
  static_assert(kCount > 0, "a view handles some kind of record; are its handlers public?");
#define MEMSIM_KIND(Type) Type::kKind,
  constexpr std::array kAll = {MEMSIM_RECORDS(MEMSIM_KIND)};
#undef MEMSIM_KIND
  std::array<RecordKind, kCount> kinds{};
  std::size_t next = 0;
  for (std::size_t i = 0; i < kAll.size(); ++i) {
    if (kWants[i]) kinds[next++] = kAll[i];
  }
  return kinds;
}

}  // namespace view_wants

// The kinds for which `T` or one of its followers has a handler, in the order of RecordKind.
template <class T>
[[nodiscard]] std::span<const RecordKind> kinds_handled_by() {
  static constexpr auto kKinds = view_wants::kinds<T>();
  return kKinds;
}

template <class Derived>
class View : public RecordSink {
 public:
  [[nodiscard]] std::span<const RecordKind> wanted() const override { return kinds_handled_by<Derived>(); }
  void on_record(const RecordView& record) override { tell(static_cast<Derived&>(*this), record); }
};

}  // namespace memsim
