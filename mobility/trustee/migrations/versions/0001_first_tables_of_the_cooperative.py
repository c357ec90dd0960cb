"""First tables of the cooperative

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_entry",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "data_month",
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("cap_micro", sa.Integer(), nullable=False),
        sa.Column("reserved_micro", sa.Integer(), nullable=False),
        sa.Column("spent_micro", sa.Integer(), nullable=False),
        sa.Column("day_cap", sa.Integer(), nullable=False),
        sa.Column("month_cap", sa.Integer(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "spent_micro >= 0 and spent_micro + reserved_micro <= cap_micro", name="budget"
        ),
        sa.PrimaryKeyConstraint("month"),
    )
    op.create_table(
        "epoch_key",
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("recipient", sa.String(length=60), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("month", "recipient"),
    )
    op.create_table(
        "login_failure",
        sa.Column("account_hash", sa.String(length=64), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("first_s", sa.BigInteger(), nullable=False),
        sa.Column("locked_until_s", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account_hash"),
    )
    op.create_table(
        "member",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("birth_date", sa.Date(), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("is_officer", sa.Boolean(), nullable=False),
        sa.Column("licence_state", sa.String(length=10), nullable=False),
        sa.Column("licence_number", sa.String(length=40), nullable=True),
        sa.Column("wrapped_secret", sa.LargeBinary(), nullable=False),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("session_epoch", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "licence_state in ('none','pending','approved','refused')", name="licence"
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("email"),
    )
    op.create_table(
        "web_session",
        sa.Column("id_hash", sa.String(length=64), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("created_s", sa.BigInteger(), nullable=False),
        sa.Column("expires_s", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id_hash"),
    )
    op.create_index(op.f("ix_web_session_expires_s"), "web_session", ["expires_s"], unique=False)
    op.create_table(
        "access_token",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column(
            "member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("client_id", sa.String(length=60), nullable=False),
        sa.Column("scope", sa.String(length=60), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("digest"),
    )
    op.create_table(
        "admitted_trip",
        sa.Column("tag", sa.LargeBinary(), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.Column("mode", sa.String(length=20), nullable=False),
        sa.Column("origin_cell", sa.String(length=16), nullable=False),
        sa.Column("destination_cell", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(
            ["month"],
            ["data_month.month"],
        ),
        sa.PrimaryKeyConstraint("tag"),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_admitted_trip_month"), "admitted_trip", ["month"], unique=False)
    op.create_table(
        "authorization_code",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column(
            "member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("client_id", sa.String(length=60), nullable=False),
        sa.Column("redirect_uri", sa.String(length=400), nullable=False),
        sa.Column("scope", sa.String(length=60), nullable=False),
        sa.Column("nonce", sa.String(length=200), nullable=True),
        sa.Column("code_challenge", sa.String(length=200), nullable=False),
        sa.Column("auth_time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("access_digest", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("digest"),
    )
    op.create_table(
        "consent_receipt",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column(
            "member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("purpose", sa.String(length=30), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("given", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        op.f("ix_consent_receipt_member_id"), "consent_receipt", ["member_id"], unique=False
    )
    op.create_table(
        "invoice_line",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("token_digest", sa.LargeBinary(), nullable=True),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("amount_cents", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("description_code", sa.String(length=40), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token_digest"),
    )
    op.create_index(op.f("ix_invoice_line_member_id"), "invoice_line", ["member_id"], unique=False)
    op.create_table(
        "mail_link",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column(
            "member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("purpose", sa.String(length=10), nullable=False),
        sa.Column("new_email", sa.String(length=254), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("digest"),
    )
    op.create_index(op.f("ix_mail_link_member_id"), "mail_link", ["member_id"], unique=False)
    op.create_table(
        "person_day",
        sa.Column(
            "member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("member_id", "day"),
    )
    op.create_table(
        "person_month",
        sa.Column(
            "member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("member_id", "month"),
    )
    op.create_table(
        "release_record",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("template", sa.String(length=30), nullable=False),
        sa.Column("query", sa.JSON(), nullable=False),
        sa.Column("requester_role", sa.String(length=20), nullable=False),
        sa.Column("grant_name", sa.String(length=60), nullable=False),
        sa.Column("epsilon_micro", sa.Integer(), nullable=False),
        sa.Column("before_micro", sa.Integer(), nullable=False),
        sa.Column("debited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("draws", sa.Integer(), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["month"],
            ["data_month.month"],
        ),
        sa.PrimaryKeyConstraint("hash"),
    )
    op.create_index(op.f("ix_release_record_month"), "release_record", ["month"], unique=False)
    op.create_table(
        "ride_token",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("admission", sa.String(length=20), nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("digest"),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_ride_token_issued_on"), "ride_token", ["issued_on"], unique=False)
    op.create_index(op.f("ix_ride_token_member_id"), "ride_token", ["member_id"], unique=False)
    op.create_table(
        "subject_login",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column(
            "member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("digest"),
    )
    op.create_index(
        op.f("ix_subject_login_member_id"), "subject_login", ["member_id"], unique=False
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_subject_login_member_id"), table_name="subject_login")
    op.drop_table("subject_login")
    op.drop_index(op.f("ix_ride_token_member_id"), table_name="ride_token")
    op.drop_index(op.f("ix_ride_token_issued_on"), table_name="ride_token")
    op.drop_table("ride_token")
    op.drop_index(op.f("ix_release_record_month"), table_name="release_record")
    op.drop_table("release_record")
    op.drop_table("person_month")
    op.drop_table("person_day")
    op.drop_index(op.f("ix_mail_link_member_id"), table_name="mail_link")
    op.drop_table("mail_link")
    op.drop_index(op.f("ix_invoice_line_member_id"), table_name="invoice_line")
    op.drop_table("invoice_line")
    op.drop_index(op.f("ix_consent_receipt_member_id"), table_name="consent_receipt")
    op.drop_table("consent_receipt")
    op.drop_table("authorization_code")
    op.drop_index(op.f("ix_admitted_trip_month"), table_name="admitted_trip")
    op.drop_table("admitted_trip")
    op.drop_table("access_token")
    op.drop_index(op.f("ix_web_session_expires_s"), table_name="web_session")
    op.drop_table("web_session")
    op.drop_table("member")
    op.drop_table("login_failure")
    op.drop_table("epoch_key")
    op.drop_table("data_month")
    op.drop_table("audit_entry")
