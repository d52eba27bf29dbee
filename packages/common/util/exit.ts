/**
 * Exit statuses, the same for every command.
 *
 * - `done`: it is done, or what it looked at is right
 * - `wrong`: there is an error in the network
 * - `usage`: the options, or the settings, are wrong
 * - `failed`: it could not do its work
 */
export const EXIT = { done: 0, wrong: 1, usage: 2, failed: 3 } as const;
