"""What Constant Contact's documents leave open; numbers as in the list of facts."""

from __future__ import annotations

from mailtwin.switches import Switch

_YES_NO = ("yes", "no")
_NO_YES = ("no", "yes")


def _ask(
    question: int, name: str, asks: str, answers: tuple[str, ...], *worst: str
) -> Switch:
    return Switch(
        question=question, name=name, asks=asks, answers=answers, worst=worst or answers
    )


QUESTIONS = (
    _ask(
        1,
        "optout_after",
        "does optout_after filter, and is its bound part of the answer?",
        ("exclusive", "inclusive", "ignored"),
        "exclusive",
        "inclusive",
    ),
    _ask(
        2, "memberships_move_updated_at", "do list changes count as updates?", _NO_YES
    ),
    _ask(2, "deletion_moves_updated_at", "does deleting count as an update?", _NO_YES),
    _ask(2, "revival_moves_updated_at", "does reviving count as an update?", _YES_NO),
    _ask(
        3, "refused_calls_count", "do refused calls count to the day?", _YES_NO, "yes"
    ),
    _ask(
        3,
        "second",
        "how is the second of the limit measured?",
        ("sliding", "fixed"),
        "sliding",
    ),
    _ask(
        4,
        "queue_full",
        "how does the 429 for 1,000 queued jobs look?",
        ("object", "array", "message"),
    ),
    _ask(
        5,
        "readding_an_opt_out",
        "what happens when the account re-adds who opted out, by PUT?",
        ("refused", "ignored"),
    ),
    _ask(6, "imports_update_opt_outs", "do imports update opted-out people?", _YES_NO),
    _ask(
        7, "blanks", "what does an empty string in an import do?", ("ignored", "clear")
    ),
    _ask(
        8, "repeated_rows", "which of two rows of one address wins?", ("last", "first")
    ),
    _ask(
        9,
        "beyond_membership_limit",
        "what happens to a membership beyond the 50th?",
        ("skip", "fail"),
    ),
    _ask(
        10,
        "put_without_email",
        "does a PUT without e-mail address keep or clear it?",
        ("keep", "clear"),
    ),
    _ask(11, "address_case", "are addresses one regardless of case?", _YES_NO, "yes"),
    _ask(11, "list_name_case", "are list names one regardless of case?", _YES_NO),
    _ask(11, "deleted_names_free", "is a deleted list's name free again?", _YES_NO),
    _ask(
        12,
        "unknown_list",
        "an unknown list in a bulk call: 400, or a failed job?",
        ("refused", "failed_job"),
    ),
    _ask(
        13,
        "over_limit",
        "over 500 ids or 50 lists: 400, or cut?",
        ("refused", "cut"),
    ),
    _ask(
        14,
        "payload_limit",
        "how many bytes are 4 MB?",
        ("4000000", "4194304"),
        "4000000",
    ),
    _ask(14, "row_limit", "how many rows has an import?", ("39999", "40000"), "39999"),
    _ask(15, "lists_page", "largest page of lists?", ("500", "1000"), "500"),
    _ask(
        16,
        "reads_lag",
        "how many seconds may collections lag behind?",
        ("0", "1", "3"),
        "1",
        "3",
    ),
    _ask(
        17, "refresh_ends_access", "does a refresh end the old access token?", _NO_YES
    ),
    _ask(17, "refresh_grace", "seconds a rotated token still works?", ("0", "30"), "0"),
    _ask(17, "revoke_endpoint", "is there a revoke endpoint?", _YES_NO),
    _ask(18, "device_refresh", "does the device flow give refresh tokens?", _YES_NO),
    _ask(
        19,
        "order",
        "in what order do contacts come?",
        ("steady", "shuffled"),
        "shuffled",
    ),
    _ask(19, "cursor_seconds", "how long does a cursor live?", ("0", "300"), "300"),
    _ask(
        20,
        "job_length",
        "how long do jobs take, against the shortest and longest set?",
        ("even", "long"),
        "long",
    ),
    _ask(20, "percent_when_done", "percent_done of a finished job?", ("100", "99")),
    _ask(
        20, "jobs_repeat", "may a job take effect twice while it runs?", _NO_YES, "yes"
    ),
    _ask(
        21,
        "opt_out_source",
        "does opt_out_source follow update_source on a PUT?",
        ("follows", "always_account"),
    ),
    _ask(21, "put_opt_out_empties_lists", "does a PUT opt-out empty lists?", _YES_NO),
    _ask(22, "export_lists", "does the export carry list names?", _NO_YES),
    _ask(
        23,
        "unknown_status",
        "an unknown status filter: 400, or ignored?",
        ("refused", "ignored"),
    ),
)
