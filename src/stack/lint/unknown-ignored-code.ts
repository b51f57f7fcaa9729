import { didYouMean } from '../../base/did-you-mean.ts';
import { X_TSTACK_KEY } from '../keys/x-tstack-table.ts';
import type { Path } from '../report.ts';
import { isYamlMap } from '../yaml-values.ts';
import type { LintFinding, LintRule } from './lint-rule.ts';

const CODE = 'unknown-ignored-code';

/** A code in `x-tstack: {ignore: […]}` that no rule has silences nothing. */
export function unknownIgnoredCode(rules: readonly LintRule[]): LintRule {
  const known = [...rules.map(({ code }) => code), CODE];
  const unknownIn = (codes: unknown, path: Path): readonly LintFinding[] =>
    (Array.isArray(codes) ? (codes as readonly unknown[]) : []).flatMap((code, at) =>
      typeof code !== 'string' || known.includes(code) ? [] : [finding(code, [...path, at], known)],
    );
  return {
    code: CODE,
    check: ({ extensions, services }) => {
      const own = extensions?.[X_TSTACK_KEY];
      return [
        ...unknownIn(isYamlMap(own) ? own['ignore'] : undefined, [X_TSTACK_KEY, 'ignore']),
        ...Object.entries(services).flatMap(([name, service]) =>
          unknownIn(service['x-tstack']?.ignore, ['services', name, X_TSTACK_KEY, 'ignore']),
        ),
      ];
    },
  };
}

function finding(code: string, path: Path, known: readonly string[]): LintFinding {
  const closest = didYouMean(code, known);
  return {
    path,
    message: `no rule is called "${code}", so nothing is silenced`,
    hint: closest === undefined ? `rules are ${known.join(', ')}` : `did you mean "${closest}"?`,
  };
}
