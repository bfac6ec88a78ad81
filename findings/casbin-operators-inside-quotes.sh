#!/usr/bin/env bash
# Package:   casbin 5.51.1 (npm), pycasbin 2.8.0 (PyPI), Node.js 20, Python 3.11
# Behaviour: a matcher compares the object with a text in double quotes. Casbin for Node.js takes the
#            text as it stands. Casbin for Python rewrites && and || and ! and names such as r.act
#            within the quotes too, so that the text is another one and never equal.
# Seen:      2026-11-30 (matcher; object of the policy; object of the request; Node.js; Python)
#            r.obj == "fees && taxes"; x; fees && taxes; true; false
#            r.obj == "ready!"; x; ready!; true; false
#            r.obj == "r.act"; x; r.act; true; false
#            r.obj == "fees"; x; fees; true; true
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund --ignore-scripts 'casbin@5.51.1'
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check 'pycasbin==2.8.0'

# By line: the matcher, the object of the only policy, and object of the request.
cat >questions <<'QUESTIONS'
r.obj == "fees && taxes"; x; fees && taxes
r.obj == "ready!"; x; ready!
r.obj == "r.act"; x; r.act
r.obj == "fees"; x; fees
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
    console.log(await enforcer.enforce('ann', asked, 'read'));
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
        print(str(enforcer.enforce("ann", asked, "read")).lower())
    except Exception as error:
        print(type(error).__name__)
PYTHON
node ask.cjs >node.txt 2>/dev/null
venv/bin/python ask.py >python.txt 2>/dev/null

paste -d ';' questions node.txt python.txt | sed 's/;/; /g; s/;  /; /g' >seen.txt
cat seen.txt
expected='r.obj == "fees && taxes"; x; fees && taxes; true; false
r.obj == "ready!"; x; ready!; true; false
r.obj == "r.act"; x; r.act; true; false
r.obj == "fees"; x; fees; true; true'
[[ $(cat seen.txt) == "$expected" ]] || { echo 'The behaviour has changed.' >&2; exit 1; }
