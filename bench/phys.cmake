foreach(bench IN ITEMS phys_buddy phys_policies)
  memsim_bench(${bench} SOURCES ${bench}_bench.cpp USES phys)
  target_include_directories(${bench}_bench PRIVATE ${PROJECT_SOURCE_DIR}/tests)
endforeach()
target_link_libraries(phys_policies_bench PRIVATE Boost::headers)  # Boost.Intrusive, for a yardstick
