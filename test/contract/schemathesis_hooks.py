"""What Schemathesis has to know of this service beyond its contract."""

import json

import schemathesis

# What no schema can say: what is in the calendar, that one parameter lies after another, and which
# time zones there are.
NOT_IN_THE_SCHEMA = (
    "must be a zone of the time zone database, such as Europe/Berlin",
    "of a date that exists, from 1970 to 2199",
    "must be after start",
    "days after start",
)


@schemathesis.serializer("application/x-ndjson")
def lines(ctx, value):
    text = value if isinstance(value, str) else json.dumps(value)
    return text.encode()


@schemathesis.deserializer("text/html", "text/javascript")
def text(ctx, response):
    return response.content.decode()


@schemathesis.check
def takes_what_it_allows(ctx, response, case):
    """In place of positive_data_acceptance, which knows no exceptions."""
    if response.status_code != 400 or not case.meta.generation.mode.is_positive:
        return
    # The contract calls lines a text, and only its description says of what.
    if case.media_type == "application/x-ndjson":
        return
    for error in response.json()["errors"]:
        assert error["detail"].endswith(NOT_IN_THE_SCHEMA), f"refused: {error}"
