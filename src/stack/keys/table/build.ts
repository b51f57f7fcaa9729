import {
  FLAG,
  inherit,
  list,
  either,
  mapping,
  PAIRS,
  SIZE,
  TEXT,
  TEXTS,
  noted,
  type KeyFacts,
  type Shape,
} from './shape.ts';

const FACTS = {
  outcome: 'client',
  effect: 'a stack is deployed from images; nothing is built',
  instead: 'build and push the image first (docker compose build --push), and name it with image',
  noted: true,
} as const;

const ULIMITS: Shape = {
  types: ['mapping'],
  closed: true,
  entries: {
    types: ['integer', 'string', 'mapping'],
    keys: inherit(
      {
        soft: [{ types: ['integer', 'string'] }, 'limit that is in force'],
        hard: [{ types: ['integer', 'string'] }, 'limit up to which it may be raised'],
      },
      FACTS,
    ),
    required: ['soft', 'hard'],
  },
};

const SECRETS: Shape = list(
  either(
    TEXT,
    mapping(
      inherit(
        {
          source: [TEXT, 'key of the secret'],
          target: [TEXT, 'file in the build'],
          uid: [TEXT, 'owner'],
          gid: [TEXT, 'group'],
          mode: [{ types: ['number', 'string'] }, 'permission bits'],
        },
        FACTS,
      ),
    ),
  ),
);

const HOSTS: Shape = {
  types: ['mapping', 'list'],
  entries: { types: ['string', 'number', 'null', 'list'], items: TEXT },
  items: TEXT,
  unique: true,
  closed: true,
};

const keys: Readonly<Record<string, KeyFacts>> = inherit(
  {
    context: [TEXT, 'directory or URL of the sources'],
    dockerfile: [TEXT, 'the Dockerfile'],
    dockerfile_inline: [TEXT, 'the text of a Dockerfile'],
    args: [PAIRS, 'variables of the build'],
    labels: [PAIRS, 'labels of the image'],
    target: [TEXT, 'stage to stop at'],
    tags: [TEXTS, 'more names of the image'],
    platforms: [TEXTS, 'platforms to build for'],
    cache_from: [TEXTS, 'caches to read'],
    cache_to: [TEXTS, 'caches to write'],
    no_cache: [FLAG, 'whether caches are passed over'],
    no_cache_filter: [{ types: ['string', 'list'], items: TEXT }, 'stages without cache'],
    additional_contexts: [PAIRS, 'more sources by name'],
    network: [TEXT, 'network of the build'],
    extra_hosts: [HOSTS, 'more lines of /etc/hosts'],
    ssh: [PAIRS, 'SSH agents and keys'],
    secrets: [SECRETS, 'secrets of the build'],
    shm_size: [SIZE, 'size of /dev/shm'],
    ulimits: [ULIMITS, 'limits of processes'],
    isolation: [TEXT, 'isolation technology on Windows'],
    privileged: [FLAG, 'whether the build has all rights'],
    entitlements: [TEXTS, 'rights of the build'],
    pull: [FLAG, 'whether base images are pulled again'],
    provenance: [{ types: ['boolean', 'string'] }, 'whether the build is attested'],
    sbom: [{ types: ['boolean', 'string'] }, 'whether the contents are listed'],
  },
  FACTS,
);

/** How the image is built. @source research/demand.md 5.3 */
export const BUILD: KeyFacts = noted(
  either(TEXT, mapping(keys)),
  'how the image is built',
  FACTS.effect,
  FACTS.instead,
);
