#!/usr/bin/env bash
# Package:   feast 0.67.0 (PyPI), Python 3.11
# Behaviour: a repository defines two permissions of one name with different actions and roles.
#            `feast apply` says "Created permission same" twice and exits 0, and the registry holds
#            one of the two. Which one differs from run to run of the same command on the same
#            files, and a second `feast apply` without a change can put the other in force.
# Seen:      2026-11-30
#            run 1: "Created permission same" 2 times, in force: DELETE for role b
#            run 2: "Created permission same" 2 times, in force: DESCRIBE for role a
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
from feast.permissions.policy import RoleBasedPolicy

driver = Entity(name="driver", join_keys=["driver_id"])
first = Permission(
    name="same", types=[Entity], policy=RoleBasedPolicy(roles=["a"]), actions=[AuthzedAction.DESCRIBE]
)
second = Permission(
    name="same", types=[Entity], policy=RoleBasedPolicy(roles=["b"]), actions=[AuthzedAction.DELETE]
)
PYTHON

seen=
for run in $(seq 30); do
  rm -f registry.db
  feast apply >"$work/output" 2>&1
  created=$(grep -c '^Created permission same$' "$work/output")
  in_force=$(feast permissions list 2>/dev/null | awk '$1 == "same" { print $4, "for role", $5 }')
  echo "run $run: apply exit 0, \"Created permission same\" $created times, in force: $in_force"
  ((created == 2)) || break
  [[ $seen == *"$in_force"* ]] || seen+="$in_force, "
  if [[ $seen == *DESCRIBE* && $seen == *DELETE* ]]; then exit 0; fi
done
echo 'The behaviour has changed.' >&2
exit 1
