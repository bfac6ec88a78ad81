"""Writes what this Python knows of characters to a JSON file, for the two generators beside this script.

usage: node scripts/python-versions/run.mjs scripts/unicode/dump_characters.py DIRECTORY
"""

import ctypes
import json
import platform
import sys
import unicodedata

import _sre

try:
    from re._casefix import _EXTRA_CASES
except ImportError:  # Python 3.10
    from sre_compile import _ignorecase_fixes as _EXTRA_CASES

LIMIT = 0x110000
ALIAS_AREA = range(0xF0000, 0xF1000)  # where CPython keeps aliases and named sequences


def where(test):
    ranges = []
    for code_point in range(LIMIT):
        if not test(chr(code_point)):
            continue
        if ranges and ranges[-1][1] == code_point - 1:
            ranges[-1][1] = code_point
        else:
            ranges.append([code_point, code_point])
    return ranges


def mapped(function):
    pairs = ((code_point, function(code_point)) for code_point in range(LIMIT))
    return [pair for pair in pairs if pair[0] != pair[1]]


def aliases():
    class Api(ctypes.Structure):
        _fields_ = [
            ('name', ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_uint32, ctypes.c_char_p, ctypes.c_int, ctypes.c_int)),
            ('code', ctypes.c_void_p),
        ]

    pointer = ctypes.pythonapi.PyCapsule_GetPointer
    pointer.restype, pointer.argtypes = ctypes.c_void_p, [ctypes.py_object, ctypes.c_char_p]
    api = ctypes.cast(pointer(unicodedata._ucnhash_CAPI, b'unicodedata._ucnhash_CAPI'), ctypes.POINTER(Api)).contents
    buffer = ctypes.create_string_buffer(512)
    found = []
    for slot in ALIAS_AREA:
        if api.name(slot, buffer, len(buffer), 1):
            name = buffer.value.decode('ascii')
            text = unicodedata.lookup(name)
            if len(text) == 1:  # a named sequence is no character
                found.append((ord(text), name))
    return found


def check_decimal_blocks(ranges):
    """The parser reads the value of a decimal digit off its distance from the start of its range."""
    for first, last in ranges:
        for code_point in range(first, last + 1):
            assert unicodedata.decimal(chr(code_point)) == (code_point - first) % 10, hex(code_point)


def main(target):
    decimal = where(str.isdecimal)
    check_decimal_blocks(decimal)
    named = ((code_point, unicodedata.name(chr(code_point), '')) for code_point in range(LIMIT))
    result = {
        'python': platform.python_version(),
        'unicode': unicodedata.unidata_version,
        'word': where(lambda c: c.isalnum() or c == '_'),
        'decimal': decimal,
        'space': where(str.isspace),
        'identifierStart': where(str.isidentifier),
        'identifierPart': where(lambda c: ('a' + c).isidentifier()),
        'lower': mapped(_sre.unicode_tolower),
        'upper': mapped(lambda code_point: ord(chr(code_point).upper()[0])),
        'extraCases': sorted({tuple(sorted((k, *v))) for k, v in _EXTRA_CASES.items()}),
        'names': [pair for pair in named if pair[1]],
        'aliases': aliases(),
    }
    with open(target, 'w', encoding='ascii') as file:
        json.dump(result, file)


main(sys.argv[1])
