import { containsIp, parseCidr, parseIp, type IpBlock } from '../base/ip-address.ts';
import type { Node, NodeRole } from './node.ts';
import type { NodeId, StringMap } from './object.ts';

/** What of a node a constraint looks at; `unknown` never matches. */
export type ConstraintTarget =
  | 'node.id'
  | 'node.hostname'
  | 'node.ip'
  | 'node.role'
  | 'node.platform.os'
  | 'node.platform.arch'
  | 'node.labels'
  | 'engine.labels'
  | 'unknown';

/** One placement constraint, parsed. */
export interface Constraint {
  readonly target: ConstraintTarget;
  /** The label's name, case kept; empty for the other targets. */
  readonly label: string;
  readonly operator: '==' | '!=';
  /** As written, blanks around it trimmed. */
  readonly value: string;
  /** The value in lower case. */
  readonly folded: string;
  /** `node.ip` only: the addresses meant; absent when the value is no address. */
  readonly block?: IpBlock | undefined;
}

/** The facts of a node that constraints look at. `Role` is the observed role. */
export interface ConstraintSubject {
  readonly ID: NodeId;
  readonly Role: NodeRole;
  readonly Spec: { readonly Labels?: StringMap };
  readonly Description?: Node['Description'];
  readonly Status: { readonly Addr?: string };
}

/** What parsing gives: the constraints, or the message for the first that is none. */
export type ParsedConstraints =
  | { readonly kind: 'constraints'; readonly constraints: readonly Constraint[] }
  | { readonly kind: 'invalid'; readonly message: string };

const KEY = /^[a-z_][a-z0-9\-_.]+$/i;
const VALUE = /^[a-z0-9:\-_ \t\n\f\r.*()?+[\]\\^$|/]+$/i;
const NODE_LABELS = 'node.labels.';
const ENGINE_LABELS = 'engine.labels.';

const TARGETS: ReadonlyMap<string, ConstraintTarget> = new Map(
  (
    [
      'node.id',
      'node.hostname',
      'node.ip',
      'node.role',
      'node.platform.os',
      'node.platform.arch',
    ] as const
  ).map((target) => [target, target]),
);

/**
 * Parses placement constraints, `<key> == <value>` or `<key> != <value>`.
 *
 * `==` is looked for first and anywhere, so the key of `a!=b==c` is `a!=b`, which is invalid.
 * @source swarmkit manager/constraint/constraint.go (Parse); spec/orchestrator.md section 11
 */
export function parseConstraints(expressions: readonly string[]): ParsedConstraints {
  const constraints: Constraint[] = [];
  for (const expression of expressions) {
    const parsed = parseConstraint(expression);
    if (typeof parsed === 'string') return { kind: 'invalid', message: parsed };
    constraints.push(parsed);
  }
  return { kind: 'constraints', constraints };
}

/**
 * Whether a node meets all constraints.
 * @source swarmkit manager/constraint/constraint.go (NodeMatches); spec/orchestrator.md section 11
 */
export function matchesConstraints(
  constraints: readonly Constraint[],
  node: ConstraintSubject,
): boolean {
  return constraints.every((constraint) => matchesConstraint(constraint, node));
}

/** Whether a node meets one constraint. */
export function matchesConstraint(constraint: Constraint, node: ConstraintSubject): boolean {
  if (constraint.target === 'unknown') return false;
  const wanted = constraint.operator === '==';
  if (constraint.target === 'node.ip') {
    if (!constraint.block) return false;
    const ip = parseIp(node.Status.Addr ?? '');
    return (ip !== undefined && containsIp(constraint.block, ip)) === wanted;
  }
  const text = TEXT_OF[constraint.target](node, constraint.label);
  return foldsTo(text, constraint.folded) === wanted;
}

/** The text of a node that a constraint (not on an address) is about, folded like `folded`. */
export function constrainedText(
  { target, label }: Pick<Constraint, 'target' | 'label'>,
  node: ConstraintSubject,
): string {
  return fold(TEXT_OF[target](node, label));
}

/** The constraint, or the message why it is none. */
function parseConstraint(expression: string): Constraint | string {
  const operator = (['==', '!='] as const).find((one) => expression.includes(one));
  if (!operator) return 'constraint expected one operator from ==, !=';
  const at = expression.indexOf(operator);
  const key = expression.slice(0, at).trim();
  if (!KEY.test(key)) return `key '${key}' is invalid`;
  const value = expression.slice(at + operator.length).trim();
  if (!VALUE.test(value)) return `value '${value}' is invalid`;
  const { target, label } = targetOf(key);
  const block = target === 'node.ip' ? blockOf(value) : undefined;
  return { target, label, operator, value, folded: fold(value), block };
}

function targetOf(key: string): Pick<Constraint, 'target' | 'label'> {
  const folded = fold(key);
  for (const prefix of [NODE_LABELS, ENGINE_LABELS] as const) {
    if (!folded.startsWith(prefix) || key.length === prefix.length) continue;
    const target = prefix === NODE_LABELS ? 'node.labels' : 'engine.labels';
    return { target, label: key.slice(prefix.length) };
  }
  return { target: TARGETS.get(folded) ?? 'unknown', label: '' };
}

/** A single address is a block of one. */
function blockOf(value: string): IpBlock | undefined {
  const ip = parseIp(value);
  return ip ? { base: ip, prefix: ip.bits } : parseCidr(value);
}

/**
 * The text a target is compared by; `node.ip` is compared as an address instead. A missing
 * description or label counts as the empty text, which no value can equal.
 */
const TEXT_OF: Readonly<
  Record<ConstraintTarget, (node: ConstraintSubject, label: string) => string>
> = {
  'node.id': (node) => node.ID,
  'node.hostname': (node) => node.Description?.Hostname ?? '',
  'node.ip': () => '',
  'node.role': (node) => node.Role,
  'node.platform.os': (node) => node.Description?.Platform?.OS ?? '',
  'node.platform.arch': (node) => node.Description?.Platform?.Architecture ?? '',
  'node.labels': (node, label) => labelOf(node.Spec.Labels, label),
  'engine.labels': (node, label) => labelOf(node.Description?.Engine?.Labels, label),
  unknown: () => '',
};

function labelOf(labels: StringMap | undefined, name: string): string {
  return labels && Object.hasOwn(labels, name) ? (labels[name] ?? '') : '';
}

/** Unicode's simple folding, as far as a value can be written: U+017F is the one exception. */
function fold(text: string): string {
  const lower = text.toLowerCase();
  return lower.includes('\u017f') ? lower.replaceAll('\u017f', 's') : lower;
}

/** Whether `fold(text)` is `folded`; most texts differ in length, which folding to ASCII keeps. */
function foldsTo(text: string, folded: string): boolean {
  return text === folded || (text.length === folded.length && fold(text) === folded);
}
