#!/usr/bin/env bash
# Installs and builds bench from the action's own checkout, and puts it on the PATH of the steps that follow.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)

# Whatever NODE_ENV and npm's settings are on the runner. No install script of a dependency is needed.
npm ci --prefix "$here/.." --include=dev --ignore-scripts --no-audit --no-fund
npm run --prefix "$here/.." build
echo "$here/bin" >> "$GITHUB_PATH"
