// LayerView: a run told in five layers, each with a fingerprint of its own, so that a change of one kind is not taken
// for a change of another.
//
//   events     what processes, threads and messages did, and when
//   allocator  which memory was asked for and which frames were given, in order; not when, not with how much work
//   replies    what _MEM_OBJ_INFO answered, in order; not when
//   free_map   exactly which frames were taken, at each sample
//   samples    what the samples measured, in order; not when
//
// Every record enters the layer that its type names; free_map is derived. A layer is a list of entries. An entry is a
// record's kind and fields, without its sequence number, and without its time except in events. Counts of work
// (WorkCount) are no decision and enter no layer: work shows in the measures of the run and, through what it costs, in
// the times of events. Nor does what the run was told before it began (Setting, Provenance), nor on which processor the
// allocator was asked.
//
// Bounded memory, whatever the run's length: see LayerDigest. About 50 ns a record.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <memsim/engine/record_stream.hpp>

namespace memsim {

// What one entry of the layer is called: "event", "allocator decision".
[[nodiscard]] std::string_view entry_name(Layer layer);

// A layer in a few kilobytes, with which the place of the first difference between two runs is found.
//
// Entries are counted in cells of `cell_entries` (a power of two, 1 as long as the cells suffice). A cell is the sum,
// modulo 2^16, of a hash of each of its entries with its index, so two cells can be added up to one of twice as many.
struct LayerDigest {
  static constexpr std::size_t kCellsMax = 2048;

  std::uint64_t fingerprint = 0;  // of all entries in order
  std::uint64_t entry_count = 0;
  std::uint64_t cell_entries = 1;
  std::vector<std::uint16_t> cells;

  bool operator==(const LayerDigest&) const = default;
};

// Entries of a layer: from the one with index `first` on, `count` of them.
struct EntryWindow {
  std::uint64_t first = 0;
  std::uint64_t count = 0;
};

// An entry in words: a JSON object like a line of records.jsonl. Plain ASCII; one longer than the view's limit is cut
// and ends in "...".
inline constexpr std::size_t kEntryTextMax = 400;
inline constexpr std::size_t kWholeEntryTextMax = std::size_t{64} << 10;  // for those who look at few
struct EntryText {
  std::uint64_t index = 0;     // in its layer, from 0
  std::uint64_t sequence = 0;  // of its record in the run, from 0
  SimTime time;
  std::string text;
};

class LayerView final : public RecordSink {
 public:
  using Windows = std::array<EntryWindow, kLayerCount>;
  // Called with each entry as it comes, by its layer and a hash of its kind and fields.
  using OnEntry = std::function<void(Layer layer, std::uint64_t hash)>;

  // Keeps the texts of the entries in `windows`, by layer, each of `text_max` characters at most. `on_entry` may be
  // empty. Requires: text_max > 3.
  explicit LayerView(const Windows& windows, OnEntry on_entry = {}, std::size_t text_max = kEntryTextMax);
  LayerView(const LayerView& other);
  LayerView& operator=(const LayerView& other);
  LayerView(LayerView&&) noexcept;
  LayerView& operator=(LayerView&&) noexcept;
  ~LayerView() override;

  [[nodiscard]] std::span<const RecordKind> wanted() const override { return all_record_kinds(); }
  void on_record(const RecordView& record) override;

  // What came so far.
  [[nodiscard]] LayerDigest digest(Layer layer) const;
  [[nodiscard]] const std::vector<EntryText>& texts(Layer layer) const;

 private:
  class Collector;
  std::unique_ptr<Collector> collector_;
};

}  // namespace memsim
