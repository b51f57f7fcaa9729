import {
  FLAG,
  client,
  either,
  list,
  mapped,
  mapping,
  named,
  noted,
  OPTIONS,
  refused,
  TEXT,
  TEXT_OR_TEXTS,
  UNIQUE_TEXTS,
  type KeyFacts,
} from './shape.ts';

const NO_FIELD = 'the Swarm API has no field for it';
const BY_NAME = 'services on a common network reach each other by name';

const attachment: Readonly<Record<string, KeyFacts>> = {
  aliases: mapped(UNIQUE_TEXTS, 'more names of the service on the network', 'Networks[].Aliases'),
  driver_opts: mapped(OPTIONS, 'options of the network driver', 'Networks[].DriverOpts'),
  ipv4_address: refused(
    TEXT,
    'a fixed address',
    'Swarm gives tasks their addresses',
    'reach the service by its name, or by an alias',
  ),
  ipv6_address: refused(
    TEXT,
    'a fixed address',
    'Swarm gives tasks their addresses',
    'reach the service by its name, or by an alias',
  ),
  link_local_ips: refused(UNIQUE_TEXTS, 'link-local addresses', NO_FIELD, 'remove them'),
  mac_address: refused(TEXT, 'a fixed MAC address', NO_FIELD, 'remove it'),
  interface_name: refused(TEXT, 'name of the interface', NO_FIELD, 'find it by its address'),
  priority: refused({ types: ['number'] }, 'order of the networks', NO_FIELD, 'remove it'),
  gw_priority: refused(
    { types: ['number'] },
    'which network gives the default route',
    NO_FIELD,
    'attach the service to one network that is not internal',
  ),
};

const port: Readonly<Record<string, KeyFacts>> = {
  target: mapped({ types: ['integer', 'string'] }, 'port in the container', 'Ports[].TargetPort'),
  published: mapped(
    { types: ['string', 'integer'] },
    'port of the cluster, or a range such as 8000-8010',
    'Ports[].PublishedPort; a range publishes each of its ports',
  ),
  protocol: mapped(TEXT, 'tcp, udp or sctp', 'Ports[].Protocol'),
  mode: mapped(
    TEXT,
    'ingress: every node answers; host: only nodes that run a task',
    'Ports[].PublishMode',
  ),
  name: mapped(TEXT, 'a name for people', 'Ports[].Name'),
  host_ip: refused(
    TEXT,
    'address to listen on',
    'Swarm publishes on every address of a node',
    'guard the port with a firewall, or publish it through a proxy',
  ),
  app_protocol: noted(
    TEXT,
    'what is spoken on the port',
    'Swarm balances connections and does not look into them',
    'tell a proxy in deploy.labels',
  ),
};

/** Keys about how a service is reached and reaches others. @source research/demand.md 5.3 */
export const NETWORK_KEYS: Readonly<Record<string, KeyFacts>> = {
  dns: mapped(TEXT_OR_TEXTS, 'name servers of the container', 'DNSConfig.Nameservers'),
  dns_opt: mapped(UNIQUE_TEXTS, 'options of the resolver: ndots:2', 'DNSConfig.Options'),
  dns_search: mapped(TEXT_OR_TEXTS, 'domains to search', 'DNSConfig.Search'),
  expose: noted(
    list({ types: ['string', 'number'] }, { unique: true }),
    'ports other services use',
    'services on a common network reach each other on every port',
    'remove it; publish a port with ports',
  ),
  external_links: refused(
    UNIQUE_TEXTS,
    'containers of other projects by another name',
    'Swarm has no links',
    'attach both to an external network and use its aliases',
  ),
  links: refused(
    UNIQUE_TEXTS,
    'services by another name',
    'Swarm has no links',
    `${BY_NAME}; for another name give the other service an alias`,
  ),
  extra_hosts: mapped(
    {
      types: ['mapping', 'list'],
      entries: { types: ['string', 'number', 'null', 'list'], items: TEXT },
      items: TEXT,
      unique: true,
      closed: true,
    },
    'more lines of /etc/hosts',
    'ContainerSpec.Hosts',
  ),
  mac_address: refused(TEXT, 'a fixed MAC address', NO_FIELD, 'remove it'),
  network_mode: mapped(
    TEXT,
    'host or bridge: the network of the node or of its engine, in place of networks',
    'Networks: the predefined network; none, service:… and container:… are refused',
  ),
  networks: mapped(
    {
      types: ['list', 'mapping'],
      items: TEXT,
      unique: true,
      names: true,
      closed: true,
      entries: { ...mapping(attachment), types: ['mapping', 'null'] },
    },
    'networks of the service; without any it is on default',
    'TaskTemplate.Networks',
  ),
  ports: mapped(
    list(
      { ...either({ types: ['number', 'string'], format: 'ports', minimum: 0 }, mapping(port)) },
      { unique: true },
    ),
    'ports to publish: [[ip:]published:]target[/protocol], or the long form',
    'EndpointSpec.Ports; ranges become one entry for each port',
  ),
};

/** Top-level networks. @source research/demand.md 5.4 */
export const NETWORKS: KeyFacts = mapped(
  named({
    types: ['mapping', 'null'],
    keys: {
      name: mapped(TEXT, 'its name; without it STACK_KEY', 'NetworkCreate.Name'),
      driver: mapped(TEXT, 'its driver (default overlay)', 'NetworkCreate.Driver'),
      driver_opts: mapped(OPTIONS, 'options of the driver', 'NetworkCreate.Options'),
      attachable: mapped(FLAG, 'lets plain containers join', 'NetworkCreate.Attachable'),
      internal: mapped(FLAG, 'no way to the outside', 'NetworkCreate.Internal'),
      enable_ipv4: refused(
        FLAG,
        'whether tasks get IPv4 addresses',
        'Swarm networks always have IPv4',
        'remove it',
      ),
      enable_ipv6: mapped(FLAG, 'whether tasks get IPv6 addresses', 'NetworkCreate.EnableIPv6'),
      external: {
        ...client(
          mapping({
            name: client(TEXT, 'its name; write name beside external instead', 'looked up'),
          }),
          'somebody else made it',
          'it is looked up before anything is written, and never changed',
        ),
        types: ['boolean', 'string', 'mapping'],
      },
      labels: mapped(
        {
          types: ['mapping', 'list'],
          entries: { types: ['string', 'number', 'boolean', 'null'] },
          items: TEXT,
          unique: true,
          closed: true,
        },
        'labels of the network',
        'NetworkCreate.Labels',
      ),
      ipam: mapped(
        mapping({
          driver: mapped(TEXT, 'address driver', 'IPAM.Driver'),
          options: mapped(
            { types: ['mapping'], entries: { types: ['string'] }, closed: true },
            'options of the address driver',
            'IPAM.Options',
          ),
          config: mapped(
            list(
              mapping({
                subnet: mapped(
                  TEXT,
                  'addresses of the network, 10.20.0.0/16',
                  'IPAM.Config[].Subnet',
                ),
                ip_range: mapped(
                  TEXT,
                  'addresses for tasks, part of subnet',
                  'IPAM.Config[].IPRange',
                ),
                gateway: mapped(TEXT, 'address of the gateway', 'IPAM.Config[].Gateway'),
                aux_addresses: refused(
                  { types: ['mapping'], entries: { types: ['string'] }, closed: true },
                  'addresses to keep free',
                  'Swarm has no field for it',
                  'choose an ip_range without them',
                ),
              }),
            ),
            'address ranges',
            'IPAM.Config',
          ),
        }),
        'addresses of the network',
        'NetworkCreate.IPAM',
      ),
    },
  }),
  'networks of the stack; only those a service uses are made',
  'POST /networks/create',
);
