import { at, type Json, objects } from "../../../common/util/json";

/** The API versions of resource types, as Azure Resource Manager says them with the resource providers of a subscription. */
export class ApiVersions {
  /** The versions of each type, by its name in lower case. */
  readonly #byType: ReadonlyMap<string, readonly string[]>;

  /** @param providers - the resource providers */
  constructor(providers: readonly Json[]) {
    this.#byType = new Map(
      providers.flatMap(({ namespace, resourceTypes }) =>
        objects(resourceTypes ?? []).map((one) => [
          `${String(namespace)}/${String(one.resourceType)}`.toLowerCase(),
          at(one, ["apiVersions"]).map(String),
        ]),
      ),
    );
  }

  /**
   * The newest version of a type: one that is no preview, if there is one. Parts that Azure does not name have that of what
   * they are part of. Undefined for a type that this cloud does not have.
   *
   * @param previews - whether a newer preview is wanted
   */
  public newest(type: string, previews = false): string | undefined {
    const versions = this.#byType.get(type.toLowerCase()) ?? [];
    if (versions.length === 0) {
      const [whole] = /^[^/]+\/.+(?=\/[^/]+$)/.exec(type) ?? [];
      return whole === undefined ? undefined : this.newest(whole, previews);
    }
    const stable = versions.filter((version) => /^\d{4}-\d\d-\d\d$/.test(version));
    const [newest] = (previews || stable.length === 0 ? versions : stable).toSorted(byAge);
    return newest;
  }
}

/** The newest version first, and before its own previews. */
function byAge(a: string, b: string): number {
  const date = (version: string) => version.slice(0, "2025-01-01".length);
  return date(b).localeCompare(date(a)) || a.length - b.length;
}
