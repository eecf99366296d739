// Generated from openapi.yaml by `npm run generate`. Do not edit.
export interface paths {
    "/metrics/heart-rate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A person's series
         * @description One row for each minute (or other `interval`) that holds a reading, in ascending order. Empty
         *     buckets are left out, never zero. `heart_rate` is the arithmetic mean of the bucket, not rounded.
         *
         *     **Range.** Half-open: `start <= t < end`. Readings are clipped to it first and bucketed afterwards, so
         *     two adjoining ranges never count a reading twice; a bucket that the range cuts holds only the readings
         *     inside the range.
         *
         *     **Buckets** begin where the clocks of `tz` show a multiple of the interval: `5m` at minutes 0, 5, 10;
         *     `1d` at midnight. Without `tz` that is UTC.
         *
         *     **Devices.** A device with a lower priority number (see `GET /devices`) is trusted more. Devices that are
         *     not listed come after all that are, and ties go to the smaller `device_id`. With `device_id`, only that
         *     device's readings count and priority plays no part. How priority resolves a conflict is the choice of
         *     `priority_scope`.
         *
         *     If there is no reading in the range, the response is `404`.
         */
        get: operations["queryHeartRate"];
        put?: never;
        /**
         * Send one reading
         * @description Stores one reading and responds once it is on disk and visible to queries. The same identity
         *     (`user_id`, `device_id`, `timestamp`) again replaces the value; the last accepted one wins. Fields that
         *     are not listed are ignored.
         *
         *     A service that keeps readings for so many days only (`RETENTION_DAYS`) refuses one of a UTC day that
         *     ended longer ago: `400`, with an error at `/timestamp` that says the limit, and as of which day. That is
         *     today by its clock; but where all stored readings would be too old by it, as a clock says that is years
         *     ahead, it is the newest day with stored readings or the one before. In a cluster it is today.
         */
        post: operations["ingestHeartRate"];
        /**
         * Erase a person, or some of a person's readings
         * @description Erases, for good, every reading of a user that was accepted before; with `device_id`, `start` or `end` only
         *     those of the device and the range. At the response the erasure is on disk and no query finds the
         *     readings; their bytes leave the log and the Parquet files within moments, with the rewriting that it
         *     starts. Readings that are accepted afterwards are kept like any others, also of the same instants.
         *     In a cluster (`STORE`) no process's query finds them, and their bytes leave the nodes with compaction.
         *     Data that was damaged and set aside for a person to look at is not searched.
         *
         *     The range is half-open: `start <= t < end`. Either end may be left out, and then the range has none there.
         *
         *     If there is no such reading, the response is `404`. It is so too when the request is sent again after a
         *     `503` that says that the readings are erased and could not be counted.
         */
        delete: operations["eraseReadings"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics/heart-rate/batch": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send many readings
         * @description Stores 1 to 10,000 readings and responds once they are on disk and visible to queries. They may be of many
         *     users and devices and in any order; of two with the same identity the later in the batch wins.
         *
         *     The body is JSON, or the same readings as NDJSON (`application/x-ndjson`): one reading a line.
         *
         *     **Invalid readings.** By default a batch is stored as a whole or not at all: one invalid reading, and the
         *     response is `400`. It says how many readings are invalid (`invalid_count`) and what is wrong with them
         *     (`errors`, at most 20 entries). With `on_invalid=skip` the valid readings are stored, and the `200` says how many
         *     were rejected and why. If no reading is valid, there is nothing to store and the response is `400` in
         *     both cases; so it is when the body as a whole is not a batch (not JSON, too many readings).
         *
         *     **Several processes.** In a cluster (`STORE`) the readings of one user and UTC day are stored together or not at
         *     all, and a batch with more than that may be stored in part when the response is `503`. Sent again, it is whole.
         *
         *     A reading is invalid if it does not fit `HeartRateReading`, if its line is not JSON, or if it is older than
         *     the service keeps readings (`RETENTION_DAYS`); the latter has an error at `/readings/<i>/timestamp`.
         */
        post: operations["ingestHeartRateBatch"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics/heart-rate/latest": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A person's most recent reading
         * @description The reading with the latest timestamp, also when that lies in the future. Where several devices report that
         *     instant, the one with the best priority (see `GET /devices`) is given. With `device_id`, only that device's
         *     readings count. What it takes does not depend on how many days the service keeps.
         *
         *     If there is no reading, the response is `404`.
         */
        get: operations["latestHeartRate"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics/heart-rate/devices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A person's devices
         * @description The devices that have readings of the person in the range, by `device_id`: the first and the last reading,
         *     how many there are, and on how many UTC days. All readings count, whatever the priorities; the same
         *     identity counts once. The range is half-open: `start <= t < end`.
         *
         *     If there is no reading in the range, the response is `404`.
         */
        get: operations["listUserDevices"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics/heart-rate/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Follow a person's readings live
         * @description Server-sent events, as `EventSource` reads them: each reading of the user that is accepted from now on, once it is
         *     on disk, in the order of acceptance. A reading that is sent again is accepted again, and is an event again.
         *     Readings of one batch and one device keep their order.
         *
         *     - `event: reading`: `data` is a `HeartRateReading` as JSON, its timestamp in UTC.
         *     - `event: reset`: the service no longer knows all that came after the `Last-Event-ID`. Readings may be missing:
         *       ask for the series anew; the stream goes on from here. `data` is JSON with a `detail`, in words.
         *     - A comment every 15 seconds, when nothing else came. It brings an `id` too, without an event.
         *
         *     **Going on.** Who was cut off sends the last `id` as `Last-Event-ID` and gets what came since, without a gap
         *     or a repeat: as long as the service runs and knows the latest readings (32 MiB of all users). Otherwise a
         *     `reset` comes first. Erased readings are not told any more.
         *
         *     Of several processes in one cluster (`STORE`) each tells of the readings that it has accepted itself, and of no
         *     others. There a `reset` comes first whenever the process has accepted anything since: another one may have erased
         *     it.
         *
         *     A client that reads too slowly is cut off, and may go on as said. More streams than `MAX_STREAMS` are refused
         *     with `503`. The streams end when the service stops.
         */
        get: operations["followHeartRate"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics/heart-rate/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Export a person's readings
         * @description All readings as they were stored, of all devices and whatever the priorities: each identity once, with the
         *     value that was accepted last; by `timestamp`, those of the same instant by `device_id` (in the order of their
         *     UTF-8 bytes). Without `start` or `end` the range is open there, so `user_id` alone gives everything there is
         *     of a person. It may be of any length; it is half-open: `start <= t < end`.
         *
         *     **Format.** `format`, or else the format that `Accept` prefers, or else `ndjson`. An `Accept` that names none
         *     of them is not held against the request.
         *
         *     | `format` | `Content-Type` | What it is |
         *     | --- | --- | --- |
         *     | `ndjson` | `application/x-ndjson` | A `HeartRateReading` a line, which `POST /metrics/heart-rate/batch` takes as it is, 10,000 lines at a time. |
         *     | `csv` | `text/csv` | RFC 4180 in UTF-8, with a header: `device_id,user_id,timestamp,heart_rate`. |
         *     | `parquet` | `application/vnd.apache.parquet` | The same four columns; `timestamp` in microseconds of UTC (some readers show no zone), `heart_rate` a double. |
         *     | `fhir` | `application/fhir+ndjson` | An R4 `Observation` a line: LOINC `8867-4`, UCUM `/min`; the person and the device as references by identifier. |
         *
         *     Timestamps are in UTC, with as many digits of a fraction as they have (up to six); a heart rate is the shortest
         *     decimal that is the same double. So each format holds exactly what was stored. That goes for ids as well: one
         *     that begins with `=`, `+`, `-` or `@` is not altered in CSV, where a spreadsheet may take it for a formula:
         *     import such a file with its columns as text.
         *
         *     **One moment.** An export is as of the moment it began: what is accepted later is not in it. When readings of
         *     the person are erased meanwhile, it is broken off: nothing is sent that was erased.
         *
         *     It is sent as fast as it is read. When it cannot be completed, or nothing of it is read for a minute, the
         *     connection is closed without the end of the response, so that no part is taken for the whole. More exports at
         *     once than `MAX_EXPORTS` are refused with `503`.
         *
         *     If there is no such reading, the response is `404`.
         */
        get: operations["exportHeartRate"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/devices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The device priorities in force
         * @description The devices whose priority is known, the most trusted first, and the prefixes of ids that have one. A
         *     device has the priority of its own, or else that of the longest prefix that its id begins with; all others
         *     follow, and of equal priority the smaller id comes first. It is applied when a series is read, never when a
         *     reading is written: every reading is kept.
         */
        get: operations["listDevices"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * State of the service and its storage
         * @description For people and dashboards. `degraded` means that readings are stored, but somebody should look at `reasons`.
         *     While readings cannot be stored the response is `503` and says why.
         */
        get: operations["getHealth"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/livez": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Is the process alive?
         * @description For an orchestrator: if this does not respond, restart the process. It says nothing about the storage,
         *     which a restart would not repair.
         */
        get: operations["getLiveness"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/readyz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Can it take requests?
         * @description For a load balancer: `503` while the storage is being opened, cannot take readings, or is being closed.
         */
        get: operations["getReadiness"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Prometheus metrics
         * @description Requests by route, method and status with their durations, readings accepted and rejected, and what the
         *     storage does, in the Prometheus text format 0.0.4.
         */
        get: operations["getMetrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/openapi.yaml": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * This contract as YAML
         * @description The OpenAPI 3.1 document, as it was written.
         */
        get: operations["getOpenapiYaml"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * This contract as JSON
         * @description The same document for tools that prefer JSON.
         */
        get: operations["getOpenapiJson"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/docs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * This contract as a page
         * @description Guides to begin with, and every operation to read about and to try. The page is complete without internet.
         */
        get: operations["getDocs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/docs/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The document of the page
         * @description This contract as `/docs` loads it, with the guides in its description.
         */
        get: operations["getDocsDocument"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/docs/scalar.js": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The script of the page
         * @description Scalar's API reference, which `/docs` loads.
         */
        get: operations["getDocsScript"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The dashboard
         * @description A page that shows a person's heart rate, live and of any range, and links to `docs`. What it shows is in its
         *     address, which only the page reads. It is complete without internet, also below the path of a proxy.
         */
        get: operations["getDashboard"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/assets/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A file of the dashboard
         * @description A script, style sheet or picture that the dashboard loads. Its name holds a hash of its content, so it may be
         *     kept for good.
         */
        get: operations["getDashboardAsset"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /**
         * Format: unicode
         * @description A person, as the caller names them: 1 to 128 characters (Unicode code points), any but control characters
         *     and lone surrogates.
         * @example user_123
         */
        UserId: string;
        /**
         * Format: unicode
         * @description A device, as the caller names it: 1 to 128 characters (Unicode code points), any but control characters
         *     and lone surrogates.
         * @example device_a
         */
        DeviceId: string;
        /**
         * Format: timestamp
         * @description ISO 8601 date and time: with `Z`, an offset or neither, which means UTC. Seconds may be left out.
         *     Fractions of a second are kept to the microsecond, further digits are cut. Of what the pattern allows,
         *     only dates that do not exist and instants before 1970 or after 2199 are refused.
         * @example 2024-01-15T10:00:00Z
         */
        Timestamp: string;
        /**
         * @description Beats a minute, decimals allowed.
         * @example 75
         */
        HeartRate: number;
        /** @description What a device measured of a person's heart at one instant. */
        HeartRateReading: {
            device_id: components["schemas"]["DeviceId"];
            user_id: components["schemas"]["UserId"];
            timestamp: components["schemas"]["Timestamp"];
            heart_rate: components["schemas"]["HeartRate"];
        };
        /** @description A reading as it was stored. */
        StoredReading: {
            device_id: components["schemas"]["DeviceId"];
            user_id: components["schemas"]["UserId"];
            timestamp: components["schemas"]["Instant"];
            heart_rate: components["schemas"]["HeartRate"];
        };
        /**
         * Format: date-time
         * @description An instant, in UTC.
         * @example 2024-01-15T10:00:00Z
         */
        Instant: string;
        /** @description Readings that are sent together. */
        HeartRateBatch: {
            /**
             * @description 1 to 10,000 readings.
             * @example [
             *       {
             *         "device_id": "device_a",
             *         "user_id": "user_123",
             *         "timestamp": "2024-01-15T10:00:00Z",
             *         "heart_rate": 75
             *       }
             *     ]
             */
            readings: components["schemas"]["HeartRateReading"][];
        };
        /**
         * @description 1 to 10,000 readings as NDJSON: one HeartRateReading a line, lines ended by a line feed (a carriage
         *     return before it is ignored). The last line need not be ended; lines between may not be blank.
         * @example {"device_id":"device_a","user_id":"user_123","timestamp":"2024-01-15T10:00:00Z","heart_rate":75}
         *     {"device_id":"device_b","user_id":"user_123","timestamp":"2024-01-15T10:00:00Z","heart_rate":80}
         */
        HeartRateLines: string;
        /**
         * @description Entity tags (RFC 9110 8.8.3), or `*` for whatever there is. The comparison is weak.
         * @example W/"Xk3vQ2aB-17"
         */
        EntityTags: string;
        /**
         * @description In which format readings are exported.
         * @example ndjson
         * @enum {string}
         */
        ExportFormat: "ndjson" | "csv" | "parquet" | "fhir";
        /**
         * @description Readings as NDJSON, a `StoredReading` a line, each line ended by a line feed.
         * @example {"device_id":"device_a","user_id":"user_123","timestamp":"2024-01-15T10:00:00Z","heart_rate":75}
         *     {"device_id":"device_b","user_id":"user_123","timestamp":"2024-01-15T10:00:00Z","heart_rate":80}
         */
        StoredReadingLines: string;
        /**
         * @description Readings as CSV with a header; records are ended by CRLF.
         * @example device_id,user_id,timestamp,heart_rate
         *     device_a,user_123,2024-01-15T10:00:00Z,75
         */
        ReadingsCsv: string;
        /**
         * @description Readings as a Parquet file, which is not text.
         * @example PAR1
         */
        ReadingsParquet: string;
        /**
         * @description Readings as NDJSON, an `Observation` of FHIR R4 a line, each line ended by a line feed.
         * @example {"resourceType":"Observation","status":"final"}
         */
        ObservationLines: string;
        /**
         * @description What an event of a stream is called. It means something to the service that gave it.
         * @example 0d3c5a7be912-1042
         */
        EventId: string;
        /**
         * @description Server-sent events.
         * @example event: reading
         *     id: 0d3c5a7be912-1042
         *     data: {"device_id":"device_a","user_id":"user_123","timestamp":"2024-01-15T10:00:00Z","heart_rate":75}
         */
        ReadingEvents: string;
        /** @description The reading is on disk and visible to queries. */
        Accepted: {
            status: components["schemas"]["AcceptedStatus"];
        };
        /**
         * @description Readings of the batch are on disk and visible to queries. `rejected` and `errors`, in the order of the batch,
         *     are there with `on_invalid=skip` and only then.
         */
        BatchAccepted: {
            status: components["schemas"]["AcceptedStatus"];
            /**
             * @description How many readings were stored; without `on_invalid=skip` all of the batch.
             * @example 2
             */
            count: number;
            /**
             * @description How many readings were invalid and so not stored.
             * @example 0
             */
            rejected?: number;
            errors?: components["schemas"]["ProblemErrors"];
        };
        /**
         * @description What happens to a batch with invalid readings.
         * @default reject
         * @example reject
         * @enum {string}
         */
        OnInvalid: "reject" | "skip";
        /** @description The readings are gone. */
        Erased: {
            status: components["schemas"]["ErasedStatus"];
            /**
             * @description How many readings there were.
             * @example 1440
             */
            count: number;
        };
        /**
         * @description Always `erased`.
         * @example erased
         * @constant
         */
        ErasedStatus: "erased";
        /**
         * @description Always `accepted`.
         * @example accepted
         * @constant
         */
        AcceptedStatus: "accepted";
        /**
         * @description A minute, five, fifteen, an hour or a day.
         * @default 1m
         * @example 1m
         * @enum {string}
         */
        Interval: "1m" | "5m" | "15m" | "1h" | "1d";
        /**
         * @description A zone of the IANA time zone database by its area and place, or `UTC`. Abbreviations such as `CET` or `AST`,
         *     which are not the same everywhere, are not taken.
         * @example Europe/Berlin
         */
        TimeZone: string;
        /**
         * @description Within what the best device wins.
         * @default timestamp
         * @example timestamp
         * @enum {string}
         */
        PriorityScope: "timestamp" | "bucket";
        /**
         * @description What to add to each row.
         * @example [
         *       "stats",
         *       "explain"
         *     ]
         */
        Include: components["schemas"]["Addition"][];
        /**
         * @description What can be added to a row.
         * @example stats
         * @enum {string}
         */
        Addition: "stats" | "explain";
        /** @description What a device had to do with a bucket. */
        ExplainedDevice: {
            device_id: components["schemas"]["DeviceId"];
            /**
             * @description How many readings of it there are in the bucket, each identity once.
             * @example 2
             */
            readings: number;
            /**
             * @description How many of them the row is made of.
             * @example 1
             */
            counted: number;
            rule: components["schemas"]["Rule"];
        };
        /**
         * @description Why readings count, or not.
         * @example outranked
         * @enum {string}
         */
        Rule: "requested" | "uncontested" | "preferred" | "outranked";
        /**
         * Format: date-time
         * @description The bucket's first instant, in UTC.
         * @example 2024-01-15T10:00:00Z
         */
        BucketStart: string;
        /** @description One bucket. */
        HeartRateRow: {
            timestamp: components["schemas"]["BucketStart"];
            /**
             * @description Arithmetic mean of the bucket's readings, in beats a minute, not rounded.
             * @example 78.5
             */
            heart_rate: number;
            device_id: components["schemas"]["DeviceId"];
            /**
             * @description Smallest reading of the bucket; only with `include=stats`.
             * @example 72
             */
            min?: number;
            /**
             * @description Largest reading of the bucket; only with `include=stats`.
             * @example 85
             */
            max?: number;
            /**
             * @description How many readings the mean is of; only with `include=stats`.
             * @example 2
             */
            sample_count?: number;
            /**
             * @description The devices that reported in the bucket, the most trusted first; only with `include=explain`.
             * @example [
             *       {
             *         "device_id": "device_a",
             *         "readings": 1,
             *         "counted": 1,
             *         "rule": "preferred"
             *       },
             *       {
             *         "device_id": "device_b",
             *         "readings": 2,
             *         "counted": 1,
             *         "rule": "outranked"
             *       }
             *     ]
             */
            devices?: components["schemas"]["ExplainedDevice"][];
        };
        /** @description A person's series. */
        HeartRateSeries: {
            user_id: components["schemas"]["UserId"];
            /**
             * @description The buckets that hold a reading, ascending.
             * @example [
             *       {
             *         "timestamp": "2024-01-15T10:00:00Z",
             *         "heart_rate": 75,
             *         "device_id": "device_a"
             *       }
             *     ]
             */
            data: components["schemas"]["HeartRateRow"][];
            /**
             * @description How many rows `data` has.
             * @example 1
             */
            count: number;
        };
        /** @description The devices that have readings of a person. */
        UserDevices: {
            user_id: components["schemas"]["UserId"];
            /**
             * @description By `device_id`, in the order of its UTF-8 bytes.
             * @example [
             *       {
             *         "device_id": "device_a",
             *         "first": "2024-01-15T00:00:30Z",
             *         "last": "2024-01-20T23:59:30Z",
             *         "readings": 17280,
             *         "days": 6
             *       }
             *     ]
             */
            devices: components["schemas"]["UserDevice"][];
        };
        /** @description What there is of a device, in the range. */
        UserDevice: {
            device_id: components["schemas"]["DeviceId"];
            first: components["schemas"]["Instant"];
            last: components["schemas"]["Instant"];
            /**
             * @description How many readings, each identity once.
             * @example 17280
             */
            readings: number;
            /**
             * @description On how many UTC days there is a reading.
             * @example 6
             */
            days: number;
        };
        /** @description A device and how much it is trusted. */
        DevicePriority: {
            device_id: components["schemas"]["DeviceId"];
            priority: components["schemas"]["Priority"];
        };
        /**
         * @description The lower, the more trusted.
         * @example 1
         */
        Priority: number;
        /** @description Devices whose ids begin alike, and how much they are trusted. */
        DevicePrefixPriority: {
            /**
             * @description How their ids begin; empty for all devices.
             * @example polar-
             */
            prefix: string;
            priority: components["schemas"]["Priority"];
        };
        /** @description The devices whose priority is known. All others follow them. */
        DeviceList: {
            /**
             * @description The most trusted first. Of those that a device's id begins with the longest counts, unless the device
             *     is among `devices`.
             * @example [
             *       {
             *         "prefix": "polar-",
             *         "priority": 1
             *       }
             *     ]
             */
            prefixes: components["schemas"]["DevicePrefixPriority"][];
            /**
             * @description The most trusted first.
             * @example [
             *       {
             *         "device_id": "device_a",
             *         "priority": 1
             *       },
             *       {
             *         "device_id": "device_b",
             *         "priority": 2
             *       }
             *     ]
             */
            devices: components["schemas"]["DevicePriority"][];
        };
        /**
         * @description `degraded`: readings are stored, but somebody should look at `reasons`.
         * @example ok
         * @enum {string}
         */
        ServingStatus: "ok" | "degraded";
        /**
         * @description Why the status is not `ok`, in words; empty when it is.
         * @example []
         */
        Reasons: string[];
        /** @description What the storage holds at this moment. */
        StorageHealth: {
            /**
             * @description Accepted readings that are in the log on disk and in memory, not yet in Parquet.
             * @example 240
             */
            unflushed_readings: number;
            /**
             * @description How long the oldest of them has waited; 0 when there is none. Over 600 is `degraded`.
             * @example 1.5
             */
            oldest_unflushed_seconds: number;
            /**
             * @description Log segments on disk, the open one included.
             * @example 1
             */
            segments: number;
            /**
             * @description Parquet files.
             * @example 3
             */
            parts: number;
            /**
             * @description Parquet files of the day that has most. Over 64 is `degraded`.
             * @example 2
             */
            most_parts_of_day: number;
            /**
             * @description About how many bytes of Parquet wait to be merged.
             * @example 0
             */
            merge_debt_bytes: number;
            /**
             * @description How long the longest piece of background work under way has taken so far; 0 without one.
             * @example 0
             */
            current_step_seconds: number;
        };
        /** @description State of the service and its storage. */
        Health: {
            status: components["schemas"]["ServingStatus"];
            reasons: components["schemas"]["Reasons"];
            /**
             * @description Version of the service.
             * @example 0.1.0
             */
            version: string;
            /**
             * @description Seconds since the process started.
             * @example 12.5
             */
            uptime_seconds: number;
            storage: components["schemas"]["StorageHealth"];
        };
        /** @description The process answers. */
        Liveness: {
            /**
             * @description Always `ok`.
             * @example ok
             * @constant
             */
            status: "ok";
        };
        /** @description Requests can be sent here. */
        Readiness: {
            status: components["schemas"]["ServingStatus"];
            reasons: components["schemas"]["Reasons"];
        };
        /**
         * @description Prometheus text format 0.0.4.
         * @example # HELP heart_rate_readings_accepted_total Readings that were stored.
         *     # TYPE heart_rate_readings_accepted_total counter
         *     heart_rate_readings_accepted_total 240
         */
        PrometheusText: string;
        /** @description An OpenAPI 3.1 document. */
        OpenapiDocument: {
            /**
             * @description Version of the OpenAPI specification.
             * @example 3.1.0
             */
            openapi: string;
        } & {
            [key: string]: unknown;
        };
        /**
         * @description An HTML page.
         * @example <!doctype html>
         */
        HtmlPage: string;
        /**
         * @description JavaScript.
         * @example (() => {})()
         */
        Script: string;
        /**
         * @description CSS.
         * @example body { margin: 0 }
         */
        StyleSheet: string;
        /**
         * @description An SVG picture.
         * @example <svg xmlns="http://www.w3.org/2000/svg"></svg>
         */
        SvgPicture: string;
        /**
         * @description The name of a file of the dashboard.
         * @example index-B4x2Kq9z.js
         */
        AssetName: string;
        /** @description One thing that is wrong with the request. */
        ProblemError: {
            /**
             * @description Where it is: an RFC 6901 pointer into the body (for NDJSON, as if the lines were the array `readings`),
             *     or `/query/` and the name of a query parameter. Empty means the body as a whole.
             * @example /heart_rate
             */
            pointer: string;
            /**
             * @description What is wrong there, in words.
             * @example must be at most 220
             */
            detail: string;
        };
        /**
         * @description What is wrong, at most 20 entries.
         * @example [
         *       {
         *         "pointer": "/heart_rate",
         *         "detail": "must be at most 220"
         *       }
         *     ]
         */
        ProblemErrors: components["schemas"]["ProblemError"][];
        /**
         * @description What kind of problem it is; see "Errors" in this document's description.
         * @example urn:problem:heart-rate:invalid-request
         * @enum {string}
         */
        ProblemType: "urn:problem:heart-rate:invalid-request" | "urn:problem:heart-rate:malformed-http" | "urn:problem:heart-rate:unauthorized" | "urn:problem:heart-rate:forbidden" | "urn:problem:heart-rate:no-readings" | "urn:problem:heart-rate:no-such-path" | "urn:problem:heart-rate:method-not-allowed" | "urn:problem:heart-rate:request-timeout" | "urn:problem:heart-rate:content-too-large" | "urn:problem:heart-rate:unsupported-media-type" | "urn:problem:heart-rate:misdirected-request" | "urn:problem:heart-rate:too-many-requests" | "urn:problem:heart-rate:headers-too-large" | "urn:problem:heart-rate:internal-error" | "urn:problem:heart-rate:unavailable";
        /** @description An RFC 9457 problem. */
        Problem: {
            type: components["schemas"]["ProblemType"];
            /**
             * @description The kind of problem in words.
             * @example Invalid request
             */
            title: string;
            /**
             * @description The HTTP status.
             * @example 400
             */
            status: number;
            /**
             * @description What happened, for a person.
             * @example The request is not valid.
             */
            detail?: string;
            errors?: components["schemas"]["ProblemErrors"];
            /**
             * @description How many of the readings are invalid; only with a `400` for invalid readings.
             * @example 1
             */
            invalid_count?: number;
        };
    };
    responses: {
        /** @description Nothing has changed since you were given the `ETag`. No reading was read for this. */
        NotModified: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                ETag: components["headers"]["ETag"];
                [name: string]: unknown;
            };
            content?: never;
        };
        /**
         * @description The request is not as described here. Nothing was stored. `errors` says what is wrong and where, unless it
         *     is not HTTP or names no valid target or host (`malformed-http`).
         */
        BadRequest: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "urn:problem:heart-rate:invalid-request",
                 *       "title": "Invalid request",
                 *       "status": 400,
                 *       "detail": "The request is not valid.",
                 *       "errors": [
                 *         {
                 *           "pointer": "/heart_rate",
                 *           "detail": "must be at most 220"
                 *         }
                 *       ]
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description What was sent is not HTTP, or names no valid target or host. */
        MalformedHttp: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "urn:problem:heart-rate:malformed-http",
                 *       "title": "Malformed HTTP",
                 *       "status": 400,
                 *       "detail": "The request target is not percent-encoded UTF-8."
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The service asks for an API key, and the request has none that is valid. */
        Unauthorized: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                "WWW-Authenticate": components["headers"]["WwwAuthenticate"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "urn:problem:heart-rate:unauthorized",
                 *       "title": "Unauthorized",
                 *       "status": 401,
                 *       "detail": "The API key is not valid."
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The API key does not have the scope that the operation asks for. */
        Forbidden: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                "WWW-Authenticate": components["headers"]["WwwAuthenticate"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "urn:problem:heart-rate:forbidden",
                 *       "title": "Forbidden",
                 *       "status": 403,
                 *       "detail": "The API key does not have the scope read."
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /**
         * @description The API key does not have the scope `ingest`, or is bound to other users or devices than some of the readings
         *     are of: then `errors` says which, at most 20 entries. Nothing was stored.
         */
        NotYours: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                "WWW-Authenticate": components["headers"]["WwwAuthenticate"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "urn:problem:heart-rate:forbidden",
                 *       "title": "Forbidden",
                 *       "status": 403,
                 *       "detail": "Nothing was stored, because the API key is not for all of the readings.",
                 *       "errors": [
                 *         {
                 *           "pointer": "/user_id",
                 *           "detail": "is not one that the API key is for"
                 *         }
                 *       ]
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description There are no readings to erase. */
        NothingToErase: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "urn:problem:heart-rate:no-readings",
                 *       "title": "No readings",
                 *       "status": 404,
                 *       "detail": "There are no readings of this user."
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description There are no readings of this user, or none of the device. */
        NoReadings: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "urn:problem:heart-rate:no-readings",
                 *       "title": "No readings",
                 *       "status": 404,
                 *       "detail": "There are no readings of this user."
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description There are no readings of this user in the range. */
        NoReadingsInRange: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "urn:problem:heart-rate:no-readings",
                 *       "title": "No readings",
                 *       "status": 404,
                 *       "detail": "There are no readings of this user in the range."
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description There are no readings that the request asks for. */
        NoReadingsToExport: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "urn:problem:heart-rate:no-readings",
                 *       "title": "No readings",
                 *       "status": 404,
                 *       "detail": "There are no readings of this user."
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The service has no such path. */
        NoSuchPath: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "urn:problem:heart-rate:no-such-path",
                 *       "title": "No such path",
                 *       "status": 404,
                 *       "detail": "There is no such path."
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The body is larger than the service takes, as it was sent or decompressed. Nothing was stored. */
        ContentTooLarge: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "urn:problem:heart-rate:content-too-large",
                 *       "title": "Content too large",
                 *       "status": 413,
                 *       "detail": "The body may have at most 8388608 bytes."
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /**
         * @description The body's `Content-Type` is missing or not one of those listed, or its `Content-Encoding` is none of `gzip`,
         *     `deflate` and `identity`, or more than one of them. Nothing was stored.
         */
        UnsupportedMediaType: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                "Accept-Encoding": components["headers"]["AcceptEncoding"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "urn:problem:heart-rate:unsupported-media-type",
                 *       "title": "Unsupported media type",
                 *       "status": 415,
                 *       "detail": "Send the body as application/json."
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The service made a mistake. Its log says more, under the `X-Request-Id` of the response. */
        InternalServerError: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "urn:problem:heart-rate:internal-error",
                 *       "title": "Internal error",
                 *       "status": 500
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /**
         * @description The service cannot do this for now: the storage is being opened, is full or has failed, the audit log cannot be
         *     written, or too much is asked of it at once (`MAX_QUERIES`, `MAX_EXPORTS`, `MAX_STREAMS`). What was sent is not
         *     acknowledged; sending it again is safe. In a cluster (`STORE`) some of it may be stored all the same.
         */
        ServiceUnavailable: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                "Retry-After": components["headers"]["RetryAfter"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "urn:problem:heart-rate:unavailable",
                 *       "title": "Service unavailable",
                 *       "status": 503,
                 *       "detail": "The storage is being opened."
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The request did not arrive in time. The connection is closed. */
        RequestTimeout: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "urn:problem:heart-rate:request-timeout",
                 *       "title": "Request timeout",
                 *       "status": 408,
                 *       "detail": "The request took too long to arrive."
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The service does not serve the `Host` that the request names. */
        MisdirectedRequest: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "urn:problem:heart-rate:misdirected-request",
                 *       "title": "Misdirected request",
                 *       "status": 421,
                 *       "detail": "The service does not serve this Host. ALLOWED_HOSTS names those it does."
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The client sends more than `RATE_LIMIT` allows. Nothing was stored or read; sending it again later is safe. */
        TooManyRequests: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                "Retry-After": components["headers"]["RetryAfter"];
                "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "urn:problem:heart-rate:too-many-requests",
                 *       "title": "Too many requests",
                 *       "status": 429,
                 *       "detail": "The client sends too many requests."
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The request line and the headers are larger than the service takes. The connection is closed. */
        HeadersTooLarge: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "urn:problem:heart-rate:headers-too-large",
                 *       "title": "Headers too large",
                 *       "status": 431,
                 *       "detail": "The headers are too large."
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
    };
    parameters: never;
    requestBodies: never;
    headers: {
        /**
         * @description What the service asks for (RFC 6750, 3): a key, and if one was sent that is not valid, or not for this, also
         *     an `error`.
         * @example Bearer realm="heart-rate", error="invalid_token"
         */
        WwwAuthenticate: string;
        /**
         * @description The id of the request, under which the service's log says more: the one that was sent, or a new one.
         * @example 0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b
         */
        RequestId: string;
        /**
         * @description Seconds to wait before trying again.
         * @example 1
         */
        RetryAfter: number;
        /**
         * @description What this version of the content is called; send it back in `If-None-Match`.
         * @example W/"u7Jf3kSxQ1w"
         */
        ETag: string;
        /**
         * @description The codings that a body may have (RFC 9110 12.5.3), if the `Content-Encoding` is not taken.
         * @example gzip, deflate
         */
        AcceptEncoding: string;
        /**
         * @description How many requests (`q`) a client may send in how many seconds (`w`), all of them at once if it likes
         *     (draft-ietf-httpapi-ratelimit-headers-11).
         * @example "default";q=200;w=2
         */
        RateLimitPolicy: string;
        /**
         * @description How many requests are left (`r`), and in how many seconds all are there again (`t`).
         * @example "default";r=0;t=2
         */
        RateLimit: string;
        /**
         * @description The name of the file, made of the user's id (RFC 6266).
         * @example attachment; filename="heart-rate-user_123.ndjson"
         */
        ContentDisposition: string;
        /**
         * @description The format depends on `Accept`.
         * @example Accept
         */
        VaryAccept: string;
    };
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    queryHeartRate: {
        parameters: {
            query: {
                /**
                 * @description Whose readings.
                 * @example user_123
                 */
                user_id: components["schemas"]["UserId"];
                /**
                 * @description First instant of the range; it belongs to it. Must lie before `end`. An offset's `+` should be sent
                 *     as `%2B`; one that arrived as a blank is understood.
                 * @example 2024-01-15T00:00:00Z
                 */
                start: components["schemas"]["Timestamp"];
                /**
                 * @description End of the range; it no longer belongs to it. At most 400 days after `start`, so that a whole year
                 *     can be asked for at once.
                 * @example 2024-01-16T00:00:00Z
                 */
                end: components["schemas"]["Timestamp"];
                /**
                 * @description Only this device's readings. Without it, all devices count by their priority.
                 * @example device_a
                 */
                device_id?: components["schemas"]["DeviceId"];
                /**
                 * @description The width of a bucket.
                 * @example 1m
                 */
                interval?: components["schemas"]["Interval"];
                /**
                 * @description By whose local time buckets are cut: a zone of the IANA time zone database, in upper or lower case.
                 *     UTC when it is left out.
                 *     `timestamp` is the first instant of the bucket in UTC all the same, also where it lies before `start`.
                 *
                 *     - A day (`1d`) begins once, at the first instant that has its date, and lasts until the next one
                 *       begins: where clocks change, 23 or 25 hours; where they skip midnight it begins behind it; where
                 *       they show midnight twice, at the first.
                 *     - `1h`, `15m`, `5m` and `1m` begin where the clocks show a multiple of them. An hour that the clocks
                 *       show twice is two rows. Where the clocks change by something else than a multiple of the
                 *       interval (Lord Howe: half an hour), a row begins with the change, and the one before ends early.
                 *
                 *     In Europe/Berlin the clocks went back from 03:00 to 02:00 on 2024-10-27. With `interval=1d` that day
                 *     is the row `2024-10-26T22:00:00Z`, of 25 hours; the next is `2024-10-27T23:00:00Z`. With `1h` both
                 *     hours that began at 02:00 have a row, `2024-10-27T00:00:00Z` and `2024-10-27T01:00:00Z`.
                 *
                 *     Offsets of UTC count in whole minutes (Liberia had seconds until 1972). An offset such as `+02:00` is
                 *     no zone, since it does not say when clocks change.
                 * @example Europe/Berlin
                 */
                tz?: components["schemas"]["TimeZone"];
                /**
                 * @description Within what the best device wins.
                 *
                 *     - `timestamp`: where several devices report the same instant, the best one's reading is used. The bucket
                 *       averages what remains and names the best device that contributed to it.
                 *     - `bucket`: in each bucket only the best device that reported there counts, so that every row has one
                 *       true source.
                 *
                 *     Say device_a reports 70 at :00, device_b 80 at :00 and 90 at :30. `timestamp` gives 80, named device_a
                 *     (70 and 90 remain); `bucket` gives 70, device_a.
                 * @example timestamp
                 */
                priority_scope?: components["schemas"]["PriorityScope"];
                /**
                 * @description What to add to each row, also in one text with commas: `include=stats,explain` is
                 *     `include=stats&include=explain`.
                 *
                 *     - `stats`: `min`, `max` and `sample_count`.
                 *     - `explain`: `devices`, each device that reported in the bucket (and in the range), the most trusted
                 *       first, with the number of its `readings`, how many of them `counted`, and by which `rule`:
                 *       - `requested`: it is the `device_id` that was asked for. No other is looked at, and all count.
                 *       - `uncontested`: all count, as no other device reported where it did.
                 *       - `preferred`: all count, as it is the best where others reported as well.
                 *       - `outranked`: some do not count, or none does, as a better device reported where they are.
                 *
                 *     With `priority_scope=timestamp` "where" is the instant of a reading: a device that is outranked at some
                 *     instants is `outranked`, and its readings of other instants are among `counted`. With
                 *     `priority_scope=bucket` it is the whole bucket, of which all or none count.
                 *
                 *     In the example above (device_a 70 at :00, device_b 80 at :00 and 90 at :30) `timestamp` gives device_a:
                 *     1 reading, 1 counted, `preferred`; device_b: 2 readings, 1 counted, `outranked`. `bucket` gives device_a:
                 *     1, 1, `preferred`; device_b: 2, 0, `outranked`. `device_id=device_b` gives device_b: 2, 2, `requested`.
                 * @example [
                 *       "stats"
                 *     ]
                 */
                include?: components["schemas"]["Include"];
            };
            header?: {
                /**
                 * @description The `ETag` of a response that you still have. If nothing has changed since, you get a `304`.
                 * @example W/"Xk3vQ2aB-17"
                 */
                "if-none-match"?: components["schemas"]["EntityTags"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The series. `count` is the number of rows. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HeartRateSeries"];
                };
            };
            304: components["responses"]["NotModified"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NoReadingsInRange"];
            408: components["responses"]["RequestTimeout"];
            421: components["responses"]["MisdirectedRequest"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    ingestHeartRate: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description The reading. */
        requestBody: {
            content: {
                "application/json": components["schemas"]["HeartRateReading"];
            };
        };
        responses: {
            /** @description Stored, durable and visible. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "status": "accepted"
                     *     }
                     */
                    "application/json": components["schemas"]["Accepted"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["NotYours"];
            408: components["responses"]["RequestTimeout"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            421: components["responses"]["MisdirectedRequest"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    eraseReadings: {
        parameters: {
            query: {
                /**
                 * @description Whose readings.
                 * @example user_123
                 */
                user_id: components["schemas"]["UserId"];
                /**
                 * @description Only this device's readings. Without it, those of all devices.
                 * @example device_a
                 */
                device_id?: components["schemas"]["DeviceId"];
                /**
                 * @description First instant of the range; it belongs to it. Must lie before `end`.
                 * @example 2024-01-15T10:00:00Z
                 */
                start?: components["schemas"]["Timestamp"];
                /**
                 * @description End of the range; it no longer belongs to it.
                 * @example 2024-01-15T10:05:00Z
                 */
                end?: components["schemas"]["Timestamp"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Erased. `count` is the number of readings that are gone. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "status": "erased",
                     *       "count": 1440
                     *     }
                     */
                    "application/json": components["schemas"]["Erased"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NothingToErase"];
            408: components["responses"]["RequestTimeout"];
            421: components["responses"]["MisdirectedRequest"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    ingestHeartRateBatch: {
        parameters: {
            query?: {
                /**
                 * @description What happens to a batch with invalid readings.
                 *
                 *     - `reject`: nothing is stored.
                 *     - `skip`: the valid readings are stored.
                 * @example skip
                 */
                on_invalid?: components["schemas"]["OnInvalid"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description The readings. */
        requestBody: {
            content: {
                "application/json": components["schemas"]["HeartRateBatch"];
                "application/x-ndjson": components["schemas"]["HeartRateLines"];
            };
        };
        responses: {
            /** @description Stored, durable and visible: all readings, or with `on_invalid=skip` those that are valid. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BatchAccepted"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["NotYours"];
            408: components["responses"]["RequestTimeout"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            421: components["responses"]["MisdirectedRequest"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    latestHeartRate: {
        parameters: {
            query: {
                /**
                 * @description Whose reading.
                 * @example user_123
                 */
                user_id: components["schemas"]["UserId"];
                /**
                 * @description Only this device's readings. Without it, those of all devices.
                 * @example device_a
                 */
                device_id?: components["schemas"]["DeviceId"];
            };
            header?: {
                /**
                 * @description The `ETag` of a response that you still have. If nothing has changed since, you get a `304`.
                 * @example W/"Xk3vQ2aB-17"
                 */
                "if-none-match"?: components["schemas"]["EntityTags"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The reading as it was stored; its timestamp in UTC. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "device_id": "device_a",
                     *       "user_id": "user_123",
                     *       "timestamp": "2024-01-15T10:00:00Z",
                     *       "heart_rate": 75
                     *     }
                     */
                    "application/json": components["schemas"]["StoredReading"];
                };
            };
            304: components["responses"]["NotModified"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NoReadings"];
            408: components["responses"]["RequestTimeout"];
            421: components["responses"]["MisdirectedRequest"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    listUserDevices: {
        parameters: {
            query: {
                /**
                 * @description Whose devices.
                 * @example user_123
                 */
                user_id: components["schemas"]["UserId"];
                /**
                 * @description First instant of the range; it belongs to it. Must lie before `end`.
                 * @example 2024-01-01T00:00:00Z
                 */
                start: components["schemas"]["Timestamp"];
                /**
                 * @description End of the range; it no longer belongs to it. At most 400 days after `start`.
                 * @example 2024-02-01T00:00:00Z
                 */
                end: components["schemas"]["Timestamp"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The devices. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "user_id": "user_123",
                     *       "devices": [
                     *         {
                     *           "device_id": "device_a",
                     *           "first": "2024-01-15T00:00:30Z",
                     *           "last": "2024-01-20T23:59:30Z",
                     *           "readings": 17280,
                     *           "days": 6
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["UserDevices"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NoReadingsInRange"];
            408: components["responses"]["RequestTimeout"];
            421: components["responses"]["MisdirectedRequest"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    followHeartRate: {
        parameters: {
            query: {
                /**
                 * @description Whose readings.
                 * @example user_123
                 */
                user_id: components["schemas"]["UserId"];
                /**
                 * @description Only this device's readings.
                 * @example device_a
                 */
                device_id?: components["schemas"]["DeviceId"];
            };
            header?: {
                /**
                 * @description The last `id` that came; the stream goes on after it.
                 * @example 0d3c5a7be912-1042
                 */
                "last-event-id"?: components["schemas"]["EventId"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The events, without end. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": components["schemas"]["ReadingEvents"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            408: components["responses"]["RequestTimeout"];
            421: components["responses"]["MisdirectedRequest"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    exportHeartRate: {
        parameters: {
            query: {
                /**
                 * @description Whose readings.
                 * @example user_123
                 */
                user_id: components["schemas"]["UserId"];
                /**
                 * @description First instant of the range; it belongs to it. Must lie before `end`.
                 * @example 2024-01-15T00:00:00Z
                 */
                start?: components["schemas"]["Timestamp"];
                /**
                 * @description End of the range; it no longer belongs to it.
                 * @example 2024-01-16T00:00:00Z
                 */
                end?: components["schemas"]["Timestamp"];
                /**
                 * @description Only this device's readings. Without it, those of all devices.
                 * @example device_a
                 */
                device_id?: components["schemas"]["DeviceId"];
                /**
                 * @description The format, whatever `Accept` says.
                 * @example ndjson
                 */
                format?: components["schemas"]["ExportFormat"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The readings, to be saved as a file. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    "Content-Disposition": components["headers"]["ContentDisposition"];
                    Vary: components["headers"]["VaryAccept"];
                    [name: string]: unknown;
                };
                content: {
                    "application/x-ndjson": components["schemas"]["StoredReadingLines"];
                    "text/csv": components["schemas"]["ReadingsCsv"];
                    "application/vnd.apache.parquet": components["schemas"]["ReadingsParquet"];
                    "application/fhir+ndjson": components["schemas"]["ObservationLines"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NoReadingsToExport"];
            408: components["responses"]["RequestTimeout"];
            421: components["responses"]["MisdirectedRequest"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    listDevices: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The priorities. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "devices": [
                     *         {
                     *           "device_id": "device_a",
                     *           "priority": 1
                     *         },
                     *         {
                     *           "device_id": "device_b",
                     *           "priority": 2
                     *         }
                     *       ],
                     *       "prefixes": [
                     *         {
                     *           "prefix": "polar-",
                     *           "priority": 1
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["DeviceList"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            408: components["responses"]["RequestTimeout"];
            421: components["responses"]["MisdirectedRequest"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalServerError"];
        };
    };
    getHealth: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Readings are stored. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "status": "ok",
                     *       "reasons": [],
                     *       "version": "0.1.0",
                     *       "uptime_seconds": 12.5,
                     *       "storage": {
                     *         "unflushed_readings": 240,
                     *         "oldest_unflushed_seconds": 1.5,
                     *         "segments": 1,
                     *         "parts": 3,
                     *         "most_parts_of_day": 2,
                     *         "merge_debt_bytes": 0,
                     *         "current_step_seconds": 0
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["Health"];
                };
            };
            400: components["responses"]["MalformedHttp"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            408: components["responses"]["RequestTimeout"];
            421: components["responses"]["MisdirectedRequest"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    getLiveness: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The process answers. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "status": "ok"
                     *     }
                     */
                    "application/json": components["schemas"]["Liveness"];
                };
            };
            400: components["responses"]["MalformedHttp"];
            408: components["responses"]["RequestTimeout"];
            421: components["responses"]["MisdirectedRequest"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalServerError"];
        };
    };
    getReadiness: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Send requests here. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "status": "ok",
                     *       "reasons": []
                     *     }
                     */
                    "application/json": components["schemas"]["Readiness"];
                };
            };
            400: components["responses"]["MalformedHttp"];
            408: components["responses"]["RequestTimeout"];
            421: components["responses"]["MisdirectedRequest"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    getMetrics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The metrics. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": components["schemas"]["PrometheusText"];
                };
            };
            400: components["responses"]["MalformedHttp"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            408: components["responses"]["RequestTimeout"];
            421: components["responses"]["MisdirectedRequest"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalServerError"];
        };
    };
    getOpenapiYaml: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The document. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/yaml": components["schemas"]["OpenapiDocument"];
                };
            };
            400: components["responses"]["MalformedHttp"];
            408: components["responses"]["RequestTimeout"];
            421: components["responses"]["MisdirectedRequest"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalServerError"];
        };
    };
    getOpenapiJson: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The document. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenapiDocument"];
                };
            };
            400: components["responses"]["MalformedHttp"];
            408: components["responses"]["RequestTimeout"];
            421: components["responses"]["MisdirectedRequest"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalServerError"];
        };
    };
    getDocs: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The page. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "text/html": components["schemas"]["HtmlPage"];
                };
            };
            400: components["responses"]["MalformedHttp"];
            408: components["responses"]["RequestTimeout"];
            421: components["responses"]["MisdirectedRequest"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalServerError"];
        };
    };
    getDocsDocument: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The document. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenapiDocument"];
                };
            };
            400: components["responses"]["MalformedHttp"];
            408: components["responses"]["RequestTimeout"];
            421: components["responses"]["MisdirectedRequest"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalServerError"];
        };
    };
    getDocsScript: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The script. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "text/javascript": components["schemas"]["Script"];
                };
            };
            /** @description It is what you already have, by its `ETag`. */
            304: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["MalformedHttp"];
            408: components["responses"]["RequestTimeout"];
            421: components["responses"]["MisdirectedRequest"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalServerError"];
        };
    };
    getDashboard: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The page. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "text/html": components["schemas"]["HtmlPage"];
                };
            };
            /** @description It is what you already have, by its `ETag`. */
            304: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["MalformedHttp"];
            408: components["responses"]["RequestTimeout"];
            421: components["responses"]["MisdirectedRequest"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalServerError"];
        };
    };
    getDashboardAsset: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description What the file is called.
                 * @example index-B4x2Kq9z.js
                 */
                name: components["schemas"]["AssetName"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The file. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "text/javascript": components["schemas"]["Script"];
                    "text/css": components["schemas"]["StyleSheet"];
                    "image/svg+xml": components["schemas"]["SvgPicture"];
                };
            };
            400: components["responses"]["MalformedHttp"];
            404: components["responses"]["NoSuchPath"];
            408: components["responses"]["RequestTimeout"];
            421: components["responses"]["MisdirectedRequest"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalServerError"];
        };
    };
}
