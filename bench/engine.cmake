memsim_bench(engine
  SOURCES engine_event_queue.cpp
  USES engine)
