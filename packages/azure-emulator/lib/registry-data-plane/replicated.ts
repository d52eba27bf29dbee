/** How regions learn of each other's writes. */
export interface Replication {
  /** Milliseconds that never go back. */
  readonly clock: () => number;
  /** Milliseconds until the other regions know what is written in one. */
  readonly delay: number;
}

interface Version<T> {
  /** Undefined once it is deleted. */
  readonly value: T | undefined;
  readonly region: string;
  readonly at: number;
}

/** Values by key, each known at once in the region where it is written, and in the others after a while. */
export class Replicated<T> {
  private readonly versions = new Map<string, readonly Version<T>[]>();

  constructor(private readonly replication: Replication) {}

  /** The value that a region knows. */
  public get(key: string, region: string): T | undefined {
    return this.versions.get(key)?.findLast((version) => version.region === region || this.isEverywhere(version))
      ?.value;
  }

  /** Writes a value in a region, or deletes it. */
  public set(key: string, value: T | undefined, region: string): void {
    const before = this.versions.get(key) ?? [];
    // What all regions know hides what is older.
    const known = before.slice(
      Math.max(
        0,
        before.findLastIndex((version) => this.isEverywhere(version)),
      ),
    );
    this.versions.set(key, [...known, { value, region, at: this.replication.clock() }]);
  }

  /** The keys and values that a region knows, in the order of the keys. */
  public entries(region: string): [string, T][] {
    return [...this.versions.keys()].sort().flatMap((key) => {
      const value = this.get(key, region);
      return value === undefined ? [] : [[key, value] as [string, T]];
    });
  }

  private isEverywhere({ at }: Version<T>): boolean {
    return this.replication.clock() >= at + this.replication.delay;
  }
}
