memsim_bench(phys_buddy SOURCES phys_buddy_bench.cpp USES phys)
target_include_directories(phys_buddy_bench PRIVATE ${PROJECT_SOURCE_DIR}/tests)
