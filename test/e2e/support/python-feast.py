"""Runs a command of Feast as its own program does, with two differences: servers listen on the loopback interface only, and packages that are
missing here are taken from the folder that FEAST_TEST_PACKAGES names.

usage: python python-feast.py ARGUMENTS...   those of `feast`
"""
import os
import sys

packages = os.environ.get("FEAST_TEST_PACKAGES")
if packages:
    sys.path.append(packages)

from grpc import _server  # noqa: E402


def on_loopback(method):
    """`serve_registry` has no option for the address, and listens everywhere."""
    return lambda self, address, *rest: method(self, address.replace("[::]", "127.0.0.1"), *rest)


for name in ("add_insecure_port", "add_secure_port"):
    setattr(_server._Server, name, on_loopback(getattr(_server._Server, name)))

from feast.cli.cli import cli  # noqa: E402

cli()
