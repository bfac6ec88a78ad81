"""Writes test/conformance/pattern_versions.jsonl.gz from what record_pattern_versions.py has recorded of each Python.

usage, from the root of the repository: python3 scripts/conformance/merge_pattern_versions.py DIRECTORY

The first line says how it was made; every other line is {"pattern", "names", VERSION: answers}: a digit for each name, 1
where the pattern matches; or "error" and "pos". Patterns that all versions answer alike are only counted, unless they are
recorded nowhere else. Of a pattern that is, what 3.11 says is left out, and what other versions say alike. A version whose
highest count is lower than that of the others is not asked beyond it.
"""

import gzip
import json
import re
import sys
from pathlib import Path

VERSIONS = ['3.10', '3.11', '3.12', '3.13', '3.14']
FOLDER = Path('test/conformance')
TARGET = FOLDER / 'pattern_versions.jsonl.gz'


def recorded_patterns():
    known = set()
    for file in ('pattern_syntax', 'name_patterns', 'pattern_semantics'):
        with gzip.open(FOLDER / f'{file}.jsonl.gz', 'rt', encoding='utf-8') as lines:
            known |= {row['pattern'] for row in map(json.loads, lines) if 'pattern' in row}
    return known


def highest_count(pattern):
    return max(map(int, re.findall(r'(?<=[{,])[0-9]{1,12}(?=[,}])', pattern)), default=0)


def place(answer):
    """An answer without the words of an error, which change from version to version."""
    return ('error', answer['pos']) if isinstance(answer, dict) else answer


def main(directory):
    dumps = {version: json.loads((Path(directory) / f'{version}.json').read_text()) for version in VERSIONS}
    recorded, lines, same = recorded_patterns(), [], 0
    for rows in zip(*(dumps[version]['rows'] for version in VERSIONS)):
        pattern, names, _ = rows[0]
        answers = {version: row[2] for version, row in zip(VERSIONS, rows)}
        assert all(row[:2] == rows[0][:2] for row in rows), pattern
        for version in VERSIONS:
            if highest_count(pattern) >= dumps[version]['maxRepeat'] and dumps[version]['maxRepeat'] < 2**32 - 1:
                del answers[version]
        texts = [answer for answer in answers.values() if isinstance(answer, str)]
        kept = [index for index in range(len(names)) if all(text[index] != '?' for text in texts)]
        answers = {
            version: ''.join(answer[index] for index in kept) if isinstance(answer, str) else answer
            for version, answer in answers.items()
        }
        if pattern in recorded:
            known = place(answers['3.11'])
            answers = {version: answer for version, answer in answers.items() if place(answer) != known}
        if answers:
            # Names say nothing of errors.
            asked = kept if any(isinstance(answer, str) for answer in answers.values()) else []
            lines.append({'pattern': pattern, 'names': [names[index] for index in asked], **answers})
        else:
            same += 1
    header = {
        'pythons': {version: dump['python'] for version, dump in dumps.items()},
        'script': 'scripts/conformance/record_pattern_versions.py',
        'same': same,
    }
    data = '\n'.join(json.dumps(line, separators=(',', ':')) for line in [header, *lines]) + '\n'
    TARGET.write_bytes(gzip.compress(data.encode('ascii'), 9, mtime=0))
    print(header, len(lines), TARGET.stat().st_size)


main(sys.argv[1])
