"""Prints what the installed Feast offers, as JSON: HTTP endpoints, gRPC methods, Flight commands, MCP tools, protobuf fields, keys of `auth`.

usage: python scripts/feast-facts/read_feast.py

Routes and commands are read from its sources, without starting a server; fields and keys from its descriptors and classes.
"""

import ast
import importlib
import importlib.metadata
import json
import pkgutil
from pathlib import Path

import feast
import feast.protos.feast.core as core
import feast.protos.feast.registry as registry
from feast.permissions import auth_model
from google.protobuf.descriptor import FieldDescriptor

ROOT = Path(feast.__file__).parent
HTTP = {'get', 'post', 'put', 'delete', 'patch', 'head', 'options', 'websocket'}
SERVERS = {
    'online': ['feature_server.py'],
    'registry-rest': [f'api/registry/rest/{path.name}' for path in sorted((ROOT / 'api/registry/rest').glob('*.py'))] + ['openlineage/consumer.py'],
    'lineage': ['openlineage/consumer.py'],
}
FLIGHT = ['do_put', 'do_get', 'do_exchange', 'get_flight_info', 'list_flights', 'get_schema', 'do_action', 'list_actions']
TYPES = {value: name[5:].lower() for name, value in vars(FieldDescriptor).items() if name.startswith('TYPE_')}


def parse(file):
    path = ROOT / file
    return ast.parse(path.read_text('utf-8')) if path.exists() else ast.Module([], [])


def text(node):
    """A string, with `{}` for what is put into it; None for anything else."""
    if isinstance(node, ast.JoinedStr):
        return ''.join(part.value if isinstance(part, ast.Constant) else '{}' for part in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def argument(call, position, keyword):
    if len(call.args) > position:
        return text(call.args[position])
    return next((text(one.value) for one in call.keywords if one.arg == keyword), None)


def name_of(node):
    return getattr(node, 'id', getattr(node, 'attr', ''))


def routes(file):
    """Method and path of each route that a decorator or `add_api_route` declares, below the prefix of its router."""
    tree, prefixes, found = parse(file), {}, []
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) and name_of(node.value.func) == 'APIRouter':
            prefixes.update({name_of(target): argument(node.value, 9, 'prefix') or '' for target in node.targets})
        calls = [call for call in getattr(node, 'decorator_list', []) if isinstance(call, ast.Call)]
        for call in calls:
            method, path = name_of(call.func), argument(call, 0, 'path')
            if method in HTTP and path is not None:
                found.append((method.upper(), call.func.value, path))
        if isinstance(node, ast.Call) and name_of(node.func) in ('add_api_route', 'api_route'):
            found.append(('ROUTE', node.func.value, argument(node, 0, 'path') or '?'))
    return [[method, prefixes.get(name_of(owner), '') + path] for method, owner, path in found]


def flight():
    server = next(node for node in parse('offline_server.py').body if isinstance(node, ast.ClassDef) and node.name == 'OfflineServer')
    functions = {node.name: node for node in server.body if isinstance(node, ast.FunctionDef)}
    commands = {
        name: {node.value.attr for node in ast.walk(function) if isinstance(node, ast.Attribute) and node.attr == '__name__'
               and isinstance(node.value, ast.Attribute)}
        for name, function in functions.items()
    }
    written = commands.pop('_call_api')
    return {
        'methods': [name for name in FLIGHT if name in functions],
        'written': sorted(written),
        # A command that writes names itself in its own function, too.
        'read': sorted(set().union(*commands.values()) - written),
    }


def tools():
    """What each tool of `feast mcp` asks for."""
    found = []
    for part, server in (('features', 'online'), ('registry', 'registry-rest')):
        for node in ast.walk(parse(f'mcp/{part}.py')):
            if not any(name_of(one) == 'tool' for one in getattr(node, 'decorator_list', [])):
                continue
            asked = [call for call in ast.walk(node) if isinstance(call, ast.Call) and name_of(call.func) == 'request']
            requests = [[text(call.args[0]), text(call.args[1])] for call in asked]
            found.append({'name': f'{part}_{node.name}', 'server': server, 'requests': requests})
    return found


def messages():
    found, enums, methods = {}, {}, []

    def add_enum(enum):
        enums[enum.full_name] = {value.name: value.number for value in enum.values}

    def add(message):
        fields = {}
        for field in message.fields:
            repeated = field.label == FieldDescriptor.LABEL_REPEATED if hasattr(field, 'label') else field.is_repeated
            fields[field.name] = [field.number, ('repeated ' if repeated else '') + TYPES[field.type]]
        found[message.full_name] = fields
        for nested in message.nested_types:
            add(nested)
        for enum in message.enum_types:
            add_enum(enum)

    for package in (core, registry):
        for module in pkgutil.iter_modules(package.__path__):
            if not module.name.endswith('_pb2'):
                continue
            file = importlib.import_module(f'{package.__name__}.{module.name}').DESCRIPTOR
            for message in file.message_types_by_name.values():
                add(message)
            for enum in file.enum_types_by_name.values():
                add_enum(enum)
            for service in file.services_by_name.values():
                methods += [f'/{service.full_name}/{method.name}' for method in service.methods]
    return found, enums, methods


def auth_keys():
    classes = {'no_auth': 'AuthConfig', 'oidc': 'OidcAuthConfig', 'oidc client': 'OidcClientAuthConfig', 'kubernetes': 'KubernetesAuthConfig'}
    return {kind: sorted(getattr(auth_model, name).model_fields) for kind, name in classes.items()}


def main():
    fields, enums, methods = messages()
    print(json.dumps({
        'version': importlib.metadata.version('feast'),
        'routes': {server: [route for file in files for route in routes(file)] for server, files in SERVERS.items()},
        'methods': methods,
        'flight': flight(),
        'tools': tools(),
        'fields': fields,
        'enums': enums,
        'auth': auth_keys(),
    }))


main()
