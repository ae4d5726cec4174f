#include <memsim/replay/trace.hpp>

#include "replay/input/compressed_output.hpp"
#include "replay/trace/memsim_trace.hpp"

namespace memsim {

class TraceWriter::Impl {
 public:
  Impl(CompressedOutput output, const TraceHeader& header, TraceForm form)
      : output_(std::move(output)), form_(form), text_(header_text(header, form)) {}

  HostResult<void> write(const TraceEvent& event) {
    form_ == TraceForm::text ? append_text(text_, event, previous_) : append_binary(text_, event, previous_);
    previous_ = event;
    ++events_;
    if (text_.size() < kPiece) return {};
    return flush();
  }
  HostResult<void> finish() {
    append_end(text_, events_, form_);
    HostResult<void> flushed = flush();
    if (!flushed) return flushed;
    return output_.finish();
  }
  [[nodiscard]] std::uint64_t events() const { return events_; }

 private:
  static constexpr std::size_t kPiece = std::size_t{1} << 16;

  HostResult<void> flush() {
    HostResult<void> written = output_.write(text_);
    text_.clear();
    return written;
  }

  CompressedOutput output_;
  TraceForm form_;
  std::string text_;  // not written yet
  TraceEvent previous_;
  std::uint64_t events_ = 0;
};

HostResult<TraceWriter> TraceWriter::create(const std::string& path, const TraceHeader& header, TraceForm form) {
  HostResult<CompressedOutput> output = CompressedOutput::create(path);
  if (!output) return Unexpected(std::move(output).error());
  return TraceWriter(std::make_unique<Impl>(std::move(*output), header, form));
}

TraceWriter::TraceWriter(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
TraceWriter::TraceWriter(TraceWriter&&) noexcept = default;
TraceWriter& TraceWriter::operator=(TraceWriter&&) noexcept = default;
TraceWriter::~TraceWriter() = default;
HostResult<void> TraceWriter::write(const TraceEvent& event) { return impl_->write(event); }
HostResult<void> TraceWriter::finish() { return impl_->finish(); }
std::uint64_t TraceWriter::events() const { return impl_->events(); }

}  // namespace memsim
