#!/usr/bin/env bash
# Package:   casbin 5.51.1 (npm), pycasbin 2.8.0 (PyPI), Node.js 20, Python 3.11
# Behaviour: a policy file with fields in double quotes, as one needs them for a comma, is loaded by
#            the file adapters of Casbin for Node.js and for Python. Node.js reads it as CSV. Python
#            splits it at every comma and keeps the quotes as part of the fields; a line whose first
#            field is quoted is left out, without an error. Loading ends well in both.
# Seen:      2026-11-30
#            p, ann, "/views/a,b", read     Node.js 3 fields, Python 4: "/views/a and b"
#            p, ben, "/views/c", read       Node.js /views/c, Python "/views/c" with its quotes
#            "p","cay","/views/d","read"    Node.js 3 fields, Python no rule
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
m = r.sub == p.sub && r.obj == p.obj && r.act == p.act
MODEL
cat >policy.csv <<'POLICY'
p, ann, "/views/a,b", read
p, ben, "/views/c", read
"p","cay","/views/d","read"
POLICY

cat >rules.cjs <<'JAVASCRIPT'
const { newEnforcer } = require('casbin');

newEnforcer('model.conf', 'policy.csv').then(async (enforcer) => {
  for (const rule of await enforcer.getPolicy()) console.log(rule.join(' | '));
});
JAVASCRIPT
cat >rules.py <<'PYTHON'
import casbin

for rule in casbin.Enforcer("model.conf", "policy.csv").get_policy():
    print(" | ".join(rule))
PYTHON
node rules.cjs >node.txt
venv/bin/python rules.py >python.txt

echo 'Node.js:'
cat node.txt
echo 'Python:'
cat python.txt
expected_node='ann | /views/a,b | read
ben | /views/c | read
cay | /views/d | read'
expected_python='ann | "/views/a | b" | read
ben | "/views/c" | read'
if [[ $(cat node.txt) != "$expected_node" || $(cat python.txt) != "$expected_python" ]]; then
  echo 'The behaviour has changed.' >&2
  exit 1
fi
