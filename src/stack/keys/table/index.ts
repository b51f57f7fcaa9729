import { BUILD } from './build.ts';
import { CONTAINER_KEYS } from './container.ts';
import { DEPLOY } from './deploy.ts';
import { NETWORK_KEYS, NETWORKS } from './network.ts';
import { RESOURCE_KEYS } from './resources.ts';
import {
  FLAG,
  client,
  inherit,
  mapped,
  mapping,
  named,
  TEXT,
  TEXT_OR_TEXTS,
  TEXTS,
  word,
  type KeyFacts,
  type Shape,
} from './shape.ts';
import { CONFIGS, SECRETS, STORAGE_KEYS, VOLUMES } from './storage.ts';

const MODEL_FACTS = {
  outcome: 'refused',
  effect: 'language models are run by Docker Desktop, not by a cluster',
  instead: 'run a model server as a service, and give its address in environment',
} as const;

const serviceModels: KeyFacts = {
  about: 'language models the service uses',
  ...MODEL_FACTS,
  types: ['list', 'mapping'],
  items: TEXT,
  unique: true,
  names: true,
  closed: true,
  entries: mapping(
    inherit(
      {
        endpoint_var: [TEXT, 'variable for the address'],
        model_var: [TEXT, 'variable for the name'],
      },
      MODEL_FACTS,
    ),
  ),
};

const PROVIDER_FACTS = {
  outcome: 'refused',
  effect: 'the service is run by a program on this machine, not by a cluster',
  instead: 'start what it provides elsewhere, and give its address in environment',
} as const;

const provider: KeyFacts = {
  about: 'a program that runs the service',
  ...PROVIDER_FACTS,
  ...mapping(
    inherit(
      {
        type: [TEXT, 'which program'],
        options: [
          {
            types: ['mapping'],
            entries: {
              types: ['string', 'number', 'boolean', 'list'],
              items: { types: ['string', 'number', 'boolean'] },
            },
            closed: true,
          },
          'its options',
        ],
      },
      PROVIDER_FACTS,
    ),
    { required: ['type'] },
  ),
};

const ORDER =
  'services are created and updated in this order and removed in reverse, each begun when what it depends on has got so far; tasks that the cluster starts again later do not wait';

const dependsOn: KeyFacts = client(
  {
    types: ['list', 'mapping'],
    items: TEXT,
    unique: true,
    names: true,
    closed: true,
    entries: mapping(
      inherit(
        {
          condition: [
            word('service_started', 'service_healthy', 'service_completed_successfully'),
            'what to wait for',
          ],
          restart: [FLAG, 'whether to restart with it'],
          required: [FLAG, 'whether it must be in the stack'],
        },
        { outcome: 'client', effect: ORDER },
      ),
      { required: ['condition'] },
    ),
  },
  'services that should be there first',
  ORDER,
);

const SERVICE: Shape = mapping({
  ...CONTAINER_KEYS,
  ...RESOURCE_KEYS,
  ...NETWORK_KEYS,
  ...STORAGE_KEYS,
  build: BUILD,
  deploy: DEPLOY,
  depends_on: dependsOn,
  models: serviceModels,
  provider,
  restart: mapped(
    TEXT,
    'no, always, unless-stopped, on-failure or on-failure:3; deploy.restart_policy wins',
    'TaskTemplate.RestartPolicy',
  ),
});

const include: KeyFacts = client(
  {
    types: ['list'],
    items: {
      types: ['string', 'mapping'],
      keys: {
        path: client(TEXT_OR_TEXTS, 'files to take in', 'read now'),
        project_directory: client(TEXT, 'base of their relative paths', 'used now'),
        env_file: client(TEXT_OR_TEXTS, 'variables for them', 'read now'),
      },
      closed: true,
    },
  },
  'other files to take in',
  'read now; what they declare is part of the stack',
);

const models: KeyFacts = {
  about: 'language models',
  ...MODEL_FACTS,
  ...named(
    mapping(
      inherit(
        {
          name: [TEXT, 'name for people'],
          model: [TEXT, 'which model'],
          context_size: [{ types: ['integer', 'string'] }, 'size of the context'],
          runtime_flags: [TEXTS, 'options of the engine'],
        },
        MODEL_FACTS,
      ),
      { required: ['model'] },
    ),
  ),
};

/**
 * Every key of a stack file: what it may hold and what becomes of it.
 *
 * The one source of the structure check, the notes and refusals, `explain keys`, and
 * schemas/stack.schema.json.
 * @source compose-spec; research/demand.md 5.3, 5.4
 */
export const STACK_FILE: Shape = mapping({
  version: client(
    { types: ['string'] },
    '3.0 to 3.13; leave it out',
    "chooses docker's format for all files",
  ),
  name: client(
    TEXT,
    'name of the project',
    'shown by config; the stack is named on the command line',
  ),
  include,
  services: mapped(named(SERVICE), 'services of the stack', 'POST /services/create'),
  networks: NETWORKS,
  volumes: VOLUMES,
  secrets: SECRETS,
  configs: CONFIGS,
  models,
});

/** Whether a key of a service is refused whatever it says. */
export function isRefusedKey(key: string): boolean {
  const keys = SERVICE.keys ?? {};
  return Object.hasOwn(keys, key) && keys[key]?.outcome === 'refused';
}
