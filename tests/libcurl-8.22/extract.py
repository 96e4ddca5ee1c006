#!/usr/bin/env python3
"""Writes the lists in this folder: names, numbers and types, from the sources of a libcurl.

    extract.py FOLDER_OF_LIBCURL
"""
import pathlib
import re
import sys

libcurl = pathlib.Path(sys.argv[1])
here = pathlib.Path(__file__).parent
header = (libcurl / "include/curl/curl.h").read_text()

# The number of an option is that of its class plus the one in the header.
classes = {"LONG": 0, "VALUES": 0, "FUNCTION": 20000, "OFF_T": 30000, "BLOB": 40000}
numbers = dict(re.findall(r"CURLOPT(?:DEPRECATED)?\(CURLOPT_(\w+),\s*\w+,\s*(\d+)", header))
row = r'\{\s*"(\w+)",\s*CURLOPT_(\w+),\s*CURLOT_(\w+),\s*(\w+)\s*\}'
options = []
for name, target, kind, flags in re.findall(row, (libcurl / "lib/easyoptions.c").read_text()):
    number = classes.get(kind, 10000) + int(numbers[target])
    other = "" if flags == "0" else f" = {target}"
    options.append((number, other, f"{number} {kind.lower()} {name}{other}\n"))
(here / "options.txt").write_text("".join(line for *_, line in sorted(options)))

infos = re.findall(
    r"^ *CURLINFO_(\w+)(?:\s+CURL_DEPRECATED\([^)]*\))?\s*= CURLINFO_(\w+)\s*\+ (\d+)", header, re.M
)
(here / "infos.txt").write_text("".join(f"{n} {kind.lower()} {name}\n" for name, kind, n in infos))

# Codes: an enumerator without a value has the number of the former plus one. Former names are macros.
codes = {}
for file, prefix in (("curl.h", "CURLE_"), ("multi.h", "CURLM_")):
    text = (libcurl / "include/curl" / file).read_text()
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    number = -1
    for name, value in re.findall(rf"^  ({prefix}\w+)(?: = (-?\d+))?,", text, re.M):
        number = int(value) if value else number + 1
        codes[name] = number
    for name, target in re.findall(rf"^#define ({prefix}\w+) ({prefix}\w+)", text, re.M):
        # Other meanings have taken the numbers of some obsolete codes.
        if "OBSOLETE" not in target:
            codes[name] = codes.get(target)
unused = re.compile(r"CURL[EM]_(OBSOLETE|RESERVED|CALL_MULTI)")
lines = (f"{n} {name}\n" for name, n in codes.items() if n is not None and not unused.match(name))
(here / "codes.txt").write_text("".join(lines))

functions = set()
for file in sorted((libcurl / "include/curl").glob("*.h")):
    text = re.sub(r'CURL_DEPRECATED\([^"]*"[^"]*"\)', "", file.read_text())
    functions |= set(re.findall(r"CURL_EXTERN[^;{]*?\b(curl_\w+)\(", text))
(here / "functions.txt").write_text("".join(f"{name}\n" for name in sorted(functions)))
