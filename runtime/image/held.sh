#!/bin/sh
# held.sh COMMAND...
# Waits until somebody writes to the pipe /run/bench/gate, then becomes COMMAND. A server on the engine's bridge starts so:
# which address it has is known when it runs, and others are to be kept from that address before it listens.
set -eu
mkfifo -m 622 /run/bench/gate
read -r _ < /run/bench/gate
rm /run/bench/gate
exec "$@"
