const UNITS: readonly (readonly [under: number, unit: number, word: string])[] = [
  [60, 1, 'seconds'],
  [60 * 46, 60, 'minutes'],
  [3600 * 48, 3600, 'hours'],
  [86_400 * 14, 86_400, 'days'],
  [86_400 * 60, 86_400 * 7, 'weeks'],
  [86_400 * 730, 86_400 * 30, 'months'],
];

/** A span of time as docker says it: `5 seconds`, `About an hour`. @source docker/go-units HumanDuration */
export function humanDuration(ms: number): string {
  const seconds = Math.max(0, Math.trunc(ms / 1000));
  if (seconds < 1) return 'Less than a second';
  if (seconds === 1) return '1 second';
  if (seconds >= 60 && seconds < 120) return 'About a minute';
  if (seconds >= 3600 - 840 && Math.round(seconds / 3600) === 1) return 'About an hour';
  const unit = UNITS.find(([under]) => seconds < under);
  return unit
    ? `${Math.trunc(seconds / unit[1])} ${unit[2]}`
    : `${Math.trunc(seconds / (86_400 * 365))} years`;
}
