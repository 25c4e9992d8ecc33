"""pydantic's findings in plain sentences that say what to do; no sentence repeats a value, since it may be a secret."""

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from listener.config.problems import Findings, Place, nearest, unknown

Model = TypeVar("Model", bound=BaseModel)

DATE = "must be a date without quotes, such as 2027-01-11"
SENTENCES = {
    "string_type": "must be text in quotes",
    "string_too_short": "must not be empty",
    "int_type": "must be a whole number without quotes",
    "float_type": "must be a number without quotes",
    "bool_type": "must be true or false, without quotes",
    "list_type": 'must be a list, such as ["one", "two"]',
    "tuple_type": 'must be a list, such as ["one", "two"]',
    "dict_type": "must be a table",
    "time_delta_type": 'must be a span of time such as "15m", "1h" or "1d"',
    "time_type": 'must be a time of day such as "06:45"',
    "date_type": DATE,
    "date_from_datetime_inexact": DATE,
    "too_short": "must not be empty",
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
    "literal_error": "must be one of {expected}",
    "value_error": "{error}",
}


def validated(model: type[Model], raw: object, place: Place, findings: Findings) -> Model | None:
    """The table as a model, or None after its problems were added to `findings`."""
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        for one in error.errors(include_url=False, include_input=False):
            _add(findings, model, place, one)
        return None


def _add(findings: Findings, model: type[BaseModel], place: Place, error: Mapping[str, Any]) -> None:
    loc: Place = error["loc"]
    if error["type"] == "extra_forbidden":
        near = nearest(str(loc[-1]), model.model_fields)
        findings.add(place + loc, unknown("key", model.model_fields, near), near)
    elif error["type"] == "missing":
        findings.add(place + loc, f"is missing: {model.model_fields[str(loc[0])].description}")
    else:
        findings.add(place + loc, _sentence(error))


def _sentence(error: Mapping[str, Any]) -> str:
    told = SENTENCES.get(error["type"])
    return told.format(**error.get("ctx", {})) if told else f"cannot be used: {error['msg']}"
