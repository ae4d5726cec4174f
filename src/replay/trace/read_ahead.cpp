// A second processor reads and decompresses while the first replays. The order of events is the file's, so nothing that
// is computed from them depends on how the two threads run.
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>

#include <memsim/replay/trace.hpp>

namespace memsim {
namespace {

constexpr std::size_t kBatchesAhead = 16;

class ReadAhead final : public TraceReader {
 public:
  explicit ReadAhead(std::unique_ptr<TraceReader> reader)
      : reader_(std::move(reader)), header_(reader_->header()), thread_([this] { run(); }) {}
  ReadAhead(const ReadAhead&) = delete;
  ReadAhead& operator=(const ReadAhead&) = delete;
  ~ReadAhead() override {
    {
      const std::lock_guard lock(mutex_);
      is_wanted_ = false;
    }
    room_.notify_one();
    thread_.join();
  }

  [[nodiscard]] const TraceHeader& header() const override { return header_; }

  [[nodiscard]] HostResult<void> next(std::vector<TraceEvent>& events) override {
    std::unique_lock lock(mutex_);
    used_.push_back(std::move(events));
    filled_.wait(lock, [this] { return !ready_.empty() || is_done_; });
    events.clear();
    if (ready_.empty()) {
      if (error_) return Unexpected(*error_);
      return {};
    }
    events = std::move(ready_.front());
    ready_.pop_front();
    lock.unlock();
    room_.notify_one();
    return {};
  }

 private:
  void run() {
    while (true) {
      std::vector<TraceEvent> batch;
      {
        std::unique_lock lock(mutex_);
        room_.wait(lock, [this] { return ready_.size() < kBatchesAhead || !is_wanted_; });
        if (!is_wanted_) return;
        if (!used_.empty()) {
          batch = std::move(used_.back());
          used_.pop_back();
        }
      }
      HostResult<void> read = reader_->next(batch);
      const bool is_last = !read || batch.empty();
      {
        const std::lock_guard lock(mutex_);
        if (!read) error_ = std::move(read).error();
        if (!is_last) ready_.push_back(std::move(batch));
        is_done_ = is_last;
      }
      filled_.notify_one();
      if (is_last) return;
    }
  }

  std::unique_ptr<TraceReader> reader_;  // the thread's alone
  TraceHeader header_;
  std::mutex mutex_;
  std::condition_variable filled_;
  std::condition_variable room_;
  std::deque<std::vector<TraceEvent>> ready_;
  std::vector<std::vector<TraceEvent>> used_;  // for their room
  std::optional<HostError> error_;
  bool is_done_ = false;
  bool is_wanted_ = true;
  std::thread thread_;  // last: it uses all above
};

}  // namespace

std::unique_ptr<TraceReader> read_ahead(std::unique_ptr<TraceReader> reader) {
  return std::make_unique<ReadAhead>(std::move(reader));
}

}  // namespace memsim
