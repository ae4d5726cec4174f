"""What the tests of sweeps sweep over."""

# A probe that is refused in some runs and not in others.
SCENARIO = """memsim: 1
title: Churn
seed: 7
until: 60s
machine:
  regions:
    - {name: memory/ram/sysram, base: 16MiB, size: 8MiB}
record:
  every: 1s
  probes:
    - {name: big, size: 1MiB}
processes:
  - name: app
    count: 12
    program:
      - forever:
          - shm_open: {name: SHM_ANON, oflag: [O_RDWR, O_CREAT]}
            as: fd
          - shm_ctl: {fd: $fd, flags: SHMCTL_ANON, size: {uniform: [4KiB, 800KiB]}}
          - sleep: {exponential: {mean: 5s}}
          - close: $fd
expect:
  - {end: reached_until}
"""
SIZE = "machine.regions[0].size"
DESIGN = ["--vary", f"{SIZE}=6MiB..10MiB+2MiB", "--vary", "policy=buddy,tlsf", "--seeds", "20"]
