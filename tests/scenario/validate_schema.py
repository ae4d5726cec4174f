"""Checks the scenario format's JSON Schema: it is a valid Draft-07 schema, the same each time it is printed,
accepts the shipped scenarios and the valid ones of the tests, and refuses a sample of faults.

usage: validate_schema.py SCHEMA_PRINTER SOURCE_DIR
"""

import json
import pathlib
import re
import subprocess
import sys

import jsonschema
import yaml

MODELINE = "# yaml-language-server: $schema=memsim.schema.json"

# Each is a change to a valid scenario that editors should underline.
REFUSED = [
    "memsim: 2\nprocesses: [{name: a, program: [exit]}]",
    "memsim: 1",
    "memsim: 1\nsede: 1\nprocesses: [{name: a, program: [exit]}]",
    "memsim: 1\nprocesses: [{name: a}]",
    "memsim: 1\nprocesses: [{name: 'a b', program: [exit]}]",
    "memsim: 1\nprocesses: [{name: a, program: [{shm_opn: /x}]}]",
    "memsim: 1\nprocesses: [{name: a, program: [{shm_open: {nam: /x}}]}]",
    "memsim: 1\nprocesses: [{name: a, program: [{shm_open: {name: /x, oflag: [O_CREATE]}}]}]",
    "memsim: 1\nprocesses: [{name: a, program: [{close: 3, on_error: stop}]}]",
    "memsim: 1\nprocesses: [{name: a, program: [{sleep: 5}]}]",
    "memsim: 1\nprocesses: [{name: a, program: [{sleep: {expo: {mean: 5ms}}}]}]",
    "memsim: 1\nprocesses: [{name: a, priority: 0, program: [exit]}]",
    "memsim: 1\npolicy: budy\nprocesses: [{name: a, program: [exit]}]",
    "memsim: 1\npolicy: {placement: middle}\nprocesses: [{name: a, program: [exit]}]",
    "memsim: 1\nmachine: {page_size: 4kb}\nprocesses: [{name: a, program: [exit]}]",
    "memsim: 1\nprocesses: [{name: a, program: [exit]}]\nexpect: [{mesure: free_frames, min: 1}]",
    "memsim: 1\nprocesses: [{name: a, program: [exit]}]\nexpect: [{measure: free_frame, min: 1}]",
    "memsim: 1\nprocesses: [{name: a, program: [exit]}]\nexpect: [{call: shm_open}]",
    "memsim: 1\nprocesses: [{name: a, program: [exit]}]\nexpect: [{latency: any, max: 5}]",
    "memsim: 1\nprocesses: [{name: a, program: [exit]}]\nexpect: [{count: message, min: 1}]",
    "memsim: 1\nmachine: {costs: {segment_wlk: 1ns}}\nprocesses: [{name: a, program: [exit]}]",
]


class PlainLoader(yaml.SafeLoader):
    """YAML as editors read it (the 1.2 core schema): on and 1_000 are text, and 012 is no octal number."""


PlainLoader.yaml_implicit_resolvers = {}
for tag, pattern, first in [
    ("tag:yaml.org,2002:bool", r"^(?:true|false)$", "tf"),
    ("tag:yaml.org,2002:int", r"^[-+]?(?:0|[1-9][0-9]*)$", "-+0123456789"),
    ("tag:yaml.org,2002:null", r"^(?:~|null|)$", ["~", "n", ""]),
]:
    PlainLoader.add_implicit_resolver(tag, re.compile(pattern), list(first))


def first_error(validator, text):
    errors = sorted(validator.iter_errors(yaml.load(text, PlainLoader)), key=lambda error: list(error.path))
    return str(errors[0])[:2000] if errors else None


def main(printer, source):
    text = subprocess.run([printer], check=True, capture_output=True, text=True).stdout
    again = subprocess.run([printer], check=True, capture_output=True, text=True).stdout
    faults = [] if text == again else ["the schema differs from one print to the next"]
    schema = json.loads(text)
    jsonschema.Draft7Validator.check_schema(schema)
    validator = jsonschema.Draft7Validator(schema)

    shipped = sorted(pathlib.Path(source, "scenarios").glob("*.yaml"))
    valid = sorted(pathlib.Path(source, "tests/fuzz/corpus/scenario").glob("valid_*.yaml"))
    if not shipped or not valid:
        faults.append("no scenarios were found")
    for path in shipped + valid:
        content = path.read_text(encoding="utf-8")
        error = first_error(validator, content)
        if error:
            faults.append(f"{path}: {error}")
        if path in shipped and not content.startswith(MODELINE):
            faults.append(f"{path}: does not begin with the modeline {MODELINE!r}")
    for refused in REFUSED:
        if first_error(validator, refused) is None:
            faults.append(f"accepted: {refused!r}")
    print("\n".join(faults) or f"{len(shipped)} shipped and {len(valid)} test scenarios satisfy the schema")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
