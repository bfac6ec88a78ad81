"""Records what one Python's re makes of patterns in which versions may differ, for pattern_versions.jsonl.gz.

Asks all patterns of pattern_syntax, pattern_semantics and name_patterns again, and patterns of its own.

usage, from the root of the repository:
node scripts/python-versions/run.mjs scripts/conformance/record_pattern_versions.py DIRECTORY
python3 scripts/conformance/merge_pattern_versions.py DIRECTORY
"""

import gzip
import json
import platform
import random
import re
import sys
import warnings

from _sre import MAXREPEAT

SEED = 20261130
RANDOM_PATTERNS = 1200
FOLDER = 'test/conformance/'
ALWAYS = ['', 'a', 'b', 'ab', 'aa', 'a\n', 'é']
# New in Unicode 14.0, 15.0, 15.1 and 16.0: letters, digits, marks, pairs of cases, and neighbours
# that are older.
NEW = (
    '\u061d\u0870\u1712\u1b4c\u2c2f\u2c5f\ua7c0\ua7c1\ua7d0\ua7d8\ua7d9\U00010570\U00010597\U00016ac0\U0001df00\U00012f90'
    '\u0cf3\U00010efd\U00011240\U00011f02\U00011f50\U00011f59\U0001e4d0\U0001e4f0\U0001e4f9\U00031350\U000323af\u1c88'
    '\u2ffc\U0002ebf0\U0002ee5d\U0002ee5e'
    '\u1c89\u1c8a\ua7cb\u0264\ua7cc\ua7cd\ua7da\ua7db\ua7dc\u019b\U00010d40\U00010d50\U00010d65\U00010d70\U00010d85'
    '\U000105c0\U00011bf0\U0001ccf0\U000116d0\U00013460'
)
CASED = '\U00010400\U00010428\U00010570\U00010597\U00010d50\U00010d70\U0001e900\U0001e922\ua7cb\u0264\u2c2f\u2c5f'
EDGES = [
    r'a\z', r'\z', r'[\z]', r'\z*', r'a\z?', r'a(?=\z)', r'(?:a\z|b\Z)', r'a\z\n', r'(?m)a\z', r'(?<=a\z)', r'(?x) a \z', r'(?:\za|\Zb)', r'\Z',
    r'\B', r'\B\B', r'(?!\B)', r'(?!\B)a*', r'(?=\B)', r'(?:\B|a)+', r'(?>\B|a)', r'(?a)\B', r'(?:\B)?', r'a*\B', r'\Ba*', r'(?<=\B)', r'\b|\B', r'(?:a|\B)b?',
    'a(?i)', '(?:a(?i))b', '(?-i:a(?i)b)a', 'a#b\n(?x)a', 'a b(?x)', '(?-x:(?x)a)', '(?-x:(?i)a)(?x)', '(?x)(?-x:(?i)a)', '(?x)(?:(?i)a b)', 'a(?s).', 'a$(?m)\nb',
    r'(?a)\w(?u)', r'\w(?a)', '(?i)a(?x) b', 'a(?t)b*', 'a*(?t)', 'a(?ix) B', 'a|(?i)b', '(a(?i))(?(1)b)', r'(a)(?i)\1', '(?i:a)(?x) b', '(?a:é)(?i)', '[a-z](?i)', 'a(?L)',
    '(?<=a(?i))b', '(?=a(?i))a', '(?i)(?i)a', ' (?i)a', '(?#c)(?i)a', 'a(?-i)', 'a(?i-s:b)(?s)', '(?(1)a)(?i)()', '\\N{DIGIT ONE}(?i)a',
    'a++', 'a*+b', '(?>a)', '(?>a|ab)b', 'a{2}+', 'a?+a', '(?:a++)+', 'a+ +', '(?x)a+ +', 'a+?+', 'a{2}?+', '(?>', '(?>a', 'a**', '(?x)a* +',
    '(?(+1)a)()', '(?( 1)a)()', '(?(1_0)a)', '(?(-0)a)', '(?(\u0661)a)()', '(?(\uff11)a)()', '(?(\U00011f51)a)()', '(?(\U00010d41)a)()', '(?(' + '1' * 4301 + ')a)',
    '(?P<\U0001e4d0>a)', '(?P<\U00010d50>a)(?P=\U00010d50)', '(?P<a\U0001e4f0>b)', '(?P<\ua7d9>a)', '(?P<\U0002ebf0>a)', '(?(\U0001e4d0)a)', '(?P<a\U00011f50>b)',
    '(?<=(?:a{65535}){65537})', '(?<=(?:a{65536}){65536})', '(?<=(?:a{65535}){65537}|b)', '(?<=(?:a{4294967294}){1})', '(?<=(?:a{0}){4294967294})',
    '(?t)a', '(?t)a*', '(?t:a)', '(?-t:a)', '(?it)a', '(?ti:a)', 'a(?t)', r'\UFFFFFFFF', r'[\UFFFFFFFF]', r'\U00110000',
    *(f'\\N{{{name}}}' for name in (
        'EM', 'ARABIC SMALL HIGH LIGATURE ALEF WITH YEH BARREE', 'FVS4', 'MYANMAR LETTER KHAMTI LLA', 'CUNEIFORM SIGN KALAM', 'BAMUM LETTER PHASE-A MAEMGBIEE',
        'NAG MUNDARI LETTER O', 'KAWI DIGIT ONE', 'GARAY CAPITAL LETTER A', 'GARAY DIGIT ONE', 'LATIN CAPITAL LETTER RAMS HORN', 'VITHKUQI CAPITAL LETTER A',
        'CJK UNIFIED IDEOGRAPH-31350', 'CJK UNIFIED IDEOGRAPH-2EBF0', 'cjk unified ideograph-4e00', 'hangul syllable ga', 'EGYPTIAN HIEROGLYPH-13460', 'TANGUT IDEOGRAPH-17000',
        'HANGUL SYLLABLE GA', 'NUSHU CHARACTER-1B170', 'CJK COMPATIBILITY IDEOGRAPH-F900', 'KHITAN SMALL SCRIPT CHARACTER-18B00',
    )),
]


def random_pattern(rng):
    """Classes, cases and word boundaries of characters that some versions do not know yet, and constructs that some refuse."""
    def character():
        return rng.choice(rng.choice([NEW, CASED, CASED, 'aAkKſ_1 é']))

    def range_of():
        first, last = sorted((character(), character()))
        return f'{first}-{last}'

    def member():
        roll = rng.random()
        return character() if roll < 0.5 else range_of() if roll < 0.8 else rng.choice([r'\w', r'\W', r'\d', r'\D', r'\s', r'\S'])

    def atom():
        roll = rng.random()
        if roll < 0.3:
            return character()
        if roll < 0.6:
            return rng.choice([r'\w', r'\W', r'\d', r'\D', r'\b', r'\B', '.', r'\s', r'\S'])
        if roll < 0.9:
            return '[' + rng.choice(['', '', '^']) + ''.join(member() for _ in range(rng.randint(1, 3))) + ']'
        return rng.choice([r'\z', r'\Z', '(?i)', '(?a)', '(?s)', '(?x)', '(?>a|ab)', '(?i:k)', '(?a:\\w)', '(?-i:a)', '(?=\\B)', '(?<!\\w)', '$', '^'])

    text = rng.choice(['', '(?i)', '(?i)', '(?ia)', '(?a)', '(?m)'])
    for _ in range(rng.randint(1, 3)):
        text += atom()
        if text[-1] not in ')^$' and not text.endswith((r'\b', r'\B', r'\z', r'\Z')):
            text += rng.choice(['', '', '', '*', '+', '?', '*+', '{2}', '++', '{1,2}'])
    return text


def random_names(rng):
    pool = NEW + CASED + CASED + 'aAkKſ_1 é\n'
    return [''.join(rng.choice(pool) for _ in range(rng.choice([1, 1, 1, 2, 2, 3]))) for _ in range(12)]


def lines_of(file):
    with gzip.open(f'{FOLDER}{file}', 'rt', encoding='utf-8') as lines:
        yield from map(json.loads, lines)


def questions():
    names_of = {}

    def add(pattern, names):
        names_of.setdefault(pattern, {}).update(dict.fromkeys(names))

    for row in lines_of('pattern_syntax.jsonl.gz'):
        add(row['pattern'], [*ALWAYS, *(name for name, _ in row.get('names', []))])
    for row in lines_of('name_patterns.jsonl.gz'):
        add(row['pattern'], [row['name'], ''])
    header, *rows = lines_of('pattern_semantics.jsonl.gz')
    for row in rows:
        # Of the counts, those that no Python takes long for.
        add(row['pattern'], header['names'][row['family']][: 12 if row['family'] == 'count' else None])
    rng = random.Random(SEED)
    for pattern in [*EDGES, *(random_pattern(rng) for _ in range(RANDOM_PATTERNS))]:
        if pattern.strip() == pattern:
            add(pattern, [*ALWAYS, 'A', 'B', 'Ab', 'abA', 'a B', 'a\nb', *random_names(rng)])
    return names_of


def answer(pattern, names):
    try:
        compiled = re.compile(pattern)
    except re.error as error:
        return {'error': error.msg, 'pos': error.pos}
    except Exception as error:  # OverflowError, ValueError, RuntimeError; Python 3.10 also raises one that it means to catch
        return {'error': f'{type(error).__name__}: {error}', 'pos': None}
    return ''.join(verdict(compiled, name) for name in names)


def expire(_signal, _frame):
    raise TimeoutError


def verdict(compiled, name):
    if TIMED:
        signal.setitimer(signal.ITIMER_REAL, 1)
    try:
        return '1' if compiled.fullmatch(name) else '0'
    except (TimeoutError, MemoryError, SystemError, RecursionError):
        return '?'  # too slow, or CPython reports a bug of its own
    finally:
        if TIMED:
            signal.setitimer(signal.ITIMER_REAL, 0)


try:
    import signal
    signal.signal(signal.SIGALRM, expire)
    signal.setitimer(signal.ITIMER_REAL, 0)
    TIMED = True
except (ImportError, AttributeError, OSError):
    TIMED = False  # WebAssembly


def main(target):
    warnings.simplefilter('ignore')
    rows = [[pattern, list(names), answer(pattern, names)] for pattern, names in questions().items()]
    with open(target, 'w', encoding='ascii') as file:
        json.dump({'python': platform.python_version(), 'maxRepeat': int(MAXREPEAT), 'rows': rows}, file)


main(sys.argv[1])
