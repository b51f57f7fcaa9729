import { build } from './build.ts';
import { capAdd, capDrop } from './capabilities.ts';
import { command, entrypoint } from './command.ts';
import { credentialSpec } from './credential-spec.ts';
import { deploy } from './deploy.ts';
import { dns, dnsSearch } from './dns.ts';
import { envFile, environment } from './environment.ts';
import { extraHosts } from './extra-hosts.ts';
import { configs, secrets } from './file-references.ts';
import { healthcheck } from './healthcheck.ts';
import { image } from './image.ts';
import { labels } from './labels.ts';
import { logging } from './logging.ts';
import { volumes } from './mounts.ts';
import * as plain from './plain-fields.ts';
import { ports } from './ports.ts';
import { restart } from './restart.ts';
import { networks } from './service-networks.ts';
import { stopGracePeriod } from './stop-grace-period.ts';
import { sysctls } from './sysctls.ts';
import { tmpfs } from './tmpfs.ts';
import { ulimits } from './ulimits.ts';
import * as ignored from './without-effect.ts';

/**
 * Every key of a service, in the order of `config` output and of conversion.
 *
 * Conversion relies on three pairs: cap_add before cap_drop, configs before credential_spec,
 * deploy before restart.
 * @source spec/stack-file.md 3.1
 */
export const SERVICE_KEYS = {
  build,
  cap_add: capAdd,
  cap_drop: capDrop,
  cgroupns_mode: ignored.cgroupnsMode,
  cgroup_parent: ignored.cgroupParent,
  command,
  configs,
  container_name: ignored.containerName,
  credential_spec: credentialSpec,
  depends_on: ignored.dependsOn,
  deploy,
  devices: ignored.devices,
  dns,
  dns_search: dnsSearch,
  domainname: ignored.domainname,
  entrypoint,
  environment,
  env_file: envFile,
  expose: ignored.expose,
  external_links: ignored.externalLinks,
  extra_hosts: extraHosts,
  hostname: plain.hostname,
  healthcheck,
  image,
  init: plain.init,
  ipc: ignored.ipc,
  isolation: plain.isolation,
  labels,
  links: ignored.links,
  logging,
  mac_address: ignored.macAddress,
  network_mode: ignored.networkMode,
  networks,
  oom_score_adj: plain.oomScoreAdj,
  pid: ignored.pid,
  ports,
  privileged: ignored.privileged,
  read_only: plain.readOnly,
  restart,
  secrets,
  security_opt: ignored.securityOpt,
  shm_size: ignored.shmSize,
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
} as const;
