#!/bin/sh
# serve.sh nginx|apache BODY_BYTES ADDRESS:PORT...
# Serves one static body at /body. The two configurations differ from case to case only in what they listen on.
set -eu
server=$1
bytes=$2
shift 2

head -c "$bytes" /dev/zero | tr '\0' 'b' > /srv/bench/body

# An IPv6 address of a network that has just been made cannot be bound until the kernel has found it unique, which takes
# a second from when the bridge has its first port. After five the server itself says what is wrong.
tentative() {
  for address in "$@"; do
    case $address in
      *]:*) address=${address#[}; [ -z "$(ip -6 addr show tentative to "${address%]:*}")" ] || return 0 ;;
    esac
  done
  return 1
}
tries=0
while tentative "$@" && [ "$tries" -lt 50 ]; do
  tries=$((tries + 1))
  sleep 0.1
done

case $server in
  nginx)
    for address in "$@"; do printf 'listen %s;\n' "$address"; done > /run/bench/listen.conf
    exec nginx -e stderr -c /opt/bench/nginx.conf
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
