/**
 * Lets a program write on where the one that reads has ended, as `head` does after some lines: what is written then is lost,
 * and the program ends with the status that it has.
 */
export function ignoreClosedPipes(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error;
    });
  }
}
