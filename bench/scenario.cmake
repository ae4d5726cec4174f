memsim_bench(scenario_load SOURCES scenario_load_bench.cpp USES scenario kernel)
