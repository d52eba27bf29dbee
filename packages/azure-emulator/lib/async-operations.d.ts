import { ArmError } from "./arm-error";
/** An asynchronous operation, which a client polls. */
export interface AsyncOperation {
    readonly id: string;
    /** When it ends, in milliseconds of the emulator's clock. Infinity while it is not known. */
    due: number;
    readonly finish: () => void;
    status: "InProgress" | "Succeeded" | "Failed";
    error?: ArmError;
}
/** All asynchronous operations. None ends by itself: {@link finishDue} ends those whose time has come. */
export declare class AsyncOperations {
    private readonly clock;
    private readonly operations;
    constructor(clock: () => number);
    /**
     * Begins an operation. One that takes no time ends at once.
     *
     * @param id - a UUID
     * @param finish - what it does at its end; an ArmError makes it fail
     * @param work - what it waits for, besides the seconds; never rejects
     */
    begin(id: string, seconds: number, finish: () => void, work?: Promise<void>): AsyncOperation;
    /** Ends what is due, in the order of the times. */
    finishDue(): void;
    /** Whole seconds until an operation ends; 0 while that is not known. */
    remaining({ due }: AsyncOperation): number;
}
