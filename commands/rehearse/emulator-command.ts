import { type EmulatorCommandOptions, emulatorOptions, runEmulator } from "../../packages/azure-emulator";
import type { Command } from "../cli/command";
import { program } from "../cli/program";

/** `npm run emulator`: the emulated Azure alone. */
export const command: Command = (args) =>
  runEmulator(emulatorOptions(program("emulator")).parse(args, { from: "user" }).opts<EmulatorCommandOptions>());
