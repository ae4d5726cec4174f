#include <memsim/campaign/layers.hpp>

#include <type_traits>
#include <utility>

#include <memsim/engine/view.hpp>
#include <memsim/view/follow/frame_set.hpp>
#include <memsim/view/render.hpp>

#include <memsim/view/json_line.hpp>
#include "campaign/baseline/entry_hash.hpp"

namespace memsim {
namespace {

// Whether fields of the type enter the layer of their record. What the run was told before it began is no part of what
// it did, and the work behind a decision no part of the decision. On which processor a request was served is a matter
// of when, as times are.
template <class Field>
constexpr bool enters(Layer layer) {
  if (std::is_same_v<Field, CpuId>) return layer != Layer::allocator;
  return !std::is_same_v<Field, WorkCount> && !std::is_same_v<Field, std::span<const Setting>> &&
         !std::is_same_v<Field, Provenance>;
}

// The fields that enter the record's layer, as visit(name, value).
template <class Record, class Visit>
void for_each_field(const Record& record, Visit&& visit) {
  record.fields([&](std::string_view name, const auto& value) {
    if constexpr (enters<std::remove_cvref_t<decltype(value)>>(Record::kLayer)) visit(name, value);
  });
}

std::string shortened(std::string text, std::size_t text_max) {
  constexpr std::string_view kCut = "...";
  if (text.ends_with('\n')) text.pop_back();
  if (text.size() <= text_max) return text;
  text.resize(text_max - kCut.size());
  return text.append(kCut);
}

// One layer as it grows.
class LayerState {
 public:
  void add(std::uint64_t entry) {
    EntryHash hash = fingerprint_;
    hash.word(entry);
    fingerprint_ = hash;
    EntryHash placed;
    placed.word(entry);
    placed.word(count_);
    if (count_ / cell_entries_ == LayerDigest::kCellsMax) merge_cells();
    const std::uint64_t cell = count_ / cell_entries_;
    if (cell == cells_.size()) cells_.push_back(0);
    cells_[cell] = static_cast<std::uint16_t>(cells_[cell] + placed.value());
    ++count_;
  }

  [[nodiscard]] std::uint64_t count() const { return count_; }
  [[nodiscard]] LayerDigest digest() const { return {fingerprint_.value(), count_, cell_entries_, cells_}; }

 private:
  void merge_cells() {
    for (std::size_t i = 0; i < cells_.size() / 2; ++i) {
      cells_[i] = static_cast<std::uint16_t>(cells_[2 * i] + cells_[2 * i + 1]);
    }
    cells_.resize(cells_.size() / 2);
    cell_entries_ *= 2;
  }

  EntryHash fingerprint_;
  std::uint64_t count_ = 0;
  std::uint64_t cell_entries_ = 1;
  std::vector<std::uint16_t> cells_;
};

}  // namespace

std::string_view entry_name(Layer layer) {
  switch (layer) {
    case Layer::events:
      return "event";
    case Layer::allocator:
      return "allocator decision";
    case Layer::replies:
      return "reply";
    case Layer::free_map:
      return "free map";
    case Layer::samples:
      return "sample";
  }
  return "?";
}

class LayerView::Collector {
 public:
  Collector(const Windows& windows, OnEntry on_entry, std::size_t text_max)
      : windows_(windows), on_entry_(std::move(on_entry)), text_max_(text_max) {}

  template <class Record>
  void add(const RecordView& view, const Record& record) {
    EntryHash hash;
    hash.add(Record::kKind);
    if constexpr (Record::kLayer == Layer::events) hash.add(view.time());
    for_each_field(record, [&](std::string_view, const auto& value) { hash.add(value); });
    add_entry(Record::kLayer, view, hash.value(), [&](JsonLine& line) {
      if constexpr (Record::kLayer == Layer::events) line.add("time_ns", view.time());
      line.add("kind", Record::kName);
      for_each_field(record, [&](std::string_view name, const auto& value) { line.add_field(name, value); });
    });
    tell(taken_, view.point(), record);
    if constexpr (Record::kKind == RecordKind::region_sample) add_free_map(view, record);
  }

  [[nodiscard]] LayerDigest digest(Layer layer) const { return layers_[index_of(layer)].digest(); }
  [[nodiscard]] const std::vector<EntryText>& texts(Layer layer) const { return texts_[index_of(layer)]; }

 private:
  static std::size_t index_of(Layer layer) { return static_cast<std::size_t>(layer); }

  template <class Write>
  void add_entry(Layer layer, const RecordView& view, std::uint64_t hash, Write write) {
    LayerState& state = layers_[index_of(layer)];
    const EntryWindow& window = windows_[index_of(layer)];
    const std::uint64_t index = state.count();
    if (index >= window.first && index - window.first < window.count) {
      std::string text;
      JsonLine line(text);
      write(line);
      line.finish();
      texts_[index_of(layer)].push_back({index, view.sequence(), view.time(), shortened(std::move(text), text_max_)});
    }
    state.add(hash);
    if (on_entry_) on_entry_(layer, hash);
  }

  // Each sample begins with the first region.
  void add_free_map(const RecordView& view, const RegionSample& record) {
    if (record.region != RegionId(0)) return;
    EntryHash hash;
    hash.add(record.point);
    hash.add(taken_.count());
    hash.word(taken_.value());
    add_entry(Layer::free_map, view, hash.value(), [&](JsonLine& line) {
      line.add("point", record.point);
      line.add("taken_frames", taken_.count());
      line.add("map", fingerprint_text(taken_.value()));
    });
  }

  Windows windows_;
  OnEntry on_entry_;
  std::size_t text_max_;
  std::array<LayerState, kLayerCount> layers_;
  std::array<std::vector<EntryText>, kLayerCount> texts_;
  FrameSet taken_;
};

LayerView::LayerView(const Windows& windows, OnEntry on_entry, std::size_t text_max)
    : collector_(std::make_unique<Collector>(windows, std::move(on_entry), text_max)) {}
LayerView::LayerView(const LayerView& other) : collector_(std::make_unique<Collector>(*other.collector_)) {}
LayerView& LayerView::operator=(const LayerView& other) { return *this = LayerView(other); }
LayerView::LayerView(LayerView&&) noexcept = default;
LayerView& LayerView::operator=(LayerView&&) noexcept = default;
LayerView::~LayerView() = default;

void LayerView::on_record(const RecordView& record) {
  record.visit([&](const auto& typed) { collector_->add(record, typed); });
}

LayerDigest LayerView::digest(Layer layer) const { return collector_->digest(layer); }

const std::vector<EntryText>& LayerView::texts(Layer layer) const { return collector_->texts(layer); }

}  // namespace memsim
