import { expect, test } from 'vitest';
import { pluginArgv, pluginMetadata } from '../../../src/cli/docker-plugin.ts';

test.each([
  [
    ['tstack', 'deploy', '-c', 'f', 's'],
    ['deploy', '-c', 'f', 's'],
  ],
  [
    ['-c', 'prod', 'tstack', 'ps', 's'],
    ['--context', 'prod', 'ps', 's'],
  ],
  [
    ['-c=prod', '-D', 'tstack', 'ps'],
    ['--context=prod', '-D', 'ps'],
  ],
  [
    ['-H', 'tstack', 'tstack', 'ls'],
    ['-H', 'tstack', 'ls'],
  ],
  [
    ['deploy', 'tstack'],
    ['deploy', 'tstack'],
  ],
  [
    ['__complete', 'tstack', 'ps', ''],
    ['__complete', 'ps', ''],
  ],
])('docker calls the plugin with %j', (argv, expected) => {
  expect(pluginArgv(argv)).toEqual(expected);
});

test('metadata has what docker requires', () => {
  expect(JSON.parse(pluginMetadata())).toMatchObject({
    SchemaVersion: '0.1.0',
    Vendor: expect.any(String),
    Version: expect.any(String),
  });
});
