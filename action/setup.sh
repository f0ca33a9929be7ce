#!/usr/bin/env bash
# Installs and builds bench from the action's own checkout, and puts it on the PATH of the steps that follow.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)

npm ci --prefix "$here/.." --no-audit --no-fund
echo "$here/bin" >> "$GITHUB_PATH"
