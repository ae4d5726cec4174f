// RecordStream: the one way out of the simulation.
//
// The world publishes records in the order in which things happen; the stream stamps each with the current simulated
// time, folds it into the fingerprint and hands it to those who asked for its kind. A kind that nobody wants costs only
// the fingerprint. Subscribers may not change the simulation.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include <memsim/base/check.hpp>
#include <memsim/engine/fingerprint.hpp>
#include <memsim/engine/record.hpp>

namespace memsim {

// A record's place in a run.
struct RunPoint {
  SimTime time;
  std::uint64_t record = 0;  // counts all records of the run from 0
};

// A published record as a subscriber sees it. The pointee lives until the subscriber returns.
class RecordView {
 public:
  template <class Record>
  RecordView(SimTime time, std::uint64_t sequence, const Record& record)
      : point_{time, sequence}, kind_(Record::kKind), record_(&record) {}

  [[nodiscard]] RunPoint point() const { return point_; }
  [[nodiscard]] SimTime time() const { return point_.time; }
  [[nodiscard]] std::uint64_t sequence() const { return point_.record; }
  [[nodiscard]] RecordKind kind() const { return kind_; }

  // Requires: kind() == Record::kKind.
  template <class Record>
  [[nodiscard]] const Record& as() const {
    MEMSIM_CHECK(kind_ == Record::kKind);
    return *static_cast<const Record*>(record_);
  }

  // Calls visit(record) with the record's own type.
  template <class Visitor>
  void visit(Visitor&& visitor) const {
    switch (kind_) {
#define MEMSIM_VISIT_CASE(Type) \
  case Type::kKind:             \
    visitor(as<Type>());        \
    break;
      MEMSIM_RECORDS(MEMSIM_VISIT_CASE)
#undef MEMSIM_VISIT_CASE
    }
  }

 private:
  RunPoint point_;
  RecordKind kind_;
  const void* record_;
};

// Who is handed records. What gathers knowledge of a run is a View (view.hpp), which derives all of this.
class RecordSink {
 public:
  RecordSink() = default;
  RecordSink(const RecordSink&) = default;
  RecordSink& operator=(const RecordSink&) = default;
  RecordSink(RecordSink&&) = default;
  RecordSink& operator=(RecordSink&&) = default;
  virtual ~RecordSink() = default;
  // The kinds this sink wants to see.
  [[nodiscard]] virtual std::span<const RecordKind> wanted() const = 0;
  virtual void on_record(const RecordView& record) = 0;
};

// All kinds, for sinks that want everything.
[[nodiscard]] std::span<const RecordKind> all_record_kinds();

class RecordStream {
 public:
  RecordStream() = default;
  // A copied stream keeps the fingerprint and the count, and has no subscribers: views belong to one run. Copies of
  // them may be subscribed to it, and then know all that was published before.
  RecordStream(const RecordStream& other);
  RecordStream& operator=(const RecordStream& other);
  RecordStream(RecordStream&&) noexcept = default;
  RecordStream& operator=(RecordStream&&) noexcept = default;
  ~RecordStream() = default;

  // Hands `sink` every later record of the kinds it wants, after those subscribed before it. The sink must outlive the
  // stream.
  void subscribe(RecordSink& sink);
  [[nodiscard]] bool is_wanted(RecordKind kind) const { return !sinks_[static_cast<std::size_t>(kind)].empty(); }

  // The time that the next records are stamped with. Requires: not before the last one.
  void set_now(SimTime now) { now_ = now; }
  [[nodiscard]] SimTime now() const { return now_; }

  template <class Record>
  void publish(const Record& record) {
    fingerprint_.add(now_, record);
    const std::uint64_t sequence = count_++;
    if (!is_wanted(Record::kKind)) return;
    // The sinks see a copy: a record that nobody looks at then needs no place in memory and lives in registers.
    const Record seen = record;
    hand_out(RecordView(now_, sequence, seen));
  }

  [[nodiscard]] std::uint64_t count() const { return count_; }
  [[nodiscard]] std::uint64_t fingerprint() const { return fingerprint_.value(); }

 private:
  void hand_out(const RecordView& view) const;

  SimTime now_;
  std::uint64_t count_ = 0;
  Fingerprint fingerprint_;
  std::array<std::vector<RecordSink*>, kRecordKindCount> sinks_;
};

}  // namespace memsim
