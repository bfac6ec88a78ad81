#!/usr/bin/env bash
# Package:   casbin 5.51.1 (npm), pycasbin 2.8.0 (PyPI), Node.js 20, Python 3.11
# Behaviour: one model with globMatch and one policy are loaded by the implementations of Casbin for
#            Node.js and for Python. In Node.js the glob "/views/+(a|b)" stands for both names, as in
#            an extended glob of a shell; in Python it stands for itself, letter by letter. Stars mean
#            the same in both, and stop at a slash.
# Seen:      2026-11-30
#            glob             object            Node.js  Python
#            /views/+(a|b)    /views/a          true     false
#            /views/+(a|b)    /views/+(a|b)     false    true
#            /views/*         /views/a          true     true
#            /views/*         /views/a/b        false    false
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
m = r.sub == p.sub && globMatch(r.obj, p.obj) && r.act == p.act
MODEL
cat >policy.csv <<'POLICY'
p, extended, /views/+(a|b), read
p, star, /views/*, read
POLICY
cat >questions <<'QUESTIONS'
extended /views/a
extended /views/+(a|b)
star /views/a
star /views/a/b
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
expected='extended /views/a true false
extended /views/+(a|b) false true
star /views/a true true
star /views/a/b false false'
[[ $(cat seen.txt) == "$expected" ]] || { echo 'The behaviour has changed.' >&2; exit 1; }
