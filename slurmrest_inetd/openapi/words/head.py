"""The document's head, its security schemes and its common answers: the only parts that belong to no version. Data only."""

from typing import Any

TITLE = "Slurm REST API"
DESCRIPTION = (
    "Jobs, nodes, partitions, reservations and accounting of a Slurm cluster. Every answer is a document with `meta`, `errors` and "
    "`warnings` beside what was asked for; an HTTP status of 400 or more says that the request was not done, and `errors` says why."
)
LICENCE = {"name": "Apache 2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0.html"}
SECURITY: list[dict[str, list[str]]] = [{"user": [], "token": []}, {"token": []}, {"bearerAuth": []}, {}]
# plugin, "" for what is always served -> its tag
TAGS = (
    ("slurmctld", {"name": "slurm", "description": "The controller: jobs, nodes, partitions, reservations"}),
    ("slurmdbd", {"name": "slurmdb", "description": "Accounting: accounts, users, associations, QOS, jobs long ended"}),
    ("util", {"name": "util", "description": "Host lists; nothing is asked of Slurm"}),
    ("", {"name": "openapi", "description": "This document"}),
    ("", {"name": "health", "description": "Probes for whoever watches this server"}),
)

# fmt: off
COMPONENTS: dict[str, Any] = {
    "securitySchemes": {
        "user":       {"type": "apiKey", "in": "header", "name": "X-SLURM-USER-NAME",
                       "description": "As whom, beside a token. Another name than the token's needs SlurmUser's or root's token."},
        "token":      {"type": "apiKey", "in": "header", "name": "X-SLURM-USER-TOKEN",
                       "description": "A token from `scontrol token`."},
        "bearerAuth": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT",
                       "description": "A token from `scontrol token`; either this or X-SLURM-USER-TOKEN, not both."},
    },
    "responses": {
        "unchanged":  {"description": "Nothing has changed, or there was nothing to do: no body", "x-slurmrest-inetd": True},
        "refused":    {"description": "The request cannot be done as it is: `errors` names what is wrong with it",
                       "content": {media: {"schema": {"$ref": "#/components/schemas/slurmrest_inetd_error"}} for media in ("application/json", "application/yaml")},
                       "x-slurmrest-inetd": True},
        "failed":     {"description": "Slurm cannot be reached, took too long, or this server is at fault",
                       "content": {media: {"schema": {"$ref": "#/components/schemas/slurmrest_inetd_error"}} for media in ("application/json", "application/yaml")},
                       "x-slurmrest-inetd": True},
    },
}
# What every error reply is; a member of the payload may stand beside these.
ERROR: dict[str, Any] = {
    "type": "object",
    "description": "An error reply",
    "required": ["meta", "errors", "warnings"],
    "properties": {
        "meta": {"type": "object", "description": "Who answered: plugin, Slurm's release (only to a known client), cluster"},
        "errors": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["description", "error_number", "error", "source"],
                "properties": {
                    "description":  {"type": "string", "description": "What was wrong, and with what"},
                    "error_number": {"type": "integer", "format": "int32", "description": "Slurm's error number; -1 where it has none"},
                    "error":        {"type": "string", "description": "Slurm's text for that number"},
                    "source":       {"type": "string", "description": "Where: `#/job/name/` for a field, or the command that refused"},
                },
            },
        },
        "warnings": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["description", "source"],
                "properties": {
                    "description":  {"type": "string", "description": "What was ignored or done otherwise"},
                    "source":       {"type": "string", "description": "The field or parameter"},
                },
            },
        },
    },
    "x-slurmrest-inetd": True,
}
# fmt: on
