memsim_bench(kernel_messages
  SOURCES kernel_messages_bench.cpp
  USES scenario kernel)
