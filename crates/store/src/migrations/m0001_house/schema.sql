-- One schema for both databases, in PostgreSQL's type names; SQLite gets its own names for UUID, JSONB and
-- BYTEA (see mod.rs). Instants (`*_at`) are milliseconds since 1970 in UTC. Every table of a tenant leads
-- with company_id, in its keys too, so that data can be spread by company.

CREATE TABLE companies (
    id UUID NOT NULL PRIMARY KEY,
    slug TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    time_zone TEXT NOT NULL,
    locale TEXT NOT NULL,
    placeholder_domain TEXT NOT NULL,
    policy JSONB NOT NULL,
    last_number BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL
);

CREATE TABLE branches (
    company_id UUID NOT NULL REFERENCES companies (id),
    id UUID NOT NULL,
    name TEXT NOT NULL,
    time_zone TEXT NOT NULL,
    phone TEXT,
    address TEXT,
    hours JSONB NOT NULL,
    PRIMARY KEY (company_id, id)
);

CREATE TABLE users (
    company_id UUID NOT NULL REFERENCES companies (id),
    id UUID NOT NULL,
    email TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    locale TEXT,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (company_id, id)
);

CREATE TABLE sessions (
    token_hash BYTEA NOT NULL PRIMARY KEY,
    company_id UUID NOT NULL,
    user_id UUID NOT NULL,
    created_at BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    FOREIGN KEY (company_id, user_id) REFERENCES users (company_id, id) ON DELETE CASCADE
);

CREATE TABLE api_keys (
    company_id UUID NOT NULL REFERENCES companies (id),
    id UUID NOT NULL,
    name TEXT NOT NULL,
    prefix TEXT NOT NULL,
    hash BYTEA NOT NULL UNIQUE,
    scopes JSONB NOT NULL,
    created_at BIGINT NOT NULL,
    last_used_at BIGINT,
    revoked_at BIGINT,
    PRIMARY KEY (company_id, id)
);

CREATE TABLE staff (
    company_id UUID NOT NULL,
    id UUID NOT NULL,
    branch_id UUID NOT NULL,
    name TEXT NOT NULL,
    active BOOLEAN NOT NULL,
    hours JSONB NOT NULL,
    PRIMARY KEY (company_id, id),
    FOREIGN KEY (company_id, branch_id) REFERENCES branches (company_id, id)
);

CREATE TABLE services (
    company_id UUID NOT NULL REFERENCES companies (id),
    id UUID NOT NULL,
    name TEXT NOT NULL,
    slug TEXT NOT NULL,
    description TEXT NOT NULL,
    duration_minutes BIGINT NOT NULL,
    price_cents BIGINT,
    active BOOLEAN NOT NULL,
    PRIMARY KEY (company_id, id),
    UNIQUE (company_id, slug)
);

CREATE TABLE service_staff (
    company_id UUID NOT NULL,
    service_id UUID NOT NULL,
    staff_id UUID NOT NULL,
    PRIMARY KEY (company_id, service_id, staff_id),
    FOREIGN KEY (company_id, service_id) REFERENCES services (company_id, id) ON DELETE CASCADE,
    FOREIGN KEY (company_id, staff_id) REFERENCES staff (company_id, id) ON DELETE CASCADE
);

CREATE TABLE customers (
    company_id UUID NOT NULL REFERENCES companies (id),
    id UUID NOT NULL,
    name TEXT NOT NULL,
    email TEXT,
    phone TEXT,
    locale TEXT NOT NULL,
    search TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (company_id, id)
);
CREATE INDEX customers_phone ON customers (company_id, phone);
CREATE INDEX customers_email ON customers (company_id, email);

CREATE TABLE connections (
    company_id UUID NOT NULL REFERENCES companies (id),
    id UUID NOT NULL,
    base_url TEXT NOT NULL,
    name TEXT NOT NULL,
    api_key BYTEA NOT NULL,
    webhook_token TEXT NOT NULL UNIQUE,
    webhook_secret BYTEA NOT NULL,
    webhook_id TEXT,
    account JSONB NOT NULL,
    capabilities JSONB NOT NULL,
    state TEXT NOT NULL,
    state_message TEXT,
    created_at BIGINT NOT NULL,
    last_webhook_at BIGINT,
    PRIMARY KEY (company_id, id)
);

CREATE TABLE links (
    company_id UUID NOT NULL,
    id UUID NOT NULL,
    service_id UUID NOT NULL,
    staff_id UUID,
    connection_id UUID NOT NULL,
    event_type_id BIGINT NOT NULL,
    reference_field BOOLEAN NOT NULL,
    PRIMARY KEY (company_id, id),
    FOREIGN KEY (company_id, service_id) REFERENCES services (company_id, id),
    FOREIGN KEY (company_id, staff_id) REFERENCES staff (company_id, id),
    FOREIGN KEY (company_id, connection_id) REFERENCES connections (company_id, id)
);
CREATE UNIQUE INDEX links_one_per_staff ON links (company_id, service_id, staff_id) WHERE staff_id IS NOT NULL;
CREATE UNIQUE INDEX links_one_per_team ON links (company_id, service_id) WHERE staff_id IS NULL;
CREATE INDEX links_event_type ON links (company_id, connection_id, event_type_id);

-- The lease of a connection's lane, and what its holders hand on to each other.
CREATE TABLE lanes (
    company_id UUID NOT NULL,
    connection_id UUID NOT NULL,
    owner TEXT,
    token BIGINT NOT NULL,
    lease_until_at BIGINT NOT NULL,
    budget JSONB NOT NULL,
    PRIMARY KEY (company_id, connection_id),
    FOREIGN KEY (company_id, connection_id) REFERENCES connections (company_id, id)
);

CREATE TABLE appointments (
    company_id UUID NOT NULL,
    id UUID NOT NULL,
    number BIGINT NOT NULL,
    branch_id UUID NOT NULL,
    service_id UUID NOT NULL,
    staff_id UUID NOT NULL,
    customer_id UUID NOT NULL,
    starts_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    time_zone TEXT NOT NULL,
    status TEXT NOT NULL,
    reason TEXT,
    notes TEXT,
    origin TEXT NOT NULL,
    overlapping BOOLEAN NOT NULL,
    version BIGINT NOT NULL,
    sync TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (company_id, id),
    UNIQUE (company_id, number),
    CHECK (starts_at < ends_at),
    FOREIGN KEY (company_id, branch_id) REFERENCES branches (company_id, id),
    FOREIGN KEY (company_id, service_id) REFERENCES services (company_id, id),
    FOREIGN KEY (company_id, staff_id) REFERENCES staff (company_id, id),
    FOREIGN KEY (company_id, customer_id) REFERENCES customers (company_id, id)
);
CREATE INDEX appointments_by_start ON appointments (company_id, starts_at, id);
CREATE INDEX appointments_by_staff ON appointments (company_id, staff_id, starts_at);
CREATE INDEX appointments_by_customer ON appointments (company_id, customer_id, starts_at);
CREATE INDEX appointments_by_sync ON appointments (company_id, sync, starts_at);
CREATE INDEX appointments_by_creation ON appointments (company_id, created_at);

CREATE TABLE bookings (
    company_id UUID NOT NULL,
    appointment_id UUID NOT NULL,
    segment BIGINT NOT NULL,
    connection_id UUID NOT NULL,
    event_type_id BIGINT NOT NULL,
    generation BIGINT NOT NULL,
    uid TEXT,
    seen JSONB NOT NULL,
    agreed JSONB,
    look BOOLEAN NOT NULL,
    in_doubt JSONB,
    refused JSONB,
    failures BIGINT NOT NULL,
    last_attempt_at BIGINT,
    verified_at BIGINT,
    next_try_at BIGINT,
    PRIMARY KEY (company_id, appointment_id, segment),
    FOREIGN KEY (company_id, appointment_id) REFERENCES appointments (company_id, id),
    FOREIGN KEY (company_id, connection_id) REFERENCES connections (company_id, id)
);

-- Every name that a booking ever had at Cal.com.
CREATE TABLE booking_uids (
    company_id UUID NOT NULL,
    connection_id UUID NOT NULL,
    uid TEXT NOT NULL,
    appointment_id UUID NOT NULL,
    segment BIGINT NOT NULL,
    first_seen_at BIGINT NOT NULL,
    PRIMARY KEY (company_id, connection_id, uid),
    FOREIGN KEY (company_id, connection_id) REFERENCES connections (company_id, id),
    FOREIGN KEY (company_id, appointment_id) REFERENCES appointments (company_id, id)
);
CREATE INDEX booking_uids_by_appointment ON booking_uids (company_id, appointment_id);

-- What may need work, and when: no payloads, so nothing in here goes stale.
CREATE TABLE dirty (
    company_id UUID NOT NULL,
    connection_id UUID NOT NULL,
    subject_kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    priority BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (company_id, connection_id, subject_kind, subject),
    FOREIGN KEY (company_id, connection_id) REFERENCES connections (company_id, id)
);
CREATE INDEX dirty_due ON dirty (company_id, connection_id, due_at, priority);

CREATE TABLE attempts (
    company_id UUID NOT NULL,
    id UUID NOT NULL,
    appointment_id UUID NOT NULL,
    connection_id UUID NOT NULL,
    kind TEXT NOT NULL,
    path TEXT NOT NULL,
    request JSONB NOT NULL,
    response JSONB,
    http_status BIGINT,
    outcome TEXT,
    message TEXT,
    started_at BIGINT NOT NULL,
    finished_at BIGINT,
    duration_ms BIGINT,
    next_try_at BIGINT,
    PRIMARY KEY (company_id, id),
    FOREIGN KEY (company_id, appointment_id) REFERENCES appointments (company_id, id),
    FOREIGN KEY (company_id, connection_id) REFERENCES connections (company_id, id)
);
CREATE INDEX attempts_by_appointment ON attempts (company_id, appointment_id, started_at);

-- The webhook inbox.
CREATE TABLE deliveries (
    company_id UUID NOT NULL,
    id UUID NOT NULL,
    connection_id UUID NOT NULL,
    received_at BIGINT NOT NULL,
    created_at_remote BIGINT,
    trigger_event TEXT,
    verdict TEXT NOT NULL,
    body TEXT NOT NULL,
    body_hash BYTEA NOT NULL,
    uid TEXT,
    effect TEXT,
    appointment_id UUID,
    processed_at BIGINT,
    PRIMARY KEY (company_id, id),
    UNIQUE (company_id, connection_id, body_hash),
    FOREIGN KEY (company_id, connection_id) REFERENCES connections (company_id, id),
    FOREIGN KEY (company_id, appointment_id) REFERENCES appointments (company_id, id)
);
CREATE INDEX deliveries_waiting ON deliveries (company_id, connection_id, received_at) WHERE processed_at IS NULL;
CREATE INDEX deliveries_by_appointment ON deliveries (company_id, appointment_id, received_at);

-- The history of an appointment, in the order in which it was written.
CREATE TABLE entries (
    company_id UUID NOT NULL,
    appointment_id UUID NOT NULL,
    seq BIGINT NOT NULL,
    at BIGINT NOT NULL,
    origin TEXT NOT NULL,
    actor JSONB NOT NULL,
    what JSONB NOT NULL,
    PRIMARY KEY (company_id, appointment_id, seq),
    FOREIGN KEY (company_id, appointment_id) REFERENCES appointments (company_id, id)
);

CREATE TABLE reviews (
    company_id UUID NOT NULL,
    id UUID NOT NULL,
    appointment_id UUID NOT NULL,
    code TEXT NOT NULL,
    message TEXT NOT NULL,
    opened_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    closed_at BIGINT,
    closed_by TEXT,
    PRIMARY KEY (company_id, id),
    FOREIGN KEY (company_id, appointment_id) REFERENCES appointments (company_id, id)
);
CREATE UNIQUE INDEX reviews_one_open ON reviews (company_id, appointment_id, code) WHERE closed_at IS NULL;
CREATE INDEX reviews_open ON reviews (company_id, opened_at) WHERE closed_at IS NULL;

-- What was asked for once and must not happen twice. The key is written before the appointment that it
-- leads to, in the same transaction.
CREATE TABLE dedupes (
    company_id UUID NOT NULL,
    scope TEXT NOT NULL,
    key TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    appointment_id UUID NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (company_id, scope, key),
    FOREIGN KEY (company_id, appointment_id) REFERENCES appointments (company_id, id)
        DEFERRABLE INITIALLY DEFERRED
);

CREATE TABLE agents (
    company_id UUID NOT NULL REFERENCES companies (id),
    id UUID NOT NULL,
    token TEXT NOT NULL UNIQUE,
    signing_key BYTEA NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (company_id, id)
);

CREATE TABLE calls (
    company_id UUID NOT NULL,
    call_id TEXT NOT NULL,
    agent_id UUID NOT NULL,
    branch_id UUID,
    from_masked TEXT,
    to_number TEXT NOT NULL,
    started_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (company_id, call_id),
    FOREIGN KEY (company_id, agent_id) REFERENCES agents (company_id, id),
    FOREIGN KEY (company_id, branch_id) REFERENCES branches (company_id, id)
);
CREATE INDEX calls_by_start ON calls (company_id, started_at);

CREATE TABLE call_functions (
    company_id UUID NOT NULL,
    call_id TEXT NOT NULL,
    seq BIGINT NOT NULL,
    name TEXT NOT NULL,
    arguments JSONB NOT NULL,
    answer JSONB NOT NULL,
    at BIGINT NOT NULL,
    appointment_id UUID,
    PRIMARY KEY (company_id, call_id, seq),
    FOREIGN KEY (company_id, call_id) REFERENCES calls (company_id, call_id),
    FOREIGN KEY (company_id, appointment_id) REFERENCES appointments (company_id, id)
);
