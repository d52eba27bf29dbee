import { initWasm, Resvg } from "@resvg/resvg-wasm";
import { readFileSync } from "node:fs";

/** Most pixels: what more there are takes seconds and megabytes, and shows nothing more. */
const MAX_PIXELS = 16_000_000;

/** The only fonts that the picture is set in, so that it looks the same where the system has others or none. */
export const fonts = (): Uint8Array[] =>
  [
    require.resolve("@expo-google-fonts/arimo/400Regular/Arimo_400Regular.ttf"),
    require.resolve("@expo-google-fonts/arimo/700Bold/Arimo_700Bold.ttf"),
  ].map((file) => readFileSync(file));

/** A picture as PNG, with two pixels for each of the SVG, or fewer if it is large. */
export async function pngOf(svg: string): Promise<Uint8Array> {
  await ready();
  const font = { fontBuffers: fonts(), defaultFontFamily: "Arimo", sansSerifFamily: "Arimo" };
  const { width, height } = new Resvg(svg);
  const value = Math.min(2, Math.sqrt(MAX_PIXELS / (width * height)));
  return new Resvg(svg, { fitTo: { mode: "zoom", value }, font }).render().asPng();
}

let loaded: Promise<void> | undefined;

/** Loads the library that draws SVG, which can be done once. */
export const ready = (): Promise<void> =>
  (loaded ??= initWasm(readFileSync(require.resolve("@resvg/resvg-wasm/index_bg.wasm"))));
