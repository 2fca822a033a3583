"""What Constant Contact's documents leave open; numbers as in the list of facts."""

from __future__ import annotations

from mailtwin.switches import Switch

_YES_NO = ("yes", "no")
_NO_YES = ("no", "yes")


def _ask(
    question: int, name: str, asks: str, answers: tuple[str, ...], *worst: str
) -> Switch:
    """Return a switch; without *worst* every answer may be the worst one."""
    return Switch(
        question=question, name=name, asks=asks, answers=answers, worst=worst or answers
    )


QUESTIONS = (
    _ask(
        1,
        "optout_after",
        "Does optout_after filter, and is its bound part of the answer?",
        ("exclusive", "inclusive", "ignored"),
        "exclusive",
        "ignored",
    ),
    _ask(2, "memberships_move_updated_at", "Do list changes move updated_at?", _NO_YES),
    _ask(2, "deletion_moves_updated_at", "Does deletion move updated_at?", _NO_YES),
    _ask(2, "revival_moves_updated_at", "Does revival move updated_at?", _YES_NO),
    _ask(
        3,
        "refused_calls_count",
        "Do refused calls count to the second and the day?",
        _YES_NO,
        "yes",
    ),
    _ask(
        3,
        "second",
        "Is the second of the limit sliding or fixed?",
        ("sliding", "fixed"),
        "sliding",
    ),
    _ask(
        4,
        "queue_full",
        "How does the 429 for 1,000 queued jobs look?",
        ("object", "array", "message"),
        "array",
        "message",
    ),
    _ask(
        5,
        "readding_an_opt_out",
        "What does a PUT of the account that re-adds an opt-out get?",
        ("refused", "ignored"),
        "ignored",
    ),
    _ask(6, "imports_update_opt_outs", "Do imports change opt-outs' fields?", _YES_NO),
    _ask(
        7,
        "blanks",
        "What does an empty string in an import do?",
        ("ignored", "clear"),
        "clear",
    ),
    _ask(
        8, "repeated_rows", "Which of two rows of one address wins?", ("last", "first")
    ),
    _ask(
        9,
        "beyond_membership_limit",
        "What happens to a contact's 51st membership?",
        ("skip", "fail"),
        "fail",
    ),
    _ask(
        10,
        "put_without_email",
        "Does a PUT without e-mail address keep or clear it?",
        ("keep", "clear"),
        "clear",
    ),
    _ask(11, "address_case", "Is an address one, whatever its case?", _YES_NO, "yes"),
    _ask(
        11, "list_name_case", "Is a list's name one, whatever its case?", _YES_NO, "yes"
    ),
    _ask(
        11,
        "deleted_names_free",
        "Is the name of a deleted list free again?",
        _YES_NO,
        "no",
    ),
    _ask(
        12,
        "unknown_list",
        "Is an unknown list refused with 400, or does the job fail?",
        ("refused", "failed_job"),
        "failed_job",
    ),
    _ask(
        13,
        "over_limit",
        "Are over 500 ids or 50 lists refused with 400, or cut?",
        ("refused", "cut"),
        "cut",
    ),
    _ask(
        14,
        "payload_limit",
        "How many bytes are 4 MB?",
        ("4000000", "4194304"),
        "4000000",
    ),
    _ask(14, "row_limit", "How many rows has an import?", ("39999", "40000"), "39999"),
    _ask(15, "lists_page", "How many lists has a page?", ("500", "1000"), "500"),
    _ask(
        16,
        "reads_lag",
        "How many seconds may collections and counts lag behind?",
        ("0", "1", "3"),
        "1",
        "3",
    ),
    _ask(
        17,
        "refresh_ends_access",
        "Does a refresh end the old access token?",
        _NO_YES,
        "yes",
    ),
    _ask(
        17,
        "refresh_grace",
        "How many seconds does a rotated token still work?",
        ("0", "30"),
        "0",
    ),
    _ask(17, "revoke_endpoint", "Is there a revoke endpoint?", _YES_NO, "no"),
    _ask(
        18, "device_refresh", "Does the device flow give refresh tokens?", _YES_NO, "no"
    ),
    _ask(
        19,
        "order",
        "In what order do contacts come?",
        ("steady", "shuffled"),
        "shuffled",
    ),
    _ask(
        19,
        "cursor_seconds",
        "How many seconds does a cursor live? 0 is for ever.",
        ("0", "300"),
        "300",
    ),
    _ask(
        20,
        "job_length",
        "Do jobs keep within the range of seconds set?",
        ("even", "long"),
        "long",
    ),
    _ask(
        20,
        "percent_when_done",
        "What is percent_done of a completed job?",
        ("100", "99"),
        "99",
    ),
    _ask(
        20,
        "jobs_repeat",
        "May a job take effect twice while it runs?",
        _NO_YES,
        "yes",
    ),
    _ask(
        21,
        "opt_out_source",
        "Does opt_out_source follow the update_source of a PUT?",
        ("follows", "always_account"),
    ),
    _ask(
        21, "put_opt_out_empties_lists", "Does an opt-out by PUT empty lists?", _YES_NO
    ),
    _ask(22, "export_lists", "Does an export name lists?", _NO_YES, "no"),
    _ask(
        23,
        "unknown_status",
        "Is an unknown status refused with 400, or ignored?",
        ("refused", "ignored"),
        "ignored",
    ),
)
