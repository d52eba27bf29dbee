import { closeSync, openSync, readSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { ownFolder } from "./own-folder";

/** Milliseconds between two looks at the file. */
const POLL = 200;

/**
 * A file that a program writes its output into, and that is read meanwhile. Unlike a pipe, it does not end the program when
 * this process is ended at once: an engine that applies goes on, and stores what it has created in the state.
 */
export class FollowedFile {
  /** What the program has written so far. */
  public readonly content = new PassThrough();
  /** For the program to write to. */
  public readonly descriptor: number;
  private readonly folder = ownFolder(join(tmpdir(), "private-registry-apply-"));
  private readonly buffer = Buffer.alloc(65_536);
  private readonly timer: NodeJS.Timeout;
  private position = 0;

  constructor() {
    this.descriptor = openSync(join(this.folder, "output"), "a+", 0o600);
    this.timer = setInterval(() => {
      this.read();
    }, POLL).unref();
  }

  /** Reads what is left, and deletes the file. */
  public end(): void {
    if (this.content.writableEnded) return;
    clearInterval(this.timer);
    this.read();
    this.content.end();
    closeSync(this.descriptor);
    rmSync(this.folder, { recursive: true, force: true });
  }

  private read(): void {
    for (let length = -1; length !== 0; this.position += length) {
      length = readSync(this.descriptor, this.buffer, 0, this.buffer.length, this.position);
      if (length > 0) this.content.write(Buffer.from(this.buffer.subarray(0, length)));
    }
  }
}
