// `config` of large files, against the docker command when it is on the PATH.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findDocker, interleave, timeProcess } from './measure.mjs';
import { generateStackFile } from './stack-files.mjs';

const SIZES = [5, 1000, 10_000];

export const configSize = {
  name: 'config-size',
  summary: 'config of a file with N services, ms',
  async run({ bin, folder, rounds }) {
    const docker = await findDocker();
    const rows = [];
    for (const size of SIZES) {
      const file = join(folder, `${size}.yml`);
      writeFileSync(file, generateStackFile(size));
      const ours = `tstack config, ${size} services`;
      const theirs = `docker stack config, ${size} services`;
      const medians = await interleave(
        {
          [ours]: () => timeProcess([process.execPath, bin, 'config', '-c', file]),
          ...(docker && { [theirs]: () => timeProcess([docker, 'stack', 'config', '-c', file]) }),
        },
        size > 1000 ? Math.min(rounds, 3) : rounds,
      );
      if (docker) rows.push({ name: theirs, ms: medians[theirs] });
      const against = docker ? { base: theirs, ratio: medians[ours] / medians[theirs] } : {};
      rows.push({
        name: ours,
        ms: medians[ours],
        ...against,
        ...(docker && size >= 1000 && { limit: 1 }),
      });
    }
    return rows;
  },
};
