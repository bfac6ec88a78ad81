"""Prints the descriptors of Feast's messages and services, a serialized FileDescriptorSet in base64, as JSON."""
import base64
import json
import sys

import python_feast_protos  # noqa: F401

from feast.protos.feast.registry import RegistryServer_pb2
from google.protobuf import descriptor_pb2


def add(file, files):
    if file.name in files:
        return
    for dependency in file.dependencies:
        add(dependency, files)
    files[file.name] = descriptor_pb2.FileDescriptorProto()
    file.CopyToProto(files[file.name])


files = {}
add(RegistryServer_pb2.DESCRIPTOR, files)
found = descriptor_pb2.FileDescriptorSet(file=files.values())
json.dump(base64.b64encode(found.SerializeToString()).decode(), sys.stdout)
