/** Makes every Date of a process that is started with it so many milliseconds ahead. */
export const clockAhead = (aheadMs: number): Readonly<Record<string, string>> => {
  const code = `
    const Now = Date;
    globalThis.Date = class extends Now {
      constructor(...args) {
        super(...(args.length === 0 ? [Now.now() + ${aheadMs}] : args));
      }
      static now() {
        return Now.now() + ${aheadMs};
      }
    };`;
  return { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(code)}` };
};
