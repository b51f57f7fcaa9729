import { explanations, type Explanations } from './explanation.ts';

/** Codes of reading files: text, YAML, variables, structure. */
export const FILE_CODES: Explanations = explanations({
  'invalid-service-spec': [
    "x-tstack.spec lays fields of the Engine API over the request; some of them are not the file's to say.",
    'x-tstack: {spec: {Name: other}}',
    'Use Labels, TaskTemplate, Mode, UpdateConfig, RollbackConfig and EndpointSpec.',
  ],
  'file-not-readable': [
    'A file named with -c, or by another file, cannot be opened.',
    'tstack config -c compos.yml',
    'Correct the path; it is relative to the current directory.',
  ],
  'file-too-large': [
    'A stack file has more than 64 MiB.',
    'a file with generated data in it',
    'Split it, and give each part with -c.',
  ],
  'unreadable-file': [
    'The scenario file cannot be opened.',
    'tstack simulate --scenario gone.yml',
    'Correct the path.',
  ],
  'not-utf8': [
    'A stack file is no UTF-8 or UTF-16 text.',
    'a file saved as Latin-1',
    'Save it as UTF-8.',
  ],
  'control-character': [
    'A stack file has a character that YAML does not allow.',
    'a NUL byte',
    'Remove it, or write it as an escape in double quotes.',
  ],
  'stdin-unreadable': [
    'Standard input cannot be read.',
    'tstack config -c - with a closed input',
    'Pipe a file into it.',
  ],
  'invalid-stack-file': [
    'A stack file has errors.',
    'any error in a file',
    'Read the diagnostics; each has a code of its own.',
  ],
  'yaml-syntax': [
    'The text is not YAML.',
    'key: [a, b',
    'Correct the line that is named; often an indentation, a quote or a bracket.',
  ],
  'yaml-alias': [
    'An alias names an anchor that is not there before it.',
    'web: *common without &common',
    'Put the anchor before its first use.',
  ],
  'yaml-limit': [
    'Aliases or nesting would make the file grow without bound.',
    'aliases of aliases of aliases',
    'Write the values out, or nest less deeply.',
  ],
  'yaml-tag': [
    'A value has a YAML tag that means nothing here.',
    'image: !python/name x',
    'Remove the tag.',
  ],
  'duplicate-key': [
    'A mapping has the same key twice.',
    'image: a, and image: b below it',
    'Keep one of them.',
  ],
  'key-not-string': [
    'A key of a mapping is no text.',
    'services: {1: {image: app}}',
    'Put it in quotes.',
  ],
  'number-not-finite': [
    'A number is infinite or none at all.',
    'replicas: .inf',
    'Write a number, or put the word in quotes.',
  ],
  'merge-not-mapping': [
    'A << key does not name a mapping.',
    '<<: text',
    'Let it name an anchor of a mapping, or a list of those.',
  ],
  'top-level-not-mapping': [
    'The file is empty, or holds a list or a text.',
    '- web',
    'Write keys such as services: at the top.',
  ],
  'version-not-string': [
    'version is a number.',
    'version: 3.8',
    'Leave version out, or put it in quotes.',
  ],
  'version-unsupported': [
    'version is none that stacks know.',
    'version: "2.4"',
    'Leave version out.',
  ],
  'version-mismatch': [
    'Files of one call state different versions.',
    '"3.8" in one file, "3.9" in another',
    'Leave version out of all of them.',
  ],
  'key-needs-version': [
    'A key is newer than the version the file states.',
    'version: "3.3" with init: true',
    'State a newer version, or leave it out.',
  ],
  'variable-invalid': [
    'A $ begins something that is no variable.',
    'command: echo $5',
    'Write $$ for a dollar sign.',
  ],
  'variable-required': [
    'A variable that must have a value has none.',
    '${TAG:?name a tag}',
    'Set the variable, then run the command again.',
  ],
  'variable-not-set': [
    'A variable has no value and reads as an empty text.',
    'image: app:${TAG}',
    'Set it, or write a default: ${TAG:-latest}.',
  ],
  'variable-odd-default': [
    'Docker reads more of the text as a default than it seems.',
    '$TAG-alpine',
    'Put the name in braces: ${TAG}-alpine.',
  ],
  'variable-cast': [
    'A variable gave a value of the wrong type.',
    'replicas: ${N} with N=two',
    'Set the variable to a number, or to true or false.',
  ],
  'unknown-key': [
    'A key is none of the format.',
    'helthcheck: {}',
    'Correct its spelling; tstack explain keys lists all keys.',
  ],
  'invalid-name': [
    'A service, network, volume, secret or config has a name that is not allowed.',
    'services: {"web app": {}}',
    'Use letters, digits, dots, underscores and hyphens.',
  ],
  'wrong-type': [
    'A value has another type than its key takes.',
    'image: 5',
    'Write the type that is named; quotes make a text of anything.',
  ],
  'missing-key': [
    'A mapping lacks a key it must have.',
    'volumes: [{target: /data}]',
    'Add the key.',
  ],
  'duplicate-item': [
    'A list has the same item twice.',
    'cap_add: [KILL, KILL]',
    'Remove one of them.',
  ],
  'invalid-value': [
    'A value is none of those allowed.',
    'order: first-start',
    'Write one of the words that are named.',
  ],
  'invalid-type': [
    'A value cannot be read as what its key means.',
    'tty: maybe',
    'Write a value of the type that is named.',
  ],
  'negative-number': ['A number is below zero.', 'replicas: -1', 'Write zero or more.'],
  'invalid-duration': [
    'A time is not written as one.',
    'interval: 5',
    'Write a number with a unit: 5s, 1m30s.',
  ],
  'invalid-size': [
    'A size is not written as one.',
    'memory: 5 apples',
    'Write a number with a unit: 64M, 1.5G.',
  ],
  'forbidden-option': [
    'A key is one that docker stack stops at.',
    'version: "3.8" with mem_limit',
    'Use what the hint names; a file with a top-level name and no version is read by the Compose Specification, which knows most of them.',
  ],
  'key-without-effect': [
    'A key is accepted and does nothing.',
    'volumes: [{type: bind, bind: {selinux: z}}]',
    'Remove it.',
  ],
  'key-refused': [
    'A key of the Compose Specification cannot be honoured on a cluster.',
    'privileged: true',
    'Follow the hint; tstack explain keys PATH says more.',
  ],
  'key-emulated': [
    'A key is done in another way than docker compose does it.',
    'shm_size: 64m',
    'Nothing, if that will do; tstack explain keys PATH says what is done.',
  ],
  'key-not-deployed': [
    'A key is for building or development; a deploy does not use it.',
    'build: .',
    'Nothing; the key is for other tools.',
  ],
  'conflicting-keys': [
    'Two keys say different things about the same.',
    'scale: 3 with deploy: {replicas: 2}',
    'Keep one of the two.',
  ],
});
