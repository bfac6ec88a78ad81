"""Records what CPython's re.fullmatch answers where engines differ: atomic groups, possessive repeats, repeats that may
match nothing, look-around, anchors in odd places, high counts.

Usage: python3 scripts/conformance/record_pattern_semantics.py | gzip -9n > test/conformance/pattern_semantics.jsonl.gz

The first line holds how it was made and the names of each family; every other line is
{"family", "pattern", "answers"}, with one digit for each name of the family: 1 where the pattern matches.
"""

import itertools
import json
import random
import re
import signal
import sys

SEED = 20261122
PATTERNS = {"atomic": 1200, "look": 900, "anchor": 500, "count": 250}


def words(alphabet, longest):
    for length in range(longest + 1):
        for letters in itertools.product(alphabet, repeat=length):
            yield "".join(letters)


NAMES = {
    "atomic": list(words("ab", 5)) + ["abc", "aabc", "abab" * 2, "aab" * 3, "c", "ac", "bc", "abababc"],
    "look": list(words("ab", 4)) + list(words("a\n", 3))[5:] + ["c", "ac", "abc", "abac", "cab", "ab\n", "\nab", "b\n", "aabba"],
    "anchor": list(words("a-", 3)) + list(words("a\n", 3)) + ["é", "aé", "é-a", "a_b", "a\n\n", "\na\n", "-\n-", "🚗", "a🚗", "a b"],
    "count": ["a" * n for n in (0, 1, 2, 3, 63, 64, 65, 66, 99, 100, 101, 128, 200, 201, 202, 999, 1000, 1001, 1002, 2000)]
    + ["a" * n + "b" for n in (0, 1, 64, 65, 100, 101, 200, 1000)]
    + ["ab" * n for n in (1, 32, 33, 50, 100, 101, 501)]
    + ["a" * n + "b" + "a" * n for n in (1, 65, 100)],
}


class TooSlow(Exception):
    pass


def give_up(*_):
    raise TooSlow


def quantifier(rng, possessive):
    text = rng.choice(["*", "+", "?", "{2}", "{1,2}", "{0,3}", "{2,}", "*", "+", "?"])
    return text + rng.choice(["", "", "", "?", "+" if possessive else "?"])


def atomic(rng, depth):
    def unit(level):
        roll = rng.random()
        if level == 0 or roll < 0.45:
            return rng.choice(["a", "b", "[ab]", "ab", "ba", ".", "a?", "b*", "", "a*?", "aab"])
        opening = rng.choice(["(?>", "(?>", "(?:", "("])
        options = [sequence(level - 1) for _ in range(rng.choice([1, 2, 2, 3]))]
        group = opening + "|".join(options) + ")"
        return group + quantifier(rng, True) if rng.random() < 0.6 else group

    def sequence(level):
        return "".join(unit(level) for _ in range(rng.choice([1, 1, 2, 3])))

    return sequence(depth) + rng.choice(["", "", "a", "b", "c", "(?:a|b)*"])


def look(rng, depth):
    def plain(level):
        roll = rng.random()
        if level == 0 or roll < 0.5:
            return rng.choice(["a", "b", "ab", ".", "[ab]", "a*", ".*", ".+", "b?", "a$", "^a", "\\n", "c"])
        if roll < 0.75:
            return "(?:" + plain(level - 1) + "|" + plain(level - 1) + ")" + rng.choice(["", "", "?"])
        return plain(level - 1) + plain(level - 1)

    def fixed(level):
        if level == 0 or rng.random() < 0.5:
            return rng.choice(["a", "b", "ab", ".", "[ab]", "ba", "\\n", "^", "$", "\\Aa"])
        return rng.choice(["(?:a|b)", "(?:ab|ba)", "(?<!a)b", "(?<=a)", "(?!a)", "aa"])

    def around(level):
        sign = rng.choice("=!")
        if rng.random() < 0.6:
            body = plain(level)
            if rng.random() < 0.2 and level > 0:
                body = rng.choice([around(level - 1) + body, body + around(level - 1)])
            return f"(?{sign}{body})"
        return f"(?<{sign}{fixed(level)})"

    shape = rng.random()
    if shape < 0.35:
        text = "".join(around(depth) for _ in range(rng.choice([1, 1, 2]))) + plain(depth)
    elif shape < 0.65:
        text = plain(depth) + "".join(around(depth) for _ in range(rng.choice([1, 1, 2])))
    elif shape < 0.8:
        text = "(?:" + around(depth) + plain(depth) + "|" + plain(depth) + around(depth) + ")" + rng.choice(["", "a", "?"])
    elif shape < 0.9:
        text = rng.choice(["a", "ab", "[ab]", "(?:a|ab)"]) + around(depth) + plain(depth)
    elif shape < 0.95:
        text = "(?:" + around(0) + rng.choice(["a", ".", "[ab]"]) + ")" + rng.choice(["*", "+", "{2}"]) + rng.choice(["", "b"])
    else:
        text = around(depth) + rng.choice(["+", "*", "?", "{2}"]) + plain(depth)
    return rng.choice(["", "", "", "^", "(?s)", "(?m)"]) + text + rng.choice(["", "", "$", "\\Z"])


def anchor(rng, depth):
    pieces = ["a", "-", ".", "\\n", "\\w", "\\W", "a*", ".*", "\\s", "é", "(?:a|-)", "[^a]", "$", "^", "\\b", "\\B", "\\Z", "\\A", "$", "\\b", "\\B"]

    def sequence(level):
        parts = []
        for _ in range(rng.choice([1, 2, 3, 4])):
            if level > 0 and rng.random() < 0.3:
                group = "(?:" + sequence(level - 1) + "|" + sequence(level - 1) + ")"
                parts.append(group + rng.choice(["", "?", "*", "+", "{2}"]))
            else:
                parts.append(rng.choice(pieces))
        return "".join(parts)

    return rng.choice(["", "", "(?m)", "(?s)", "(?a)", "(?ma)"]) + sequence(depth)


def count(rng, _depth):
    def bounds():
        low = rng.choice([0, 1, 2, 63, 64, 65, 100, 200, 1000, 1001, 65536, 4294967294])
        high = rng.choice(["same", "", low + 1, low + 100, 4294967294])
        if high == "same":
            return f"{{{low}}}"
        return f"{{{low},{min(high, 4294967294) if high != '' else ''}}}"

    def lazy():
        return rng.choice(["", "", "?", "+"])

    roll = rng.random()
    if roll < 0.3:
        return "a" + bounds() + lazy() + rng.choice(["", "a", "b", "a*", "ab?"])
    if roll < 0.5:
        return rng.choice(["a", "[ab]", "."]) + bounds() + lazy() + rng.choice(["", "b", "a{2}", "[ab]{1,70}"])
    if roll < 0.65:
        return "(?>" + "[ab]" + bounds() + rng.choice(["", "?"]) + rng.choice(["", "b", "a"]) + ")" + rng.choice(["", "a", "b*"])
    if roll < 0.8:
        return "(?:a{%d}){%d}" % (rng.choice([2, 10, 50]), rng.choice([2, 10, 100])) + rng.choice(["", "a", "b"])
    if roll < 0.9:
        return "(?:ab){%d,%d}" % (rng.choice([0, 1, 50]), rng.choice([100, 500, 600]))
    return "(?:a" + bounds() + "b?)" + rng.choice(["*", "+", "?", ""]) + "a*"


def answer(pattern, name):
    signal.setitimer(signal.ITIMER_REAL, 1)
    try:
        return "1" if re.fullmatch(pattern, name) else "0"
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def main():
    signal.signal(signal.SIGALRM, give_up)
    rng = random.Random(SEED)
    families = {"atomic": (atomic, 2), "look": (look, 2), "anchor": (anchor, 1), "count": (count, 0)}
    header = {"python": sys.version.split()[0], "seed": SEED, "script": "scripts/conformance/record_pattern_semantics.py", "names": NAMES}
    print(json.dumps(header))
    for family, (generate, depth) in families.items():
        seen = set()
        while len(seen) < PATTERNS[family]:
            pattern = generate(rng, rng.randint(0, depth))
            # Patterns are stripped before they are read.
            if pattern in seen or pattern.strip() != pattern:
                continue
            try:
                re.compile(pattern)
            except (re.error, OverflowError):
                continue
            seen.add(pattern)
            try:
                answers = "".join(answer(pattern, name) for name in NAMES[family])
            except (TooSlow, SystemError):
                # CPython itself loses track of capture groups within some atomic groups.
                continue
            print(json.dumps({"family": family, "pattern": pattern, "answers": answers}))


main()
