import { type Hash, createHash, randomUUID } from "node:crypto";
import { appendFileSync, existsSync, mkdtempSync, renameSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** An upload of a blob that has not ended. */
export interface Upload {
  readonly id: string;
  readonly file: string;
  size: number;
  readonly hashes: Readonly<Record<string, Hash>>;
}

const ALGORITHMS = { sha256: 64, sha512: 128 } as const;

/** Whether a text is a digest of a kind that registries compute. */
export function isDigest(text: string): boolean {
  const [algorithm = "", hex = ""] = text.split(":");
  return hex.length === (ALGORITHMS as Record<string, number>)[algorithm] && /^[0-9a-f]+$/.test(hex);
}

/** The digest of content, by the algorithm of another digest. */
export function digestOf(content: Buffer, like = "sha256:"): string {
  const [algorithm = ""] = like.split(":");
  return `${algorithm}:${createHash(algorithm).update(content).digest("hex")}`;
}

/** The content of blobs and manifests, by digest, as files of a temporary folder. */
export class BlobFiles {
  private folder: string | undefined;

  /** The file of a digest, whether it exists or not. */
  public file(digest: string): string {
    return join(this.place, digest.replace(":", "-"));
  }

  /** Size of the content of a digest in bytes; undefined if there is none. */
  public size(digest: string): number | undefined {
    const file = this.file(digest);
    return existsSync(file) ? statSync(file).size : undefined;
  }

  public begin(): Upload {
    const id = randomUUID();
    const file = join(this.place, id);
    appendFileSync(file, "");
    const hashes = Object.fromEntries(Object.keys(ALGORITHMS).map((name) => [name, createHash(name)]));
    return { id, file, size: 0, hashes };
  }

  public append(upload: Upload, chunk: Buffer): void {
    appendFileSync(upload.file, chunk);
    for (const hash of Object.values(upload.hashes)) hash.update(chunk);
    upload.size += chunk.length;
  }

  /** Ends an upload. Keeps its content, if it has this digest; whether it has. */
  public finish({ file, hashes }: Upload, digest: string): boolean {
    const [algorithm = ""] = digest.split(":");
    const isRight = `${algorithm}:${hashes[algorithm]!.copy().digest("hex")}` === digest;
    if (isRight) renameSync(file, this.file(digest));
    return isRight;
  }

  public cancel({ file }: Upload): void {
    rmSync(file, { force: true });
  }

  public keep(content: Buffer, digest: string): void {
    const upload = this.begin();
    this.append(upload, content);
    this.finish(upload, digest);
  }

  public close(): void {
    if (this.folder !== undefined) rmSync(this.folder, { recursive: true, force: true });
    this.folder = undefined;
  }

  private get place(): string {
    this.folder ??= mkdtempSync(join(tmpdir(), "azure-emulator-registry-"));
    return this.folder;
  }
}
