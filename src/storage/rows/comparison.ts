import pl from 'nodejs-polars';
import native from 'nodejs-polars/bin/native-polars.js';

/** What of the binding's own expression objects is used here; it has no types of its own. */
interface NativeExpr {
  eq(other: NativeExpr): NativeExpr;
  neq(other: NativeExpr): NativeExpr;
  or(other: NativeExpr): NativeExpr;
  gtEq(other: NativeExpr): NativeExpr;
  lt(other: NativeExpr): NativeExpr;
  cast(type: pl.DataType, strict: boolean): NativeExpr;
}

interface Native {
  lit(value: string | number): NativeExpr;
}

const { lit } = native as unknown as Native;

/**
 * Comparisons of a column with a value that each query brings anew. Made of the binding's native
 * expressions, in 2 µs: `pl.col(…).eq(pl.lit(…))` makes objects of some hundred closures, which
 * takes 850 µs, and 600 kB that the garbage collector then pauses for.
 */
export class ColumnComparison {
  readonly #column: NativeExpr;

  constructor(name: string) {
    this.#column = pl.col(name)._expr as NativeExpr;
  }

  eq(text: string): pl.Expr {
    return asExpr(this.#column.eq(lit(text)));
  }

  neq(text: string): pl.Expr {
    return asExpr(this.#column.neq(lit(text)));
  }

  /** Number literals would be Float64, against which no statistics prune an Int64 column. */
  atLeast(value: number): pl.Expr {
    return asExpr(this.#column.gtEq(int64(value)));
  }

  below(value: number): pl.Expr {
    return asExpr(this.#column.lt(int64(value)));
  }
}

/** True where one of the comparisons is. */
export const either = (one: pl.Expr, other: pl.Expr): pl.Expr =>
  asExpr((one._expr as NativeExpr).or(other._expr as NativeExpr));

const int64 = (value: number): NativeExpr => lit(value).cast(pl.Int64, false);

/** The little of an expression that a lazy frame looks at. */
const asExpr = (expr: NativeExpr): pl.Expr =>
  ({ _expr: expr, inner: () => expr, [Symbol.toStringTag]: () => 'Expr' }) as unknown as pl.Expr;
