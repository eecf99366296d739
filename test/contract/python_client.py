"""Uses the client that openapi-python-client made: python_client.py <url of the service>."""

import sys
from http import HTTPStatus

from heart_rate import Client
from heart_rate.api.erasure import erase_readings
from heart_rate.api.ingest import ingest_heart_rate, ingest_heart_rate_batch
from heart_rate.api.query import latest_heart_rate, query_heart_rate
from heart_rate.models import (
    Accepted,
    BatchAccepted,
    Erased,
    HeartRateBatch,
    HeartRateReading,
    HeartRateSeries,
    Interval,
    Problem,
    ProblemType,
)

client = Client(base_url=sys.argv[1])


def reading(device_id: str, time: str, heart_rate: float) -> HeartRateReading:
    return HeartRateReading(
        user_id="Zoë & co",
        device_id=device_id,
        timestamp=f"2024-01-15T{time}",
        heart_rate=heart_rate,
    )


accepted = ingest_heart_rate.sync(client=client, body=reading("device_a", "10:00:00Z", 70))
assert isinstance(accepted, Accepted), accepted

batch = HeartRateBatch(
    readings=[
        reading("device_b", "10:00:00Z", 80),
        reading("device_b", "12:00:30+02:00", 90),
        reading("device_a", "10:05:00Z", 61.5),
    ]
)
accepted = ingest_heart_rate_batch.sync(client=client, body=batch)
assert isinstance(accepted, BatchAccepted) and accepted.count == 3, accepted

day = {"user_id": "Zoë & co", "start": "2024-01-15T00:00:00+00:00", "end": "2024-01-16T00:00:00Z"}
series = query_heart_rate.sync(client=client, **day)
assert isinstance(series, HeartRateSeries), series
rows = [(row.timestamp.isoformat(), row.heart_rate, row.device_id) for row in series.data]
# Where both report the same instant, device_a counts: 70 and 90.
assert rows == [
    ("2024-01-15T10:00:00+00:00", 80, "device_a"),
    ("2024-01-15T10:05:00+00:00", 61.5, "device_a"),
], rows

hours = query_heart_rate.sync(client=client, interval=Interval.VALUE_3, **day)
assert isinstance(hours, HeartRateSeries) and hours.count == 1, hours

latest = latest_heart_rate.sync(client=client, user_id="Zoë & co")
assert getattr(latest, "heart_rate", None) == 61.5, latest

refused = ingest_heart_rate.sync_detailed(client=client, body=reading("d", "10:00:00Z", 400))
assert refused.status_code == HTTPStatus.BAD_REQUEST, refused
assert isinstance(refused.parsed, Problem), refused
assert refused.parsed.errors[0].pointer == "/heart_rate", refused.parsed

erased = erase_readings.sync(client=client, user_id="Zoë & co")
assert isinstance(erased, Erased) and erased.count == 4, erased
none = query_heart_rate.sync(client=client, **day)
assert isinstance(none, Problem), none
assert none.type_ == ProblemType.URNPROBLEMHEART_RATENO_READINGS, none.type_

print("The generated Python client stored, asked and erased.")
