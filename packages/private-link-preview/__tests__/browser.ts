import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { tmpdir } from "node:os";
import { pathToFileURL } from "node:url";
import { type Browser, type Page, chromium } from "playwright-core";
import { BROWSERS, which } from "../../../__tests__/support/needs.cjs";

/** `describe` with a browser. Its suite is run only where there is one, or where tools are required. */
export function describeInBrowser(name: string, body: (open: OpenPage) => void): void {
  const program = BROWSERS.map(which).find((found) => found !== undefined);
  if (program === undefined) throw new Error(`not installed: ${BROWSERS.join(" or ")}`);
  describe(name, () => {
    let browser: Browser | undefined;
    const folder = mkdtempSync(join(tmpdir(), "page-"));
    beforeAll(async () => {
      browser = await chromium.launch({ executablePath: program, args: ARGUMENTS });
    });
    afterAll(async () => {
      await browser?.close();
      rmSync(folder, { recursive: true });
    });
    body(async (html, { width = 1280, height = 800, dark = false, hash = "" } = {}) => {
      const file = join(folder, "report.html");
      writeFileSync(file, html);
      const page = await browser!.newPage({
        viewport: { width, height },
        colorScheme: dark ? "dark" : "light",
        reducedMotion: "reduce",
      });
      const requests: string[] = [];
      const complaints: string[] = [];
      page.on("request", (request) => requests.push(request.url()));
      page.on("console", (message) => complaints.push(message.text()));
      page.on("pageerror", (error) => complaints.push(String(error)));
      const url = pathToFileURL(file).href;
      await page.goto(url + hash);
      return { page, url, requests, complaints };
    });
  });
}

/** The browser with a profile of its own, which asks nothing of the network by itself. */
const ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** How a page is shown. */
export interface Shown {
  readonly width?: number;
  readonly height?: number;
  readonly dark?: boolean;
  /** Part of the address after the file, with its `#`. */
  readonly hash?: string;
}

/** A page that is open, with what it asked of the network and what the browser complained about. */
export interface Opened {
  readonly page: Page;
  readonly url: string;
  readonly requests: readonly string[];
  readonly complaints: readonly string[];
}

export type OpenPage = (html: string, shown?: Shown) => Promise<Opened>;
