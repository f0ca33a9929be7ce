#!/bin/sh
# Runs the Node that was copied in. One from a distribution's package brings shared libraries of its own,
# and they need the dynamic loader that they were built with.
here=/opt/bench/node
if [ -e "$here/lib/ld.so" ]; then
  exec "$here/lib/ld.so" --library-path "$here/lib" "$here/node" "$@"
fi
exec "$here/node" "$@"
