memsim_bench(base SOURCES base_random.cpp USES base)
