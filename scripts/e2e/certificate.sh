#!/usr/bin/env bash
# Makes a certificate authority of its own and a server's certificate for the loopback interface:
# `ca.pem`, `certificate.pem` and `key.pem` in a folder.
#
# usage: scripts/e2e/certificate.sh FOLDER
#
# Valid for two days. The authority's key is removed. Needs openssl.
set -euo pipefail

folder=$1
key=(-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2)
openssl req -x509 "${key[@]}" -subj '/CN=feast-permissions test authority' \
  -keyout "$folder/ca-key.pem" -out "$folder/ca.pem" 2>/dev/null
openssl req "${key[@]}" -subj '/CN=localhost' -keyout "$folder/key.pem" -out "$folder/request.pem" 2>/dev/null
openssl x509 -req -in "$folder/request.pem" -CA "$folder/ca.pem" -CAkey "$folder/ca-key.pem" -days 2 \
  -extfile <(printf 'subjectAltName=DNS:localhost,IP:127.0.0.1') -out "$folder/certificate.pem" 2>/dev/null
rm "$folder/ca-key.pem" "$folder/request.pem"
