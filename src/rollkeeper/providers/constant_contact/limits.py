"""What Constant Contact allows, as data."""

from __future__ import annotations

from rollkeeper.providers.port import Capabilities

SCOPES = ("contact_data", "account_read", "offline_access")

CAPABILITIES = Capabilities(
    requests_per_day=10_000,
    requests_per_second=4,
    import_rows=39_000,
    import_bytes=3_500_000,
    import_row_overhead=80,
    import_address_length=50,
    targets_per_call=500,
    lists_per_call=50,
    lists_per_contact=50,
    address_length=80,
    field_length=50,
    page_size=500,
    bulk_imports_keep_blanks=True,
)
