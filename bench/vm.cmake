memsim_bench(vm_segment_walk SOURCES vm_segment_walk_bench.cpp USES vm base)
