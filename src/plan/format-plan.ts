import type { Operation, Plan } from './plan.ts';

/**
 * The plan as text, an operation per line: what it waits for, its number, what, why.
 *
 *     []    -> #1 network shop_back     create   declared, not found
 *     [1]   -> #2 service shop_web      update   image nginx:1.26 → nginx:1.27; replicas 2 → 3
 *
 * Ends with notes and refusals; empty for an empty plan. No colour, no content of secrets.
 */
export function formatPlan(plan: Plan): string {
  const rows = plan.operations.map(rowOf);
  const widths = [0, 1, 2, 3].map((column) =>
    Math.max(0, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const lines = rows.map((row) => {
    const [needs = '', subject = '', action = '', cause = ''] = row;
    return `${needs.padEnd(widths[0] ?? 0)} -> ${subject.padEnd(widths[1] ?? 0)} ${action.padEnd(
      widths[2] ?? 0,
    )} ${cause}`.trimEnd();
  });
  const notes = plan.notes.map((one) => `${one.severity}: ${one.message}`);
  const refusals = plan.refusals.map((one) => `refused: ${one.message}`);
  return [...lines, ...notes, ...refusals].map((line) => `${line}\n`).join('');
}

function rowOf(operation: Operation): readonly string[] {
  const [resource = '', action = ''] = operation.kind.split('-');
  return [
    `[${operation.dependsOn.join(',')}]`,
    `#${operation.id} ${resource} ${operation.name}`,
    action,
    operation.cause,
  ];
}
