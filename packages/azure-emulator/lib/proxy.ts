import { once } from "node:events";
import { type Server, createServer } from "node:http";
import type { AddressInfo, Socket } from "node:net";

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

  /** @param serverOf - what serves a connection to a host name; undefined if there is no such host */
  public static async start(serverOf: (host: string) => ((socket: Socket) => void) | undefined): Promise<Proxy> {
    const server = createServer((_, response) => {
      response.writeHead(403).end("The emulated Azure passes nothing on.");
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const proxy = new Proxy(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
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
