CREATE TABLE IF NOT EXISTS account (
    account INTEGER PRIMARY KEY,
    account_id TEXT NOT NULL UNIQUE,
    organization_name TEXT NOT NULL,
    profile TEXT NOT NULL,
    physical_address TEXT,
    login TEXT NOT NULL,
    role TEXT NOT NULL,
    confirmed_opt_in INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS account_email (
    email_id INTEGER PRIMARY KEY,
    account INTEGER NOT NULL REFERENCES account,
    email_address TEXT NOT NULL,
    confirmed_at INTEGER,
    roles TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS application (
    client_id TEXT PRIMARY KEY,
    secret TEXT,
    name TEXT NOT NULL,
    redirect_uris TEXT,
    refresh TEXT NOT NULL,
    registered INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS grant (
    grant INTEGER PRIMARY KEY,
    account INTEGER NOT NULL REFERENCES account,
    client_id TEXT NOT NULL,
    scope TEXT NOT NULL,
    public INTEGER NOT NULL,
    ended_at REAL
);
CREATE TABLE IF NOT EXISTS code (
    code TEXT PRIMARY KEY,
    grant INTEGER NOT NULL REFERENCES grant,
    redirect_uri TEXT NOT NULL,
    challenge TEXT,
    expires_at REAL NOT NULL,
    used INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS device (
    device_code TEXT PRIMARY KEY,
    user_code TEXT NOT NULL UNIQUE,
    client_id TEXT NOT NULL,
    scope TEXT NOT NULL,
    expires_at REAL NOT NULL,
    polled_at REAL NOT NULL DEFAULT 0,
    state TEXT NOT NULL,
    grant INTEGER
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS access_token (
    token TEXT PRIMARY KEY,
    grant INTEGER NOT NULL REFERENCES grant,
    expires_at REAL NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS refresh_token (
    token TEXT PRIMARY KEY,
    grant INTEGER NOT NULL REFERENCES grant,
    used_at REAL NOT NULL,
    replaced_at REAL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS usage (
    client_id TEXT NOT NULL,
    day TEXT NOT NULL,
    calls INTEGER NOT NULL,
    refused_at REAL,
    PRIMARY KEY (client_id, day)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS list (
    list INTEGER PRIMARY KEY,
    account INTEGER NOT NULL REFERENCES account,
    list_id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    description TEXT,
    favorite INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    deleted_at INTEGER
);
CREATE INDEX IF NOT EXISTS list_of_account ON list (account, name);
CREATE TABLE IF NOT EXISTS contact (
    contact INTEGER PRIMARY KEY,
    account INTEGER NOT NULL REFERENCES account,
    contact_id TEXT NOT NULL UNIQUE,
    place INTEGER NOT NULL,
    address TEXT,
    address_key TEXT,
    permission TEXT,
    email_created_at INTEGER,
    email_updated_at INTEGER,
    opt_in_source TEXT,
    opt_in_date INTEGER,
    opt_out_source TEXT,
    opt_out_date INTEGER,
    opt_out_reason TEXT,
    confirm_status TEXT,
    resubscribe_lists TEXT,
    resubscribe_asked INTEGER NOT NULL DEFAULT 0,
    first_name TEXT,
    last_name TEXT,
    job_title TEXT,
    company_name TEXT,
    birthday_month INTEGER,
    birthday_day INTEGER,
    anniversary TEXT,
    sms TEXT,
    sms_number TEXT,
    create_source TEXT NOT NULL,
    update_source TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    deleted_at INTEGER,
    UNIQUE (account, address_key)
);
CREATE INDEX IF NOT EXISTS contact_of_account ON contact (account);
CREATE INDEX IF NOT EXISTS contact_place ON contact (account, place);
CREATE INDEX IF NOT EXISTS contact_opt_out ON contact (account, opt_out_date)
    WHERE opt_out_date IS NOT NULL;
CREATE UNIQUE INDEX IF NOT EXISTS contact_sms ON contact (account, sms_number)
    WHERE sms_number IS NOT NULL;
CREATE TABLE IF NOT EXISTS membership (
    contact INTEGER NOT NULL REFERENCES contact,
    list INTEGER NOT NULL REFERENCES list,
    PRIMARY KEY (contact, list)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS membership_of_list ON membership (list, contact);
CREATE TABLE IF NOT EXISTS phone_number (
    contact INTEGER NOT NULL REFERENCES contact,
    kind TEXT NOT NULL,
    phone_number_id TEXT NOT NULL,
    phone_number TEXT,
    create_source TEXT NOT NULL,
    update_source TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS phone_of_contact ON phone_number (contact);
CREATE TABLE IF NOT EXISTS street_address (
    contact INTEGER NOT NULL REFERENCES contact,
    kind TEXT NOT NULL,
    street_address_id TEXT NOT NULL,
    street TEXT,
    city TEXT,
    state TEXT,
    postal_code TEXT,
    country TEXT,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS street_of_contact ON street_address (contact);
CREATE TABLE IF NOT EXISTS note (
    contact INTEGER NOT NULL REFERENCES contact,
    note_id TEXT NOT NULL,
    content TEXT NOT NULL,
    created_at INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS note_of_contact ON note (contact);
CREATE TABLE IF NOT EXISTS custom_field (
    field INTEGER PRIMARY KEY,
    account INTEGER NOT NULL REFERENCES account,
    custom_field_id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    label TEXT NOT NULL,
    type TEXT NOT NULL,
    metadata TEXT,
    choices TEXT,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS custom_field_of_account ON custom_field (account, name);
CREATE TABLE IF NOT EXISTS custom_value (
    contact INTEGER NOT NULL REFERENCES contact,
    field INTEGER NOT NULL REFERENCES custom_field,
    value TEXT,
    choice_ids TEXT,
    PRIMARY KEY (contact, field)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS custom_value_of_field ON custom_value (field);
CREATE TABLE IF NOT EXISTS tag (
    tag INTEGER PRIMARY KEY,
    account INTEGER NOT NULL REFERENCES account,
    tag_id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    tag_source TEXT,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS tag_of_account ON tag (account, name);
CREATE TABLE IF NOT EXISTS tagging (
    contact INTEGER NOT NULL REFERENCES contact,
    tag INTEGER NOT NULL REFERENCES tag,
    PRIMARY KEY (contact, tag)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS tagging_of_tag ON tagging (tag, contact);

CREATE TABLE IF NOT EXISTS activity (
    activity INTEGER PRIMARY KEY,
    account INTEGER NOT NULL REFERENCES account,
    activity_id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    work TEXT NOT NULL,
    outcome TEXT NOT NULL,
    counts TEXT NOT NULL,
    errors TEXT NOT NULL,
    source_file_name TEXT,
    created_at REAL NOT NULL,
    starts_at REAL NOT NULL,
    ends_at REAL NOT NULL
);
CREATE INDEX IF NOT EXISTS activity_of_account ON activity (account, ends_at);
CREATE TABLE IF NOT EXISTS effect (
    effect INTEGER PRIMARY KEY,
    activity INTEGER NOT NULL REFERENCES activity,
    due REAL NOT NULL,
    last INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS effect_due ON effect (due);
CREATE TABLE IF NOT EXISTS export (
    activity INTEGER PRIMARY KEY REFERENCES activity,
    csv TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS left_list (
    contact INTEGER NOT NULL REFERENCES contact,
    list INTEGER NOT NULL REFERENCES list,
    PRIMARY KEY (contact, list)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS told (
    client_id TEXT NOT NULL,
    contact INTEGER NOT NULL REFERENCES contact,
    list INTEGER NOT NULL,
    PRIMARY KEY (client_id, contact, list)
) WITHOUT ROWID;
