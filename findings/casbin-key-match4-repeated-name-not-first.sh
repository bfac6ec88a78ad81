#!/usr/bin/env bash
# Package:   casbin 5.51.1 (npm), pycasbin 2.8.0 (PyPI), Node.js 20, Python 3.11
# Behaviour: keyMatch4 grants where a name that stands twice in the pattern has one value. With
#            another name beside it, the implementation for Node.js compares all values of the path
#            with each other: "/projects/{p}/views/{v}/copies/{v}" is refused for
#            "/projects/1/views/7/copies/7", which the implementation for Python grants from the same
#            model and policy. Both grant "/views/7/copies/7" to "/views/{v}/copies/{v}".
# Seen:      2026-11-30
#            one        /views/7/copies/7               true   true
#            one        /views/7/copies/8               false  false
#            two        /projects/1/views/7/copies/7    false  true
#            two        /projects/7/views/7/copies/7    true   true
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
m = r.sub == p.sub && keyMatch4(r.obj, p.obj) && r.act == p.act
MODEL
cat >policy.csv <<'POLICY'
p, one, /views/{v}/copies/{v}, read
p, two, /projects/{p}/views/{v}/copies/{v}, read
POLICY
cat >questions <<'QUESTIONS'
one /views/7/copies/7
one /views/7/copies/8
two /projects/1/views/7/copies/7
two /projects/7/views/7/copies/7
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
expected='one /views/7/copies/7 true true
one /views/7/copies/8 false false
two /projects/1/views/7/copies/7 false true
two /projects/7/views/7/copies/7 true true'
[[ $(cat seen.txt) == "$expected" ]] || { echo 'The behaviour has changed.' >&2; exit 1; }
