#!/bin/sh
# Writes src/registry/gen from src/registry/proto. Needed only after a change of the schema.
#
# PROTOC: the compiler, by default `protoc` (Debian: protobuf-compiler). The one of PyPI's
#   grpcio-tools does as well: PROTOC="python3 -m grpc_tools.protoc" scripts/registry/generate.sh
set -eu
cd "$(dirname "$0")/../.."

tools=$(mktemp -d)
trap 'rm -rf "$tools"' EXIT
npm install --silent --no-save --prefix "$tools" @bufbuild/protoc-gen-es@2.13.0

${PROTOC:-protoc} \
  --plugin="protoc-gen-es=$tools/node_modules/.bin/protoc-gen-es" \
  --proto_path=src/registry/proto \
  --es_out=src/registry/gen \
  --es_opt=target=ts,import_extension=js \
  registry.proto relations.proto
