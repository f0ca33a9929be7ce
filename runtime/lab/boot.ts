import type { Layout } from './layout.ts';

/**
 * The script of a lab's first process: a shell that prepares everything for dockerd and then waits for it. A
 * first process has to wait for the orphans of its pid namespace. dockerd does not do so: every container
 * would leave a zombie. The kernel ends all other processes of the namespace with this one.
 *
 *   own /proc → own /run, /etc and /opt → lo up → sysctls → dockerd
 *
 * dockerd and its containerd also write outside the places that they are given: /run/docker, /run/containerd,
 * /etc/docker/key.json, /opt/containerd. dockerd would use a system's containerd if its socket were visible.
 * /run therefore contains only the lab's own directories. /etc and /opt are the machine's with a layer on top
 * that is removed with the lab. resolv.conf names the uplink's name server (slirp4netns(1): 10.0.2.3).
 *
 * $1 run directory, $2 state directory, the rest: dockerd's arguments.
 */
const script = `
run=$1 state=$2
shift 2
mount -t proc proc /proc
mount -t tmpfs -o mode=755 bench "$run/files"
cd "$run/files"
mkdir run etc etc.work opt opt.work
for kept in "$run" "$state"; do
  case $kept in
    /run/*) mkdir -p "run/\${kept#/run/}"; mount --rbind "$kept" "run/\${kept#/run/}" ;;
  esac
done
mount -t overlay -o lowerdir=/etc,upperdir=etc,workdir=etc.work bench /etc
[ ! -d /opt ] || mount -t overlay -o lowerdir=/opt,upperdir=opt,workdir=opt.work bench /opt
mount --rbind run /run
cd /
mkdir -p /run/lock
rm -f /etc/resolv.conf
echo 'nameserver 10.0.2.3' >/etc/resolv.conf
ip link set lo up
while read -r name value; do
  [ ! -e "/proc/sys/$name" ] || echo "$value" >"/proc/sys/$name" || echo "bench: cannot set $name" >&2
done <"$run/sysctls"
dockerd "$@" &
daemon=$!
trap 'kill "$daemon"' TERM
code=143
while kill -0 "$daemon" 2>/dev/null; do
  wait "$daemon" && code=0 || code=$?
done
exit "$code"
`;

export interface DockerdSettings {
  /** Whether docker-proxy serves published ports; absent: dockerd's own default. */
  readonly userlandProxy?: boolean;
}

/**
 * The command of a lab's outermost process. unshare(1) and flock(1) are util-linux's. The lab ends with this
 * process.
 */
export function bootCommand(at: Layout, { userlandProxy }: DockerdSettings): readonly [string, ...string[]] {
  const dockerd = [
    ['--config-file', at.config],
    ['--data-root', at.dataRoot],
    ['--exec-root', at.execRoot],
    ['--pidfile', '/run/dockerd.pid'],
    ['--host', `unix://${at.socket}`],
    ['--group', 'root'],
    ['--cgroup-parent', `/${at.cgroup}`],
    // systemd's driver is not visible here. It would put the containers' groups among the machine's own
    // services.
    ['--exec-opt', 'native.cgroupdriver=cgroupfs'],
    userlandProxy === undefined ? [] : [`--userland-proxy=${userlandProxy}`],
  ].flat();
  return [
    'flock',
    '--no-fork',
    '--nonblock',
    at.alive,
    ...['unshare', '--net', '--mount', '--pid', '--fork', '--kill-child'],
    ...['sh', '-euc', script, 'bench-lab', at.run, at.state, ...dockerd],
  ];
}
