"""Records what one CPython knows of characters, for test/conformance/unicode/VERSION.json.

usage, from the root of the repository:
node scripts/python-versions/run.mjs scripts/conformance/record_unicode.py test/conformance/unicode
"""

import ctypes
import hashlib
import json
import platform
import random
import re
import sys
import unicodedata
import warnings
from pathlib import Path

EVERY = ''.join(map(chr, range(0x110000)))
CLASSES = [
    r'\w', r'\W', r'\d', r'\D', r'\s', r'\S', r'(?a)\w', r'(?a)\W', r'(?a)\d', r'(?a)\s', '.', '(?s).',
    'k', '(?i)k', '(?i)K', '(?i)s', '(?i)ſ', '(?i)i', '(?i)İ', '(?i)ı', '(?i)µ', '(?i)Å', '(?i)ẞ', '(?i)ß', '(?i)ς',
    '(?i)ŉ', '(?i)ǅ', '(?i)𐐀', '(?i)𐐨', '(?i)🚗', '(?ia)k', '(?ia)ſ', '(?ia)é', '(?ia)𐐀',
    '[a-z]', '(?i)[a-z]', '(?i)[^a-z]', '(?i)[A-Z]', '(?i)[^k]', '(?i)[^K1]', '(?i)[µ-ÿ]', '(?i)[Ά-ϋ]', '(?i)[\\u0399-\\U00010000]',
    '(?i)[𐐀a]', '(?i)[𐐨a]', '(?i)[^𐐀a]', '(?i)[𐐀𐐀]', '(?i)[^𐐀]', '(?i)[𐐀-𐐐]', '(?i)[𐐐-𐐰]', '(?i)[a🚗]', '(?i)[Ā-𐐐]', '(?i)[a-𐐐]',
    '(?i)𐐀|a', '(?i)(?:𐐀)|a', '(?i)[\\W_]', '(?i)[\\w𐐀]', '(?i)[^\\Da]', '(?i)[\\d_]', '(?ia)[a-z]', '(?ia)[^a-z]', '(?ia)[Z-é]',
    '(?i)\u0264', '(?i)\u2c2f', '(?i)\ua7cb', '(?i)\U00010570', '(?i)\U00010d50', '(?i)[\U00010d50-\U00010d65]', '(?i)[\U00010d50a]',
    '(?ia)[k𐐀]', '(?ia)[𐐀-𐐐]', '(?ia)[`-𐐐]', '(?ia)[\\w]', '(?ia)[^\\Wk]', '[^\\n]', '[\\s\\S]', '[^\\s\\S]', '[\\x41-\\U0010ffff]',
]


def ranges_of(characters):
    ranges = []
    for code_point in map(ord, characters):
        if ranges and ranges[-1] == code_point - 1:
            ranges[-1] = code_point
        else:
            ranges += [code_point, code_point]
    return ranges


def digest(lines):
    return hashlib.sha256('\n'.join(lines).encode('ascii')).hexdigest()


def class_entry(pattern):
    found = ranges_of(re.findall(pattern, EVERY))
    return {'pattern': pattern, 'ranges': len(found) // 2, 'sha256': digest([','.join(map(str, found))])}


def case_classes():
    """`first: members` for each class of more than one character, by matching every character that has a case."""
    lines = []
    cased = [c for c in EVERY if len({c, c.lower(), c.upper(), c.title(), c.casefold()}) > 1]
    haystack = ''.join(cased)
    for character in cased:
        members = re.findall('(?i)' + re.escape(character), haystack)
        assert character in members
        if len(members) > 1:
            lines.append(f"{ord(character)}: {' '.join(str(ord(member)) for member in members)}")
    # Nothing outside the haystack is equal to anything in it.
    others = re.findall('(?i)[' + ''.join(map(re.escape, cased)) + ']', ''.join(sorted(set(EVERY) - set(cased))))
    assert all(ord(other) > 0xFFFF for other in others), others
    return lines


def names():
    """`CODE NAME` of all names and aliases that are no Hangul syllable and no unified ideograph."""
    class Api(ctypes.Structure):
        _fields_ = [
            ('name', ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_uint32, ctypes.c_char_p, ctypes.c_int, ctypes.c_int)),
            ('code', ctypes.c_void_p),
        ]

    pointer = ctypes.pythonapi.PyCapsule_GetPointer
    pointer.restype, pointer.argtypes = ctypes.c_void_p, [ctypes.py_object, ctypes.c_char_p]
    api = ctypes.cast(pointer(unicodedata._ucnhash_CAPI, b'unicodedata._ucnhash_CAPI'), ctypes.POINTER(Api)).contents
    buffer = ctypes.create_string_buffer(512)
    found = set()
    for code_point in range(0x110000):
        if api.name(code_point, buffer, len(buffer), 1):
            name = buffer.value.decode('ascii')
            text = unicodedata.lookup(name)
            if len(text) == 1 and not name.startswith(('HANGUL SYLLABLE ', 'CJK UNIFIED IDEOGRAPH-')):
                found.add(f'{name} {ord(text)}')
    return sorted(found)


def look_ups(rng):
    """Names, algorithmic and garbled ones above all, with what `ord(unicodedata.lookup(name))` says."""
    syllables = [unicodedata.name(chr(c)) for c in rng.sample(range(0xAC00, 0xD7A4), 300)]
    bounds = [0x33FF, 0x3400, 0x4DBF, 0x4DC0, 0x4E00, 0x9FFF, 0xA000, 0x2A6DF, 0x2A6E0, 0x2A738, 0x2A739, 0x2B81D, 0x2B81E, 0x2CEA1, 0x2EBE0, 0x2EBE1, 0x3134A, 0x3134B, 0x31350, 0x323AF, 0x323B0, 0x2EBF0, 0x2EE5D, 0x2EE5E, 0x2B739, 0x2A6DF]
    asked = [
        *syllables, *(name + 'X' for name in syllables[:20]), *(name.lower() for name in syllables[:5]),
        *(f'CJK UNIFIED IDEOGRAPH-{c:X}' for c in bounds), *(f'cjk unified ideograph-{c:x}' for c in bounds[:3]),
        'CJK UNIFIED IDEOGRAPH-04E00', 'CJK UNIFIED IDEOGRAPH-004E00', 'CJK UNIFIED IDEOGRAPH-4e00', 'CJK UNIFIED IDEOGRAPH-',
        'HANGUL SYLLABLE ', 'HANGUL SYLLABLE A', 'HANGUL SYLLABLE G', 'HANGUL SYLLABLE GG', 'HANGUL SYLLABLE  GA', 'TANGUT IDEOGRAPH-17000',
        'cjk compatibility ideograph-f900', 'CJK COMPATIBILITY IDEOGRAPH-0F900', 'nushu character-1B170', 'Latin Small Letter A', 'latin small letter ſ',
        'LATIN SMALL LETTER A ', ' LATIN SMALL LETTER A', 'LATIN  SMALL LETTER A', 'LATIN_SMALL_LETTER_A', 'nbsp', 'VS256', 'LF', 'KEYCAP NUMBER SIGN',
        'LATIN SMALL LETTER I WITH MACRON AND GRAVE', 'EM', 'FVS4', 'CUNEIFORM SIGN KALAM', 'cuneiform sign kalam', 'NAG MUNDARI LETTER O',
        'KAWI DIGIT ONE', 'GARAY CAPITAL LETTER A', 'VITHKUQI CAPITAL LETTER A', 'EGYPTIAN HIEROGLYPH-13460', '__proto__', 'constructor', 'a', '', 'BELL', 'ALERT', 'BEL', 'É',
    ]
    return [[name, find(name)] for name in asked]


def find(name):
    try:
        return ord(unicodedata.lookup(name))
    except (KeyError, TypeError):
        return None


def main(target):
    warnings.simplefilter('ignore')
    named, cases = names(), case_classes()
    spaces = [c for c in EVERY if c.isspace()]
    strips = ['a', '', ' a ', '\x1ca\x1f', '\x85a\xa0', '\ufeffa', '\u200ba', '\u2028\u3000a b\u2003', '\x00a', '\ud800 ', ' \n\t\r\v\f', *(c + 'a' + c for c in spaces)]
    result = {
        'recorded': f'CPython {platform.python_version()}, Unicode {unicodedata.unidata_version}',
        'classes': [class_entry(pattern) for pattern in CLASSES],
        'caseClasses': {'count': len(cases), 'sha256': digest(cases)},
        'identifiers': {
            'start': digest([','.join(map(str, ranges_of(c for c in EVERY if c.isidentifier())))]),
            'part': digest([','.join(map(str, ranges_of(c for c in EVERY if ('a' + c).isidentifier())))]),
        },
        'names': {'count': len(named), 'sha256': digest(named)},
        'lookUps': look_ups(random.Random(14)),
        'strips': [[text, text.strip()] for text in strips],
        'integers': [[text, as_integer(text)] for text in INTEGERS],
    }
    Path(target).write_text(json.dumps(result, indent=0, separators=(',', ':')) + '\n', encoding='ascii')


INTEGERS = ['1', '01', '+1', '-1', '-0', ' 1', '1\n', '\x0b1', '\x1c1', '\x851', '\u20031', '1\u3000', '+ 1', '1_0', '_1', '1_', '1__0', '٣', '1٣', '०१', '\U0001d7d8\U0001d7e3', '²', '', '+', '1 1', '1a', '\x00', '0' * 4301]


def as_integer(text):
    try:
        return int(text)
    except ValueError:
        return None


main(sys.argv[1])
