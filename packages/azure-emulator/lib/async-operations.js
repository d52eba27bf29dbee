"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.AsyncOperations = void 0;
const arm_error_1 = require("./arm-error");
/** All asynchronous operations. None ends by itself: {@link finishDue} ends those whose time has come. */
class AsyncOperations {
    clock;
    operations = [];
    constructor(clock) {
        this.clock = clock;
    }
    /**
     * Begins an operation. One that takes no time ends at once.
     *
     * @param id - a UUID
     * @param finish - what it does at its end; an ArmError makes it fail
     * @param work - what it waits for, besides the seconds; never rejects
     */
    begin(id, seconds, finish, work) {
        const due = this.clock() + seconds * 1000;
        const operation = { id, due: work ? Infinity : due, finish, status: "InProgress" };
        void work?.then(() => {
            operation.due = due;
        });
        this.operations.push(operation);
        this.finishDue();
        return operation;
    }
    /** Ends what is due, in the order of the times. */
    finishDue() {
        const due = this.operations
            .filter(({ status, due }) => status === "InProgress" && due <= this.clock())
            .sort((a, b) => a.due - b.due);
        for (const operation of due) {
            // Before the end, which may begin another operation.
            operation.status = "Succeeded";
            try {
                operation.finish();
            }
            catch (error) {
                if (!(error instanceof arm_error_1.ArmError))
                    throw error;
                operation.status = "Failed";
                operation.error = error;
            }
        }
    }
    /** Whole seconds until an operation ends; 0 while that is not known. */
    remaining({ due }) {
        return due === Infinity ? 0 : Math.max(0, Math.ceil((due - this.clock()) / 1000));
    }
}
exports.AsyncOperations = AsyncOperations;
