#!/usr/bin/env bash
# Package:   feast 0.67.0 (PyPI), Python 3.11
# Behaviour: a permission may protect projects, and Feast's servers ask for it when a project is
#            changed. `feast permissions check` lists every entity and permission that no permission
#            covers, but never a project, nor its actions: a store whose project is unprotected gets
#            a clean answer. `feast permissions list-roles -v` leaves projects out as well.
# Seen:      2026-11-30
#            Project is a type that permissions can name: True
#            permission on entities and permissions only:  check lists nothing, and no project
#            roles of a permission on the project:         list-roles -v shows no project
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check 'feast==0.67.0'
export FEAST_USAGE=False HOME=$work PATH=$work/venv/bin:$PATH PYTHONWARNINGS=ignore

mkdir "$work/repo" && cd "$work/repo"
cat >feature_store.yaml <<'YAML'
project: demo
provider: local
registry: registry.db
online_store: {type: sqlite, path: online.db}
entity_key_serialization_version: 3
YAML
define() {
  cat >definitions.py <<PYTHON
from feast import Entity, Project, ValueType
from feast.permissions.action import ALL_ACTIONS
from feast.permissions.permission import Permission
from feast.permissions.policy import RoleBasedPolicy

driver = Entity(name="driver", join_keys=["driver_id"], value_type=ValueType.INT64)
admin = Permission(
    name="admin", types=[$1], policy=RoleBasedPolicy(roles=["admin"]), actions=ALL_ACTIONS
)
PYTHON
  feast apply >/dev/null 2>&1
}

protectable=$(python -c '
from feast import Project
from feast.feast_object import ALL_RESOURCE_TYPES
print(Project in ALL_RESOURCE_TYPES)')
define 'Entity, Permission'
checked=$(feast permissions check 2>/dev/null)
define 'Entity, Permission, Project'
roles=$(feast permissions list-roles -v 2>/dev/null)

echo "Project is a type that permissions can name: $protectable"
echo "feast permissions check, no permission on the project:"
echo "$checked"
echo "feast permissions list-roles -v, with a permission on the project:"
echo "$roles"
if [[ $protectable != True || $checked == *demo* || $roles == *demo* || $roles != *driver* ]]; then
  echo 'The behaviour has changed.' >&2
  exit 1
fi
