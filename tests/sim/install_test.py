"""Installs memsim below a temporary directory, and builds and runs a program against what was installed.

install_test.py BUILD_DIR SOURCE_DIR CXX_COMPILER
"""
import os
import shutil
import subprocess
import sys
import tempfile

build, source, compiler = sys.argv[1:4]

INSTALLED = [
    "bin/memsim",
    "include/memsim/kernel/world.hpp",
    "lib/memsim/libmemsim_program.a",
    "lib/memsim/include/sys/memmsg.h",
    "share/man/man1/memsim.1.gz",
    "share/bash-completion/completions/memsim",
    "share/zsh/site-functions/_memsim",
    "share/fish/vendor_completions.d/memsim.fish",
    "share/memsim/scenarios/mem_obj_info.yaml",
    "share/memsim/scenarios/memsim.schema.json",
]


def run(*command):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)} failed with {done.returncode}:\n{done.stdout}")
    return done.stdout


with tempfile.TemporaryDirectory(prefix="memsim_install_") as root:
    prefix = os.path.join(root, "prefix")
    run("cmake", "--install", build, "--prefix", prefix)
    missing = [path for path in INSTALLED if not os.path.exists(os.path.join(prefix, path))]
    if missing:
        sys.exit(f"not installed: {missing}")
    for path in INSTALLED:
        if os.path.getsize(os.path.join(prefix, path)) == 0:
            sys.exit(f"empty: {path}")

    # A project's own scenario with its baseline, beside a YAML file that is none.
    program = os.path.join(prefix, "bin/memsim")
    checked = os.path.join(root, "checked")
    os.mkdir(checked)
    shutil.copy(os.path.join(prefix, "share/memsim/scenarios/mem_obj_info.yaml"), checked)
    with open(os.path.join(checked, "other.yaml"), "w", encoding="utf-8") as file:
        file.write("services: {}\n")
    run(program, "check", "--update", checked)

    consumer = os.path.join(root, "consumer")
    run("cmake", "-S", os.path.join(source, "tests/sim/consumer"), "-B", consumer, "-G", "Ninja",
        f"-DCMAKE_PREFIX_PATH={prefix}", f"-DCMAKE_CXX_COMPILER={compiler}",
        f"-DCMAKE_CXX_FLAGS={os.environ.get('CMAKE_CXX_FLAGS', '')}", f"-DMEMSIM_CHECKED={checked}")
    run("cmake", "--build", consumer)

    scenario = os.path.join(prefix, "share/memsim/scenarios/mem_obj_info.yaml")
    by_consumer = run(os.path.join(consumer, "consumer"), scenario).strip()
    by_program = run(program, "run", "--quiet", scenario).split()[0]
    if by_consumer != by_program:
        sys.exit(f"the consumer's run differs: {by_consumer} against {by_program}")
    if "buddy" not in run(os.path.join(consumer, "phys_consumer")):
        sys.exit("a single floor does not work")

    walked = run(program, "exec", "--quiet", os.path.join(consumer, "walk"))
    if "1 segment" not in walked:
        sys.exit(f"a program built with memsim_add_program() does not run: {walked}")

    tests = run("ctest", "--test-dir", consumer, "--output-on-failure")
    if "100% tests passed, 0 tests failed out of 2" not in tests:
        sys.exit(f"memsim_add_check and memsim_add_conformance made other tests than one each that passes:\n{tests}")
    scenario = os.path.join(checked, "mem_obj_info.yaml")
    with open(scenario, encoding="utf-8") as file:
        text = file.read()
    with open(scenario, "w", encoding="utf-8") as file:
        file.write(text + "seed: 77\n")
    failed = subprocess.run(["ctest", "--test-dir", consumer, "-R", "checked"],
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if failed.returncode == 0:
        sys.exit("a scenario that left its baseline passes as a test")
    os.remove(os.path.join(checked, "mem_obj_info.baseline"))
    failed = subprocess.run(["ctest", "--test-dir", consumer, "-R", "checked"],
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if failed.returncode == 0:
        sys.exit("a scenario that lost its baseline passes as a test that requires one")
