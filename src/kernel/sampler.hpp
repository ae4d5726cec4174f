// Measures over time: region, object and probe records. Sampling reads; it changes nothing that a program could notice.
#pragma once

#include "kernel/tables/kernel.hpp"

namespace memsim::sampler {

// Publishes one sample of everything.
void sample(Kernel& kernel, SamplePoint point);
// Schedules the next periodic sample, if there are to be any.
void schedule_next(Kernel& kernel);
// A call may have changed physical memory: samples if the scenario wants that and it did.
void memory_changed(Kernel& kernel);

}  // namespace memsim::sampler
