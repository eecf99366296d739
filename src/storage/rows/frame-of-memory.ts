import pl from 'nodejs-polars';
import { _LazyDataFrame } from 'nodejs-polars/bin/lazy/dataframe.js';
import native from 'nodejs-polars/bin/native-polars.js';
import type { UserRows } from './rows-source.ts';

/** What of the binding's own objects is used here; it has no types of its own. */
interface NativeSeries {
  cast(type: pl.DataType, strict: boolean): NativeSeries;
  takeWithSeries(places: NativeSeries): NativeSeries;
}

interface Native {
  readonly JsSeries: {
    newOptStr(name: string, values: readonly string[], strict: boolean): NativeSeries;
    newFloat64Array(name: string, values: Float64Array): NativeSeries;
    newUint32Array(name: string, values: Uint32Array): NativeSeries;
  };
  readonly JsDataFrame: new (columns: readonly NativeSeries[]) => { lazy(): unknown };
}

const { JsSeries, JsDataFrame } = native as unknown as Native;

/**
 * Rows in memory as the frame that `frameOf` describes. Made of the binding's native columns:
 * `pl.Series` and `pl.DataFrame` make objects of some hundred closures each, which takes 0.6 ms
 * for a handful of rows, and pauses of 7 ms for the garbage collector.
 */
export const memoryFrame = (rows: UserRows): pl.LazyDataFrame => {
  // Below 2^53, so nothing is lost on the way through doubles.
  const integers = (name: string, values: Float64Array) =>
    JsSeries.newFloat64Array(name, values).cast(pl.Int64, true);
  const deviceIds = JsSeries.newOptStr('device_id', rows.deviceIds, true);
  const columns = [
    // A text for each row would take as long as all the rest.
    deviceIds.takeWithSeries(JsSeries.newUint32Array('', rows.devices)),
    integers('timestamp', rows.timestamps),
    JsSeries.newFloat64Array('heart_rate', rows.heartRates),
    integers('sequence', rows.sequences),
  ];
  return _LazyDataFrame(new JsDataFrame(columns).lazy());
};
