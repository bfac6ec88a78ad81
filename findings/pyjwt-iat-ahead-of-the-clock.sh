#!/usr/bin/env bash
# Package:   PyJWT 2.15.1 (PyPI, the library with which Feast verifies tokens), jose 6.2.18 (npm)
# Behaviour: a token says when it was issued (`iat`), half a minute ahead of the clock of the server,
#            as with an identity provider whose clock is fast. PyJWT refuses it as "not yet valid",
#            though only `nbf` says from when on a token counts (RFC 7519, sections 4.1.5 and 4.1.6),
#            unless a leeway is given. jose accepts it. Both refuse an `nbf` that is as far ahead.
# Seen:      2026-11-30
#            iat now               jose accepted   PyJWT accepted
#            iat in 30 s           jose accepted   PyJWT ImmatureSignatureError
#            nbf in 30 s           jose refused    PyJWT ImmatureSignatureError
#            iat, leeway of 60 s   jose accepted   PyJWT accepted
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund --ignore-scripts 'jose@6.2.18'
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check 'PyJWT[crypto]==2.15.1'

cat >tokens.mjs <<'JAVASCRIPT'
import { writeFileSync } from 'node:fs';
import { exportSPKI, generateKeyPair, jwtVerify, SignJWT } from 'jose';

const { publicKey, privateKey } = await generateKeyPair('RS256');
writeFileSync('public.pem', await exportSPKI(publicKey));
const now = Math.floor(Date.now() / 1000);
const cases = [
  ['iat now', { iat: now - 1 }, 0],
  ['iat in 30 s', { iat: now + 30 }, 0],
  ['nbf in 30 s', { nbf: now + 30 }, 0],
  ['iat, leeway of 60 s', { iat: now + 30 }, 60],
];
const rows = [];
for (const [name, claims, leeway] of cases) {
  const token = await new SignJWT({ sub: 'ann', exp: now + 600, ...claims })
    .setProtectedHeader({ alg: 'RS256' })
    .sign(privateKey);
  const jose = await jwtVerify(token, publicKey, { clockTolerance: leeway }).then(
    () => 'accepted',
    () => 'refused',
  );
  rows.push({ name, leeway, token, jose });
}
writeFileSync('rows.json', JSON.stringify(rows));
JAVASCRIPT
node tokens.mjs

cat >verify.py <<'PYTHON'
import json

import jwt

key = open("public.pem").read()
seen = []
for row in json.load(open("rows.json")):
    try:
        jwt.decode(row["token"], key, algorithms=["RS256"], leeway=row["leeway"])
        python = "accepted"
    except jwt.PyJWTError as error:
        python = type(error).__name__
    seen.append((row["jose"], python))
    print(f"{row['name']:<22}jose {row['jose']:<11}PyJWT {python}")
expected = [
    ("accepted", "accepted"),
    ("accepted", "ImmatureSignatureError"),
    ("refused", "ImmatureSignatureError"),
    ("accepted", "accepted"),
]
if seen != expected:
    raise SystemExit("The behaviour has changed.")
PYTHON
venv/bin/python verify.py
