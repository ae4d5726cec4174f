#include <gtest/gtest.h>

#include <array>
#include <vector>

#include <memsim/vm/mem_obj_info.hpp>

namespace memsim {
namespace {

std::vector<int> ints(std::span<const std::byte> bytes) {
  std::vector<int> out;
  for (const std::byte b : bytes) out.push_back(std::to_integer<int>(b));
  return out;
}

TEST(MemObjInfo, RequestHasTheDocumentedLayout) {
  std::array<std::byte, qnx::kMemObjInfoRequestBytes> wire{};
  encode({.type = 0x4a,
          .zero = 0x0102,
          .fd = ConnectionId(-2),
          .offset = Bytes(0x1122334455667788),
          .length = Bytes(0x99)},
         wire);
  EXPECT_EQ(ints(wire), (std::vector<int>{0x4a, 0,    0x02, 0x01, 0xfe, 0xff, 0xff, 0xff, 0x88, 0x77, 0x66, 0x55,
                                          0x44, 0x33, 0x22, 0x11, 0x99, 0,    0,    0,    0,    0,    0,    0}));
}

TEST(MemObjInfo, RequestSurvivesTheWire) {
  const MemObjInfoRequest request{.zero = 7, .fd = ConnectionId(3), .offset = Bytes(4096), .length = Bytes::max()};
  std::array<std::byte, qnx::kMemObjInfoRequestBytes> wire{};
  encode(request, wire);
  EXPECT_EQ(decode_mem_obj_info(wire).value(), request);
}

TEST(MemObjInfo, ShortRequestIsInvalid) {
  const std::array<std::byte, qnx::kMemObjInfoRequestBytes - 1> wire{};
  EXPECT_EQ(decode_mem_obj_info(wire).error(), Errno::einval);
}

TEST(MemObjInfo, SegmentsHaveTheDocumentedLayout) {
  const std::array segments{Segment{Bytes(1), PhysAddr(0x0203), Bytes(4)}};
  std::array<std::byte, qnx::kSegmentBytes> wire{};
  EXPECT_EQ(encode(segments, wire), 1u);
  EXPECT_EQ(ints(wire), (std::vector<int>{1, 0, 0, 0, 0, 0, 0, 0, 3, 2, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0}));
  EXPECT_EQ(decode_segment(wire, 0), segments[0]);
}

TEST(MemObjInfo, OnlyWholeSegmentsCross) {
  const std::array segments{Segment{Bytes(0), PhysAddr(1), Bytes(2)}, Segment{Bytes(2), PhysAddr(5), Bytes(2)}};
  std::array<std::byte, 2 * qnx::kSegmentBytes - 1> wire{};
  EXPECT_EQ(encode(segments, wire), 1u);
  EXPECT_EQ(std::to_integer<int>(wire[qnx::kSegmentBytes]), 0);
  EXPECT_EQ(segment_capacity(Bytes(47)), 1u);
  EXPECT_EQ(segment_capacity(Bytes(48)), 2u);
  EXPECT_EQ(segment_capacity(Bytes(23)), 0u);
}

}  // namespace
}  // namespace memsim
