import type uPlot from 'uplot';
import { type Point, type Stretch, stretchesOf } from '../series/points.ts';

/** A reading that has just come. */
export interface LiveDot {
  readonly atMs: number;
  readonly bpm: number;
  readonly device: string;
}

export interface Drawing {
  readonly points: readonly Point[];
  /** How long a bucket is. */
  readonly widthMs: number;
  readonly dots: readonly LiveDot[];
  colorOf(device: string): string;
}

const BAND_OPACITY = 0.2;
const LINE_WIDTH = 1.75;
const DOT_RADIUS = 3.5;

/** A bucket is drawn at its middle. */
export const middleOf = (point: Point, widthMs: number): number => point.startMs + widthMs / 2;

interface Paths {
  readonly line: Path2D;
  readonly band: Path2D;
  readonly lone: Path2D;
}

/** From beats and instants to the canvas. */
interface Place {
  x(ms: number): number;
  y(bpm: number): number;
  readonly radius: number;
}

const addLone = (paths: Paths, x: number, point: Point, { y, radius }: Place): void => {
  paths.lone.moveTo(x + radius, y(point.mean));
  paths.lone.arc(x, y(point.mean), radius, 0, 2 * Math.PI);
  paths.band.rect(x - radius, y(point.max), 2 * radius, y(point.min) - y(point.max));
};

const addStretch = (paths: Paths, stretch: Stretch, drawing: Drawing, place: Place): void => {
  const points = drawing.points.slice(stretch.from, stretch.to + 1);
  const xs = points.map((point) => place.x(middleOf(point, drawing.widthMs)));
  const [first] = points;
  if (first === undefined) return;
  if (points.length === 1) {
    addLone(paths, xs[0] as number, first, place);
    return;
  }
  points.forEach((point, index) => {
    const x = xs[index] as number;
    if (index === 0) paths.line.moveTo(x, place.y(point.mean));
    else paths.line.lineTo(x, place.y(point.mean));
    if (index === 0) paths.band.moveTo(x, place.y(point.max));
    else paths.band.lineTo(x, place.y(point.max));
  });
  for (let index = points.length - 1; index >= 0; index--) {
    paths.band.lineTo(xs[index] as number, place.y((points[index] as Point).min));
  }
  paths.band.closePath();
};

/** One set of paths for each device, so that drawing costs three strokes a device. */
const pathsByDevice = (drawing: Drawing, place: Place): Map<string, Paths> => {
  const byDevice = new Map<string, Paths>();
  for (const stretch of stretchesOf(drawing.points, drawing.widthMs)) {
    const paths = byDevice.get(stretch.device) ?? {
      line: new Path2D(),
      band: new Path2D(),
      lone: new Path2D(),
    };
    byDevice.set(stretch.device, paths);
    addStretch(paths, stretch, drawing, place);
  }
  return byDevice;
};

const drawDots = (ctx: CanvasRenderingContext2D, drawing: Drawing, place: Place): void => {
  for (const { atMs, bpm, device } of drawing.dots) {
    ctx.fillStyle = drawing.colorOf(device);
    ctx.beginPath();
    ctx.arc(place.x(atMs), place.y(bpm), place.radius, 0, 2 * Math.PI);
    ctx.fill();
  }
};

/** Draws bands, lines and dots into the plot's area. */
export const draw = (plot: uPlot, drawing: Drawing): void => {
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio;
  const place: Place = {
    x: (ms) => plot.valToPos(ms, 'x', true),
    y: (bpm) => plot.valToPos(bpm, 'y', true),
    radius: DOT_RADIUS * ratio,
  };
  ctx.save();
  ctx.beginPath();
  // A dot of this very moment is at the edge.
  ctx.rect(bbox.left, bbox.top, bbox.width + place.radius, bbox.height);
  ctx.clip();
  ctx.lineWidth = LINE_WIDTH * ratio;
  ctx.lineJoin = 'round';
  ctx.lineCap = 'round';
  for (const [device, { line, band, lone }] of pathsByDevice(drawing, place)) {
    ctx.strokeStyle = drawing.colorOf(device);
    ctx.fillStyle = drawing.colorOf(device);
    ctx.globalAlpha = BAND_OPACITY;
    ctx.fill(band);
    ctx.globalAlpha = 1;
    ctx.stroke(line);
    ctx.fill(lone);
  }
  drawDots(ctx, drawing, place);
  ctx.restore();
};
