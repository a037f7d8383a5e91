# A container engine for scripts: the machine's own; if there is none, one that runs for this
# script, with its files in a folder of its own. Source it together with vault.sh. Before, `scratch`
# must name a private directory and `program` the script.
# shellcheck shell=bash disable=SC2034,SC2154  # some variables belong to the caller

engine_pid=
compose=()

say() { echo "$program: $*" >&2; }

as_package() {
  ((EUID == 0)) || { say "installing $* needs root"; return 1; }
  say "installing $*"
  if ! { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y \
    --no-install-recommends -o DPkg::Lock::Timeout=300 "$@"; } >"$scratch/apt.log" 2>&1; then
    tail -n 20 "$scratch/apt.log" >&2
    return 1
  fi
}

# need_engine: sets DOCKER_HOST if it starts an engine, and compose to the command to call.
need_engine() {
  if ! docker info >/dev/null 2>&1; then
    # Debian 13 has the client in a separate package.
    local packages=(docker.io)
    [[ -z $(apt-cache show docker-cli 2>/dev/null) ]] || packages+=(docker-cli)
    command -v dockerd >/dev/null || as_package "${packages[@]}" || return 1
    start_engine || return 1
  fi
  docker compose version >/dev/null 2>&1 || command -v docker-compose >/dev/null ||
    as_package docker-compose || return 1
  if docker compose version >/dev/null 2>&1; then
    compose=(docker compose)
  else
    compose=(docker-compose)
  fi
}

# The second choice is for a kernel that lacks the features of the first.
start_engine() {
  ((EUID == 0)) || { say "no container engine runs, and starting one needs root"; return 1; }
  local choice
  engine=$scratch/engine
  mkdir -p "$engine"
  for choice in '' '--iptables=false --ip6tables=false --storage-driver=vfs'; do
    # shellcheck disable=SC2086  # one word per option
    dockerd --host "unix://$engine/socket" --data-root "$engine/root" --exec-root "$engine/exec" \
      --pidfile "$engine/pid" $choice >"$engine/log" 2>&1 </dev/null &
    engine_pid=$!
    export DOCKER_HOST=unix://$engine/socket
    if await_engine; then
      say "started an engine, pid $engine_pid"
      return
    fi
    stop_engine
  done
  tail -n 20 "$engine/log" >&2
  say "dockerd does not start"
  return 1
}

await_engine() {
  local tries=300
  until docker info >/dev/null 2>&1; do
    kill -0 "$engine_pid" 2>/dev/null || return 1
    ((--tries)) || return 1
    sleep 0.1
  done
}

# Stops only the engine that was started here, and unmounts its mounts.
stop_engine() {
  [[ -n $engine_pid ]] || return 0
  stop_process "$engine_pid"
  engine_pid=
  local mount
  while read -r mount; do
    umount "$mount" 2>/dev/null || true
  done < <(awk -v under="$engine/" 'index($2, under) == 1 { print $2 }' /proc/self/mounts | sort -r)
}

# need_base: gets debian:trixie-slim from a registry, or builds it from this machine's Debian
# archive. If it was built, DEBIAN_ARCHIVE names that archive for the stages based on it.
need_base() {
  local image=debian:trixie-slim made
  docker image inspect "$image" >/dev/null 2>&1 ||
    timeout 60 docker pull --quiet "$image" >/dev/null 2>&1 || make_base "$image" || return 1
  made=$(docker image inspect --format '{{index .Config.Labels "made-by"}}' "$image")
  [[ $made != debootstrap ]] || export DEBIAN_ARCHIVE=${DEBIAN_ARCHIVE:-$(archive_of_machine)}
}

# Only the package lists name the archive, and container images have no lists.
archive_of_machine() {
  local uri
  uri=$(named_archive)
  if [[ -z $uri ]]; then
    apt-get update >"$scratch/apt.log" 2>&1 || true
    uri=$(named_archive)
  fi
  [[ -n $uri ]] || say "this machine's apt configuration names no Debian archive"
  echo "$uri"
}

named_archive() {
  # shellcheck disable=SC2016  # apt expands this itself
  apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Label: Debian' | sed -n 1p
}

# Like the image in registries: no manuals and no package lists. It also names no archive.
make_base() {
  local root=$scratch/base
  command -v debootstrap >/dev/null || as_package debootstrap || return 1
  say "no registry is reachable: making $1 with debootstrap"
  debootstrap --variant=minbase trixie "$root" "$(archive_of_machine)" >"$scratch/base.log" 2>&1 ||
    { tail -n 20 "$scratch/base.log" >&2; return 1; }
  rm -rf "$root"/var/{cache/apt,lib/apt/lists,log}/* "$root"/usr/share/{doc,man,info,locale}/*
  rm -f "$root"/etc/{hostname,resolv.conf} "$root"/etc/apt/sources.list.d/*
  : >"$root/etc/apt/sources.list"
  mkdir -p "$root/var/lib/apt/lists/partial" "$root/var/cache/apt/archives/partial"
  tar -C "$root" --exclude='./proc/*' --exclude='./sys/*' --exclude='./dev/*' -c . |
    docker import --change 'LABEL made-by=debootstrap' - "$1" >/dev/null
  rm -rf --one-file-system "$root"
}

# free_port: prints a loopback port without a listener.
free_port() {
  local port
  while :; do
    port=$((20000 + RANDOM % 10000))
    # If a port accepts the connection, it is taken. A refusal prints an error, which is discarded.
    (: <>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
  done
  echo "$port"
}
