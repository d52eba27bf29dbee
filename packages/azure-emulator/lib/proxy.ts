import { once } from "node:events";
import { type Server, createServer } from "node:http";
import { type AddressInfo, type Socket, connect } from "node:net";
import { isDataHost } from "./data-planes";

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

  /** @param port - of the emulator, on loopback */
  public static async start(port: number): Promise<Proxy> {
    const server = createServer((_, response) => {
      response.writeHead(403).end("The emulated Azure passes nothing on.");
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const proxy = new Proxy(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    server.on("connect", (request, socket: Socket) => {
      const [host = ""] = (request.url ?? "").split(":");
      proxy.keep(socket);
      if (!isDataHost(host.toLowerCase())) {
        socket.end(`HTTP/1.1 403 The emulated Azure has no ${host.replace(/[^\w.-]/g, "")}\r\n\r\n`);
        return;
      }
      const azure = connect(port, "127.0.0.1", () => {
        socket.write("HTTP/1.1 200 Connection Established\r\n\r\n");
        azure.pipe(socket).pipe(azure);
      });
      proxy.keep(azure);
      azure.on("close", () => socket.destroy());
      socket.on("close", () => azure.destroy());
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
