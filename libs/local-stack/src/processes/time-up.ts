/** Resolves after that many milliseconds with what is then said of a process that is not ready. Keeps nobody alive. */
export function timeUp(milliseconds: number): Promise<string> {
  return new Promise((resolve) => {
    setTimeout(() => {
      resolve(`was not ready after ${milliseconds / 1000} seconds`);
    }, milliseconds).unref();
  });
}
