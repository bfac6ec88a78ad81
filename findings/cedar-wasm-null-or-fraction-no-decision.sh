#!/usr/bin/env bash
# Package:   @cedar-policy/cedar-wasm 4.13.0 (npm), Node.js 20
# Behaviour: the context of a request is given as JSON. A null or a fraction anywhere in it, in a
#            member that no policy reads, and the call answers with type "failure" and no decision.
#            Contexts are often made of claims and request members, which hold both, so a caller who
#            maps "failure" to anything but a denial is mistaken.
# Seen:      2026-11-30
#            {"limit":5}      success allow
#            {"limit":null}   failure
#            {"limit":0.5}    failure
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund --ignore-scripts '@cedar-policy/cedar-wasm@4.13.0'
cat >ask.cjs <<'JAVASCRIPT'
const cedar = require('@cedar-policy/cedar-wasm/nodejs');

const wanted = [
  [{ limit: 5 }, 'success allow'],
  [{ limit: null }, 'failure'],
  [{ limit: 0.5 }, 'failure'],
];
let changed = false;
for (const [context, expected] of wanted) {
  const answer = cedar.isAuthorized({
    principal: { type: 'User', id: 'ann' },
    action: { type: 'Action', id: 'read' },
    resource: { type: 'View', id: 'v' },
    context,
    policies: { staticPolicies: 'permit(principal, action, resource);' },
    entities: [],
  });
  const seen = answer.type === 'success' ? `success ${answer.response.decision}` : answer.type;
  console.log(JSON.stringify(context).padEnd(16), seen);
  if (seen !== expected) changed = true;
}
if (changed) console.error('The behaviour has changed.');
process.exitCode = changed ? 1 : 0;
JAVASCRIPT
node ask.cjs
