/** Devices by their place in a list of their ids, which is shorter than to repeat each id. */
export interface DevicePlaces {
  /** Of each row, the place of its device in `deviceIds`. */
  readonly devices: Uint32Array;
  /** In the order in which they first come. */
  readonly deviceIds: readonly string[];
}

/** Of so many rows, the device of each of which `idOf` says. */
export const devicePlaces = (rows: number, idOf: (row: number) => string): DevicePlaces => {
  const deviceIds: string[] = [];
  const places = new Map<string, number>();
  const devices = new Uint32Array(rows);
  for (let row = 0; row < rows; row++) {
    const id = idOf(row);
    let place = places.get(id);
    if (place === undefined) {
      place = deviceIds.push(id) - 1;
      places.set(id, place);
    }
    devices[row] = place;
  }
  return { devices, deviceIds };
};
