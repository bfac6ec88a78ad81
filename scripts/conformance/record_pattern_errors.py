"""Records what Python's re makes of random patterns, for test/conformance/pattern_syntax.jsonl.gz.

Run from the root of the repository with CPython 3.11:
python3 scripts/conformance/record_pattern_errors.py [COUNT] [SEED] [TARGET]

Random patterns first, then EDGES. One JSON object per line: pattern, and either error (message, pos or null) or names (name, whether it matches whole).
"""

import gzip
import json
import random
import re
import signal
import sys
import warnings
from pathlib import Path
from re import _constants as c
from re import _parser

ATOMS = (
    r'a b c A k s i _ - 1 9 é ß ſ İ ı K µ Ω ς 𐐀 𐐨 🚗 ٣ ½ . . ^ $ \A \Z \b \B \d \D \s \S \w \W \. \- \\ \n \t '
    r'\x41 \u0061 \U00010400 \N{nbsp} \0 \07 \012 \101 \_ \é'
).split(' ') + [' ', '#', '\n', '\ud83d', '\x1c', '\x85', r'\N{KELVIN SIGN}', r'\N{HANGUL SYLLABLE GA}']
BAD_ATOMS = r'\x4 \u00e \U00110000 \N{DIGIT\u0020ONE} \400 \8 \10 \z \c \N{} \N{?} \N ( ) [ ] { } * ? \ '.split(' ')
CLASSES = (
    r'[ab] [^a] []a] [^]a] [a-z] [\w-] [a-] [-a] [[a] [a&&b] [\b] [\x41-\x5A] [^\W_] [ſ-ǿ] [𐐀a] [𐐀-𐐐] [^𐐀k] [Ā-𐐐] [I-K] [\101] [^\n] [ #]'
).split(' ')
BAD_CLASSES = r'[z-a] [a-\d] [\d-a] [--a] [\Z] [a [] [^] [\8] [\x42-\x41] [a-\x41]'.split(' ')
QUANTIFIERS = '* + ? *? +? ?? *+ ++ ?+ {2} {0} {,2} {1,} {1,2} {,} {} {2}? {1,2}+ {2}+'.split(' ')
BAD_QUANTIFIERS = '{2,1} {x} {1 {,1}+ {4294967295} {4294967294} ** +* {2}{3}'.split(' ')
OPENS = (
    '( ( (?: (?: (?> (?i: (?-i: (?x: (?-x: (?s: (?m: (?a: (?u: (?ia: (?im-s: (?= (?! (?<= (?<!'
).split(' ')
BAD_OPENS = '(?P<n> (?P<m> (?P<1> (?P<é> (?L: (?z: (?i-i: (?-u: (?P> (?< (?P (?(1) (?(n) (?(2) (?(0) (?(+1) (?( (?'.split(' ')
LEAVES = r'(?#note) (?#note) \1 (a)\1 (?P<n>b)(?P=n) (a)(?(1)b|c) (?P<m>a)?(?(m)b)'.split(' ')
BAD_LEAVES = '(?P=n) (?# (?i) (?x) (?s) (?m) (?a) (?u) (?au) (?t) (?P=z) (?<=(a)(?(1)b)) (?<=ab|c)'.split(' ')
STARTS = '(?i) (?i) (?i) (?x) (?s) (?m) (?a) (?ia) (?ix) (?im) (?is) (?ims)'.split(' ')
BAD_STARTS = ['(?t)', '(?a)(?u)', '(?i)(?s)', '(?L)', '(?i']
EDGES = [
    '(?t:a)', '(?-t:a)', '(?it-s:a)', '(?i-i:a)', '(?-', '(?-i', '(?-iz:a)', '(?-i1:a)', '(?i-)', '(?i-z:a)', '(?-a:b)', '(?au:b)', '(?ua)', '(?a)(?u)a',
    '(?i1)', '(?ié)', '(?i\\)', '(?P=1)', '(?P=n', '(?P<n>(?P=n))', '(?<=(?P<n>a)(?P=n))', '(?<=(a)\\1)', '(a)(?<=\\1)', '(a*)(?<=\\1)', '(?<=(?(1)a|b))()',
    '(?<=(a)(?(1)a|b))', '()(?<=(?(1)a|b))', '()(?<=(?(1)a|bc))', '(?P<n>a)(?(n)b)', '(?(1)a', '(?(1)a|b', '(?(1)a|b|c)', '(?(1)a)', '(?( 1 )a)()',
    '(?(\u0663)a)()()()', '(?(-1)a)', '(?(-0)a)', '(?(9999999999)a)', '(?(1073741822)a)', '(?(1073741823)a)', '(?(n)a)', '(?()a)', '(?(', '(?(1',
    '\\N{\ud800}', 'a\\N{\ud800}b', '[\\N{\ud800}]', '\\N{LATIN SMALL LETTER I WITH MACRON AND GRAVE}', '\\N{BELL', '\\U00110000', '\\UFFFFFFFF', '[\\UFFFFFFFF]',
    '(?<=(?:a{65536}){65536})', '(?<=(?:a{65535}){65537})', '(?<=(?:(?:a{99999}){99999}){99999})', '(?<=(?:a*){0})', '(?<=(?:){5})', '(?<=a|b)', '(?<=a|bc)',
    '(?<=(?=a*)b)', '(?<=a(?<=b*))', '(?<=\\b)', '(?<=(?>ab))', '(?<=a++)', '(?<=a{2}+)', 'a{0}', 'a{4294967295,}', 'a{,4294967295}', 'a{1', 'a{1,', 'a{,', 'a{1,2',
    'a{01}', 'a{ 1}', '(?x)a {2}', '(?x)a{ 2}', '(?x)a{2 }', '(?x)( ?:a)', '(?x)[ a]', '(?x)a#(\\', '(?x)#\\\n(', '(?x) (?i)k', '(?#a)(?i)k', '(?i)(?x) k', '(?x:a b)(?-x:a b)',
    '(?x)a|(?i)b', '(?:(?i)a)', '(?P<n>a)(?P<n>b)', '(?P<\u00e9>a)(?P=\u00e9)', '(?P<a\\>b>c)', '(?P<a b>c)', '(?P<>c)', '(?P<', '(?P', '(?P=', '(?', '(?<', '(?<x', '(?<=', '(?>',
    '(?:a|ab){2}+', '(?:a|ab)(?>a|ab){2}', '(?:a?){3}', '(?>a*?ab|a*?a)', '(?i)[\U00010400a]|b', '(?i)x\U00010400|xa', '(?i)(?:\U00010400)|a', '(?i)(\U00010400)|a',
    '\\18', '\\118', '\\08', '\\08a', '[\\08]', '\\377', '\\477', '\\777', '[\\777]', '[\\1]', '[\\9]', '()()()()()()()()()()()\\11', '(a)\\111', '[a-\\', '[\\d-', '[a-\\w]', '[\\]-a]',
    '[]', '[]-a]', '[^]-a]', '[a-]', '[a--]', '[a-b-c]', '[---]', '[]-]', '(?:', '(?:)*', '(?:^)*', '(?:a*)*', '(?:a*)+?', '(?=a)*b', '(?!)', '(?=)', '()*', '\\b*', '$*', '|*', 'a||b', '(|)', '(a))',
]
POOL = ['', 'a', 'b', 'ab', 'aab', 'k', 'K', 'ſ', 's', '\n', 'a\n', '1', '٣', '½', 'ı', 'İ', 'I', 'µ', 'Μ', 'σ', '𐐀', '𐐨', '🚗', ' ', '_', 'A', 'é']
SURROGATE_PAIR = re.compile('[\ud800-\udbff][\udc00-\udfff]')
MATCH_SECONDS = 1


def choose(rng, good, bad, share):
    return rng.choice(bad if rng.random() < share else good)


def pick(rng, depth):
    roll = rng.random()
    if roll < 0.55:
        return choose(rng, ATOMS, BAD_ATOMS, 0.03) if rng.random() < 0.4 else rng.choice('abkKsi_')
    if roll < 0.67:
        return choose(rng, CLASSES, BAD_CLASSES, 0.06)
    if roll < 0.75:
        return '|'
    if roll < 0.77:
        return choose(rng, LEAVES, BAD_LEAVES, 0.3)
    if depth < 4:
        close = '' if rng.random() < 0.02 else ')'
        return choose(rng, OPENS, BAD_OPENS, 0.08) + pattern(rng, depth + 1) + close
    return rng.choice('ab')


def pattern(rng, depth=0):
    text = choose(rng, STARTS, BAD_STARTS, 0.03) if depth == 0 and rng.random() < 0.4 else ''
    for _ in range(rng.randint(0, 3 if depth else 6)):
        text += pick(rng, depth)
        if text and text[-1] not in '|(^$' and rng.random() < 0.25:
            text += choose(rng, QUANTIFIERS, BAD_QUANTIFIERS, 0.06)
    return text


def garbled(rng, text):
    """The pattern with a character dropped, doubled or cut off."""
    if not text:
        return text
    at = rng.randrange(len(text))
    return rng.choice([text[:at] + text[at + 1:], text[:at] + text[at] + text[at:], text[:at]])


def sample(rng, items, swap):
    """A text that may match parsed items: one member of each class, one branch of each choice."""
    text = ''
    for op, av in items:
        if op is c.LITERAL:
            text += swap(chr(av))
        elif op is c.NOT_LITERAL:
            text += rng.choice('abk_')
        elif op is c.ANY:
            text += rng.choice('ab\nK')
        elif op is c.IN:
            kind, value = rng.choice(av)
            if kind is c.LITERAL:
                text += swap(chr(value))
            elif kind is c.RANGE:
                text += swap(chr(rng.randint(*value)))
            else:
                text += rng.choice('a1 _٣½ſ')
        elif op in (c.MAX_REPEAT, c.MIN_REPEAT, c.POSSESSIVE_REPEAT):
            low, high, body = av
            if low < 20:
                for _ in range(rng.randint(low, max(low, min(high, low + 2)))):
                    text += sample(rng, body, swap)
        elif op is c.BRANCH:
            text += sample(rng, rng.choice(av[1]), swap)
        elif op is c.SUBPATTERN:
            text += sample(rng, av[3], swap)
        elif op is c.ATOMIC_GROUP:
            text += sample(rng, av, swap)
    return text


def names_for(rng, text):
    tree = _parser.parse(text)
    swap = (lambda x: rng.choice([x, x, x.swapcase()])[:1]) if tree.state.flags & re.I or 'i' in text else (lambda x: x)
    names = [sample(rng, tree, swap)[:40] for _ in range(3)] + rng.sample(POOL, 3)
    return [name for name in dict.fromkeys(names) if not SURROGATE_PAIR.search(name)]


def record(rng, text):
    try:
        compiled = re.compile(text)
    except re.error as error:
        return {'pattern': text, 'error': {'message': error.msg, 'pos': error.pos}}
    except (OverflowError, ValueError, RuntimeError) as error:
        return {'pattern': text, 'error': {'message': f'{type(error).__name__}: {error}', 'pos': None}}
    names = []
    for name in names_for(rng, text):
        signal.setitimer(signal.ITIMER_REAL, MATCH_SECONDS)
        try:
            names.append([name, compiled.fullmatch(name) is not None])
        except (TimeoutError, MemoryError, SystemError):
            pass  # too slow, or CPython reports a bug of its own: no answer to record
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
    return {'pattern': text, 'names': names}


def expire(_signal, _frame):
    raise TimeoutError


def main(count=5400, seed=20211, target='test/conformance/pattern_syntax.jsonl.gz'):
    assert sys.version_info[:2] == (3, 11), 'the rules are those of CPython 3.11'
    warnings.simplefilter('ignore')
    signal.signal(signal.SIGALRM, expire)
    rng = random.Random(int(seed))
    lines, seen = [], set()
    while len(lines) < int(count):
        text = pattern(rng)
        if rng.random() < 0.1:
            text = garbled(rng, text)
        text = text.strip()
        if text in seen or SURROGATE_PAIR.search(text):
            continue
        seen.add(text)
        lines.append(json.dumps(record(rng, text), separators=(',', ':')))
    lines += [json.dumps(record(rng, text), separators=(',', ':')) for text in EDGES if text not in seen]
    data = ('\n'.join(lines) + '\n').encode('ascii')
    Path(target).write_bytes(gzip.compress(data, 9, mtime=0))


main(*sys.argv[1:])
