"""Writes src/matchers/name-pattern/gen/character-tables.ts from what each Python knows of characters.

usage, from the root of the repository:
node scripts/python-versions/run.mjs scripts/unicode/dump_characters.py DIRECTORY
python3 scripts/unicode/generate_character_tables.py DIRECTORY
"""

import json
import sys
from pathlib import Path

VERSIONS = ['3.10', '3.11', '3.12', '3.13', '3.14']
TARGET = Path('src/matchers/name-pattern/gen/character-tables.ts')
DIGITS = '0123456789abcdefghijklmnopqrstuvwxyz'


def base36(number):
    text = ''
    while True:
        number, rest = divmod(number, 36)
        text = DIGITS[rest] + text
        if number == 0:
            return text


def members(ranges):
    return {code_point for first, last in ranges for code_point in range(first, last + 1)}


def encode_set(code_points):
    """Gap before and length of each range, in base 36."""
    words, first, last, end = [], None, -1, None
    for code_point in [*sorted(code_points), None]:
        if first is not None and code_point == end + 1:
            end = code_point
            continue
        if first is not None:
            words += [base36(first - last - 1), base36(end - first + 1)]
            last = end
        first = end = code_point
    return ' '.join(words)


def encode_map(pairs):
    """Runs of equal step and equal difference: first, count, step, sign and size of the difference."""
    runs = []
    for source, target in sorted(pairs):
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


def by_version(sets, encode):
    """What the first version has, then what each later one adds: no version takes anything away."""
    parts, known = [], set()
    for version, members_of in zip(VERSIONS, sets):
        assert known <= members_of, f'Python {version} has lost {sorted(known - members_of)[:5]}'
        parts.append(encode(members_of - known))
        known = members_of
    return '/'.join(parts)


def main(directory):
    dumps = [json.loads((Path(directory) / f'{version}.json').read_text()) for version in VERSIONS]
    words = [members(dump['word']) for dump in dumps]

    def differences(key):
        return [members(dump[key]) ^ word for dump, word in zip(dumps, words)]

    def sets(key):
        return [members(dump[key]) for dump in dumps]

    def maps(key):
        return [{tuple(pair) for pair in dump[key]} for dump in dumps]

    extra = dumps[0]['extraCases']
    space = dumps[0]['space']
    assert all(dump['extraCases'] == extra and dump['space'] == space for dump in dumps)
    constants = [
        ('WORD', 'str.isalnum(), or the underscore.', by_version(words, encode_set)),
        ('DECIMAL', 'str.isdecimal(); each block of ten starts with its zero.', by_version(sets('decimal'), encode_set)),
        ('SPACE', 'str.isspace(), the same in all versions.', encode_set(members(space))),
        ('IDENTIFIER_START', 'What is either in WORD or str.isidentifier() as a first character.',
         by_version(differences('identifierStart'), encode_set)),
        ('IDENTIFIER_PART', 'What is either in WORD or str.isidentifier() after the first character.',
         by_version(differences('identifierPart'), encode_set)),
        ('LOWER', 'Simple lower case, where it differs from the character.', by_version(maps('lower'), encode_map)),
        ('UPPER', 'Simple upper case, where it differs from the character.', by_version(maps('upper'), encode_map)),
        ('EXTRA_CASES', 'Lower-case characters that are equal under IGNORECASE, by group; the same in all versions.',
         ','.join(' '.join(base36(c) for c in group) for group in extra)),
    ]
    lines = [
        '// Made by scripts/unicode/generate_character_tables.py; do not edit.',
        *(f"// CPython {dump['python']}, Unicode {dump['unicode']}." for dump in dumps),
        '// Parts divided by slashes: what the first of these has, then what each later one adds.',
        '// Sets: gap and length of each range; maps: first, count, step and difference of each run; all in base 36.',
    ]
    for name, meaning, text in constants:
        lines += ['', f'/** {meaning} */', f"export const {name} =", f"  '{text}';"]
    TARGET.write_text('\n'.join(lines) + '\n', encoding='utf-8')


main(sys.argv[1])
