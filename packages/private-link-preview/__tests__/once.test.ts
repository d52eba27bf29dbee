import { memo, once } from "../../common/util";

/** Adds up the numbers to one, each from that below it. */
function sums() {
  const sum: (number: number) => number | undefined = once<number, number | undefined>(undefined, (number) => {
    if (number === 0) return 0;
    const below = sum(number - 1);
    return below === undefined ? undefined : below + number;
  });
  return sum;
}

describe("What is computed once", () => {
  test("a chain that is too long is not known, and spoils no shorter one that it goes through", () => {
    const sum = sums();
    expect([sum(150), sum(60), sum(99), sum(150), sum(60)]).toEqual([undefined, 1830, 4950, undefined, 1830]);
  });

  test("what is known shortens a chain", () => {
    const sum = sums();
    expect([sum(90), sum(150)]).toEqual([4095, 11325]);
  });

  test("the part that the limit cuts off is computed in full inside of the same question where it has room", () => {
    const sum = sums();
    const both = once<string, unknown>(undefined, () => [sum(150), sum(60)]);
    expect(both("")).toEqual([undefined, 1830]);
  });

  test("many ways through a chain that is too long take no more than its steps", () => {
    let steps = 0;
    const ways: (number: number) => number = once<number, number>(0, (number) => {
      steps++;
      return ways(number + 1) + ways(number + 1);
    });
    ways(0);
    expect(steps).toBe(100);
  });

  test("a circle ends with what is not known", () => {
    const around: (number: number) => string = once("?", (number) => `${number}${around((number + 1) % 3)}`);
    expect(around(0)).toBe("012?");
  });

  test("a plain memory computes each key once, also one without a value", () => {
    const compute = jest.fn();
    const remembered = memo<string, unknown>(compute);
    for (const key of ["a", "a", "b"]) remembered(key);
    expect(compute.mock.calls).toEqual([["a"], ["b"]]);
  });
});
