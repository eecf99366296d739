import type { SourceRow } from '../source-row.ts';
import { fieldsOf, listOf } from './json.ts';

const HEART_RATE_CODE = '8867-4';
const LOINC = 'http://loinc.org';
const PER_MINUTE = new Set(['/min', '{beats}/min', 'beats/minute', 'bpm']);

const isHeartRate = (code: unknown): boolean =>
  listOf(fieldsOf(code).coding).some((coding) => {
    const { system, code: value } = fieldsOf(coding);
    return value === HEART_RATE_CODE && (system === undefined || system === LOINC);
  });

/** What a reference names: its identifier, else the id at its end, else what people are shown. */
const referredTo = (reference: unknown): string | undefined => {
  const { identifier, reference: path, display } = fieldsOf(reference);
  const { value } = fieldsOf(identifier);
  if (typeof value === 'string') return value;
  if (typeof path === 'string') return path.split('/').at(-1);
  return typeof display === 'string' ? display : undefined;
};

/** A FHIR R4 Observation of LOINC 8867-4 in `/min`, at one instant. */
export const observationRow = (place: string, row: object): SourceRow => {
  const {
    resourceType,
    code,
    valueQuantity,
    effectiveDateTime,
    effectiveInstant,
    subject,
    device,
  } = fieldsOf(row);
  const refused = (reason: string): SourceRow => ({ place, row, reason });
  if (resourceType !== 'Observation') return refused('it is no Observation');
  if (!isHeartRate(code)) return refused(`its code is not LOINC ${HEART_RATE_CODE}`);
  const { value, code: unit, unit: unitText } = fieldsOf(valueQuantity);
  const named = unit ?? unitText;
  if (named !== undefined && !PER_MINUTE.has(String(named))) {
    return refused(`its unit is ${JSON.stringify(named)}, not /min`);
  }
  const time = effectiveDateTime ?? effectiveInstant;
  const userId = referredTo(subject);
  return { place, row, userId, deviceId: referredTo(device), time, heartRate: value };
};
