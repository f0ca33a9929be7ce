#!/bin/sh
set -e
for script in /docker-entrypoint.d/*.sh; do
  [ ! -x "$script" ] || "$script"
done
echo "$0: Configuration complete; ready for start up"
exec "$@"
