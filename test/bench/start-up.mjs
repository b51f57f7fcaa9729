// How long a command takes that has little to do. The floor is Node itself.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findDocker, interleave, timeProcess } from './measure.mjs';
import { generateStackFile } from './stack-files.mjs';

const node = process.execPath;

export const startUp = {
  name: 'start-up',
  summary: 'whole processes, ms',
  async run({ bin, folder, rounds }) {
    const file = join(folder, 'five.yml');
    writeFileSync(file, generateStackFile(5));
    const docker = await findDocker();
    const medians = await interleave(
      {
        'node -e 0': () => timeProcess([node, '-e', '0']),
        'tstack --version': () => timeProcess([node, bin, '--version']),
        'tstack --help': () => timeProcess([node, bin, '--help']),
        'tstack config, 5 services': () => timeProcess([node, bin, 'config', '-c', file]),
        ...(docker && {
          'docker stack config, 5 services': () =>
            timeProcess([docker, 'stack', 'config', '-c', file]),
        }),
      },
      rounds,
    );
    const base = 'node -e 0';
    return [
      { name: base, ms: medians[base] },
      { name: 'tstack --version', ms: medians['tstack --version'], base, limit: 1.3 },
      { name: 'tstack --help', ms: medians['tstack --help'], base },
      {
        name: 'tstack config, 5 services',
        ms: medians['tstack config, 5 services'],
        base,
        limit: 2,
      },
      ...(docker
        ? [
            {
              name: 'docker stack config, 5 services',
              ms: medians['docker stack config, 5 services'],
              base,
            },
          ]
        : []),
    ].map((row) => (row.base ? { ...row, ratio: row.ms / medians[row.base] } : row));
  },
};
