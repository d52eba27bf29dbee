import type { ArmRequest } from "./arm-request";

/** What a list can have on pages. */
export interface Identified {
  readonly id: string;
}

/** Some items of a list, and where the next ones are, if any. */
interface Page<T> {
  readonly items: readonly T[];
  readonly next?: string;
}

/**
 * The page of a list that a request asks for, with the address of the next one.
 *
 * @param size - most items of a page
 * @param endpoint - address of the emulator
 */
export function pageOf<T extends Identified>(
  all: readonly T[],
  { path, query }: Pick<ArmRequest, "path" | "query">,
  size: number,
  endpoint: string,
): Page<T> {
  const isToken = ([name]: readonly [string, string]) => name.toLowerCase() === "$skiptoken";
  const { items, next } = after([...query].find(isToken)?.[1], all, size);
  const others = [...query].filter((parameter) => !isToken(parameter));
  const kept = others.length === 0 ? "" : `${new URLSearchParams(others).toString()}&`;
  return { items, ...(next !== undefined && { next: `${endpoint}${encodeURI(path)}?${kept}$skiptoken=${next}` }) };
}

/**
 * Items in the order of their ids, so that what is written or deleted between two pages moves no other item.
 *
 * @param token - of the page before. @default - the items from the first one
 * @returns so many of them, and the token of the page after it
 */
export function after<T extends Identified>(token: string | undefined, all: readonly T[], size: number): Page<T> {
  const last = token === undefined ? "" : Buffer.from(token, "base64url").toString();
  const left = all
    .map((item) => ({ item, key: item.id.toLowerCase() }))
    .filter(({ key }) => key > last)
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  const page = left.slice(0, size);
  const next = left.length > size ? Buffer.from(page.at(-1)!.key).toString("base64url") : undefined;
  return { items: page.map(({ item }) => item), ...(next !== undefined && { next }) };
}
