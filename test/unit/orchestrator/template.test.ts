import { describe, expect, test } from 'vitest';
import {
  expandContainerSpec,
  expandPayload,
  toTemplateContext,
} from '../../../src/orchestrator/template.ts';
import type { NodeId, ServiceId, TaskId } from '../../../src/swarm/object.ts';
import type { ContainerSpec } from '../../../src/swarm/service.ts';

const TASK = {
  ID: 'task1' as TaskId,
  ServiceID: 'service1' as ServiceId,
  ServiceAnnotations: { Name: 'web', Labels: { tier: 'front', a: '1' } },
  NodeID: 'node1' as NodeId,
  Slot: 3,
};
const NODE = {
  Description: { Hostname: 'alpha', Platform: { OS: 'linux', Architecture: 'x86_64' } },
};
const CONTEXT = toTemplateContext(TASK, NODE);

const expandOne = (text: string): string =>
  expandContainerSpec({ Hostname: text }, CONTEXT).Hostname ?? '';

describe('placeholders', () => {
  test.each([
    ['{{.Service.Name}}-{{.Task.Slot}}', 'web-3'],
    ['{{.Service.ID}} {{.Task.ID}} {{.Task.Name}}', 'service1 task1 web.3.task1'],
    ['{{.Node.ID}} {{.Node.Hostname}}', 'node1 alpha'],
    ['{{.Node.Platform.OS}}/{{.Node.Platform.Architecture}}', 'linux/x86_64'],
    ['{{.Service.Labels}}', 'map[a:1 tier:front]'],
    ['{{index .Service.Labels "tier"}}', 'front'],
    ['{{join "-" .Service.Name .Node.Hostname}}', 'web-alpha'],
    ['{{if eq .Task.Slot "3"}}third{{else}}other{{end}}', 'third'],
    ['{{printf "%3s" .Task.Slot}}', '  3'],
    ['{{len .Service.Name}}', '3'],
    ['plain', 'plain'],
  ])('%s gives %s', (text, expanded) => {
    expect(expandOne(text)).toBe(expanded);
  });

  test('the slot of a task without one is its node', () => {
    const { Slot: _, ...global } = TASK;
    expect(toTemplateContext(global, NODE).Task).toEqual({
      ID: 'task1',
      Name: 'web.node1.task1',
      Slot: 'node1',
    });
  });
});

describe('a container spec', () => {
  test('is expanded in environment values, mounts and host name, nowhere else', () => {
    const spec: ContainerSpec = {
      Image: '{{.Service.Name}}',
      Args: ['{{.Task.Slot}}'],
      Env: ['{{.Bad}}={{.Task.Slot}}', 'plain', 'A=b=={{.Node.Hostname}}'],
      Hostname: 'h{{.Task.Slot}}',
      Mounts: [
        {
          Type: 'volume',
          Source: 'v{{.Task.Slot}}',
          Target: '/{{.Service.Name}}',
          VolumeOptions: {
            Labels: { k: '{{.Node.ID}}' },
            DriverConfig: { Name: '{{.Task.ID}}', Options: { o: '{{.Task.ID}}' } },
          },
        },
      ],
    };
    expect(expandContainerSpec(spec, CONTEXT)).toEqual({
      Image: '{{.Service.Name}}',
      Args: ['{{.Task.Slot}}'],
      Env: ['{{.Bad}}=3', 'plain', 'A=b==alpha'],
      Hostname: 'h3',
      Mounts: [
        {
          Type: 'volume',
          Source: 'v3',
          Target: '/web',
          VolumeOptions: {
            Labels: { k: 'node1' },
            DriverConfig: { Name: '{{.Task.ID}}', Options: { o: 'task1' } },
          },
        },
      ],
    });
  });

  // Texts of engine 28.5.2, as recorded.
  test.each([
    [
      { Env: ['A={{.Node.'] },
      'expanding env failed: expanding env "A={{.Node.": template: expansion:1: unexpected "." in operand',
    ],
    [
      { Env: ['A={{.Nope.X}}'] },
      'expanding env failed: expanding env "A={{.Nope.X}}": template: expansion:1:7: executing "expansion" at <.Nope.X>: can\'t evaluate field Nope in type *template.Context',
    ],
    [
      { Env: ['A={{ upper .Service.Name }}'] },
      'expanding env failed: expanding env "A={{ upper .Service.Name }}": template: expansion:1: function "upper" not defined',
    ],
    [
      { Hostname: '{{.Oops}}' },
      'expanding hostname failed: template: expansion:1:2: executing "expansion" at <.Oops>: can\'t evaluate field Oops in type *template.Context',
    ],
    [
      { Mounts: [{ Type: 'volume' as const, Source: '{{.Bad', Target: '/x' }] },
      'expanding mounts failed: expanding mount source "{{.Bad": template: expansion:1: unclosed action',
    ],
    [{ Hostname: '{{.Service.Labels.nope}}' }, 'map has no entry for key "nope"'],
  ])('refuses %j', (spec, message) => {
    expect(() => expandContainerSpec(spec, CONTEXT)).toThrow(message);
  });
});

describe('a payload', () => {
  const scope = {
    env: ['USER=me', 'EMPTY='],
    secrets: new Map([['key', 's3cret']]),
    configs: new Map([['site', 'conf']]),
  };

  test('reaches environment, secrets, configs, and of the node its id', () => {
    const text =
      '{{env "USER"}}{{env "NONE"}} {{secret "key"}} {{config "site"}} {{.Node.ID}}{{.Node.Hostname}}';
    expect(expandPayload(text, CONTEXT, scope)).toBe('me s3cret conf node1');
  });

  test('fails for what the task does not have', () => {
    expect(() => expandPayload('{{secret "nope"}}', CONTEXT, scope)).toThrow('nope');
  });
});
