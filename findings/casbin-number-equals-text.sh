#!/usr/bin/env bash
# Package:   casbin 5.51.1 (npm), pycasbin 2.8.0 (PyPI), Node.js 20, Python 3.11
# Behaviour: policies hold text. A request whose object is a number is granted by the text of that
#            number in the implementation of Casbin for Node.js, and by no text in that for Python. The
#            model and the policy are the same. In Node.js an empty text also equals the number 0.
# Seen:      2026-11-30 (matcher; object of the policy; object of the request as JSON; Node.js; Python)
#            r.sub == p.sub && r.obj == p.obj; 7; 7; true; false
#            r.sub == p.sub && r.obj == p.obj; 7; "7"; true; true
#            r.sub == p.sub && r.obj == p.obj; ; 0; true; false
#            r.sub == p.sub && r.obj == p.obj; 7; 8; false; false
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund --ignore-scripts 'casbin@5.51.1'
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check 'pycasbin==2.8.0'

# By line: the matcher, the object of the only policy, and object of the request as JSON.
cat >questions <<'QUESTIONS'
r.sub == p.sub && r.obj == p.obj; 7; 7
r.sub == p.sub && r.obj == p.obj; 7; "7"
r.sub == p.sub && r.obj == p.obj; ; 0
r.sub == p.sub && r.obj == p.obj; 7; 8
QUESTIONS
cat >model.conf <<'MODEL'
[request_definition]
r = sub, obj, act

[policy_definition]
p = sub, obj, act

[policy_effect]
e = some(where (p.eft == allow))

[matchers]
m = MATCHER
MODEL

cat >ask.cjs <<'JAVASCRIPT'
const { readFileSync } = require('node:fs');
const { newEnforcer, newModel } = require('casbin');

const model = readFileSync('model.conf', 'utf8');
(async () => {
  for (const line of readFileSync('questions', 'utf8').trim().split('\n')) {
    const [matcher, own, asked] = line.split('; ');
    const enforcer = await newEnforcer(newModel(model.replace('MATCHER', matcher)));
    await enforcer.addPolicy('ann', own, 'read');
    console.log(await enforcer.enforce('ann', JSON.parse(asked), 'read'));
  }
})();
JAVASCRIPT
cat >ask.py <<'PYTHON'
import json
import logging

import casbin

logging.disable(logging.CRITICAL)
text = open("model.conf").read()
for line in open("questions"):
    matcher, own, asked = line.rstrip("\n").split("; ")
    model = casbin.Model()
    model.load_model_from_text(text.replace("MATCHER", matcher))
    enforcer = casbin.Enforcer(model)
    enforcer.add_policy("ann", own, "read")
    try:
        print(str(enforcer.enforce("ann", json.loads(asked), "read")).lower())
    except Exception as error:
        print(type(error).__name__)
PYTHON
node ask.cjs >node.txt 2>/dev/null
venv/bin/python ask.py >python.txt 2>/dev/null

paste -d ';' questions node.txt python.txt | sed 's/;/; /g; s/;  /; /g' >seen.txt
cat seen.txt
expected='r.sub == p.sub && r.obj == p.obj; 7; 7; true; false
r.sub == p.sub && r.obj == p.obj; 7; "7"; true; true
r.sub == p.sub && r.obj == p.obj; ; 0; true; false
r.sub == p.sub && r.obj == p.obj; 7; 8; false; false'
[[ $(cat seen.txt) == "$expected" ]] || { echo 'The behaviour has changed.' >&2; exit 1; }
