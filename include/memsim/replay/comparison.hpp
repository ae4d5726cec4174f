// How the free lists at the end of a replay differ from those that were recorded there.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include <memsim/phys/frame_allocator.hpp>
#include <memsim/replay/recorded_state.hpp>

namespace memsim {

// Shares are in millionths; the unusable index as measures.hpp defines it, of the blocks on the buddy's lists.
struct ListComparison {
  struct PerList {
    unsigned order = 0;
    Mobility type = Mobility::movable;
    std::uint64_t recorded = 0;  // blocks
    std::uint64_t replayed = 0;
    std::uint64_t equal = 0;     // positions that hold the same block, from the head
    std::uint64_t parts_at = 0;  // the first position that does not; the shorter length where none does
  };
  bool is_merged = false;  // both sides with the lists per processor merged into the blocks
  PerOrder recorded{};     // blocks by order
  PerOrder replayed{};
  unsigned top_order = 0;
  std::array<std::uint32_t, kOrderCount> recorded_unusable_millionths{};
  std::array<std::uint32_t, kOrderCount> replayed_unusable_millionths{};
  std::uint32_t unusable_error_millionths = 0;  // the largest over all orders ...
  unsigned unusable_error_order = 0;            // ... and where
  std::uint64_t recorded_free = 0;              // frames
  std::uint64_t replayed_free = 0;
  std::uint64_t elsewhere_frames = 0;        // free in both, in blocks of another order
  std::uint64_t other_order_millionths = 0;  // half the sum over orders of the difference in frames, of those recorded
  std::uint64_t positions = 0;               // of the recorded lists
  std::uint64_t equal_positions = 0;
  std::vector<PerList> lists;  // `linux` only, those with any block
};

// `merged`: drain both sides' lists per processor first. Any policy but `linux` is compared so, whatever is asked.
[[nodiscard]] ListComparison compare_lists(const RecordedState& recorded, const FrameAllocator& replayed, bool merged);

// For people: the lists beside each other, and where they part. `against`: the recorded ones, as the user named them.
[[nodiscard]] std::string render_text(const ListComparison& comparison, const std::string& against);
// All of it as one JSON object, indented by two, without a newline at its end.
[[nodiscard]] std::string render_json(const ListComparison& comparison, const std::string& against);

}  // namespace memsim
