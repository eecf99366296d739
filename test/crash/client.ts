import { Agent, request } from 'node:http';
import {
  DAYS,
  instantText,
  minuteOf,
  minuteText,
  type SentErasure,
  type SentReading,
} from './ledger.ts';

const NDJSON = 'application/x-ndjson';

export interface Answer {
  readonly status: number;
  readonly body: string;
}

const wireReading = (one: SentReading) => ({
  device_id: one.device,
  user_id: one.user,
  timestamp: instantText(one),
  heart_rate: one.heartRate,
});

interface SeriesBody {
  readonly data: readonly { timestamp: string; heart_rate: number; device_id: string }[];
}

/** Speaks to the service over connections that it keeps open. Never tries anything twice. */
export class Client {
  readonly #agent: Agent;
  readonly #origin: string;

  constructor(origin: string, connections: number) {
    this.#origin = origin;
    this.#agent = new Agent({ keepAlive: true, maxSockets: connections });
  }

  close(): void {
    this.#agent.destroy();
  }

  /** One reading alone, or several as a batch, in either of its forms. */
  send(readings: readonly SentReading[], asLines: boolean): Promise<Answer> {
    const [first] = readings;
    if (first !== undefined && readings.length === 1) {
      return this.#post('/metrics/heart-rate', JSON.stringify(wireReading(first)));
    }
    const wire = readings.map(wireReading);
    const path = '/metrics/heart-rate/batch';
    if (!asLines) return this.#post(path, JSON.stringify({ readings: wire }));
    return this.#post(path, wire.map((one) => JSON.stringify(one)).join('\n'), NDJSON);
  }

  /** Erases a stretch of a user's readings, of one device or of all. */
  erase({ user, device, startMinute, endMinute }: SentErasure): Promise<Answer> {
    const query = new URLSearchParams({
      user_id: user,
      ...(device === undefined ? {} : { device_id: device }),
      start: minuteText(startMinute),
      end: minuteText(endMinute),
    });
    return this.#request('DELETE', `/metrics/heart-rate?${query}`);
  }

  /** One device's readings of a user: heart rate by minute. */
  async series(user: string, device: string): Promise<Map<number, number>> {
    const query = new URLSearchParams({
      user_id: user,
      device_id: device,
      start: minuteText(0),
      end: minuteText(DAYS * 24 * 60),
    });
    const { status, body } = await this.#request('GET', `/metrics/heart-rate?${query}`);
    if (status === 404) return new Map();
    if (status !== 200) throw new Error(`a query was answered ${status}: ${body}`);
    const { data } = JSON.parse(body) as SeriesBody;
    return new Map(data.map((row) => [minuteOf(Date.parse(row.timestamp)), row.heart_rate]));
  }

  #post(path: string, body: string, type = 'application/json'): Promise<Answer> {
    return this.#request('POST', path, body, type);
  }

  #request(method: string, path: string, body?: string, type?: string): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const headers = type === undefined ? {} : { 'content-type': type };
      const options = { method, agent: this.#agent, headers };
      const sent = request(new URL(path, this.#origin), options, (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          text += chunk;
        });
        response.on('error', reject);
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body: text }));
      });
      sent.on('error', reject);
      sent.end(body);
    });
  }
}
