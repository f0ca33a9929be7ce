#!/usr/bin/env bash
#
# Gives the guest its own node_modules inside the mounted project.
#
#   own-node-modules.sh PROJECT USER
#
# The host's may be for another system (esbuild, Biome and resvg are native binaries), and a shared folder of
# VirtualBox on Windows has no symbolic links, which npm needs. So a folder of the guest's disk is bound over
# it; npm empties node_modules and never removes the folder itself, so the mount survives `npm ci`.
# Idempotent; run it at every boot, because the mount does not outlive one.
set -euo pipefail

fail() {
  printf 'own-node-modules: %s\n' "$*" >&2
  exit 1
}

(($# == 2)) || fail 'usage: own-node-modules.sh PROJECT USER'
((EUID == 0)) || fail 'must run as root: it mounts'

readonly project=$1 user=$2
readonly theirs=$project/node_modules
readonly ours=/var/lib/bench-node-modules

[[ -f $project/package.json ]] || fail "$project is not the project: it has no package.json (is it mounted?)"

if mountpoint --quiet "$theirs"; then
  printf 'own-node-modules: %s is the guest'\''s own already\n' "$theirs"
  exit 0
fi

install --directory --owner="$user" --group="$(id --name --group "$user")" "$ours"
# As the user: on an NFS mount root may not write.
runuser --user "$user" -- mkdir -p "$theirs"
mount --bind "$ours" "$theirs"
printf 'own-node-modules: %s now lies on the guest'\''s disk, in %s\n' "$theirs" "$ours"
