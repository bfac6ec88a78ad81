#!/usr/bin/env bash
# Package:   casbin 5.51.1 (npm), pycasbin 2.8.0 (PyPI), Node.js 20, Python 3.11
# Behaviour: a matcher reads an attribute that the subject of the request does not have. In Node.js it
#            is undefined: it equals nothing, and differs from everything, so that a matcher with !=
#            grants. In Python the call raises an error, also for ==.
# Seen:      2026-11-30 (matcher; object of the policy; subject of the request as JSON; Node.js; Python)
#            r.sub.team != p.obj; fraud; {"name": "ben"}; true; AttributeDoesNotExist
#            r.sub.team == p.obj; fraud; {"name": "ben"}; false; AttributeDoesNotExist
#            r.sub.team != p.obj; fraud; {"team": "risk"}; true; true
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund --ignore-scripts 'casbin@5.51.1'
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check 'pycasbin==2.8.0'

# By line: the matcher, the object of the only policy, and subject of the request as JSON.
cat >questions <<'QUESTIONS'
r.sub.team != p.obj; fraud; {"name": "ben"}
r.sub.team == p.obj; fraud; {"name": "ben"}
r.sub.team != p.obj; fraud; {"team": "risk"}
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
    console.log(await enforcer.enforce(JSON.parse(asked), 'x', 'read'));
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
        print(str(enforcer.enforce(json.loads(asked), "x", "read")).lower())
    except Exception as error:
        print(type(error).__name__)
PYTHON
node ask.cjs >node.txt 2>/dev/null
venv/bin/python ask.py >python.txt 2>/dev/null

paste -d ';' questions node.txt python.txt | sed 's/;/; /g; s/;  /; /g' >seen.txt
cat seen.txt
expected='r.sub.team != p.obj; fraud; {"name": "ben"}; true; AttributeDoesNotExist
r.sub.team == p.obj; fraud; {"name": "ben"}; false; AttributeDoesNotExist
r.sub.team != p.obj; fraud; {"team": "risk"}; true; true'
[[ $(cat seen.txt) == "$expected" ]] || { echo 'The behaviour has changed.' >&2; exit 1; }
