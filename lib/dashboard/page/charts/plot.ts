import uPlot from 'uplot';

import { colorOf, onSchemeChange, type Color } from './colors.js';

/** A line, or bars, of a chart. */
export interface PlotSeries {
  readonly label: string;
  readonly color: Color;
  readonly format: (value: number) => string;
  readonly kind?: 'line' | 'bars';
}

/** The axis at the bottom. */
export interface PlotAxis {
  readonly kind: 'time' | 'logarithmic' | 'steps';
  readonly format: (value: number) => string;
  /** Where a value may be written, but on an axis of time; those are left out for which there is no room. Default: at each value. */
  readonly splits?: readonly number[];
}

/** A vertical line, or a band, that marks something on the axis at the bottom. */
export interface PlotMark {
  readonly from: number;
  readonly to: number;
  readonly label: string;
}

export interface PlotOptions {
  readonly series: readonly PlotSeries[];
  readonly x: PlotAxis;
  /** From 0 to this; default: to the largest value. */
  readonly most?: number;
  readonly formatY: (value: number) => string;
  /** Told of the place of the pointer, `undefined` where it has gone. */
  readonly pointed?: (index: number | undefined) => void;
}

/** One value of the axis at the bottom each, and one of each series. */
export type PlotData = readonly [readonly number[], ...(readonly (number | null)[])[]];

// The names of this enumeration of uPlot are there for the compiler alone.
// eslint-disable-next-line @typescript-eslint/no-unsafe-enum-assignment
const LOGARITHMIC = 3 as uPlot.Scale.Distr;

const HEIGHT = 168;
const ROOM_OF_TEXT = 60;
const FONT = '11px system-ui, sans-serif';

/** A chart of uPlot in the colours of the page, as wide as there is room. */
export class Plot {
  readonly element: HTMLElement;
  readonly #options: PlotOptions;
  #chart: uPlot | undefined;
  #data: PlotData = [[]];
  #marks: readonly PlotMark[] = [];

  constructor(element: HTMLElement, options: PlotOptions) {
    this.element = element;
    this.#options = options;
    new ResizeObserver(() => {
      this.#fit();
    }).observe(element);
    // Bars keep their colour with their path.
    onSchemeChange(() => this.#chart?.redraw(true, true));
  }

  show(data: PlotData, marks: readonly PlotMark[] = []): void {
    this.#data = data;
    this.#marks = marks;
    this.#chart?.setData(data as uPlot.AlignedData);
    this.#fit();
  }

  /** It cannot be made before there is room for it. */
  #fit(): void {
    const width = Math.floor(this.element.clientWidth);
    if (width === 0 || this.#data[0].length === 0) return;
    if (this.#chart === undefined) this.#chart = this.#make(width);
    else if (this.#chart.width !== width) this.#chart.setSize({ width, height: HEIGHT });
  }

  #make(width: number): uPlot {
    const { series, pointed } = this.#options;
    const options: uPlot.Options = {
      width,
      height: HEIGHT,
      legend: { show: false },
      cursor: { y: false, drag: { x: false, y: false }, points: { size: 7 } },
      scales: { x: this.#scaleX(), y: { range: (_chart, _least, most) => [0, this.#options.most ?? roomAbove(most)] } },
      axes: [this.#axisX(), this.#axisY()],
      series: [{}, ...series.map(seriesOf)],
      hooks: {
        drawClear: [
          (chart) => {
            for (const mark of this.#marks) drawBand(chart, mark);
          },
        ],
        draw: [
          (chart) => {
            for (const mark of this.#marks) drawMark(chart, mark);
          },
        ],
        ...(pointed === undefined
          ? {}
          : {
              setCursor: [
                (chart: uPlot) => {
                  pointed(chart.cursor.idx ?? undefined);
                },
              ],
            }),
      },
    };
    return new uPlot(options, this.#data as uPlot.AlignedData, this.element);
  }

  #scaleX(): uPlot.Scale {
    const ends = () => [this.#data[0][0] ?? 0, this.#data[0].at(-1) ?? 1] as const;
    switch (this.#options.x.kind) {
      case 'time':
        return { time: true, range: (_chart, least, most) => [Math.min(least, most - 60), most] };
      case 'logarithmic':
        return { time: false, distr: LOGARITHMIC, log: 10, range: () => [...ends()] };
      case 'steps':
        return { time: false, range: () => [ends()[0] - 0.6, ends()[1] + 0.6] };
    }
  }

  #axisX(): uPlot.Axis {
    const { kind, format, splits } = this.#options.x;
    return {
      ...axisStyle(),
      grid: { show: false },
      size: 26,
      space: 64,
      values: (_chart, values) => values.map(format),
      ...(kind === 'time'
        ? {}
        : {
            splits: (chart: uPlot) => withRoom(chart, splits ?? this.#data[0]),
            filter: (_chart: uPlot, values: number[]) => values,
          }),
    };
  }

  #axisY(): uPlot.Axis {
    const { formatY } = this.#options;
    return { ...axisStyle(), size: 52, space: 36, values: (_chart, values) => values.map(formatY) };
  }
}

function axisStyle(): uPlot.Axis {
  return {
    stroke: () => colorOf('muted'),
    font: FONT,
    gap: 6,
    grid: { stroke: () => colorOf('grid'), width: 1 },
    ticks: { show: false },
  };
}

function seriesOf({ label, color, kind = 'line' }: PlotSeries): uPlot.Series {
  const stroke = () => colorOf(color);
  if (kind === 'line') return { label, stroke, width: 2, points: { show: false }, spanGaps: false };
  const paths = uPlot.paths.bars?.({ size: [0.8, 48], radius: 0.15 });
  return { label, stroke, fill: stroke, width: 0, points: { show: false }, ...(paths === undefined ? {} : { paths }) };
}

function roomAbove(most: number | null): number {
  return most === null || most <= 0 ? 1 : most * 1.12;
}

/** Those of `splits` that are to be seen, and whose texts do not touch. */
function withRoom(chart: uPlot, splits: readonly number[]): number[] {
  const { min = -Infinity, max = Infinity } = chart.scales['x'] ?? {};
  let last = -Infinity;
  return splits.filter((split) => {
    const at = chart.valToPos(split, 'x');
    const fits = split >= min && split <= max && at - last >= ROOM_OF_TEXT;
    if (fits) last = at;
    return fits;
  });
}

/** On the canvas, within what the axis shows. */
function placeOf(chart: uPlot, value: number): number {
  const { min = value, max = value } = chart.scales['x'] ?? {};
  return chart.valToPos(Math.min(max, Math.max(min, value)), 'x', true);
}

function drawBand(chart: uPlot, { from, to }: PlotMark): void {
  const { ctx, bbox } = chart;
  ctx.save();
  ctx.globalAlpha = 0.12;
  ctx.fillStyle = colorOf('mark');
  ctx.fillRect(placeOf(chart, from), bbox.top, placeOf(chart, to) - placeOf(chart, from), bbox.height);
  ctx.restore();
}

function drawMark(chart: uPlot, { from, to, label }: PlotMark): void {
  const { ctx, bbox } = chart;
  const ratio = devicePixelRatio;
  const places = [...new Set([placeOf(chart, from), placeOf(chart, to)])];
  ctx.save();
  ctx.strokeStyle = ctx.fillStyle = colorOf('mark');
  ctx.lineWidth = 1.5 * ratio;
  ctx.setLineDash([4 * ratio, 3 * ratio]);
  for (const x of places) {
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
  }
  ctx.font = FONT.replace('11px', `${11 * ratio}px`);
  ctx.textBaseline = 'bottom';
  const room = { from: bbox.left, to: bbox.left + bbox.width, gap: 5 * ratio, width: ctx.measureText(label).width };
  ctx.fillText(label, besides(places[0] ?? 0, places.at(-1) ?? 0, room), bbox.top + bbox.height - room.gap);
  ctx.restore();
}

interface Room {
  readonly from: number;
  readonly to: number;
  readonly gap: number;
  /** Of the text. */
  readonly width: number;
}

/** Where a text begins that belongs to a band: after it, or before it, where there is room, or else within. */
function besides(left: number, right: number, { from, to, gap, width }: Room): number {
  if (right + gap + width <= to) return right + gap;
  if (left - gap - width >= from) return left - gap - width;
  return Math.max(from + gap, right - gap - width);
}
