import { familiarImage, parseImage } from '../../swarm/image-reference.ts';
import { defineKey, type KeySpec } from '../key-spec.ts';
import { text } from '../scalars.ts';
import type { ServiceScope } from '../service-scope.ts';

/** What to run, in the familiar form with a tag. @source spec/stack-file.md 3 step 8, 8.1 */
export const image: KeySpec<string> = defineKey({
  codec: text,
  support: 'supported',
  convert: (value, scope) => {
    if (value === '') {
      reportMissing(scope);
      return;
    }
    const parsed = parseImage(value);
    if (parsed.kind === 'ok') scope.draft.container.Image = familiarImage(parsed.image);
    else report(scope, { code: 'invalid-image', reason: parsed.reason });
  },
  convertAbsent: reportMissing,
});

function reportMissing(scope: ServiceScope): void {
  const hint = 'build and push the image first, then name it with "image:"';
  report(scope, { code: 'no-image', reason: 'no image specified', hint });
}

function report(
  scope: ServiceScope,
  { reason, ...finding }: { code: string; reason: string; hint?: string },
): void {
  const message = `invalid image reference for service ${scope.service}: ${reason}`;
  scope.problem(['image'], { ...finding, severity: 'error', message });
}
