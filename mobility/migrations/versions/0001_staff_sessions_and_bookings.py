"""Staff, sessions and bookings."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "booking",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=True),
        sa.Column("ride_token", sa.String(length=64), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("todo", sa.String(length=12), nullable=True),
        sa.Column("reason", sa.String(length=40), nullable=True),
        sa.Column("cancel_wanted", sa.Boolean(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("network_id", sa.String(length=32), nullable=True),
        sa.Column("trip_mode", sa.String(length=20), nullable=False),
        sa.Column("trip_start_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("trip_end_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("origin_lon", sa.Double(), nullable=True),
        sa.Column("origin_lat", sa.Double(), nullable=True),
        sa.Column("destination_lon", sa.Double(), nullable=True),
        sa.Column("destination_lat", sa.Double(), nullable=True),
        sa.Column("amount_cents", sa.Integer(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.Column("settle_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking")),
        sa.UniqueConstraint("ride_token", name=op.f("uq_booking_ride_token")),
    )
    op.create_index(op.f("ix_booking_state"), "booking", ["state"], unique=False)
    op.create_index(op.f("ix_booking_subject"), "booking", ["subject"], unique=False)
    op.create_index(op.f("ix_booking_todo"), "booking", ["todo"], unique=False)
    op.create_table(
        "booking_audit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("booking_id", sa.String(length=32), nullable=False),
        sa.Column("leg", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=12), nullable=False),
        sa.Column("before", sa.String(length=12), nullable=True),
        sa.Column("after", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.String(length=60), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking_audit")),
    )
    op.create_index(
        op.f("ix_booking_audit_booking_id"), "booking_audit", ["booking_id"], unique=False
    )
    op.create_table(
        "login_failure",
        sa.Column("account_hash", sa.String(length=64), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("first_s", sa.BigInteger(), nullable=False),
        sa.Column("locked_until_s", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account_hash", name=op.f("pk_login_failure")),
    )
    op.create_table(
        "staff_user",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("disabled", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_user")),
        sa.UniqueConstraint("name", name=op.f("uq_staff_user_name")),
    )
    op.create_table(
        "web_session",
        sa.Column("id_hash", sa.String(length=64), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("created_s", sa.BigInteger(), nullable=False),
        sa.Column("expires_s", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id_hash", name=op.f("pk_web_session")),
    )
    op.create_index(op.f("ix_web_session_expires_s"), "web_session", ["expires_s"], unique=False)
    op.create_table(
        "api_token",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("staff_user_id", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=80), nullable=False),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["staff_user_id"],
            ["staff_user.id"],
            name=op.f("fk_api_token_staff_user_id_staff_user"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_api_token_token_hash")),
    )
    op.create_table(
        "booking_key",
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("request_hash", sa.String(length=64), nullable=False),
        sa.Column("booking_id", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["booking_id"],
            ["booking.id"],
            name=op.f("fk_booking_key_booking_id_booking"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("key_hash", name=op.f("pk_booking_key")),
    )
    op.create_table(
        "booking_leg",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("booking_id", sa.String(length=32), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("fulfilment", sa.String(length=16), nullable=False),
        sa.Column("mode", sa.String(length=20), nullable=False),
        sa.Column("from_name", sa.String(length=200), nullable=True),
        sa.Column("to_name", sa.String(length=200), nullable=True),
        sa.Column("start_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("end_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("link", sa.String(length=500), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=True),
        sa.Column("hold_id", sa.String(length=64), nullable=True),
        sa.Column("system_id", sa.String(length=100), nullable=True),
        sa.Column("station_id", sa.String(length=100), nullable=True),
        sa.Column("to_station_id", sa.String(length=100), nullable=True),
        sa.Column("vehicle_id", sa.String(length=100), nullable=True),
        sa.Column("vehicle_type_id", sa.String(length=100), nullable=True),
        sa.Column("form_factor", sa.String(length=20), nullable=True),
        sa.Column("requirement", sa.String(length=20), nullable=True),
        sa.Column("eligible", sa.Boolean(), nullable=True),
        sa.Column("intent", sa.String(length=10), nullable=True),
        sa.Column("intent_data", sa.JSON(), nullable=True),
        sa.Column("refusal", sa.String(length=60), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("amount_cents", sa.Integer(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.Column("price", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(
            ["booking_id"],
            ["booking.id"],
            name=op.f("fk_booking_leg_booking_id_booking"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking_leg")),
        sa.UniqueConstraint("booking_id", "position", name=op.f("uq_booking_leg_booking_id")),
        sa.UniqueConstraint("hold_id", name=op.f("uq_booking_leg_hold_id")),
    )


def downgrade() -> None:
    op.drop_table("booking_leg")
    op.drop_table("booking_key")
    op.drop_table("api_token")
    op.drop_index(op.f("ix_web_session_expires_s"), table_name="web_session")
    op.drop_table("web_session")
    op.drop_table("staff_user")
    op.drop_table("login_failure")
    op.drop_index(op.f("ix_booking_audit_booking_id"), table_name="booking_audit")
    op.drop_table("booking_audit")
    op.drop_index(op.f("ix_booking_todo"), table_name="booking")
    op.drop_index(op.f("ix_booking_subject"), table_name="booking")
    op.drop_index(op.f("ix_booking_state"), table_name="booking")
    op.drop_table("booking")
