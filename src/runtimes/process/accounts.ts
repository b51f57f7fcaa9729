/** Who a task runs as. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
  /** Groups beyond the first; undefined: those of the user database. */
  readonly groups?: readonly number[] | undefined;
  readonly home: string;
}

/** Texts of the machine's user and group databases. */
export interface UserDatabase {
  readonly passwd: string;
  readonly group: string;
}

interface Row {
  readonly name: string;
  readonly id: number;
  readonly fields: readonly string[];
}

/**
 * Who `user`, `uid`, `user:group` … and the supplementary groups mean.
 * @throws Error with docker's text when a name is unknown
 * @source moby/sys user (GetExecUser)
 */
export function findAccount(
  user: string,
  groups: readonly string[] | undefined,
  database: UserDatabase,
): Account {
  const [userPart = '', groupPart] = user.split(':');
  const row = find(rowsOf(database.passwd, 2), userPart || '0');
  const uid = row?.id ?? toNumber(userPart);
  if (uid === undefined) {
    throw new Error(`unable to find user ${userPart}: no matching entries in passwd file`);
  }
  const groupRows = rowsOf(database.group, 2);
  const named = (groups ?? []).map((one) => groupId(one, groupRows));
  const home = row?.fields[5] || '/';
  // A group that is named stands for all of the user's.
  if (groupPart) return { uid, gid: groupId(groupPart, groupRows), groups: named, home };
  const groupsOfUser = [...new Set([...membershipsOf(row, groupRows), ...named])];
  return { uid, gid: Number(row?.fields[3] ?? 0), groups: groupsOfUser, home };
}

function membershipsOf(user: Row | undefined, groups: readonly Row[]): readonly number[] {
  if (!user) return [];
  return groups
    .filter((one) => (one.fields[3] ?? '').split(',').includes(user.name))
    .map((one) => one.id);
}

function groupId(text: string, rows: readonly Row[]): number {
  const id = find(rows, text)?.id ?? toNumber(text);
  if (id === undefined) {
    throw new Error(`unable to find group ${text}: no matching entries in group file`);
  }
  return id;
}

function find(rows: readonly Row[], text: string): Row | undefined {
  const id = toNumber(text);
  return rows.find((row) => row.name === text) ?? rows.find((row) => row.id === id);
}

function toNumber(text: string): number | undefined {
  return /^\d{1,10}$/.test(text) ? Number(text) : undefined;
}

function rowsOf(text: string, idField: number): readonly Row[] {
  return text.split('\n').flatMap((line) => {
    const fields = line.split(':');
    const id = toNumber(fields[idField] ?? '');
    return fields[0] && id !== undefined ? [{ name: fields[0], id, fields }] : [];
  });
}
