/** Which instance of a resource or module: a `count` index or a `for_each` key. */
export type Key = string | number | undefined;

/** The instances of resources or modules, by name. */
export class Group<T extends { key?: Key }> {
  private readonly byName = new Map<string, Instances<T>>();
  private readonly none = new Instances<T>();

  public add(name: string, instance: T): void {
    const instances = this.byName.get(name) ?? new Instances<T>();
    this.byName.set(name, instances);
    instances.add(instance);
  }

  public all(): T[] {
    return [...this.byName.values()].flatMap((instances) => instances.all);
  }

  public named(name: string): Instances<T> {
    return this.byName.get(name) ?? this.none;
  }
}

/** The instances of one resource or module, by key. */
export class Instances<T extends { key?: Key }> {
  public readonly all: T[] = [];
  private readonly byKey = new Map<Key, T[]>();

  public add(instance: T): void {
    this.all.push(instance);
    const same = this.byKey.get(instance.key);
    if (same) same.push(instance);
    else this.byKey.set(instance.key, [instance]);
  }

  public withKey(key: Key): readonly T[] {
    return this.byKey.get(key) ?? [];
  }
}
