#!/usr/bin/env bash
# Package:   feast 0.67.0 (PyPI), Python 3.11, SQL registry on SQLite
# Behaviour: two projects share one SQL registry. `feast teardown` in the repository of project
#            `alpha` removes the objects, the permissions and the project record of project `beta`
#            as well, and exits 0. `feast permissions list` in beta then prints an empty table, also
#            with exit 0.
# Seen:      2026-11-30
#            before: permissions of alpha and beta: 1, 1; projects: alpha, beta
#            after teardown of alpha: permissions 0, 0; projects: none
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check 'feast==0.67.0'
export FEAST_USAGE=False HOME=$work PATH=$work/venv/bin:$PATH

for project in alpha beta; do
  mkdir "$work/$project"
  cat >"$work/$project/feature_store.yaml" <<YAML
project: $project
provider: local
registry: {registry_type: sql, path: "sqlite:///$work/registry.sqlite", cache_ttl_seconds: 0}
online_store: {type: sqlite, path: online.db}
entity_key_serialization_version: 3
YAML
  cat >"$work/$project/definitions.py" <<'PYTHON'
from feast import Entity
from feast.permissions.action import AuthzedAction
from feast.permissions.permission import Permission
from feast.permissions.policy import RoleBasedPolicy

driver = Entity(name="driver", join_keys=["driver_id"])
readers = Permission(
    name="readers", types=[Entity], policy=RoleBasedPolicy(roles=["reader"]), actions=[AuthzedAction.DESCRIBE]
)
PYTHON
  (cd "$work/$project" && feast apply >/dev/null 2>&1)
done

count() {
  python - "$work/registry.sqlite" <<'PYTHON'
import sqlite3
import sys

rows = sqlite3.connect(sys.argv[1])
permissions = dict(rows.execute("select project_id, count(*) from permissions group by project_id").fetchall())
projects = [name for (name,) in rows.execute("select project_id from projects order by project_id")]
print(permissions.get("alpha", 0), permissions.get("beta", 0), ",".join(projects) or "none")
PYTHON
}

before=$(count)
(cd "$work/alpha" && feast teardown >/dev/null 2>&1)
after=$(count)
echo "before (alpha, beta, projects):            $before"
echo "after teardown of alpha:                   $after"
[[ $before == "1 1 alpha,beta" && $after == "0 0 none" ]] || { echo "the behaviour has changed"; exit 1; }
echo "seen as described"
