import { Replicated, type Replication } from "./replicated";
import type { Upload } from "./blob-files";

/** What a registry says of a manifest without opening it. */
export interface ManifestFacts {
  readonly mediaType: string;
  readonly size: number;
  /** Digest of the manifest that this one is about. */
  readonly subject?: string;
  readonly artifactType?: string | undefined;
  readonly annotations?: unknown;
}

/** A repository, as each region knows it. */
export class Repository {
  /** By digest. */
  public readonly manifests: Replicated<ManifestFacts>;
  /** Digests by tag. */
  public readonly tags: Replicated<string>;
  /** By digest. */
  public readonly blobs: Replicated<true>;
  /** Uploads that have not ended, by id, each in the region where it began. */
  public readonly uploads = new Map<string, Upload & { readonly region: string }>();

  constructor(replication: Replication) {
    this.manifests = new Replicated(replication);
    this.tags = new Replicated(replication);
    this.blobs = new Replicated(replication);
  }
}

/** The repositories of a registry. */
export class Images {
  private readonly repositories = new Map<string, Repository>();

  constructor(private readonly replication: Replication) {}

  /** A repository, which is created with its first blob. */
  public at(name: string): Repository {
    const found = this.repositories.get(name) ?? new Repository(this.replication);
    this.repositories.set(name, found);
    return found;
  }

  /** Names of the repositories in which a region knows an image, in alphabetical order. */
  public names(region: string): string[] {
    return [...this.repositories]
      .filter(([, { manifests }]) => manifests.entries(region).length > 0)
      .map(([name]) => name)
      .sort();
  }
}
