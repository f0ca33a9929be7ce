#!/bin/sh
# serve.sh nginx|apache BODY_BYTES [tls] [bulk=BYTES] ADDRESS:PORT...
# Serves one static body at /body, over TLS if the word is there. The two configurations differ from case to case only in what they listen on.
set -eu
server=$1
bytes=$2
shift 2
tls=
if [ "$1" = tls ]; then
  tls=yes
  shift
fi

head -c "$bytes" /dev/zero | tr '\0' 'b' > /srv/bench/body
# For the bulk load: a large body at /bulk, and what Apache answers at /upload when it has read a body to its end.
case $1 in
  bulk=*)
    head -c "${1#bulk=}" /dev/zero | tr '\0' 'b' > /srv/bench/bulk
    echo read > /srv/bench/upload
    shift
    ;;
esac

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
    for address in "$@"; do printf 'listen %s%s;\n' "$address" "${tls:+ ssl}"; done > /run/bench/listen.conf
    if [ -n "$tls" ]; then
      printf 'ssl_certificate %s;\n' /opt/bench/tls.crt >> /run/bench/listen.conf
      printf 'ssl_certificate_key %s;\n' /opt/bench/tls.key >> /run/bench/listen.conf
    fi
    exec nginx -e stderr -c /opt/bench/nginx.conf
    ;;
  apache)
    for address in "$@"; do printf 'Listen %s%s\n' "$address" "${tls:+ https}"; done > /run/bench/listen.conf
    if [ -n "$tls" ]; then
      cat >> /run/bench/listen.conf <<'END'
LoadModule ssl_module /usr/lib/apache2/modules/mod_ssl.so
SSLEngine on
SSLCertificateFile /opt/bench/tls.crt
SSLCertificateKeyFile /opt/bench/tls.key
END
    fi
    exec apache2 -f /opt/bench/apache.conf -D FOREGROUND
    ;;
  *)
    echo "serve.sh: no such server: $server" >&2
    exit 64
    ;;
esac
