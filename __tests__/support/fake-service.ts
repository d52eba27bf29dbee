import { type IncomingMessage, type Server, createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A server that stands for GitHub or Azure DevOps, and remembers what it was asked. */
export class FakeService {
  public readonly asked: { method: string; url: string; token: string; body: Record<string, unknown> }[] = [];
  private constructor(
    private readonly server: Server,
    public readonly url: string,
  ) {}

  public static async start(
    answer: (method: string, url: string) => { status?: number; body: unknown },
  ): Promise<FakeService> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const fake = new FakeService(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    server.on("request", (request: IncomingMessage, response) => {
      let text = "";
      request.on("data", (chunk) => (text += String(chunk)));
      request.on("end", () => {
        const [method, url] = [request.method!, request.url!];
        const body = JSON.parse(text || "{}") as Record<string, unknown>;
        fake.asked.push({ method, url, token: request.headers.authorization ?? "", body });
        const { status = 200, body: content } = answer(method, url);
        response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(content));
      });
    });
    return fake;
  }

  public close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }
}
