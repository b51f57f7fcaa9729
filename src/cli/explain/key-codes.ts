import { explanations, type Explanations } from './explanation.ts';

/** Codes about what keys of a stack file say. */
export const KEY_CODES: Explanations = explanations({
  'bind-without-source': [
    'A bind mount does not say what to mount.',
    'volumes: [{type: bind, target: /d}]',
    'Add source.',
  ],
  'cpu-period-alone': [
    'cpu_period without cpu_quota limits nothing.',
    'cpu_period: 50000',
    'Add cpu_quota, or write deploy.resources.limits.cpus.',
  ],
  'device-count': [
    'Devices are asked for without a number.',
    'gpus: all',
    'Write how many a task needs: gpus: [{count: 1}].',
  ],
  'dnsrr-with-ingress-port': [
    'endpoint_mode dnsrr has no address that a published port could lead to.',
    'endpoint_mode: dnsrr with ports: ["80:80"]',
    'Publish with mode: host, or use vip.',
  ],
  'driver-and-file': [
    'A secret has its data from a driver and from a file.',
    '{driver: vault, file: ./x}',
    'Keep one of them.',
  ],
  'duplicate-file-target': [
    'Two secrets or configs of a service are the same file in the container.',
    'two references with one target',
    'Give one of them another target.',
  ],
  'duplicate-mount-target': [
    'Two mounts of a service have the same path.',
    'volumes: ["a:/d", "b:/d"]',
    'Remove or move one of them.',
  ],
  'duplicate-published-port': [
    'A port is published twice.',
    'ports: ["80:80", "80:8080"]',
    'Publish one of them on another port.',
  ],
  'env-file-unreadable': [
    'An env file cannot be opened.',
    'env_file: gone.env',
    'Correct its path.',
  ],
  'external-name-deprecated': [
    'external: {name: x} is an old form.',
    'external: {name: web}',
    'Write external: true and name: web.',
  ],
  'external-name-twice': [
    'An external object has two names.',
    'name beside external: {name: …}',
    'Keep name.',
  ],
  'external-volume-conflict': [
    'An external volume has options that only a new one could have.',
    'external: true with driver: nfs',
    'Remove the options, or external.',
  ],
  'global-with-replicas': [
    'A global service runs once on each node, so a number means nothing.',
    'mode: global with replicas: 2',
    'Remove replicas, or the mode.',
  ],
  'healthcheck-test-and-disable': [
    'A health check is written and switched off.',
    'test: […] with disable: true',
    'Remove one of them.',
  ],
  'healthcheck-test-appended': [
    'A later file added words to the test of an earlier one.',
    'test in two files',
    'Write the test in one file.',
  ],
  'healthcheck-time-too-short': [
    'A time of a health check is below a millisecond.',
    'interval: 1us',
    'Write a longer one.',
  ],
  'home-unknown': [
    'A path begins with ~, and HOME is not set.',
    'volumes: ["~/d:/d"] with no HOME',
    'Write the path in full.',
  ],
  'image-mount-refused': [
    'A mount is of type image, which SwarmKit does not have.',
    'volumes: [{type: image, source: app, target: /d}]',
    'Copy the files into the image of the service.',
  ],
  'incompatible-volume-options': [
    'A mount has options of another type.',
    'type: bind with volume: {nocopy: true}',
    'Remove the options, or change the type.',
  ],
  'invalid-command': [
    'A command line has an open quote.',
    `command: echo 'a`,
    'Close it, or write a list.',
  ],
  'invalid-constraint': [
    'A placement constraint is no comparison.',
    'constraints: [node.role]',
    'Write node.role == worker.',
  ],
  'invalid-cpus': ['A number of CPUs cannot be read.', 'cpus: half', "Write a number: '0.5'."],
  'invalid-dns-server': [
    'A name server is not given by its address.',
    'dns: [dns.example.com]',
    'Write its address.',
  ],
  'invalid-env-file': ['A line of an env file cannot be read.', 'export A=b', 'Write KEY=value.'],
  'invalid-extra-host': [
    'A line of extra_hosts has no address.',
    'extra_hosts: [db]',
    'Write host:address.',
  ],
  'invalid-failure-ratio': [
    'max_failure_ratio is no share.',
    'max_failure_ratio: 20',
    'Write 0 to 1.',
  ],
  'invalid-image': [
    'The name of an image cannot be read.',
    'image: Nginx',
    'Write it in lower case: registry/name:tag.',
  ],
  'invalid-platform': [
    'A platform cannot be read.',
    'platform: linux/arm/v7/x',
    'Write linux/amd64.',
  ],
  'invalid-port': [
    'A port cannot be read, or is out of range.',
    'ports: ["80:80:80:80"]',
    'Write [[ip:]published:]target[/protocol]; ports end at 65535.',
  ],
  'invalid-restart': [
    'restart is none of its words.',
    'restart: sometimes',
    'Write no, always, unless-stopped or on-failure:3.',
  ],
  'invalid-subnet': [
    'An address range or gateway of a network cannot be read.',
    'subnet: 10.20',
    'Write 10.20.0.0/16; a gateway is one address of it.',
  ],
  'invalid-swap': [
    'memswap_limit does not go with the memory limit.',
    'memswap_limit: 1g without mem_limit',
    'Write mem_limit, and memswap_limit at least as large; or -1.',
  ],
  'invalid-swappiness': [
    'mem_swappiness is out of range.',
    'mem_swappiness: 200',
    'Write 0 to 100.',
  ],
  'invalid-tmpfs': [
    'Options of tmpfs cannot be read.',
    'tmpfs: ["/run:size=big"]',
    'Write /run:size=64m,mode=1777.',
  ],
  'invalid-ulimit': [
    'A limit is no whole number.',
    'ulimits: {nofile: 1.5}',
    'Write a whole number, or soft and hard.',
  ],
  'invalid-volume': [
    'A mount in the short form cannot be read.',
    'volumes: ["a:b:c:d"]',
    'Write [source:]target[:options].',
  ],
  'job-with-update-config': [
    'A job is not updated, so update_config means nothing.',
    'mode: replicated-job with update_config',
    'Remove update_config.',
  ],
  'network-mode-refused': [
    'A network mode cannot be had on a cluster.',
    'network_mode: service:db',
    'Attach services to networks; host and bridge are possible.',
  ],
  'name-with-two-contents': [
    'Two secrets or configs of the file have one name and different content.',
    'a: {name: settings, file: ./a.ini}, b: {name: settings, file: ./b.ini}',
    'Name them differently; a secret or config has one content for good.',
  ],
  'network-name-used-twice': [
    'Two networks of a stack have one name.',
    'two keys with name: web',
    'Use one key, or another name.',
  ],
  'no-image': [
    'A service has no image.',
    'web: {build: .}',
    'Build and push an image, and name it.',
  ],
  'object-data-size': [
    'A secret or config is empty or too large.',
    'file: ./empty',
    'Secrets hold 1 to 511999 bytes, configs 1 to 1023999.',
  ],
  'object-file-unreadable': [
    'The file of a secret or config cannot be opened.',
    'secrets: {a: {file: ./gone}}',
    'Correct its path.',
  ],
  'port-address-ignored': [
    "A port is to listen on one address; in docker's format it listens on all.",
    'ports: ["127.0.0.1:80:80"]',
    'Guard the port with a firewall, or publish it through a proxy.',
  ],
  'port-address-refused': [
    'A port is to listen on one address, which Swarm cannot do.',
    'ports: ["127.0.0.1:80:80"]',
    'Leave the address out and guard the port, or publish it through a proxy.',
  ],
  'renamed-credential-spec': [
    'With --compat docker a credential spec cannot be a config with a name of its own.',
    'credential_spec: {config: a} with configs: {a: {name: b}}',
    'Drop --compat docker, or the name.',
  ],
  'resources-too-small': [
    'A limit or reservation is below what an engine takes.',
    'memory: 1M',
    'Write at least 4M, and at least 0.001 CPUs.',
  ],
  'restart-no-without-effect': [
    'In docker\'s format restart: "no" is sent as nothing, and tasks are restarted.',
    'restart: "no"',
    'Write deploy: {restart_policy: {condition: none}}.',
  ],
  'security-option-refused': [
    'A security option has no field in the Swarm API.',
    'security_opt: ["apparmor=my-profile"]',
    'Use no-new-privileges, seccomp, label, or the default profile.',
  ],
  'several-credential-specs': [
    'A credential spec comes from two places.',
    '{config: a, file: b}',
    'Keep one of them.',
  ],
  'static-address-ignored': [
    "In docker's format a fixed address of a service is dropped.",
    'ipv4_address: 10.0.0.5',
    'Reach the service by its name.',
  ],
  'tmpfs-with-source': [
    'A tmpfs mount has a source.',
    '{type: tmpfs, source: x, target: /t}',
    'Remove the source.',
  ],
  'tmpfs-without-effect': [
    "In docker's format the tmpfs key is dropped.",
    'tmpfs: /run',
    'Write it under volumes; or add a top-level name, and the file is read by the Compose Specification.',
  ],
  'undefined-config': [
    'A service names a config that is not declared.',
    'configs: [gone]',
    'Declare it under the top-level configs.',
  ],
  'undefined-secret': [
    'A service names a secret that is not declared.',
    'secrets: [gone]',
    'Declare it under the top-level secrets.',
  ],
  'undefined-network': [
    'A service names a network that is not declared.',
    'networks: [gone]',
    'Declare it under the top-level networks.',
  ],
  'undefined-volume': [
    'A service mounts a volume that is not declared.',
    'volumes: ["gone:/d"]',
    'Declare it under the top-level volumes.',
  ],
  'dependency-cycle': [
    'Services depend on each other, so that none of them can be first.',
    'a: {depends_on: [b]}, b: {depends_on: [a]}',
    'Remove one of the entries.',
  ],
  'dependency-never-completes': [
    'A service waits until another has completed, whose tasks are always started again.',
    'depends_on: {migrate: {condition: service_completed_successfully}}, migrate: {restart: always}',
    'Make the other a job (deploy: {mode: replicated-job}), or restart it on failure only.',
  ],
  'dependency-runs-as-job': [
    'A service that another waits to complete is deployed as a job, which runs at every deploy.',
    'depends_on: {migrate: {condition: service_completed_successfully}}',
    'Write deploy: {mode: replicated-job} in that service to say that it is meant.',
  ],
  'undefined-dependency': [
    'depends_on names a service that is not in the stack.',
    'depends_on: [gone]',
    'Correct its name, or remove it.',
  ],
  'unknown-mode': [
    'deploy.mode is none of its words.',
    'mode: everywhere',
    'Write replicated, global, replicated-job or global-job.',
  ],
  'unknown-volume-type': [
    'The type of a mount is none of its words.',
    'type: nfs',
    'Write volume, bind, tmpfs, npipe or cluster; nfs is an option of a volume.',
  ],
  'unknown-word': [
    'A value is a word that an engine does not know.',
    'failure_action: stop',
    'Write one of the words that are named.',
  ],
  'volume-without-source': [
    'A mount does not say what to mount.',
    '{type: npipe, target: x}',
    'Add source.',
  ],
});
