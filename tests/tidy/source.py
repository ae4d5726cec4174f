"""A source file as the rules see it: its lines, and its code with comments and literals blanked out."""

import re

# Comments, raw strings, strings, characters. A digit separator (1'000) is no character literal, so a quote after a
# letter or digit does not open one, except for the prefixes u8, u, U and L.
_TOKEN = re.compile(
    r"""
    (?P<line>//[^\n]*(?:\\\n[^\n]*)*)
  | (?P<block>/\*.*?(?:\*/|\Z))
  | (?P<raw>\b(?:u8|u|U|L)?R"(?P<mark>[^()\\\s]{0,16})\(.*?\)(?P=mark)")
  | (?P<string>"(?:[^"\\\n]|\\.)*")
  | (?P<char>(?<![0-9A-Za-z_])(?:u8|u|U|L)?'(?:[^'\\\n]|\\.)+')
    """,
    re.VERBOSE | re.DOTALL,
)

_NOT_A_FUNCTION = re.compile(r"\b(namespace|class|struct|union|enum|extern)\b")


def _blank(match):
    text = match.group(0)
    # An include's quotes name a file; the rules on includes read the raw lines instead.
    return re.sub(r"[^\n]", " ", text)


class Source:
    def __init__(self, path, text):
        self.path = path
        self.text = text
        self.lines = text.split("\n")
        self.is_header = path.endswith(".hpp")
        self.is_cpp = path.endswith((".hpp", ".cpp"))
        self.code = _TOKEN.sub(_blank, text) if self.is_cpp else ""

    @property
    def floor(self):
        """The floor that a file belongs to, or None: src/phys/... and include/memsim/phys/... are "phys"."""
        match = re.match(r"(?:src|include/memsim)/([a-z]+)/", self.path)
        if match:
            return match.group(1)
        return "sim" if self.path.startswith("sim/") else None

    def line_of(self, offset):
        return self.text.count("\n", 0, offset) + 1

    def includes(self):
        """(line number, file as written with its brackets or quotes) of each include."""
        for number, line in enumerate(self.lines, 1):
            match = re.match(r'\s*#\s*include\s*([<"][^>"]+[>"])', line)
            if match:
                yield number, match.group(1)

    def functions(self):
        """(first line, line count) of each function body that is in no other, from its opening to its closing brace."""
        depth_stack = []
        start = 0  # where the text before the next brace begins
        inside = None
        for match in re.finditer(r"[{};]", self.code):
            sign, offset = match.group(0), match.start()
            if sign == "{":
                before = re.sub(r"(?m)^\s*#.*$", "", self.code[start:offset])
                is_body = inside is None and ")" in before and not _NOT_A_FUNCTION.search(before)
                depth_stack.append(is_body)
                if is_body:
                    inside = offset
            elif sign == "}" and depth_stack and depth_stack.pop():
                first = self.line_of(inside)
                yield first, self.line_of(offset) - first + 1
                inside = None
            start = offset + 1
