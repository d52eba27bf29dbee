import { once } from "node:events";
import { type Server, createServer } from "node:http";
import type { ListenOptions, Socket } from "node:net";

/**
 * A proxy through which clients reach the data planes of the emulated Azure, whose host names are Azure's. Any other host is
 * refused, so that nothing reaches Azure itself, or anybody else.
 */
export class Proxy {
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    public readonly url: string,
  ) {}

  /** @param serverOf - what serves a connection to a host name or address; undefined if nothing does */
  public static async start(
    serverOf: (host: string) => ((socket: Socket) => void) | undefined,
    where: ListenOptions = { host: "127.0.0.1", port: 0 },
  ): Promise<Proxy> {
    const server = createServer((_, response) => {
      response.writeHead(403).end("The emulated Azure passes nothing on.");
    });
    server.listen(where);
    await once(server, "listening");
    const at = server.address()!;
    const proxy = new Proxy(server, typeof at === "string" ? at : `http://127.0.0.1:${at.port}`);
    server.on("connect", (request, socket: Socket) => {
      const [host = ""] = (request.url ?? "").toLowerCase().split(":");
      proxy.keep(socket);
      const refusal = `HTTP/1.1 403 The emulated Azure has no ${host.replace(/[^\w.-]/g, "")}\r\n\r\n`;
      const serve = serverOf(host);
      if (serve)
        socket.write("HTTP/1.1 200 Connection Established\r\n\r\n", () => {
          serve(socket);
        });
      else socket.end(refusal);
    });
    return proxy;
  }

  public async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, "close");
  }

  private keep(socket: Socket): void {
    this.sockets.add(socket);
    // The other side has ended the connection: there is nothing to do about it.
    socket.on("error", () => socket.destroy());
    socket.on("close", () => this.sockets.delete(socket));
  }
}
