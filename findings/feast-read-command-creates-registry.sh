#!/usr/bin/env bash
# Package:   feast 0.67.0 (PyPI), Python 3.11
# Behaviour: the path of the registry in feature_store.yaml is wrong by a letter. A command that only
#            reads, `feast permissions list`, prints an empty table, exits 0, and leaves a new, empty
#            registry at the wrong path: 55 bytes without a project. The next reader finds a
#            registry in which nothing is secured, and no error.
# Seen:      2026-11-30
#            registry.db:  permissions listed 1, exit 0
#            registyr.db:  permissions listed 0, exit 0, file created with 55 bytes
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check 'feast==0.67.0'
export FEAST_USAGE=False HOME=$work PATH=$work/venv/bin:$PATH

mkdir "$work/repo" && cd "$work/repo"
configure() { # path of the registry
  cat >feature_store.yaml <<YAML
project: demo
provider: local
registry: $1
online_store: {type: sqlite, path: online.db}
entity_key_serialization_version: 3
YAML
}
cat >definitions.py <<'PYTHON'
from feast import Entity
from feast.permissions.action import AuthzedAction
from feast.permissions.permission import Permission
from feast.permissions.policy import RoleBasedPolicy

driver = Entity(name="driver", join_keys=["driver_id"])
reader = Permission(
    name="reader", types=[Entity], policy=RoleBasedPolicy(roles=["a"]), actions=[AuthzedAction.DESCRIBE]
)
PYTHON
configure registry.db
feast apply >/dev/null 2>&1

failed=0
for path in registry.db registyr.db; do
  configure "$path"
  existed=no
  [[ ! -e $path ]] || existed=yes
  status=0
  feast permissions list >"$work/output" 2>/dev/null || status=$?
  listed=$(grep -c '^reader ' "$work/output" || true)
  echo "$path: existed $existed, permissions listed $listed, exit $status, size now $(stat -c %s "$path")"
  wanted=$([[ $path == registry.db ]] && echo "yes 1 0" || echo "no 0 0")
  [[ "$existed $listed $status" == "$wanted" ]] || failed=1
done
[[ $(stat -c %s registyr.db) -lt 100 ]] || failed=1
((failed == 0)) || echo 'The behaviour has changed.' >&2
exit "$failed"
