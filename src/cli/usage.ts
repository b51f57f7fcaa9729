import type { Argument, ArgumentTable } from './define-command.ts';

/** `tstack deploy [OPTIONS] STACK` */
export function usageLine(path: readonly string[], table: ArgumentTable): string {
  const words = Object.values(table).map(argumentText);
  return ['tstack', ...path, '[OPTIONS]', ...words].join(' ');
}

function argumentText({ placeholder, count }: Argument): string {
  switch (count) {
    case 'one':
      return placeholder;
    case 'optional':
      return `[${placeholder}]`;
    case 'some':
      return `${placeholder} [${placeholder}...]`;
    case 'any':
      return `[${placeholder}...]`;
  }
}
