#!/bin/sh
# serve.sh nginx|apache BODY_BYTES ADDRESS:PORT...
# Serves one static body at /body. The two configurations differ from case to case only in what they listen on.
set -eu
server=$1
bytes=$2
shift 2

mkdir -p /srv/bench /run/bench
head -c "$bytes" /dev/zero | tr '\0' 'b' > /srv/bench/body

case $server in
  nginx)
    for address in "$@"; do printf 'listen %s;\n' "$address"; done > /run/bench/listen.conf
    exec nginx -c /opt/bench/nginx.conf
    ;;
  apache)
    for address in "$@"; do printf 'Listen %s\n' "$address"; done > /run/bench/listen.conf
    exec apache2 -f /opt/bench/apache.conf -D FOREGROUND
    ;;
  *)
    echo "serve.sh: no such server: $server" >&2
    exit 64
    ;;
esac
