memsim_bench(replay SOURCES replay_bench.cpp USES replay scenario kernel phys)
