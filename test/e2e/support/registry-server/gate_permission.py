"""What the account of a gate needs at a registry server: to see everything."""
from feast.permissions.action import AuthzedAction
from feast.permissions.permission import Permission
from feast.permissions.policy import RoleBasedPolicy

gate = Permission(
    name="gate",
    types=[],
    actions=AuthzedAction.DESCRIBE,
    policy=RoleBasedPolicy(roles=["gate"]),
)
