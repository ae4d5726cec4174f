// An allocator outside the house under memsim's conformance suite: the lowest free run serves, found frame by frame.
#include <algorithm>
#include <memory>
#include <optional>
#include <vector>

#include <memsim/base/check.hpp>
#include <memsim/phys/frame_allocator.hpp>

#include "phys/conformance.hpp"

namespace {

using memsim::Errno;
using memsim::Extent;
using memsim::FrameCount;
using memsim::FrameNumber;
using memsim::FrameRequest;

class Lowest final : public memsim::FrameAllocator {
 public:
  explicit Lowest(Extent extent) : extent_(extent), taken_(extent.count.count()) {}

  [[nodiscard]] std::unique_ptr<FrameAllocator> clone() const override { return std::make_unique<Lowest>(*this); }
  [[nodiscard]] bool can_allocate(const FrameRequest& request) const override {
    return makes_sense(request) && Lowest(*this).serve(request).has_value();
  }
  [[nodiscard]] Extent extent() const override { return extent_; }
  [[nodiscard]] FrameCount free_frames() const override {
    return FrameCount(static_cast<std::uint64_t>(std::count(taken_.begin(), taken_.end(), false)));
  }
  void for_each_free(const std::function<void(Extent)>& visit) const override {
    for (std::uint64_t i = 0; i < taken_.size(); ++i) {
      if (!taken_[i]) visit({frame(i), FrameCount(1)});
    }
  }
  [[nodiscard]] std::size_t metadata_bytes() const override { return taken_.size() / 8; }
  void check_invariants() const override {}

 private:
  [[nodiscard]] FrameNumber frame(std::uint64_t index) const { return extent_.first + FrameCount(index); }

  static bool makes_sense(const FrameRequest& request) {
    const auto is_power = [](FrameCount count) { return (count.count() & (count.count() - 1)) == 0; };
    const bool crosses = request.contiguity == memsim::Contiguity::contiguous && request.count > request.boundary;
    return !request.count.is_zero() && !request.alignment.is_zero() && is_power(request.alignment) &&
           is_power(request.boundary) && (request.boundary.is_zero() || !crosses);
  }
  // How many frames an extent from this index on may have, up to `most`; 0 where none may begin there.
  [[nodiscard]] std::uint64_t room(const FrameRequest& request, std::uint64_t index, std::uint64_t most) const {
    if (frame(index).value() % request.alignment.count() != 0) return 0;
    std::uint64_t length = 0;
    const auto fits = [&](std::uint64_t at) {
      const bool is_new =
          length != 0 && !request.boundary.is_zero() && frame(at).value() % request.boundary.count() == 0;
      return at < taken_.size() && !taken_[at] && frame(at) >= request.window_first && frame(at) < request.window_end &&
             !is_new;
    };
    while (length < most && fits(index + length)) ++length;
    return length;
  }
  [[nodiscard]] std::optional<std::vector<Extent>> serve(const FrameRequest& request) {
    std::vector<Extent> out;
    std::uint64_t left = request.count.count();
    const bool is_run = request.contiguity == memsim::Contiguity::contiguous;
    for (std::uint64_t i = first_free_; i < taken_.size() && left != 0;) {
      const std::uint64_t length = left <= taken_.size() || !is_run ? room(request, i, left) : 0;
      if (length == 0 || (is_run && length < left)) {
        ++i;
        continue;
      }
      out.push_back({frame(i), FrameCount(length)});
      std::fill_n(taken_.begin() + static_cast<std::ptrdiff_t>(i), length, true);
      left -= length;
      i += length;
    }
    if (left != 0) return std::nullopt;
    while (first_free_ < taken_.size() && taken_[first_free_]) ++first_free_;
    return out;
  }

  [[nodiscard]] Errno do_allocate(const FrameRequest& request, std::vector<Extent>& out,
                                  memsim::AllocatorWork& work) override {
    if (!makes_sense(request)) return Errno::einval;
    const std::vector<bool> before = taken_;
    const auto served = serve(request);
    if (!served) {
      taken_ = before;
      return Errno::enomem;
    }
    out.insert(out.end(), served->begin(), served->end());
    work.steps = 1;
    return Errno::eok;
  }
  void do_release(Extent extent, memsim::CpuId, memsim::AllocatorWork& work) override {
    const std::uint64_t first = (extent.first - extent_.first).count();
    for (std::uint64_t i = 0; i < extent.count.count(); ++i) {
      MEMSIM_CHECK_THAT(first + i < taken_.size() && taken_[first + i], "a frame that comes back was handed out");
      taken_[first + i] = false;
    }
    first_free_ = std::min(first_free_, first);
    MEMSIM_CHECK_THAT(!extent.count.is_zero(), "some frame comes back");
    work.steps = 1;
  }

  Extent extent_;
  std::vector<bool> taken_;
  std::uint64_t first_free_ = 0;  // an index; below it nothing is
};

}  // namespace

std::vector<memsim::conformance::Subject> memsim::conformance::subjects() {
  const auto create = [](Extent extent) { return std::make_unique<Lowest>(extent); };
  return {{"lowest", create, every_contiguous_placement()}};
}
