/** Every item of a list that AWS gives in pages. */
export async function allPages<P, T>(
  ask: (token: string | undefined) => Promise<P>,
  items: (page: P) => readonly T[] | undefined,
  next: (page: P) => string | undefined,
): Promise<T[]> {
  const found: T[] = [];
  let token: string | undefined;
  do {
    const page = await ask(token);
    found.push(...(items(page) ?? []));
    token = next(page) || undefined;
  } while (token !== undefined);
  return found;
}

/** As `allPages`, of a service whose token is called NextToken: EC2 and others. */
export function nextTokenPages<P extends { readonly NextToken?: string | undefined }, T>(
  ask: (token: { readonly NextToken?: string }) => Promise<P>,
  items: (page: P) => readonly T[] | undefined,
): Promise<T[]> {
  return allPages(
    (token) => ask(token === undefined ? {} : { NextToken: token }),
    items,
    (page) => page.NextToken,
  );
}

/** Parts of a list for calls that take no more at once. */
export function chunks<T>(list: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, index) =>
    list.slice(index * size, (index + 1) * size),
  );
}
