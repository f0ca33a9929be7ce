#!/usr/bin/env bash
#
# Makes a machine of the lab ready for bench: Docker from the distribution, Node from NodeSource.
#
#   provision.sh USER      USER may then use Docker without sudo
#
# Idempotent: it looks at what is there, installs what is missing and says so. A second run changes nothing
# and needs no network. Runs on Ubuntu from 20.04 and on Debian from 12.
#
# Docker is the distribution's docker.io, which is also what `bench setup` installs.
# Node is not the distribution's: 20.04 has 10, 22.04 has 12, 24.04 has 18, and bench needs 20.19. NodeSource's
# apt repository rather than nodejs.org's tarball, because it serves every architecture under one name and
# security fixes arrive with `apt-get upgrade`. Its key is pinned here by fingerprint, so that whoever can
# answer for the download host still cannot install packages.
set -euo pipefail

readonly node_oldest=20.19
# The long-term support line with the longest life: fixes until April 2028.
readonly node_line=24
readonly nodesource_key_url=https://deb.nodesource.com/gpgkey/nodesource-repo.gpg.key
readonly nodesource_fingerprint=6F71F525282841EEDAF851B42F59B5F99B1BE0B4
readonly nodesource_keyring=/etc/apt/keyrings/nodesource.asc
readonly nodesource_list=/etc/apt/sources.list.d/nodesource.list

say() { printf 'provision: %s\n' "$*"; }

fail() {
  printf 'provision: %s\n' "$*" >&2
  exit 1
}

apt() {
  # The timeout waits for the unattended upgrade that a fresh box may be busy with.
  DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 "$@"
}

is_installed() {
  [[ $(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null) == installed ]]
}

# Installs those of the named packages that are missing. The lists are fetched only then.
install_missing() {
  local package missing=()
  for package in "$@"; do
    is_installed "$package" || missing+=("$package")
  done
  if ((${#missing[@]} == 0)); then
    say "already installed: $*"
    return
  fi
  say "installing ${missing[*]}"
  apt update
  apt install --no-install-recommends "${missing[@]}"
}

provision_docker() {
  # A box may come with Docker's own packages (docker-ce), which docker.io would push out.
  if command -v dockerd >/dev/null; then
    say "Docker is here already: $(dockerd --version)"
  else
    # Recommended by docker.io, and without it there are no published ports.
    install_missing docker.io iptables
    # Newer releases keep the client in a package of its own, which is recommended too. Not all that is
    # recommended, because on Ubuntu that includes ubuntu-fan, which changes the network under measurement.
    command -v docker >/dev/null || install_missing docker-cli
  fi
  if [[ -d /run/systemd/system ]]; then
    systemctl enable --quiet --now docker
    docker version --format 'provision: Docker Engine {{.Server.Version}} answers, API {{.Server.APIVersion}}' ||
      fail 'Docker is installed, but its engine does not answer; see: journalctl -u docker'
  else
    say 'systemd is not running here: the engine was not started'
  fi
}

node_version() {
  command -v node >/dev/null && node --version | tr -d v
}

node_is_new_enough() {
  local version
  version=$(node_version) && dpkg --compare-versions "$version" ge "$node_oldest"
}

add_nodesource() {
  local download found
  download=$(mktemp -d)
  # shellcheck disable=SC2064 # the folder's name is meant to be fixed now
  trap "rm -rf '$download'" EXIT
  say "fetching NodeSource's key"
  curl -fsSL --retry 3 -o "$download/key.asc" "$nodesource_key_url"
  found=$(gpg --homedir "$download" --quiet --batch --with-colons --show-keys "$download/key.asc" |
    awk -F: '$1 == "pub" { primary = 1 } $1 == "fpr" && primary { print $10; primary = 0 }' | paste -sd ' ')
  [[ $found == "$nodesource_fingerprint" ]] ||
    fail "the key at $nodesource_key_url has fingerprint ${found:-(none)}, expected $nodesource_fingerprint." \
      'If NodeSource has announced a new key, change the fingerprint in vagrant/provision.sh.'
  install -D -m 644 "$download/key.asc" "$nodesource_keyring"
  printf 'deb [signed-by=%s] https://deb.nodesource.com/node_%s.x nodistro main\n' \
    "$nodesource_keyring" "$node_line" >"$nodesource_list"
}

provision_node() {
  if node_is_new_enough; then
    say "Node is here already: $(node_version)"
    return
  fi
  install_missing ca-certificates curl gnupg
  add_nodesource
  say "installing Node $node_line"
  apt update
  apt install nodejs
  node_is_new_enough ||
    fail "Node is $(node_version || echo missing) after the installation, bench needs $node_oldest:" \
      "see which repository it came from with: apt-cache policy nodejs"
  say "Node $(node_version), npm $(npm --version)"
}

# Who is in this group is root on this machine: right for a lab, a decision to think about elsewhere.
allow_docker() {
  local user=$1
  if id --name --groups "$user" | tr ' ' '\n' | grep --quiet --line-regexp docker; then
    say "$user is in the group docker already"
  else
    say "adding $user to the group docker (from the next login on)"
    usermod --append --groups docker "$user"
  fi
}

main() {
  (($# == 1)) || fail 'usage: provision.sh USER'
  ((EUID == 0)) || fail 'must run as root: it installs packages'
  command -v apt-get >/dev/null || fail 'needs apt-get: the lab is made of Ubuntu or Debian boxes'
  id "$1" >/dev/null 2>&1 || fail "there is no user $1 on this machine"

  provision_docker
  provision_node
  allow_docker "$1"
  say 'ready for bench'
}

main "$@"
