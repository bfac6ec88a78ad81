#!/usr/bin/env bash
# Package:   casbin 5.51.1 (npm), pycasbin 2.8.0 (PyPI), Node.js 20, Python 3.11
# Behaviour: one model with regexMatch and one policy are loaded by the implementations of Casbin for
#            Node.js and for Python. The pattern "views" grants "/views/driver" and "/old/views/a" in
#            Node.js, which searches anywhere in the object, and neither in Python, which starts at
#            its first character. Both agree once the pattern begins with ^, and both accept text
#            behind the match where it lacks a $.
# Seen:      2026-11-30
#            pattern      object           Node.js  Python
#            views        /views/driver    true     false
#            views        /old/views/a     true     false
#            ^/views/     /views/driver    true     true
#            ^/views/     /old/views/a     false    false
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund --ignore-scripts 'casbin@5.51.1'
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check 'pycasbin==2.8.0'

cat >model.conf <<'MODEL'
[request_definition]
r = sub, obj, act

[policy_definition]
p = sub, obj, act

[policy_effect]
e = some(where (p.eft == allow))

[matchers]
m = r.sub == p.sub && regexMatch(r.obj, p.obj) && r.act == p.act
MODEL
cat >policy.csv <<'POLICY'
p, open, views, read
p, anchored, ^/views/, read
POLICY
cat >questions <<'QUESTIONS'
open /views/driver
open /old/views/a
anchored /views/driver
anchored /old/views/a
QUESTIONS

cat >ask.cjs <<'JAVASCRIPT'
const { readFileSync } = require('node:fs');
const { newEnforcer } = require('casbin');

(async () => {
  const enforcer = await newEnforcer('model.conf', 'policy.csv');
  for (const line of readFileSync('questions', 'utf8').trim().split('\n')) {
    const [subject, object] = line.split(' ');
    console.log(line, await enforcer.enforce(subject, object, 'read'));
  }
})();
JAVASCRIPT
cat >ask.py <<'PYTHON'
import casbin

enforcer = casbin.Enforcer("model.conf", "policy.csv")
for line in open("questions"):
    subject, object = line.split()
    print(subject, object, str(enforcer.enforce(subject, object, "read")).lower())
PYTHON
node ask.cjs >node.txt
venv/bin/python ask.py >python.txt

paste -d ' ' node.txt <(cut -d ' ' -f 3 python.txt) >seen.txt
echo 'subject object Node.js Python' | cat - seen.txt | column -t
expected='open /views/driver true false
open /old/views/a true false
anchored /views/driver true true
anchored /old/views/a false false'
[[ $(cat seen.txt) == "$expected" ]] || { echo 'The behaviour has changed.' >&2; exit 1; }
