// What first, next and best fit serve (src/phys/fits/extent_allocator.hpp and the policies' headers), by walking all
// free runs of a page array and trying every start.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

#include "model/page_array.hpp"

namespace memsim::model {

class NaiveFit {
 public:
  enum class Rule : std::uint8_t { first, next, best };

  struct Answer {
    std::vector<Extent> extents;
    std::uint32_t steps = 0;  // of a contiguous request
  };

  NaiveFit(Rule rule, Extent region) : rule_(rule), pages_(region), rover_(region.first.value()) {}

  [[nodiscard]] const PageArray& pages() const { return pages_; }

  // Takes the frames it answers with; nothing where the request is refused. Requires: a request that makes sense.
  std::optional<Answer> allocate(const FrameRequest& request) {
    Answer answer;
    if (place(request, request.count.count(), answer)) return answer;
    if (request.contiguity == Contiguity::contiguous) return std::nullopt;
    std::vector<Offer> offers = all_offers(request);
    std::uint64_t offered = 0;
    for (const Offer& offer : offers) offered += offer.capacity;
    std::uint64_t left = request.count.count();
    if (offered < left) return std::nullopt;
    std::stable_sort(offers.begin(), offers.end(),
                     [](const Offer& a, const Offer& b) { return a.capacity > b.capacity; });
    for (const Offer& offer : offers) {
      if (left == 0 || (left <= offer.capacity && place(request, left, answer))) break;
      for (const Extent& piece : pieces(request, offer.run, left)) {
        take(piece, answer);
        left -= piece.count.count();
      }
    }
    return answer;
  }
  void release(Extent extent) { pages_.give(extent); }

  // The maximal free runs, ascending.
  [[nodiscard]] std::vector<Extent> runs() const {
    std::vector<Extent> found;
    for (std::uint64_t frame = pages_.first(); frame < pages_.end(); ++frame) {
      if (!pages_.is_free(frame)) continue;
      if (!found.empty() && found.back().end().value() == frame) {
        found.back().count += FrameCount(1);
      } else {
        found.push_back({FrameNumber(frame), FrameCount(1)});
      }
    }
    return found;
  }

 private:
  struct Offer {
    Extent run;
    std::uint64_t capacity;
  };

  void take(Extent extent, Answer& answer) {
    pages_.take(extent);
    answer.extents.push_back(extent);
    rover_ = extent.end().value();
  }

  // Where in the run `count` frames may start at the lowest.
  static std::optional<std::uint64_t> start_in(const FrameRequest& request, Extent run, std::uint64_t count) {
    for (std::uint64_t start = run.first.value(); start + count <= run.end().value(); ++start) {
      if (PageArray::conforms(request, start, count)) return start;
    }
    return std::nullopt;
  }

  // One extent, as the rule says.
  bool place(const FrameRequest& request, std::uint64_t count, Answer& answer) {
    std::vector<Extent> order = runs();
    if (rule_ == Rule::next) {  // the first run that ends behind the rover comes first
      const auto begin =
          std::find_if(order.begin(), order.end(), [this](Extent run) { return run.end().value() > rover_; });
      std::rotate(order.begin(), begin, order.end());
    }
    if (rule_ == Rule::best) {
      std::stable_sort(order.begin(), order.end(), [](Extent a, Extent b) { return a.count < b.count; });
    }
    std::uint32_t steps = 0;
    for (const Extent& run : order) {
      ++steps;
      const auto start = start_in(request, run, count);
      if (!start) continue;
      take({FrameNumber(*start), FrameCount(count)}, answer);
      answer.steps = steps;
      return true;
    }
    return false;
  }

  // Conforming extents in the run, each as long as can be, `most` frames in all.
  static std::vector<Extent> pieces(const FrameRequest& request, Extent run, std::uint64_t most) {
    std::vector<Extent> found;
    for (std::uint64_t at = run.first.value(); at < run.end().value() && most != 0;) {
      std::uint64_t count = 0;
      while (count < most && at + count < run.end().value() && PageArray::conforms(request, at, count + 1)) ++count;
      if (count != 0) found.push_back({FrameNumber(at), FrameCount(count)});
      most -= count;
      at += std::max<std::uint64_t>(count, 1);
    }
    return found;
  }

  [[nodiscard]] std::vector<Offer> all_offers(const FrameRequest& request) const {
    std::vector<Offer> offers;
    for (const Extent& run : runs()) {
      std::uint64_t capacity = 0;
      for (const Extent& piece : pieces(request, run, run.count.count())) capacity += piece.count.count();
      if (capacity != 0) offers.push_back({run, capacity});
    }
    return offers;
  }

  Rule rule_;
  PageArray pages_;
  std::uint64_t rover_;
};

}  // namespace memsim::model
