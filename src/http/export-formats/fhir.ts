import type { ExportFormat } from './export-format.ts';
import { textLines } from './text-lines.ts';

const CATEGORY = [
  {
    coding: [
      {
        system: 'http://terminology.hl7.org/CodeSystem/observation-category',
        code: 'vital-signs',
        display: 'Vital Signs',
      },
    ],
  },
];
const CODE = {
  coding: [{ system: 'http://loinc.org', code: '8867-4', display: 'Heart rate' }],
  text: 'Heart rate',
};
/** With `value`, a quantity in beats a minute (UCUM). */
const UNIT = { unit: 'beats/minute', system: 'http://unitsofmeasure.org', code: '/min' };

/** A reference by identifier (R4, 2.3.0.2): the service has no Patient or Device to point to. */
const logicalReference = (type: string, id: string) => ({ type, identifier: { value: id } });

/**
 * An Observation of FHIR R4 a line, as its heart rate profile has it
 * (http://hl7.org/fhir/StructureDefinition/heartrate).
 */
export const fhir: ExportFormat = {
  contentType: 'application/fhir+ndjson',
  extension: 'fhir.ndjson',
  write: textLines({
    head: '',
    start(userId, deviceId) {
      const json = JSON.stringify({
        resourceType: 'Observation',
        status: 'final',
        category: CATEGORY,
        code: CODE,
        subject: logicalReference('Patient', userId),
        device: logicalReference('Device', deviceId),
      });
      return `${json.slice(0, -1)},"effectiveDateTime":"`;
    },
    middle: '","valueQuantity":{"value":',
    end: `,${JSON.stringify(UNIT).slice(1)}}\n`,
  }),
};
