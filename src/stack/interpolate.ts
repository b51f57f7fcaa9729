import { castAt } from './casts.ts';
import { substituteAsDocker } from './docker-template.ts';
import type { Format } from './format.ts';
import type { Compat } from './read-stack.ts';
import type { Path, Report } from './report.ts';
import { substitute } from './template.ts';
import { type YamlMap, type YamlValue, isYamlMap } from './yaml-values.ts';

/** What interpolation needs besides the tree. */
export interface InterpolateOptions {
  /** Index of the file, for places. */
  readonly file: number;
  readonly env: Readonly<Record<string, string>>;
  readonly compat: Compat;
  readonly format: Format;
  /** Whether a file that is not read in this format would set a variable. */
  readonly isInDotenv?: (name: string) => boolean;
}

/** Longest text that variables may give to one file, in characters. */
const MAX_TOTAL_LENGTH = 64 * 1024 * 1024;

/**
 * Replaces the variables in every string value of a file, and casts what they gave.
 *
 * Keys stay as they are. Parts without variables are shared with the input, so a tree without
 * any `$` is returned itself.
 * @source spec/stack-file.md section 6
 */
export function interpolate(raw: YamlMap, options: InterpolateOptions, report: Report): YamlMap {
  return new Interpolation(options, report).map(raw);
}

class Interpolation {
  private readonly options: InterpolateOptions;
  private readonly report: Report;
  /** Of the value being worked on; one array for the whole walk. */
  private readonly path: (string | number)[] = [];
  /** Each unset variable is mentioned once. */
  private readonly mentioned = new Set<string>();
  private length = 0;

  constructor(options: InterpolateOptions, report: Report) {
    this.options = options;
    this.report = report;
  }

  map(map: YamlMap): YamlMap {
    let copy: Record<string, YamlValue> | undefined;
    for (const key of Object.keys(map)) {
      const old = map[key] as YamlValue;
      this.path.push(key);
      const value = this.value(old);
      this.path.pop();
      if (value === old) continue;
      copy ??= Object.assign(Object.create(null) as Record<string, YamlValue>, map);
      copy[key] = value;
    }
    return copy ?? map;
  }

  private value(value: YamlValue): YamlValue {
    if (typeof value === 'string') return value.includes('$') ? this.text(value) : value;
    if (Array.isArray(value)) return this.list(value);
    return isYamlMap(value) ? this.map(value) : value;
  }

  private list(list: readonly YamlValue[]): readonly YamlValue[] {
    let hasChanged = false;
    const copy = list.map((old, index) => {
      this.path.push(index);
      const value = this.value(old);
      this.path.pop();
      hasChanged ||= value !== old;
      return value;
    });
    return hasChanged ? copy : list;
  }

  private text(template: string): YamlValue {
    const { env, compat, format } = this.options;
    const lookup = (name: string) => (Object.hasOwn(env, name) ? env[name] : undefined);
    const result =
      compat === 'docker'
        ? substituteAsDocker(template, lookup)
        : substitute(template, lookup, format);
    if (result.kind === 'error') {
      this.reportHere(
        result.code,
        `invalid interpolation format for ${this.dottedPath()}: ${JSON.stringify(result.quoted)}; you may need to escape any $ with another $`,
        result.code === 'variable-required'
          ? 'set the variable in the environment of this command'
          : 'write $$ for a dollar sign, ${NAME} or ${NAME:-default} for a variable',
      );
      return template;
    }
    for (const name of result.unset) this.mentionUnset(name);
    for (const expression of result.odd) this.mentionOdd(expression);
    if (result.text === template) return template;
    return this.isTooLong(result.text.length) ? template : this.cast(result.text, template);
  }

  private isTooLong(length: number): boolean {
    const before = this.length;
    this.length += length;
    if (this.length <= MAX_TOTAL_LENGTH) return false;
    if (before > MAX_TOTAL_LENGTH) return true;
    this.reportHere(
      'variables-too-long',
      `the variables of this file make it longer than ${MAX_TOTAL_LENGTH} characters`,
      'shorten their values, or use fewer of them',
    );
    return true;
  }

  private cast(text: string, template: string): YamlValue {
    const result = castAt(this.path, text, this.options.compat === 'none');
    if (result.kind === 'value') return result.value;
    // Compose-spec allows strings in many of these places; its check says where it does not.
    if (this.options.format === 'compose') return text;
    this.reportHere(
      'variable-cast',
      `error while interpolating ${this.dottedPath()}: failed to cast to expected type: ${result.reason}`,
      `the value comes from ${template}`,
    );
    return template;
  }

  private mentionUnset(name: string): void {
    if (this.mentioned.has(name)) return;
    this.mentioned.add(name);
    this.report({
      code: 'variable-not-set',
      severity: 'warning',
      message: `the variable ${name} is not set; it reads as an empty string`,
      place: this.place(),
      hint: this.hintForUnset(name),
    });
  }

  private hintForUnset(name: string): string {
    return this.options.isInDotenv?.(name) === true
      ? 'docker stack reads no .env, so neither does tstack here: pass --env-file .env'
      : `set it, or say what should stand there: \${${name}:-}`;
  }

  private mentionOdd(expression: string): void {
    this.report({
      code: 'variable-odd-default',
      severity: 'warning',
      message: `docker reads all of ${JSON.stringify(expression)} as one variable with a default, and so does tstack`,
      place: this.place(),
      hint: 'put the name alone in braces: ${NAME}-text, or write one operator: ${NAME:-text}',
    });
  }

  private reportHere(code: string, message: string, hint: string): void {
    this.report({ code, severity: 'error', message, place: this.place(), hint });
  }

  private place(): { readonly file: number; readonly path: Path } {
    return { file: this.options.file, path: [...this.path] };
  }

  /** As docker writes paths here: list indices are `[]`. */
  private dottedPath(): string {
    return this.path.map((step) => (typeof step === 'number' ? '[]' : step)).join('.');
  }
}
