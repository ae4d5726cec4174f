#include <memsim/engine/record_stream.hpp>

namespace memsim {

std::span<const RecordKind> all_record_kinds() {
#define MEMSIM_KIND(Type) Type::kKind,
  static constexpr std::array kKinds = {MEMSIM_RECORDS(MEMSIM_KIND)};
#undef MEMSIM_KIND
  return kKinds;
}

RecordStream::RecordStream(const RecordStream& other)
    : now_(other.now_), count_(other.count_), fingerprint_(other.fingerprint_) {}

RecordStream& RecordStream::operator=(const RecordStream& other) {
  now_ = other.now_;
  count_ = other.count_;
  fingerprint_ = other.fingerprint_;
  return *this;
}

void RecordStream::subscribe(RecordSink& sink) {
  for (const RecordKind kind : sink.wanted()) sinks_[static_cast<std::size_t>(kind)].push_back(&sink);
}

void RecordStream::hand_out(const RecordView& view) const {
  for (RecordSink* sink : sinks_[static_cast<std::size_t>(view.kind())]) sink->on_record(view);
}

}  // namespace memsim
