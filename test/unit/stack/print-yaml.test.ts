import { parse } from 'yaml';
import { expect, test } from 'vitest';
import { printYaml } from '../../../src/stack/print-yaml.ts';

test.each([
  ['\0', String.raw`"\0"`],
  ['bell \x07', String.raw`"bell \a"`],
  ['\x1b[0m', String.raw`"\e[0m"`],
  ['\x7f', String.raw`"\x7F"`],
  ['\ufeffx', String.raw`"\uFEFFx"`],
  ['👍', String.raw`"\U0001F44D"`],
  ['say "\\" \x01', String.raw`"say \"\\\" \x01"`],
  ['☃', '☃'],
])('%j is printed as the docker command prints it, and read back', (text, printed) => {
  const yaml = printYaml(text);
  expect(yaml).toBe(`${printed}\n`);
  expect(parse(yaml)).toBe(text);
});
