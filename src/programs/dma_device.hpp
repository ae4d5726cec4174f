// The caller of a simulated DMA engine: it serves one channel, checks descriptors against its limits, copies data in
// simulated time, and sends a pulse. Its messages are those of <memsim/dma.h>.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <memsim/kernel/caller.hpp>
#include <memsim/kernel/caller_source.hpp>

#include "programs/memory/contents.hpp"
#include "programs/memory/iommu.hpp"

namespace memsim::programs {

class DmaCaller final : public Caller {
 public:
  DmaCaller(const DmaDevice& device, Contents& contents)
      : device_(device), contents_(contents), iommu_(device.iommu_pages, device.iommu_entries) {}

  void next(const Turn& turn, Ask& ask) override;
  void take(const Answer& answer) override;
  // What it copies is not its own.
  [[nodiscard]] std::unique_ptr<Caller> clone() const override { return nullptr; }

 private:
  enum class Doing : std::uint8_t { start, receive, reply, refuse, connect, transfer, signal, disconnect };

  // Each gives what is wrong with the message, or nothing.
  [[nodiscard]] std::string read_message(const Answer& answer);
  [[nodiscard]] std::string read_copy(std::span<const std::byte> bytes);
  [[nodiscard]] std::string read_mappings(std::span<const std::byte> bytes);
  // `what`: "source", "destination". Takes the list to where it lies physically.
  [[nodiscard]] std::string check(const char* what, std::vector<Segment>& list) const;
  [[nodiscard]] const char* fault_in(const Segment& descriptor) const;
  void copy();

  const DmaDevice& device_;
  Contents& contents_;
  Iommu iommu_;
  Doing doing_ = Doing::start;
  bool copies_ = false;  // the message accepted, or else it was one for the IOMMU
  Value rcvid_ = 0;
  Value client_ = 0;  // its pid
  Value chid_ = -1;
  Value coid_ = -1;
  Value pulse_ = 0;
  std::string fault_;
  std::vector<Segment> sources_;  // Segment::offset is not used
  std::vector<Segment> destinations_;
  Bytes length_;
};

}  // namespace memsim::programs
