import { build } from './build.ts';
import { capAdd, capDrop } from './capabilities.ts';
import { command, entrypoint } from './command.ts';
import { credentialSpec } from './credential-spec.ts';
import { dependsOn } from './depends-on.ts';
import { deploy } from './deploy.ts';
import * as amounts from './container-resources.ts';
import { gpus } from './device-requests.ts';
import { dns, dnsOpt, dnsSearch } from './dns.ts';
import { envFile } from './env-files.ts';
import { environment } from './environment.ts';
import { extraHosts } from './extra-hosts.ts';
import { configs, secrets } from './file-references.ts';
import { healthcheck } from './healthcheck.ts';
import { image } from './image.ts';
import { labelFile } from './label-file.ts';
import { labels } from './labels.ts';
import { logging } from './logging.ts';
import { volumes } from './mounts.ts';
import { networkMode } from './network-mode.ts';
import * as noted from './noted.ts';
import * as plain from './plain-fields.ts';
import { platform } from './platform.ts';
import { ports } from './ports.ts';
import { profiles } from './profiles.ts';
import { restart } from './restart.ts';
import { securityOpt } from './security-opt.ts';
import { networks } from './service-networks.ts';
import { stopGracePeriod } from './stop-grace-period.ts';
import { sysctls } from './sysctls.ts';
import { shmSize, tmpfs } from './tmpfs.ts';
import { ulimits } from './ulimits.ts';
import * as ignored from './without-effect.ts';
import { xTstack } from './x-tstack.ts';

/**
 * Every key of a service, in the order of `config` output and of conversion.
 *
 * Conversion relies on the order: cap_add before cap_drop, configs before credential_spec before
 * security_opt, deploy before what has a twin in it, mem_limit before memswap_limit, network_mode
 * before networks, tmpfs and shm_size before volumes.
 * @source spec/stack-file.md 3.1
 */
export const SERVICE_KEYS = {
  attach: noted.attach,
  build,
  cap_add: capAdd,
  cap_drop: capDrop,
  cgroupns_mode: ignored.cgroupnsMode,
  cgroup_parent: ignored.cgroupParent,
  command,
  configs,
  container_name: ignored.containerName,
  credential_spec: credentialSpec,
  depends_on: dependsOn,
  deploy,
  cpu_period: amounts.cpuPeriod,
  cpu_quota: amounts.cpuQuota,
  cpus: amounts.cpus,
  develop: noted.develop,
  devices: ignored.devices,
  dns,
  dns_opt: dnsOpt,
  dns_search: dnsSearch,
  domainname: ignored.domainname,
  entrypoint,
  environment,
  env_file: envFile,
  expose: ignored.expose,
  external_links: ignored.externalLinks,
  extra_hosts: extraHosts,
  gpus,
  group_add: noted.groupAdd,
  hostname: plain.hostname,
  healthcheck,
  image,
  init: plain.init,
  ipc: ignored.ipc,
  isolation: plain.isolation,
  label_file: labelFile,
  labels,
  links: ignored.links,
  logging,
  mac_address: ignored.macAddress,
  mem_limit: amounts.memLimit,
  mem_reservation: amounts.memReservation,
  mem_swappiness: amounts.memSwappiness,
  memswap_limit: amounts.memswapLimit,
  network_mode: networkMode,
  networks,
  oom_score_adj: plain.oomScoreAdj,
  pid: ignored.pid,
  pids_limit: amounts.pidsLimit,
  platform,
  ports,
  profiles,
  privileged: ignored.privileged,
  pull_policy: noted.pullPolicy,
  pull_refresh_after: noted.pullRefreshAfter,
  read_only: plain.readOnly,
  restart,
  scale: amounts.scale,
  secrets,
  security_opt: securityOpt,
  shm_size: shmSize,
  stdin_open: plain.stdinOpen,
  stop_grace_period: stopGracePeriod,
  stop_signal: plain.stopSignal,
  sysctls,
  tmpfs,
  tty: plain.tty,
  ulimits,
  user: plain.user,
  userns_mode: ignored.usernsMode,
  volumes,
  working_dir: plain.workingDir,
  'x-tstack': xTstack,
} as const;
