"""Writes src/matchers/name-pattern/gen/character-names.ts from what each Python knows of characters.

usage, from the root of the repository:
node scripts/python-versions/run.mjs scripts/unicode/dump_characters.py DIRECTORY
python3 scripts/unicode/generate_character_names.py DIRECTORY
"""

import json
import sys
from collections import Counter
from pathlib import Path

VERSIONS = ['3.10', '3.11', '3.12', '3.13', '3.14']
TARGET = Path('src/matchers/name-pattern/gen/character-names.ts')
DIGITS = '0123456789abcdefghijklmnopqrstuvwxyz'
# Names are written in A-Z, 0-9 and the hyphen; everything else printable can stand for a word.
MARKS = 'abcdefghijklmnopqrstuvwxyz!#$%&()*+,./:;<=>?@[]^_{|}~'
ONE, TWO = 34, 17  # marks that are a word alone; marks that start two; the rest start three
HANGUL, UNIFIED = 'HANGUL SYLLABLE ', 'CJK UNIFIED IDEOGRAPH-'


def base36(number):
    text = ''
    while True:
        number, rest = divmod(number, 36)
        text = DIGITS[rest] + text
        if number == 0:
            return text


def encode_set(code_points):
    words, first, last = [], None, -1
    for code_point in [*code_points, None]:
        if first is not None and code_point == end + 1:
            end = code_point
            continue
        if first is not None:
            words += [base36(first - last - 1), base36(end - first + 1)]
            last = end
        first = end = code_point
    return ' '.join(words)


def split_names(names):
    plain, numbered, unified = [], {}, []
    for code_point, name in names:
        if name.startswith(UNIFIED):
            unified.append(code_point)
        elif name.endswith(f'-{code_point:X}'):
            numbered.setdefault(name.removesuffix(f'{code_point:X}'), []).append(code_point)
        elif not name.startswith(HANGUL):
            plain.append((code_point, name))
    return plain, numbered, unified


def added(dumps):
    """For each version after the first: the code points whose names are new in it, and the aliases of older ones."""
    named = [{code_point for code_point, _ in dump['names']} for dump in dumps]
    for old, new in zip(dumps, dumps[1:]):
        for key in ('names', 'aliases'):
            lost = {tuple(pair) for pair in old[key]} - {tuple(pair) for pair in new[key]}
            assert not lost, f"Python {new['python']} has lost {sorted(lost)[:5]}"
    points, names = [], []
    for index in range(1, len(dumps)):
        old, new = ({tuple(pair) for pair in dumps[i]['aliases']} for i in (index - 1, index))
        points.append(encode_set(sorted(named[index] - named[index - 1])))
        names.append(sorted(name for code_point, name in new - old if code_point not in named[index] - named[index - 1]))
    return points, names


def front_coded(names):
    """For each name the number of leading words it shares with the name before, and the words after those."""
    previous = []
    for name in names:
        words = name.split(' ')
        shared = 0
        while shared < min(len(previous), len(words) - 1, 9) and previous[shared] == words[shared]:
            shared += 1
        yield shared, words[shared:]
        previous = words


def codes():
    yield from MARKS[:ONE]
    for first in MARKS[ONE:ONE + TWO]:
        for second in MARKS:
            yield first + second
    for first in MARKS[ONE + TWO:]:
        for second in MARKS:
            for third in MARKS:
                yield first + second + third


def encode_names(entries):
    count = Counter(word for _, words in entries for word in words)
    ranked = sorted(count, key=lambda word: (-count[word], word))
    table, free = {}, codes()
    code = next(free)
    for word in ranked:
        # A code saves something where the word and its divider, each time, cost more than codes and
        # one entry.
        if count[word] * (len(word) + 0.5 - len(code)) > len(word) + 1:
            table[word] = code
            code = next(free)
    parts = []
    for shared, words in entries:
        text, after_literal = str(shared), False
        for word in words:
            if word in table:
                text, after_literal = text + table[word], False
            else:
                text, after_literal = text + (' ' if after_literal else '') + word, True
        parts.append(text)
    return ' '.join(table), '"'.join(parts)


def main(directory):
    dumps = [json.loads((Path(directory) / f'{version}.json').read_text()) for version in VERSIONS]
    newest = dumps[-1]
    plain, numbered, unified = split_names(newest['names'])
    extra = newest['aliases']
    added_points, added_aliases = added(dumps)
    words, names = encode_names(list(front_coded([name for _, name in plain] + [name for _, name in extra])))
    lines = [
        '// Made by scripts/unicode/generate_character_names.py; do not edit.',
        *(f"// CPython {dump['python']}, Unicode {dump['unicode']}." for dump in dumps),
        '// Names are those of the last of these. Sets: gap and length of each range in base 36.',
        '',
        f"/** Characters that stand for a word in `NAMES`: the first {ONE} alone, the next {TWO} with one more, the rest with two more. */",
        f"export const MARKS =\n  '{MARKS}';",
        f'export const ONE = {ONE};',
        f'export const TWO = {TWO};',
        '',
        '/** The words that have a code, in the order of the codes. */',
        f"export const WORDS =\n  '{words}';",
        '',
        '/** Names divided by quotes: the number of leading words shared with the name before, then codes and literal words. */',
        f"export const NAMES =\n  '{names}';",
        '',
        '/** The code points of `NAMES` in order; those of the aliases follow. */',
        f"export const NAMED =\n  '{encode_set([code_point for code_point, _ in plain])}';",
        '',
        '/** The code points of the aliases at the end of `NAMES`. */',
        f"export const ALIASED =\n  '{' '.join(base36(code_point) for code_point, _ in extra)}';",
        '',
        '/** Names that end in the code point: their start, and which code points they are. */',
        'export const NUMBERED = {',
        *(f"  '{prefix}':\n    '{encode_set(points)}'," for prefix, points in numbered.items()),
        '} as const;',
        '',
        f"/** The ideographs that are called `{UNIFIED}` and their code point. */",
        f"export const UNIFIED =\n  '{encode_set(unified)}';",
        '',
        '/** The code points that have had a name since Python 3.11, 3.12, 3.13 and 3.14. */',
        'export const ADDED = [',
        *(f"  '{points}'," for points in added_points),
        '] as const;',
        '',
        '/** Aliases of characters with an older name, since Python 3.11, 3.12, 3.13 and 3.14. */',
        'export const ADDED_ALIASES = [',
        *(f"  '{','.join(names)}'," for names in added_aliases),
        '] as const;',
    ]
    TARGET.write_text('\n'.join(lines) + '\n', encoding='ascii')


main(sys.argv[1])
