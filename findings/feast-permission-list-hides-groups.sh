#!/usr/bin/env bash
# Package:   feast 0.67.0 (PyPI), Python 3.11
# Behaviour: `feast permissions list` has a column ROLES and none for groups or namespaces. A
#            permission with a GroupBasedPolicy or a NamespaceBasedPolicy is printed with ROLES "-",
#            which reads like "open to everyone", and `feast permissions list-roles` does not
#            mention either.
# Seen:      2026-11-30
#            NAME     TYPES   NAME_PATTERNS  ACTIONS   ROLES  REQUIRED_TAGS
#            by-group Entity  -              DESCRIBE  -      -
#            by-space Entity  -              DESCRIBE  -      -
#            the words "analysts" and "team-space" are in neither output
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check 'feast==0.67.0'
export FEAST_USAGE=False HOME=$work PATH=$work/venv/bin:$PATH

mkdir "$work/repo" && cd "$work/repo"
cat >feature_store.yaml <<'YAML'
project: demo
provider: local
registry: registry.db
online_store: {type: sqlite, path: online.db}
entity_key_serialization_version: 3
YAML
cat >definitions.py <<'PYTHON'
from feast import Entity
from feast.permissions.action import AuthzedAction
from feast.permissions.permission import Permission
from feast.permissions.policy import GroupBasedPolicy, NamespaceBasedPolicy

driver = Entity(name="driver", join_keys=["driver_id"])
by_group = Permission(
    name="by-group", types=[Entity], policy=GroupBasedPolicy(groups=["analysts"]), actions=[AuthzedAction.DESCRIBE]
)
by_space = Permission(
    name="by-space",
    types=[Entity],
    policy=NamespaceBasedPolicy(namespaces=["team-space"]),
    actions=[AuthzedAction.DESCRIBE],
)
PYTHON

feast apply >/dev/null 2>&1
feast permissions list 2>/dev/null | tee "$work/list"
feast permissions list-roles 2>/dev/null | tee "$work/roles"
if ! grep -Eq '^by-group +Entity +- +DESCRIBE +- +-' "$work/list" || grep -Eq 'analysts|team-space' "$work/list" "$work/roles"; then
  echo "the behaviour has changed"
  exit 1
fi
echo "seen as described"
