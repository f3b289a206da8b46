/** How the runner speaks: a line for what begins, a line for how it ended and how long that took. */

const COLOURS = { red: 31, green: 32, yellow: 33, grey: 90 } as const;
type Colour = keyof typeof COLOURS;

const COLOURFUL = process.stdout.isTTY && !process.env.NO_COLOR;

export function say(text: string, colour?: Colour): void {
  console.log(colour !== undefined && COLOURFUL ? `\x1b[${COLOURS[colour]}m${text}\x1b[0m` : text);
}

export function sayTimed(text: string, since: number, colour?: Colour): void {
  say(`${text}  ${((performance.now() - since) / 1000).toFixed(1)} s`, colour);
}
