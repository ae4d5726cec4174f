// What a _MEM_OBJ_INFO walk costs the host, beside the least it could cost: memcpy of the same records, and a bare
// binary search. Compare rows of one run only: `Walk*` with `Copy*` of the same size, `Seek` with `LowerBound`, and
// `SeekAndDeliver` with `LowerBoundAndCopy`.
//
// Random offsets are drawn before the clock starts. From a random offset an average walk delivers half of the object,
// and the copy beside it copies exactly the same records.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstring>
#include <vector>

#include <memsim/base/random.hpp>
#include <memsim/vm/segment_map.hpp>

namespace memsim {
namespace {

constexpr std::size_t kOffsets = 4096;  // a power of two

// Segments of one to four pages, none touching the next.
SegmentMap object_of(std::uint64_t segments) {
  RandomStream random(segments);
  SegmentMap map;
  for (std::uint64_t i = 0; i < segments; ++i) {
    const Bytes length(random.between(1, 4) * 4096);
    map.append(PhysAddr(i * 32768), length, TouchingSegments::merge);
  }
  map.set_size(map.backing() - Bytes(100));
  return map;
}

std::vector<Bytes> offsets_in(const SegmentMap& map) {
  RandomStream random(7);
  std::vector<Bytes> offsets;
  for (std::size_t i = 0; i < kOffsets; ++i) offsets.emplace_back(random.below(map.size().count()));
  return offsets;
}

void set_counters(benchmark::State& state, std::uint64_t segments) {
  state.SetItemsProcessed(static_cast<std::int64_t>(segments));
  state.SetBytesProcessed(static_cast<std::int64_t>(segments * sizeof(Segment)));
}

void WalkWhole(benchmark::State& state) {
  const SegmentMap map = object_of(static_cast<std::uint64_t>(state.range(0)));
  std::vector<Segment> out(map.segments().size());
  std::uint64_t delivered = 0;
  for (auto _ : state) {
    delivered += map.walk(Bytes(), Bytes::max(), out).delivered;
    benchmark::DoNotOptimize(out.data());
    benchmark::ClobberMemory();
  }
  set_counters(state, delivered);
}

void CopyWhole(benchmark::State& state) {
  const SegmentMap map = object_of(static_cast<std::uint64_t>(state.range(0)));
  const std::span<const Segment> records = map.segments();
  std::vector<Segment> out(records.size());
  std::uint64_t delivered = 0;
  for (auto _ : state) {
    std::memcpy(out.data(), records.data(), records.size_bytes());
    delivered += records.size();
    benchmark::DoNotOptimize(out.data());
    benchmark::ClobberMemory();
  }
  set_counters(state, delivered);
}

void WalkFromRandomOffset(benchmark::State& state) {
  const SegmentMap map = object_of(static_cast<std::uint64_t>(state.range(0)));
  const std::vector<Bytes> offsets = offsets_in(map);
  std::vector<Segment> out(map.segments().size());
  std::uint64_t delivered = 0;
  std::size_t next = 0;
  for (auto _ : state) {
    delivered += map.walk(offsets[next++ % kOffsets], Bytes::max(), out).delivered;
    benchmark::DoNotOptimize(out.data());
    benchmark::ClobberMemory();
  }
  set_counters(state, delivered);
}

void CopyFromRandomOffset(benchmark::State& state) {
  const SegmentMap map = object_of(static_cast<std::uint64_t>(state.range(0)));
  const std::span<const Segment> records = map.segments();
  std::vector<std::size_t> firsts;
  for (const Bytes offset : offsets_in(map)) firsts.push_back(map.find(offset));
  std::vector<Segment> out(records.size());
  std::uint64_t delivered = 0;
  std::size_t next = 0;
  for (auto _ : state) {
    const std::span<const Segment> wanted = records.subspan(firsts[next++ % kOffsets]);
    std::memcpy(out.data(), wanted.data(), wanted.size_bytes());
    delivered += wanted.size();
    benchmark::DoNotOptimize(out.data());
    benchmark::ClobberMemory();
  }
  set_counters(state, delivered);
}

void Seek(benchmark::State& state) {
  const SegmentMap map = object_of(static_cast<std::uint64_t>(state.range(0)));
  const std::vector<Bytes> offsets = offsets_in(map);
  std::size_t next = 0;
  for (auto _ : state) benchmark::DoNotOptimize(map.find(offsets[next++ % kOffsets]));
}

std::size_t lower_bound_in(std::span<const Segment> records, Bytes wanted) {
  const auto found = std::lower_bound(records.begin(), records.end(), wanted,
                                      [](const Segment& segment, Bytes offset) { return segment.end() <= offset; });
  return static_cast<std::size_t>(found - records.begin());
}

void LowerBound(benchmark::State& state) {
  const SegmentMap map = object_of(static_cast<std::uint64_t>(state.range(0)));
  const std::vector<Bytes> offsets = offsets_in(map);
  std::size_t next = 0;
  for (auto _ : state) benchmark::DoNotOptimize(lower_bound_in(map.segments(), offsets[next++ % kOffsets]));
}

// One segment from a random offset, as the loop that continues with a small buffer does.
void SeekAndDeliver(benchmark::State& state) {
  const SegmentMap map = object_of(static_cast<std::uint64_t>(state.range(0)));
  const std::vector<Bytes> offsets = offsets_in(map);
  Segment out;
  std::size_t next = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(map.walk(offsets[next++ % kOffsets], Bytes::max(), std::span(&out, 1)));
    benchmark::DoNotOptimize(out);
  }
}

void LowerBoundAndCopy(benchmark::State& state) {
  const SegmentMap map = object_of(static_cast<std::uint64_t>(state.range(0)));
  const std::span<const Segment> records = map.segments();
  const std::vector<Bytes> offsets = offsets_in(map);
  std::size_t next = 0;
  for (auto _ : state) {
    Segment out = records[lower_bound_in(records, offsets[next++ % kOffsets])];
    benchmark::DoNotOptimize(out);
  }
}

void sizes(benchmark::internal::Benchmark* bench) {
  for (const std::int64_t segments : {1, 16, 1'000, 100'000, 1'000'000}) bench->Arg(segments);
}

BENCHMARK(WalkWhole)->Apply(sizes);
BENCHMARK(CopyWhole)->Apply(sizes);
BENCHMARK(WalkFromRandomOffset)->Apply(sizes);
BENCHMARK(CopyFromRandomOffset)->Apply(sizes);
BENCHMARK(Seek)->Apply(sizes);
BENCHMARK(LowerBound)->Apply(sizes);
BENCHMARK(SeekAndDeliver)->Apply(sizes);
BENCHMARK(LowerBoundAndCopy)->Apply(sizes);

}  // namespace
}  // namespace memsim
