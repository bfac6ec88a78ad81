"""Writes src/matchers/name-pattern/gen/character-tables.ts from this interpreter's Unicode data.

Run from the root of the repository with CPython 3.11: python3 scripts/unicode/generate_character_tables.py
"""

import platform
import sys
import unicodedata
from pathlib import Path
from re import _casefix

import _sre

LIMIT = 0x110000
TARGET = Path('src/matchers/name-pattern/gen/character-tables.ts')
DIGITS = '0123456789abcdefghijklmnopqrstuvwxyz'


def base36(number):
    text = ''
    while True:
        number, rest = divmod(number, 36)
        text = DIGITS[rest] + text
        if number == 0:
            return text


def ranges_where(test):
    ranges = []
    for code_point in range(LIMIT):
        if not test(chr(code_point)):
            continue
        if ranges and ranges[-1][1] == code_point - 1:
            ranges[-1][1] = code_point
        else:
            ranges.append([code_point, code_point])
    return ranges


def encode_set(test):
    """Gap before and length of each range, in base 36."""
    words, last = [], -1
    for first, end in ranges_where(test):
        words += [base36(first - last - 1), base36(end - first + 1)]
        last = end
    return ' '.join(words)


def encode_map(pairs):
    """Runs of equal step and equal difference: first, count, step, sign and size of the difference."""
    runs = []
    for source, target in pairs:
        difference = target - source
        if runs:
            first, count, step, known = runs[-1]
            gap = source - (first + (count - 1) * step)
            if known == difference and (gap == step or (count == 1 and gap <= 2)):
                runs[-1] = [first, count + 1, gap if count == 1 else step, known]
                continue
        runs.append([source, 1, 1, difference])
    return ' '.join(
        f"{base36(first)} {base36(count)} {step} {'-' if known < 0 else ''}{base36(abs(known))}"
        for first, count, step, known in runs
    )


def simple_upper(code_point):
    return ord(chr(code_point).upper()[0])


def check_decimal_blocks():
    """The parser reads the value of a decimal digit off its distance from the start of its range."""
    for first, last in ranges_where(str.isdecimal):
        for code_point in range(first, last + 1):
            assert unicodedata.decimal(chr(code_point)) == (code_point - first) % 10, hex(code_point)


def main():
    assert sys.version_info[:2] == (3, 11), 'the tables are those of CPython 3.11'
    check_decimal_blocks()
    lower = [(c, _sre.unicode_tolower(c)) for c in range(LIMIT) if _sre.unicode_tolower(c) != c]
    upper = [(c, simple_upper(c)) for c in range(LIMIT) if simple_upper(c) != c]
    extra = sorted({tuple(sorted((k, *v))) for k, v in _casefix._EXTRA_CASES.items()})
    constants = [
        ('WORD', 'str.isalnum(), or the underscore.', encode_set(lambda c: c.isalnum() or c == '_')),
        ('DECIMAL', 'str.isdecimal(); each block of ten starts with its zero.', encode_set(str.isdecimal)),
        ('SPACE', 'str.isspace().', encode_set(str.isspace)),
        ('IDENTIFIER_START', 'str.isidentifier() as a first character.', encode_set(str.isidentifier)),
        ('IDENTIFIER_PART', 'str.isidentifier() after the first character.', encode_set(lambda c: ('a' + c).isidentifier())),
        ('LOWER', 'Simple lower case, where it differs from the character.', encode_map(lower)),
        ('UPPER', 'Simple upper case, where it differs from the character.', encode_map(upper)),
        ('EXTRA_CASES', 'Lower-case characters that are equal under IGNORECASE, by group.',
         ','.join(' '.join(base36(c) for c in group) for group in extra)),
    ]
    lines = [
        '// Made by scripts/unicode/generate_character_tables.py; do not edit.',
        f'// CPython {platform.python_version()}, Unicode {unicodedata.unidata_version}.',
        '// Sets: gap and length of each range; maps: first, count, step and difference of each run; all in base 36.',
    ]
    for name, meaning, text in constants:
        lines += ['', f'/** {meaning} */', f"export const {name} =", f"  '{text}';"]
    TARGET.write_text('\n'.join(lines) + '\n', encoding='utf-8')


main()
