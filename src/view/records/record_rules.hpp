// RecordRules: what the records of a run may say after those before them. A world keeps these rules by itself; records
// that were read from a file are held to them, because views rely on them.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include <memsim/engine/record.hpp>

namespace memsim {

class RecordRules {
 public:
  // Takes note of the record, and says what is wrong with it, if something is. Records that no view relies on pass.
  template <class Record>
  [[nodiscard]] std::optional<std::string_view> fault_of(SimTime time, const Record& record) {
    if (const auto fault = fault_of_place(time, Record::kKind)) return fault;
    return fault_in(record);
  }

  // Whether run_ended came.
  [[nodiscard]] bool has_ended() const { return has_ended_; }

 private:
  using Fault = std::optional<std::string_view>;

  [[nodiscard]] Fault fault_of_place(SimTime time, RecordKind kind);
  [[nodiscard]] Fault fault_in(const RunStarted& record);
  [[nodiscard]] Fault fault_in(const RegionAdded& record);
  [[nodiscard]] Fault fault_in(const CmaArea& record) const;
  [[nodiscard]] static Fault fault_in(const DeviceAdded& record);
  [[nodiscard]] Fault fault_in(const ProcessStarted& record);
  [[nodiscard]] Fault fault_in(const MessageReplied& record);
  [[nodiscard]] Fault fault_in(const CallCompleted& record);
  [[nodiscard]] Fault fault_in(const FramesAllocated& record);
  [[nodiscard]] Fault fault_in(const FramesReleased& record) { return returned(record.extents); }
  [[nodiscard]] Fault fault_in(const FramesAdded& record) { return returned(std::span(&record.extent, 1)); }
  [[nodiscard]] Fault fault_in(const FramesReserved& record) { return taken(std::span(&record.extent, 1)); }
  [[nodiscard]] Fault fault_in(const FramesMoved& record);
  [[nodiscard]] Fault fault_in(const FramesVacated& record);
  [[nodiscard]] Fault fault_in(const RegionSample& record);
  [[nodiscard]] static Fault fault_in(const SegmentLengthSample& record);
  template <class Record>
  [[nodiscard]] Fault fault_in(const Record&) {
    return std::nullopt;
  }

  [[nodiscard]] Fault taken(std::span<const Extent> extents);
  [[nodiscard]] Fault returned(std::span<const Extent> extents);

  SimTime now_;
  bool has_started_ = false;
  bool has_ended_ = false;
  Bytes page_size_;
  std::uint64_t regions_ = 0;
  std::uint64_t processes_ = 0;
  FrameCount taken_;
  FrameCount moved_;
};

}  // namespace memsim
